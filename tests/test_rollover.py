"""From one round to the next: columns, headings, history, what is asked again and what rests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from issued_lines import issued_lines
from layouts.drawing import drawn
from xl_plan.cells import Book, Sheet, column_name
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.model import HISTORY_SHEET, Plan, Role
from xl_plan.pipeline.common import CannotRun, load_plan
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.rounds import Opened, run_rollover, run_split

# openpyxl drops the small charts of the report sheets, and says so
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
PRINT_LOSS = ROOT.parent / "shared" / "tools" / "print_loss.py"

SMALL = """
健康計画
番号 | 事業名 | 内容 | < | < | < | 目標 | 担当課
^ | ^ | 評価指標 | Ｒ4 | Ｒ5 | ・Ｒ5取り組みの成果\\n・Ｒ6に向けた課題 | Ｒ6 | ^
1 | 健診 | 受けやすくする。 | < | < | < |  | 健康課
^ | ^ | 受診者数 | 40人 | 42人 | 増えた。 | 50人 | ^
2 | 接種 | 声をかける。 | < | < | < |  | 保健所
^ | ^ | 接種率 | 80% | 集計中 | 続ける。 | 90% | ^
3 | 体操 | 公園で行う。 | < | < | < |  | 健康課
^ | ^ | 回数 | 5回 | 6回（速報値） | 人気がある。 | 増加 | ^
"""


def saved(folder: Path, book: Book, name: str = "元.xlsx") -> Path:
    path = folder / name
    path.write_bytes(book_bytes(book))
    return path


def edit(path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def setting(name: str, value: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        line = next(line for line in book["設定"].iter_rows(max_col=2) if line[0].value == name)
        line[1].value = value

    return change


def listed(table: str, *values: str) -> Callable[[openpyxl.Workbook], None]:
    """A line more in a list of 設定 that is still empty."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["設定"]
        row = next(line[0].row for line in sheet.iter_rows(max_col=1) if line[0].value == f"■{table}")
        head = next(r for r in range(row + 1, row + 5) if sheet.cell(r, 1).value)
        sheet.insert_rows(head + 1)
        for column, value in enumerate(values, 1):
            sheet.cell(head + 1, column).value = value

    return change


def fill(form: Path, target: Path, answer: Callable[[str, str], str]) -> None:
    """Fill every cell that the form's hidden sheet says is to be filled."""

    def change(book: openpyxl.Workbook) -> None:
        for key, column, owned, sheet, cell in issued_lines(book):
            if owned:
                book[sheet][cell].value = answer(key, column)

    target.write_bytes(form.read_bytes())
    edit(target, change)


def round_of(plan: Path, folder: Path, answer: Callable[[str, str], str]) -> Path:
    """Split, fill all forms, merge: the consolidated workbook."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    for _, form, _ in run_split(plan, folder).forms:
        fill(form, inbox / form.name, answer)
    output = run_merge(inbox, plan, folder).output
    assert output is not None
    return output


def answered(key: str, column: str) -> str:
    return f"{key}の成果" if column.startswith("narrative") else "集計中" if key == "2" else "7人"


@dataclass(frozen=True)
class Year:
    folder: Path
    r5: Path
    r6: Path
    opened: Opened
    plan: Plan


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The small plan: R5 adopted and answered, R6 opened."""
    folder = tmp_path_factory.mktemp("year")
    run_rollover(saved(folder, drawn(表=SMALL)), "R5", folder / "R5.xlsx", title="健康計画", deadline="2024-05-31")
    done = round_of(folder / "R5.xlsx", folder / "o5", answered)
    opened = run_rollover(done, "R6", folder / "R6.xlsx", deadline="2025-05-30")
    return Year(folder, done, folder / "R6.xlsx", opened, load_plan(folder / "R6.xlsx")[0])


def texts(plan: Plan, key: str) -> dict[str, str]:
    programme = plan.programme(key)
    assert programme is not None
    return {column.key: programme.text(column.key) for column in programme.block.columns}


def headers(plan: Plan) -> list[str]:
    return [column.header for column in plan.tables[0].columns]


# ------------------------------------------------------------------------------------------------- columns and headings
def test_the_year_stands_beside_the_last_in_its_manner(year: Year) -> None:
    columns = {c.key: c for c in year.plan.tables[0].columns}
    assert columns["actual:2024"].header == "Ｒ6"
    assert columns["actual:2024"].left == columns["actual:2023"].left + 1
    sheet = read_book(year.r6.read_bytes()).sheet("表")
    assert sheet is not None
    assert sheet.widths[columns["actual:2024"].left] == sheet.widths[columns["actual:2023"].left]


