"""Departments' names in one cell, and what names a row."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from issued_lines import issued_lines
from layouts.drawing import drawn
from xl_plan.cells import Cell, Style
from xl_plan.excel.write import book_bytes
from xl_plan.meaning.text import fold
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.plan import read_plan
from xl_plan.relisted.names import chief, split_names, whole_names
from xl_plan.relisted.rownames import as_number, stated_unit

# openpyxl drops the small charts of the report sheets, and says so
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("福祉政策課", ("福祉政策課",)),
        ("福祉政策課、生活支援課", ("福祉政策課", "生活支援課")),
        ("福祉政策課，生活支援課", ("福祉政策課", "生活支援課")),
        ("福祉政策課・生活支援課", ("福祉政策課", "生活支援課")),
        ("福祉政策課\n生活支援課", ("福祉政策課", "生活支援課")),
        ("子ども・子育て課", ("子ども・子育て課",)),
        ("子ども・子育て課・保育課", ("子ども・子育て課", "保育課")),
        ("保育課・子ども・子育て課", ("保育課", "子ども・子育て課")),
        ("消費生活センター・広報課", ("消費生活センター", "広報課")),
        ("柏市社会福祉協議会\n（地域福祉係）", ("柏市社会福祉協議会（地域福祉係）",)),
        ("市民・事業者", ("市民・事業者",)),
        ("", ()),
    ],
)
def test_names_in_one_cell(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


def test_a_name_known_elsewhere_is_never_divided() -> None:
    known = whole_names(["文化会館図書館課", "地域包括支援課"]) | {fold("文化会館・図書館")}
    assert split_names("文化会館・図書館") == ("文化会館", "図書館")
    assert split_names("文化会館・図書館", known) == ("文化会館・図書館",)
    assert split_names("地域包括\n支援課", known) == ("地域包括支援課",)
    assert split_names("地域包括\n支援課") == ("地域包括", "支援課")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("◎福祉課", ("福祉課", True)),
        ("福祉課（主）", ("福祉課", True)),
        ("福祉課", ("福祉課", False)),
        ("福祉課（本庁）", ("福祉課（本庁）", False)),
    ],
)
def test_the_mark_of_the_one_that_fills(text: str, said: tuple[str, bool]) -> None:
    assert chief(text) == said


def test_names_in_one_cell_need_a_mark() -> None:
    unclear, findings = read_plan(drawn(表="番号 | 事業名 | R5 | 担当課\n1 | 健診 | 3 | 健康課、保健所"))
    assert unclear.programmes[0].responsible == "" and [f.code for f in findings] == ["XP501"]
    assert "◎" in findings[0].remedy
    clear, none = read_plan(drawn(表="番号 | 事業名 | R5 | 担当課\n1 | 健診 | 3 | 健康課、◎保健所"))
    assert clear.programmes[0].responsible == "保健所" and none == ()


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (45301, 'm"月"d"日"', "1-10"),
        (45566, "d-mmm", "10-1"),
        (45301, "General", 45301),
        (30, "0000", 30),
        (45301, "yyyy/m/d", 45301),
        ("1-10", "@", "1-10"),
    ],
)
def test_numbers_that_became_dates(value: int | str, number_format: str, text: int | str) -> None:
    assert as_number(Cell(value, Style(number_format))).value == text


def test_codes_keep_their_leading_zeros() -> None:
    plan, _ = read_plan(
        drawn(表="番号 | 事業名 | R5 | 担当課\n'0030 | 健診 | 3 | 健康課\n31 {0000} | 接種 | 4 | 健康課")
    )
    assert [p.key for p in plan.programmes] == ["0030", "0031"]


@pytest.mark.parametrize(
    ("column", "names", "unit"),
    [
        (["件"], ["相談件数【人】"], "件"),
        ([""], ["相談件数【件】", "相談"], "件"),
        ([], ["達成した割合［％］"], "％"),
        ([], ["相談件数（単位：件）"], "件"),
        ([], ["地域センター【再掲】"], ""),
        ([], ["相談件数（年間）"], ""),
    ],
)
def test_where_the_unit_stands(column: list[str], names: list[str], unit: str) -> None:
    assert stated_unit(column, names) == unit


def codes(text: str) -> list[str]:
    return [finding.code for finding in read_plan(drawn(表=text))[1]]


def test_a_number_that_stands_several_times() -> None:
    head = "番号 | 事業名 | 指標 | R5 | 担当課\n"
    together = head + "'11204 | 交通 | 件数 | 3 | 課\n'11204 | 交通 | 人数 | 4 | 課\n'11204 | 交通 | 回数 | 5 | 課"
    assert codes(together) == []
    assert codes(together.replace("交通 | 人数", "防犯 | 人数")) == ["XP510"]
    assert codes(together.replace("人数", "件数")) == ["XP503"]
    apart = head + "1 | 交通 | 件数 | 3 | 課\n2 | 防犯 | 人数 | 4 | 課\n1 | 交通 | 回数 | 5 | 課"
    assert codes(apart) == ["XP503"]


LONG = "相談の件数が増えた。原因を分析し、来年度は相談員を増やす。" * 30
LINES = f"""
番号 | 事業名 | 指標 | R4 | R5 | 課題 | 担当課
1 | 相談 | 件数 | 10 | 11 | {LONG} | 福祉課
^ | ^ | 満足度 | 80% | 81% | {LONG}終 | ^
^ | ^ | 人数 | 4 | 5 | {LONG}以上 | ^
2 | 広報 | 回数 | 2 | 2 | ない。 | 広報課
"""


def test_lines_of_a_block_divided_over_pages_are_read_back(tmp_path: Path) -> None:
    """Each line's text stays its own where the block goes on to the next pages."""
    office, plan, inbox = tmp_path / "元.xlsx", tmp_path / "計画.xlsx", tmp_path / "inbox"
    office.write_bytes(book_bytes(drawn(表=LINES)))
    run_rollover(office, "R5", plan, title="計画")
    inbox.mkdir()
    texts = {"1": LONG * 4 + "一", "1~2": LONG * 4 + "二", "1~3": LONG * 4 + "三", "2": "四"}
    values = {"1": "9", "1~2": "90%", "1~3": "8", "2": "7"}
    for _, form, _ in run_split(plan, tmp_path).forms:
        book = openpyxl.load_workbook(form)
        for key, column, owned, sheet, cell in issued_lines(book):
            if owned:
                book[sheet][cell].value = texts[key] if column == "narrative" else values[key]
        book.save(inbox / form.name)
    output = run_merge(inbox, plan, tmp_path).output
    assert output is not None
    done = load_plan(output)[0]
    assert any(len(block.parts) > 1 for table in done.tables for block in table.blocks)
    assert {p.key: p.text("narrative") for p in done.programmes} == texts
    assert {p.key: p.text("actual:2023") for p in done.programmes} == values
    assert [p.text("indicator") for p in done.programmes] == ["件数", "満足度", "人数", "回数"]


