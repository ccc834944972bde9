"""Which rows are a header, a programme, a line of one, a heading or a remark; where each column's cell stands."""

from __future__ import annotations

from collections.abc import Mapping

from layouts.drawing import drawn
from xl_plan.cells import Sheet, a1
from xl_plan.model import BandKind, Block, Column, Role, Table
from xl_plan.office.reading import reading
from xl_plan.plan import read_plan
from xl_plan.tables.table import read_table, side_by_side


def table_of(text: str) -> Table:
    table = read_table(drawn(表=text).sheets[0])
    assert table is not None
    return table


def cells(table: Table, key: str) -> list[str]:
    """The cell of a column in each line, empty where the line has none."""
    return [",".join(a1(*place) for place in block.places.get(key, ())) for block in table.blocks]


def kinds(table: Table) -> list[str]:
    return [f"{band.first + 1}-{band.last + 1} {band.kind.value}" for band in table.bands]


def test_titles_remarks_and_sums_are_no_programmes() -> None:
    table = table_of("""
進捗管理表
（単位：件） | 令和5年10月現在
番号 | 事業名 | R5 | 担当課
1 | 健診 | 40 | 健康課
2 | 接種 | 50 | 保健所
合計 | | 90 |
凡例 | ◎：達成 | ○：順調
※ 数値は | 速報値である
（注） | 四捨五入による
""")
    assert [block.first + 1 for block in table.blocks] == [4, 5]
    assert kinds(table)[-4:] == ["6-6 note", "7-7 note", "8-8 note", "9-9 note"]


def test_headings_between_programmes() -> None:
    table = table_of("""
番号 | 事業名 | R5 | 担当課
（１）運動
① 体操
1 | 健診 | 40 | 健康課
② 散歩
2 | 接種 | 50 | 保健所
""")
    assert [block.headings for block in table.blocks] == [("（１）運動", "① 体操"), ("（１）運動", "② 散歩")]


def test_a_header_reaches_up_to_the_parents_of_its_columns() -> None:
    table = table_of("""
計画の進捗
事業 | < | 実績値 | < | 担当課
番号 | 名称 | R4 | R5 | ^
1 | 健診 | 40 | 41 | 健康課
""")
    assert kinds(table) == ["1-1 title", "2-3 header", "4-4 block"]
    assert [column.key for column in table.columns] == ["number", "name", "actual:2022", "actual:2023", "department"]


def test_a_row_below_the_header_that_is_data_stays_data() -> None:
    table = table_of("""
番号 | 事業名 | R5 | 担当課
 | | 予算 | 企画課へ
1 | 健診 | 40 | 健康課
""")
    assert kinds(table)[0] == "1-1 header"
    assert len(table.blocks) == 1


MERGED = """
番号 | 事業名 | 指標 | R4 | R5 | 課題 | 担当課
1 | 相談 | 件数 | 10 | 11 | ある。 | 福祉課
^ | ^ | 満足度 | 80% | 81% | ^ | ^
^ | ^ | 人数 | 4 | 5 | ない。 | ^
2 | 広報 | 回数 | 2 | 2 | ない。 | 広報課
"""


def test_each_indicator_of_a_merged_number_is_a_line() -> None:
    table = table_of(MERGED)
    assert cells(table, "indicator") == ["C2", "C3", "C4", "C5"]
    assert cells(table, "actual:2023") == ["E2", "E3", "E4", "E5"]
    assert cells(table, "number") == ["A2", "A2", "A2", "A5"]
    assert cells(table, "department") == ["G2", "G2", "G2", "G5"]
    assert [(block.first + 1, block.last + 1, block.line) for block in table.blocks] == [
        (2, 4, 0), (2, 4, 1), (2, 4, 2), (5, 5, 0)
    ]  # fmt: skip


def test_a_cell_over_two_lines_belongs_to_the_first() -> None:
    assert cells(table_of(MERGED), "narrative") == ["F2", "", "F4", "F5"]


def test_a_number_left_blank_instead_of_merged() -> None:
    table = table_of("""
番号 | 事業名 | 指標 | R4 | R5 | 担当課
1 | 相談 | 件数 | 10 | 11 | 福祉課
 | | 満足度 | 80% | 81% |
2 | 広報 | 回数 | 2 | 2 | 広報課
""")
    assert cells(table, "indicator") == ["C2", "C3", "C4"]
    assert cells(table, "number") == ["A2", "A2", "A4"]


def test_an_indicator_written_over_two_rows_is_one() -> None:
    table = table_of("""
番号 | 事業名 | 指標 | R4 | R5 | 担当課
1 | 相談 | 相談件数 | 10 | 11 | 福祉課
^ | ^ | （年間） | | | ^
2 | 広報 | 回数 | 2 | 2 | 広報課
""")
    assert len(table.blocks) == 2 and not any(column.divides for column in table.columns)