def test_merged_cells_over_the_place_are_widened(year: Year) -> None:
    sheet = read_book(year.r6.read_bytes()).sheet("表")
    assert sheet is not None
    assert {(a.left, a.right) for a in sheet.merges if a.right > a.left} == {(2, 6)}


def test_the_headings_of_the_narrative_move_by_a_year(year: Year) -> None:
    assert "・Ｒ6取り組みの成果 ・Ｒ7に向けた課題" in headers(year.plan)


def test_last_year_is_history_and_targets_stay(year: Year) -> None:
    row = texts(year.plan, "1")
    assert row["actual:2022"] == "40人" and row["actual:2023"] == "7人" and row["actual:2024"] == ""
    assert row["narrative"] == "" and row["target:2024"] == "50人"


def test_only_the_new_year_is_asked(year: Year) -> None:
    asked = {c.key for c in year.plan.tables[0].columns if c.filler is not None}
    assert asked == {"actual:2024", "narrative"}
    assert str(year.plan.settings.year) == "R6" and year.plan.settings.deadline == "2025-05-30"


def test_an_old_deadline_is_not_carried_on(year: Year, tmp_path: Path) -> None:
    run_rollover(year.r5, "R6", tmp_path / "R6.xlsx")
    assert load_plan(tmp_path / "R6.xlsx")[0].settings.deadline == ""


def test_a_year_already_there_is_emptied(year: Year, tmp_path: Path) -> None:
    run_rollover(year.r5, "R5", tmp_path / "again.xlsx")
    row = texts(load_plan(tmp_path / "again.xlsx")[0], "1")
    assert row["actual:2023"] == "" and row["narrative"] == "" and row["actual:2022"] == "40人"