def test_lines_that_were_moved_in_a_form_are_still_themselves(tmp_path: Path) -> None:
    office, plan, inbox = tmp_path / "元.xlsx", tmp_path / "計画.xlsx", tmp_path / "inbox"
    rows = ("11204 | 交通 | 件数 | 3 | 4 | 課", "11204 | 交通 | 人数 | 5 | 6 | 課", "11205 | 防犯 | 回数 | 7 | 8 | 課")
    office.write_bytes(book_bytes(drawn(表="番号 | 事業名 | 指標 | R4 | R5 | 担当課\n" + "\n".join(rows))))
    run_rollover(office, "R5", plan, title="計画")
    inbox.mkdir()
    ((_, form, _),) = run_split(plan, tmp_path).forms
    book = openpyxl.load_workbook(form)
    sheet = book["表"]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2, max_row=4)]
    for row, (line, value) in enumerate(zip([lines[2], lines[1], lines[0]], (30, 20, 10), strict=True), 2):
        for column, text in enumerate(line, 1):
            sheet.cell(row, column).value = value if column == 5 else text
    book.save(inbox / form.name)
    output = run_merge(inbox, plan, tmp_path).output
    assert output is not None
    done = {p.key: p.text("actual:2023") for p in load_plan(output)[0].programmes}
    assert done == {"11204": "10", "11204~2": "20", "11205": "30"}