STACKED = """
番号 | 事業名 | 指標 | 区分 | R4 | R5 | 担当課
1 | 相談 | 件数 | 目標値 | 10 | 12 | 福祉課
^ | ^ | ^ | 実績値 | 9 | 11 | ^
^ | ^ | ^ | 達成率 | 90% | 92% | ^
^ | ^ | 人数 | 実績値 | 4 | 5 | ^
^ | ^ | ^ | 目標値 | 5 | 6 | ^
"""


def test_stacked_values_are_found_by_their_label_not_by_their_order() -> None:
    table = table_of(STACKED)
    assert cells(table, "target:2023") == ["F2", "F6"]
    assert cells(table, "actual:2023") == ["F3", "F5"]
    assert cells(table, "rate:2023") == ["F4", ""]
    assert ("表", "「区分」は、各行の値の種類を示す列です。", "D1") in reading([table], ())


def test_two_steps_by_a_legend() -> None:
    table = table_of("""
上段：実績値　下段：目標値
番号 | 事業名 | R4 | R5 | 担当課
1 | 相談 | 9 | | 福祉課
^ | ^ | 10 | 12 | ^
""")
    assert cells(table, "actual:2023") == ["D3"] and cells(table, "target:2023") == ["D4"]


def test_a_blank_value_is_not_looked_for_in_the_row_of_the_target() -> None:
    """Nothing says what the second rows hold: they are left alone, and a blank actual stays where it belongs."""
    table = table_of("""
番号 | 事業名 | R4 | R5 | 担当課
1 | 相談 | 9 | | 福祉課
^ | ^ | (10) | (12) | ^
2 | 広報 | 8 | 7 | 広報課
^ | ^ | (10) | (12) | ^
""")
    assert cells(table, "actual:2023") == ["D2", "D4"]
    said = [what for _, what, _ in reading([table], ())]
    assert any("どの列にも当てはまらないセルが4個" in what for what in said)


def test_departments_with_lines_of_their_own() -> None:
    table = table_of("""
番号 | 事業名 | 担当課 | R4 | R5
1 | 連携 | 福祉課 | 1 | 2
^ | ^ | 市民課 | 3 | 4
""")
    assert cells(table, "department") == ["C2", "C3"] and cells(table, "actual:2023") == ["E2", "E3"]


def test_departments_that_share_one_line() -> None:
    table = table_of("""
番号 | 事業名 | 担当課 | R4 | R5
1 | 連携 | 福祉課 | 1 | 2
^ | ^ | *市民課 | ^ | ^
""")
    assert cells(table, "department") == ["C2,C3"] and len(table.blocks) == 1


def test_tables_with_headers_of_their_own() -> None:
    table = table_of("""
番号 | 事業名 | R5 | 担当課
1 | 健診 | 40 | 健康課

番号 | 事業名 | R4 | R5 | 今後の方向性 | 所管課
2 | 接種 | 30 | 50 | 続ける。 | 保健所
""")
    assert cells(table, "actual:2023") == ["C2", "D5"]
    assert cells(table, "department") == ["D2", "F5"]
    assert cells(table, "narrative") == ["", "E5"]


def test_tables_side_by_side_are_refused_with_their_headers() -> None:
    sheet: Sheet = drawn(
        表="""
番号 | 事業名 | R5 | 担当課 | 番号 | 事業名 | R5 | 担当課
1 | 健診 | 40 | 健康課 | 2 | 接種 | 50 | 保健所
"""
    ).sheets[0]
    assert read_table(sheet) is None
    assert side_by_side(sheet) == ("A1", "E1")
    _, findings = read_plan(drawn(表="番号 | 事業名 | 番号 | 担当課\n1 | 健診 | 2 | 健康課"))
    assert [f.code for f in findings] == ["XP512"]


def test_the_reading_names_its_cells_and_what_it_left() -> None:
    book = drawn(
        表="""
番号 | 事業名 | 圏域 | 中間実績 | R5 | 担当課
1 | 健診 | 北 | 3 | 40 | 健康課
※ 速報
"""
    )
    plan, _ = read_plan(book)
    said = {what: where for _, what, where in reading(plan.tables, plan.programmes)}
    assert said["「R5」は令和5年度の実績値です。"] == "E1"
    assert said["「圏域」は意味を読み取れませんでした。文字のまま残します。"] == "C1"
    assert said["「中間実績」は年度を読み取れませんでした。年度があるときは、設定の「■列」に入れてください。"] == "D1"
    assert said["表の外の文（注記・凡例など）が1行あります。そのまま残します。"] == "A3"


def roles(columns: Mapping[str, Column] | tuple[Column, ...]) -> set[Role]:
    return {column.role for column in columns if isinstance(column, Column)}


def test_every_line_of_a_block_is_laid_out_with_it() -> None:
    blocks: tuple[Block, ...] = table_of(MERGED).blocks
    assert len({block.parts for block in blocks[:3]}) == 1
    assert Role.INDICATOR in roles(blocks[0].columns)
    assert [band.kind for band in table_of(MERGED).bands] == [BandKind.HEADER, BandKind.BLOCK, BandKind.BLOCK]
