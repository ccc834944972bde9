"""Header words, years and the columns they make."""

from __future__ import annotations

import pytest

from layouts.drawing import drawn
from xl_plan.cells import Book
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.model import Column, ColumnSetting, Filler, Role, Sharing
from xl_plan.tables.headerwords import headerlike, role_of, row_label, steps, usual_year, year_of
from xl_plan.tables.table import HeaderReader, read_table, table_with


def columns(text: str, *settings: ColumnSetting) -> list[Column]:
    table = read_table(drawn(表=text).sheets[0], settings)
    assert table is not None
    return list(table.columns)


def keys(text: str, *settings: ColumnSetting) -> list[str]:
    return [column.key for column in columns(text, *settings)]


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("No", Role.NUMBER),
        ("№", Role.NUMBER),
        ("Ｎｏ．", Role.NUMBER),
        ("事業NO", Role.NUMBER),
        ("整理番号", Role.NUMBER),
        ("細事業コード", Role.NUMBER),
        ("事業名", Role.NAME),
        ("主な取組", Role.NAME),
        ("取り組み", Role.NAME),
        ("事務事業名", Role.NAME),
        ("主管課", Role.DEPARTMENT),
        ("所管課", Role.DEPARTMENT),
        ("担当課", Role.DEPARTMENT),
        ("担当部署", Role.DEPARTMENT),
        ("担当部局\n\n※複数の担当が該当する場合", Role.DEPARTMENT),
        ("評価指標", Role.INDICATOR),
        ("成果指標名", Role.INDICATOR),
        ("事業概要", Role.DESCRIPTION),
        ("取り組みの概要", Role.DESCRIPTION),
        ("単位", Role.UNIT),
        ("H23", Role.ACTUAL),
        ("23年度", Role.ACTUAL),
        ("R6.2月現在", Role.ACTUAL),
        ("平成15年末見込", Role.ACTUAL),
        ("2007年度", Role.ACTUAL),
        ("平成34年 目標", Role.TARGET),
        ("計画値", Role.TARGET),
        ("達成率（％）", Role.RATE),
        ("・Ｒ5取り組みの成果，課題", Role.NARRATIVE),
        ("今後の方向性", Role.NARRATIVE),
        ("評価", Role.RATING),
        ("備考", Role.REMARKS),
        ("基本目標１", Role.TARGET),
        ("圏域", Role.OTHER),
        ("令和5年度の主な出来事について書く欄", Role.OTHER),
    ],
)
def test_header_words(header: str, role: Role) -> None:
    assert role_of(header) is role


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("H23", 2011),
        ("平成34年", 2022),
        ("R6.2月現在", 2023),
        ("平成15年末見込", 2003),
        ("2007年度", 2007),
        ("2019", 2019),
        ("Ｒ元", 2019),
        ("評価", None),
    ],
)
def test_years_of_headers(header: str, year: int | None) -> None:
    assert year_of(header) == (FiscalYear(year) if year else None)


def test_a_year_without_era_is_read_towards_one_that_has_it() -> None:
    near = usual_year(["番号", "昭和60年度", "61年度"])
    assert year_of("61年度", near) == FiscalYear(1986)
    assert usual_year(["番号", "61年度"]) is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("目標値", Role.TARGET),
        ("実績値（件）", Role.ACTUAL),
        ("達成率", Role.RATE),
        ("計画値", Role.TARGET),
        ("目標を達成した", None),
        ("120件", None),
    ],
)
def test_labels_of_stacked_rows(text: str, role: Role | None) -> None:
    assert row_label(text) is role


def test_a_legend_of_two_steps() -> None:
    assert steps("〔各欄の上段：実績値、下段：目標値〕") == ("実績値", "目標値")
    assert steps("上段に氏名、下段に住所を記入") is None


def test_what_can_head_a_column() -> None:
    assert headerlike("R5") and headerlike("事業名")
    assert not headerlike("地域の見守りを行う") and not headerlike("")


def test_parents_stand_before_their_fields() -> None:
    text = """
番号 | 事業名 | R4 | < | R5 | < | 担当課
^ | ^ | 目標値 | 実績値 | 目標値 | 実績値 | ^
1 | 緑化 | 1 | 2 | 3 | 4 | 公園課
"""
    assert [c.header for c in columns(text)][2:6] == ["R4 目標値", "R4 実績値", "R5 目標値", "R5 実績値"]
    assert keys(text)[2:6] == ["target:2022", "actual:2022", "target:2023", "actual:2023"]


def test_a_year_typed_once_heads_the_blank_cells_beside_it() -> None:
    text = """
番号 | 事業名 | R4 | | R5 | | 担当課 | 備考
 | | 目標 | 実績 | 目標 | 実績 | |
1 | 緑化 | 1 | 2 | 3 | 4 | 公園課 | なし
"""
    assert keys(text)[2:6] == ["target:2022", "actual:2022", "target:2023", "actual:2023"]
    assert columns(text)[7].header == "備考"


def test_rates_under_one_word_take_the_year_on_their_left() -> None:
    text = """
番号 | 事業名 | H23 | 達成率 | H24 | 達成率 | H25 | 達成率 | 担当課
1 | 健診 | 40 | 80% | 45 | 90% | 48 | 96% | 健康課
"""
    assert [k for k in keys(text) if k.startswith("rate")] == ["rate:2011", "rate:2012", "rate:2013"]
    assert all(c.sharing is Sharing.DERIVED for c in columns(text) if c.role is Role.RATE)