def test_value_target_and_rate_of_a_year_are_added_together(tmp_path: Path) -> None:
    book = drawn(
        表="""
番号 | 事業名 | 令和4年度 | < | < | 令和5年度 | < | < | 担当課
^ | ^ | 目標 | 実績 | 達成率 | 目標 | 実績 | 達成率 | ^
1 | 健診 | 50 | 40 | 80% | 50 | 45 | 90% | 健康課
"""
    )
    run_rollover(saved(tmp_path, book), "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert headers(plan)[8:11] == ["令和6年度 目標", "令和6年度 実績", "令和6年度 達成率"]
    assert headers(plan)[11] == "担当課"
    assert texts(plan, "1")["rate:2023"] == "90%" and texts(plan, "1")["actual:2024"] == ""


def test_tables_with_different_columns_each_get_the_year(tmp_path: Path) -> None:
    book = drawn(
        表="""
番号 | 事業名 | R5 | 担当課
1 | 健診 | 40 | 健康課

番号 | 事業名 | R4 | R5 | 今後の方向性 | 所管課
2 | 接種 | 30 | 50 | 続ける。 | 保健所
"""
    )
    run_rollover(saved(tmp_path, book), "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert texts(plan, "1") == {
        "number": "1", "name": "健診", "actual:2023": "40", "actual:2024": "", "department": ""
    }  # fmt: skip
    assert texts(plan, "2")["actual:2023"] == "50" and texts(plan, "2")["actual:2024"] == ""
    assert [p.responsible for p in plan.programmes] == ["健康課", "保健所"]


def test_a_sheet_whose_year_stands_in_the_title(tmp_path: Path) -> None:
    book = drawn(表="令和５年度　進捗管理表\n番号 | 事業名 | 実績値 | 課題 | 担当課\n1 | 健診 | 42人 | ある。 | 健康課")
    run_rollover(saved(tmp_path, book), "R5", tmp_path / "R5.xlsx", title="計画")
    done = round_of(tmp_path / "R5.xlsx", tmp_path / "o5", answered)
    run_rollover(done, "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert plan.tables[0].bands[0].text.startswith("令和６年度")
    assert texts(plan, "1")["actual:2024"] == ""
    assert ("R5", "実績値", "7人") in {(str(h.year), h.item, h.text) for h in plan.history}


def test_no_place_for_the_year_is_said(tmp_path: Path) -> None:
    book = drawn(表="番号 | 事業名 | メモ | 担当課\n1 | 健診 | あ | 健康課")
    with pytest.raises(CannotRun, match="R6の列がなく、加える位置も分かりません"):
        run_rollover(saved(tmp_path, book), "R6", tmp_path / "R6.xlsx")
    assert not (tmp_path / "R6.xlsx").exists()


# --------------------------------------------------------------------------------------------------------- plan period
def test_in_the_last_year_the_next_plan_is_named(year: Year, tmp_path: Path) -> None:
    done = tmp_path / "R5.xlsx"
    done.write_bytes(year.r5.read_bytes())
    edit(done, setting("計画期間", "R3～R6"))
    run_rollover(done, "R6", tmp_path / "R6.xlsx")
    assert "・Ｒ6取り組みの成果 ・次期計画に向けた課題" in headers(load_plan(tmp_path / "R6.xlsx")[0])


def test_after_the_last_year_the_plan_has_ended(year: Year, tmp_path: Path) -> None:
    plan = tmp_path / "R6.xlsx"
    plan.write_bytes(year.r6.read_bytes())
    edit(plan, setting("計画期間", "R3～R6"))
    with pytest.raises(CannotRun, match="計画期間（R3～R6）は令和6年度で終わっています"):
        run_rollover(plan, "R7", tmp_path / "R7.xlsx")


# --------------------------------------------------------------------------------------------- history and asked again
def test_last_round_s_narrative_is_kept_and_shown_below_the_row(year: Year) -> None:
    assert ("1", "1の成果") in {(h.number, h.text) for h in year.plan.history if h.item == Role.NARRATIVE.value}
    form = next(path for name, path, _ in run_split(year.r6, year.folder / "o6").forms if name == "健康課")
    below = [c.value for line in openpyxl.load_workbook(form)["表"].iter_rows() for c in line if c.value]
    assert any("（参考）前回（令和5年度）の記載\n1の成果" in str(text) for text in below)


def test_pending_and_provisional_values_are_asked_again(year: Year) -> None:
    """2 was answered 集計中; 3 was provisional in the office's sheet, but has been answered since."""
    assert year.plan.again == {("2", "actual:2023")}
    owned = {(p.key, c.key) for p, c in year.plan.owned_by("保健所")}
    assert owned == {("2", "actual:2023"), ("2", "actual:2024"), ("2", "narrative")}


def test_what_was_asked_again_arrives(year: Year, tmp_path: Path) -> None:
    done = round_of(year.r6, tmp_path / "o6", lambda key, column: f"{column}の答え")
    plan = load_plan(done)[0]
    assert texts(plan, "2")["actual:2023"] == "actual:2023の答え"
    assert texts(plan, "1")["actual:2023"] == "7人"
    run_rollover(done, "R7", tmp_path / "R7.xlsx")
    assert load_plan(tmp_path / "R7.xlsx")[0].again == frozenset()


def test_provisional_values_of_an_adopted_sheet_are_asked_again(tmp_path: Path) -> None:
    run_rollover(saved(tmp_path, drawn(表=SMALL)), "R6", tmp_path / "R6.xlsx")
    assert load_plan(tmp_path / "R6.xlsx")[0].again == {("2", "actual:2023"), ("3", "actual:2023")}


def test_an_answer_that_never_came_is_blank_and_asked_again(year: Year, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    output = run_merge(inbox, year.folder / "R5.xlsx", tmp_path / "out").output
    assert output is not None
    run_rollover(output, "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert texts(plan, "1")["actual:2023"] == ""
    assert plan.again == {("1", "actual:2023"), ("2", "actual:2023"), ("3", "actual:2023")}


def test_changed_indicators_and_targets_are_told_in_the_form(year: Year, tmp_path: Path) -> None:
    plan = tmp_path / "R6.xlsx"
    plan.write_bytes(year.r6.read_bytes())

    def change(book: openpyxl.Workbook) -> None:
        for line in book["表"].iter_rows():
            for cell in line:
                if cell.value in ("受診者数", "50人"):
                    cell.value = {"受診者数": "受診率", "50人": "60%"}[cell.value]

    edit(plan, change)
    form = next(path for name, path, _ in run_split(plan, tmp_path).forms if name == "健康課")
    said = "".join(str(c.value) for line in openpyxl.load_workbook(form)["表"].iter_rows() for c in line if c.value)
    assert "変わった項目：評価指標（評価指標）　前回（令和5年度）は「受診者数」でした。" in said
    assert "変わった項目：目標値（目標 Ｒ6）　前回（令和5年度）は「50人」でした。" in said
    run_rollover(plan, "R7", tmp_path / "R7.xlsx")
    kept = [
        h.text for h in load_plan(tmp_path / "R7.xlsx")[0].history if h.item == Role.INDICATOR.value and h.number == "1"
    ]
    assert kept == ["受診者数", "受診率"]


def test_a_survey_every_few_years_is_not_asked_in_between(year: Year, tmp_path: Path) -> None:
    done = tmp_path / "R5.xlsx"
    done.write_bytes(year.r5.read_bytes())
    edit(done, listed("調査周期", "1", "", "3", "R5"))
    run_rollover(done, "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert texts(plan, "1")["actual:2024"] == "－"
    assert ("1", "actual:2024") not in {(p.key, c.key) for p, c in plan.owned_by("健康課")}
    assert ("1", "narrative") in {(p.key, c.key) for p, c in plan.owned_by("健康課")}
    form = next(path for name, path, _ in run_split(tmp_path / "R6.xlsx", tmp_path).forms if name == "健康課")
    said = [c.value for line in openpyxl.load_workbook(form)["表"].iter_rows() for c in line if c.value]
    assert "記入不要\n（次の調査は令和8年度です）" in said
    merged = round_of(tmp_path / "R6.xlsx", tmp_path / "o6", answered)
    assert texts(load_plan(merged)[0], "1")["actual:2024"] == "－"
    run_rollover(merged, "R7", tmp_path / "R7.xlsx")
    run_rollover(round_of(tmp_path / "R7.xlsx", tmp_path / "o7", answered), "R8", tmp_path / "R8.xlsx")
    assert texts(load_plan(tmp_path / "R8.xlsx")[0], "1")["actual:2026"] == ""


def test_a_cycle_that_cannot_be_read_is_said(year: Year, tmp_path: Path) -> None:
    plan = tmp_path / "R6.xlsx"
    plan.write_bytes(year.r6.read_bytes())
    edit(plan, listed("調査周期", "1", "", "ときどき", "R5"))
    assert [(f.code, f.got) for f in load_plan(plan)[1] if f.code == "XP507"] == [("XP507", "ときどき")]


# ------------------------------------------------------------------------------------------------------------ formulas
def test_formulas_become_values_and_are_named(tmp_path: Path) -> None:
    book = drawn(
        表="""
番号 | 事業名 | R4 | 達成率 | R5 | 達成率 | 担当課
1 | 健診 | 40 | =C2/50 -> 0.8 {0%} | 45 | =E2/50 -> 0.9 {0%} | 健康課
合計 |  | =SUM(C2:C2) -> 40 |  |  |  |
"""
    )
    opened = run_rollover(saved(tmp_path, book), "R6", tmp_path / "R6.xlsx")
    sheet = read_book((tmp_path / "R6.xlsx").read_bytes()).sheet("表")
    assert isinstance(sheet, Sheet) and not any(cell.formula for cell in sheet.cells.values())
    assert texts(load_plan(tmp_path / "R6.xlsx")[0], "1")["rate:2022"] == "80%"
    fixed = [f for f in opened.findings if f.code == "XP509"]
    assert [(f.place.column, f.got) for f in fixed] == [
        ("達成率", "=C2/50"),
        ("", "=SUM(C2:C2)"),
    ]


def test_a_book_of_values_gives_no_such_finding(year: Year) -> None:
    assert not [f for f in year.opened.findings if f.code == "XP509"]


# ----------------------------------------------------------------------------------------------------- reading, lists
def test_the_reading_stands_in_the_settings_and_is_corrected_there(tmp_path: Path) -> None:
    book = drawn(表="番号 | 事業名 | 中間値 | R5 | 担当課\n1 | 健診 | 3 | 40 | 健康課")
    opened = run_rollover(saved(tmp_path, book), "R5", tmp_path / "R5.xlsx")
    assert ("表", "「中間値」は意味を読み取れませんでした。文字のまま残します。", "C1") in opened.reading
    sheet = openpyxl.load_workbook(tmp_path / "R5.xlsx")["設定"]
    assert any("「中間値」は意味を読み取れませんでした" in str(c.value) for line in sheet.iter_rows() for c in line)

    def correct(workbook: openpyxl.Workbook) -> None:
        listed_columns: Worksheet = workbook["設定"]
        line = next(line for line in listed_columns.iter_rows(max_col=3) if line[0].value == "中間値")
        line[1].value, line[2].value = "実績値", "R3"

    edit(tmp_path / "R5.xlsx", correct)
    assert "actual:2021" in {c.key for c in load_plan(tmp_path / "R5.xlsx")[0].tables[0].columns}
    run_rollover(tmp_path / "R5.xlsx", "R6", tmp_path / "R6.xlsx")
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    assert {"actual:2021", "actual:2024"} <= {c.key for c in plan.tables[0].columns}


def test_unclear_beyond_repair_is_refused_in_one_line(tmp_path: Path) -> None:
    beside = drawn(表="番号 | 事業名 | 番号 | 担当課\n1 | 健診 | 2 | 健康課")
    with pytest.raises(CannotRun, match="左右") as refused:
        run_rollover(saved(tmp_path, beside), "R5", tmp_path / "R5.xlsx")
    assert "\n" not in str(refused.value)
    nobody = drawn(表="番号 | 事業名 | R5\n1 | 健診 | 2")
    with pytest.raises(CannotRun, match="担当部局の列"):
        run_rollover(saved(tmp_path, nobody), "R5", tmp_path / "R5.xlsx")


def test_a_column_of_the_office_is_filled_beside_the_departments(tmp_path: Path) -> None:
    book = drawn(表="番号 | 事業名 | R5 | 評価 | 担当課\n1 | 健診 | 40 | Ａ | 健康課")
    run_rollover(saved(tmp_path, book), "R5", tmp_path / "R5.xlsx", title="計画")

    def by_office(workbook: openpyxl.Workbook) -> None:
        line = next(line for line in workbook["設定"].iter_rows(max_col=4) if line[0].value == "評価")
        line[3].value = "事務局"

    edit(tmp_path / "R5.xlsx", by_office)
    plan = load_plan(tmp_path / "R5.xlsx")[0]
    assert {c.key for _, c in plan.owned_by("健康課")} == {"actual:2023"}
    done = round_of(tmp_path / "R5.xlsx", tmp_path / "o5", answered)
    assert texts(load_plan(done)[0], "1")["rating"] == "Ａ"
    run_rollover(done, "R6", tmp_path / "R6.xlsx")
    opened = load_plan(tmp_path / "R6.xlsx")[0]
    assert texts(opened, "1")["rating"] == ""
    assert {c.key: c.filler for c in opened.tables[0].columns}["rating"] == "事務局"


# ------------------------------------------------------------------------------------------------ the real plan, printed
def test_five_years_in_a_row_with_old_years_folded(tmp_path: Path) -> None:
    path = tmp_path / "R5.xlsx"
    run_rollover(OFFICE, "R5", path, title="柏市地域健康福祉計画")
    edit(path, setting("表示する年数", "4"))
    for number in range(6, 11):
        after = tmp_path / f"R{number}.xlsx"
        run_rollover(path, f"R{number}", after)
        path = after
    plan = load_plan(path)[0]
    sheet = read_book(path.read_bytes()).sheet("柱2")
    assert sheet is not None
    shown = [c.year for c in plan.tables[0].columns if c.role is Role.ACTUAL and c.left not in sheet.hidden_columns]
    assert shown == [FiscalYear(year) for year in range(2025, 2029)]
    assert sheet.hidden_columns == sheet.outline_columns
    assert len(plan.programmes) == 32
    target = next(c for c in plan.tables[0].columns if c.key == "target:2024")
    assert target.left not in sheet.hidden_columns


def test_a_sheet_with_folded_years_prints_every_character(year: Year, tmp_path: Path) -> None:
    if not PRINT_LOSS.is_file():
        pytest.skip("the measuring tool is not beside this repository")
    path = tmp_path / "R6.xlsx"
    path.write_bytes(year.r6.read_bytes())
    edit(path, setting("表示する年数", "2"))
    for number in range(7, 11):
        run_rollover(path, f"R{number}", tmp_path / f"R{number}.xlsx")
        path = tmp_path / f"R{number}.xlsx"
    sheet = read_book(path.read_bytes()).sheet("表")
    assert sheet is not None and len(sheet.hidden_columns) == 5
    hidden = [
        argument for col in sorted(sheet.hidden_columns) for argument in ("--allow-unprinted", f"表!{_whole(col)}")
    ]
    judged = subprocess.run(
        [sys.executable, str(PRINT_LOSS), str(path), "--pass", "excel", *hidden],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "every character is printed" in judged.stdout, judged.stdout[-2000:]


def _whole(column: int) -> str:
    return f"{column_name(column)}1:{column_name(column)}200"


def test_history_is_a_sheet_of_its_own(year: Year) -> None:
    assert read_book(year.r6.read_bytes()).sheet(HISTORY_SHEET) is not None
    assert load_plan(year.folder / "R5.xlsx")[0].history == ()