def test_the_same_word_without_any_year_is_counted() -> None:
    text = """
番号 | 事業名 | メモ | メモ | メモ | 担当課
1 | 健診 | あ | い | う | 健康課
"""
    assert keys(text)[2:5] == ["other:メモ", "other:メモ~2", "other:メモ~3"]


def test_the_title_gives_the_year_that_no_header_names() -> None:
    text = """
令和５年度　進捗管理表
番号 | 事業名 | 目標値 | 実績値 | 担当課
1 | 健診 | 40 | 42 | 健康課
"""
    assert keys(text)[2:4] == ["target", "actual:2023"]
    two_years = text.replace("進捗管理表", "進捗管理表（令和４年度との比較）")
    assert "actual" in keys(two_years)


def test_two_header_cells_over_two_rows_are_two_columns() -> None:
    text = """
番号 | 事業名 | H24実績 | H25実績 | 担当課
^ | ^ | H24目標 | H25目標 | ^
1 | 健診 | 40 | 41 | 健康課
^ | ^ | 50 | 52 | ^
"""
    found = {c.key: c.row for c in columns(text)}
    assert found["actual:2012"] == "上段" and found["target:2012"] == "下段"
    assert found["actual:2013"] == "上段" and found["target:2013"] == "下段"


def test_the_programme_s_name_beside_that_of_its_policy() -> None:
    text = """
施策番号 | 施策名 | 事業番号 | 事業名 | R5 | 担当課
1 | 健康 | 11 | 健診 | 40 | 健康課
"""
    by_role = {c.role: c.header for c in columns(text) if c.role is not Role.OTHER}
    assert by_role[Role.NUMBER] == "事業番号" and by_role[Role.NAME] == "事業名"
    assert [c.header for c in columns(text) if c.role is Role.OTHER] == ["施策番号", "施策名"]


def test_settings_correct_the_reading() -> None:
    text = """
番号 | 事業名 | 中間値 | 判定 | 担当課
1 | 健診 | 40 | 良 | 健康課
"""
    assert keys(text)[2:4] == ["other:中間値", "rating"]
    line = ColumnSetting("中間値", Role.ACTUAL, FiscalYear(2021), Filler.DEPARTMENT, Sharing.OWN)
    corrected = columns(text, line)[2]
    assert corrected.key == "actual:2021" and corrected.filler is Filler.DEPARTMENT and corrected.sharing is Sharing.OWN


def test_settings_tell_columns_of_one_header_apart_by_their_order() -> None:
    text = """
番号 | 事業名 | 値 | 値 | 担当課
1 | 健診 | 40 | 42 | 健康課
"""
    lines = (
        ColumnSetting("値", Role.TARGET, FiscalYear(2023)),
        ColumnSetting("値", Role.ACTUAL, FiscalYear(2023)),
    )
    assert keys(text, *lines)[2:4] == ["target:2023", "actual:2023"]


def test_known_columns_are_found_by_their_headers_wherever_they_stand() -> None:
    plan = columns("""
番号 | 事業名 | H23 | 達成率 | H24 | 達成率 | 担当課
1 | 健診 | 40 | 80% | 45 | 90% | 健康課
""")
    moved = drawn(
        表="""
担当課 | 番号 | 事業名 | H24 | 達成率 | H23 | 達成率
健康課 | 1 | 健診 | 45 | 90% | 40 | 80%
"""
    )
    table = read_table(moved.sheets[0], (), plan)
    assert table is not None
    assert [c.key for c in table.columns] == [
        "department", "number", "name", "actual:2012", "rate:2012", "actual:2011", "rate:2011"
    ]  # fmt: skip


def test_a_band_that_says_the_same_is_understood_once_and_one_that_differs_anew() -> None:
    book = drawn(
        一="番号 | 事業名 | R4 | R5 | 担当課\n1 | 健診 | 40 | 41 | 健康課",
        二="番号 | 事業名 | R4 | R5 | 担当課\n2 | 検査 | 50 | 51 | 健康課",
        青="番号 | 事業名 | R4 | *R5 | 担当課\n3 | 相談 | 60 | 61 | 健康課",
    )
    reader = HeaderReader()
    tables = [table_with(reader, sheet) for sheet in book.sheets]
    assert tables == [read_table(sheet) for sheet in book.sheets]
    first, second, blue = (next(band.columns for band in table.bands if band.columns) for table in tables if table)
    assert first is second
    assert [c.key for c in first if c.filler] == [] and [c.key for c in blue if c.filler] == ["actual:2023"]


def test_blue_asks_only_for_the_actual_of_stacked_values() -> None:
    found = columns("""
番号 | 事業名 | 区分 | R4 | *R5 | 担当課
1 | 健診 | 目標値 | 40 | 41 | 健康課
^ | ^ | 実績値 | 42 | 43 | ^
""")
    assert [c.key for c in found if c.filler is Filler.DEPARTMENT] == ["actual:2023"]


def test_an_empty_book_has_no_table() -> None:
    assert all(read_table(sheet) is None for sheet in drawn(表="こんにちは").sheets)
    assert Book().sheets == ()
