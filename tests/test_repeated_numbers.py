"""A plan in which one number stands three times: every command knows which of the rows is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from issued_lines import issued_lines
from layouts.drawing import drawn
from xl_plan.cells import Cell, Sheet, a1
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Finding
from xl_plan.model import FINDINGS_SHEET, SOURCES_SHEET
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.comparing import run_diff
from xl_plan.pipeline.exporting import run_export
from xl_plan.pipeline.following import run_status
from xl_plan.pipeline.merging import MergeResult, run_merge
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.pipeline.viewing import run_view

# openpyxl, which plays the person at Excel here, drops what it does not know of the report sheets.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")

TABLE = """
番号 | 事業名 | 評価指標 | R4 実績値 | R5 実績値 | 成果・課題 | R6 目標値 | 担当課
11204 | 施設の整備 | 箇所数 | 4箇所 |  |  | 6箇所 | 建築課
11205 | 相談 | 件数 | 10件 |  |  | 20件 | 福祉課
11204 | 施設の整備 | 利用者数 | 100人 |  |  | 120人 | 子育て課
11204 | 施設の整備 | 満足度 | 80% |  |  | 90% | 建築課
"""
ANSWERS = {"11204": "5箇所", "11205": "12件", "11204~2": "110人", "11204~3": "82%"}
ACTUAL = "actual:2023"


@dataclass
class Round:
    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "元.xlsx").write_bytes(book_bytes(drawn(表=TABLE)))
        run_rollover(self.folder / "元.xlsx", "R5", self.plan, title="施設計画")
        run_split(self.plan, self.folder)
        self.inbox.mkdir()
        for name in ("建築課", "福祉課", "子育て課"):
            self.answer(name)

    @property
    def plan(self) -> Path:
        return self.folder / "R5.xlsx"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def answer(self, department: str, changes: Mapping[str, str | None] | None = None, to: str = "") -> None:
        """The department's form filled; ``changes`` by the row's key."""
        book = openpyxl.load_workbook(self.folder / "調査票" / f"{department}.xlsx")
        answers = {**ANSWERS, **(changes or {})}
        for key, column, owned, sheet, cell in issued_lines(book):
            if owned:
                answer = answers[key]
                text = answer if column == ACTUAL else answer and f"{key}の成果があった。"
                book[sheet][cell].value = text
        book.save(self.inbox / (to or f"{department}.xlsx"))

    def merge(self) -> MergeResult:
        return run_merge(self.inbox, self.plan, self.folder)

    def sheet(self, done: MergeResult, name: str) -> Sheet:
        assert done.output is not None
        sheet = read_book(done.output.read_bytes()).sheet(name)
        assert sheet is not None
        return sheet


@pytest.fixture
def the_round(tmp_path: Path) -> Round:
    return Round(tmp_path)


def of(done: MergeResult, got: str) -> list[Finding]:
    return sorted((f for f in done.findings if f.got == got), key=lambda f: f.place.cell)


def line(sheet: Sheet, *texts: str) -> list[dict[int, Cell]]:
    """The lines that hold all these texts."""
    return [dict(cells) for _, cells in sheet.rows() if set(texts) <= {str(cell.value) for _, cell in cells}]


def test_every_value_is_in_its_own_row(the_round: Round) -> None:
    done = the_round.merge()
    assert done.output is not None
    plan = load_plan(done.output)[0]
    assert {p.key: p.text(ACTUAL) for p in plan.programmes} == ANSWERS


def test_where_a_value_came_from_is_told_for_each_row(the_round: Round) -> None:
    done = the_round.merge()
    assert done.output is not None
    sources = line(the_round.sheet(done, SOURCES_SHEET), "R5 実績値")
    named = {(row[0].value, row[4].value) for row in sources}
    assert named == {
        ("11204", "建築課.xlsx"),
        ("11205", "福祉課.xlsx"),
        ("11204〔2〕", "子育て課.xlsx"),
        ("11204〔3〕", "建築課.xlsx"),
    }
    run_export(done.output, the_round.folder / "表.csv")
    table = pd.read_csv(the_round.folder / "表.csv", dtype=str, keep_default_na=False)
    actual = table[(table["列"] == "R5 実績値")]
    assert dict(zip(actual["評価指標"], actual["転記元"], strict=True)) == {
        "箇所数": "建築課.xlsx",
        "件数": "福祉課.xlsx",
        "利用者数": "子育て課.xlsx",
        "満足度": "建築課.xlsx",
    }
    assert set(actual["番号"]) == {"11204", "11205"}


def test_values_of_one_header_have_each_their_own_source(tmp_path: Path) -> None:
    table = "番号 | 事業名 | R4 値 | 達成率 | R5 値 | 達成率 | 担当課\n1 | 健診 | 40人 | 80% | | | 健康課"
    (tmp_path / "元.xlsx").write_bytes(book_bytes(drawn(表=table)))
    run_rollover(tmp_path / "元.xlsx", "R5", tmp_path / "R5.xlsx", title="計画")
    (tmp_path / "inbox").mkdir()
    form = run_split(tmp_path / "R5.xlsx", tmp_path).forms[0][1]
    book = openpyxl.load_workbook(form)
    for _, column, owned, sheet, cell in issued_lines(book):
        if owned:
            book[sheet][cell].value = "42人" if column.startswith("actual") else "84%"
    book.save(tmp_path / "inbox" / form.name)
    output = run_merge(tmp_path / "inbox", tmp_path / "R5.xlsx", tmp_path).output
    assert output is not None
    run_export(output, tmp_path / "表.csv")
    rows = pd.read_csv(tmp_path / "表.csv", dtype=str, keep_default_na=False)
    rates = rows[rows["列"] == "達成率"]
    assert dict(zip(rates["原文"], rates["転記元"], strict=True)) == {"80%": "", "84%": "健康課.xlsx"}


def test_the_list_of_data_leads_to_each_row_s_own_cell(the_round: Round) -> None:
    done = the_round.merge()
    assert done.output is not None
    plan = load_plan(done.output)[0]
    sheet = the_round.sheet(done, "データ一覧")
    for key, text in ANSWERS.items():
        programme = plan.programme(key)
        place = programme.place(ACTUAL) if programme else None
        assert place is not None
        links = [cell.link for row in line(sheet, text) for cell in row.values() if cell.link]
        assert links == [f"#'表'!{a1(*place)}"]


# ------------------------------------------------------------------------------------------------ findings settled
def test_a_finding_leads_to_its_own_row_and_is_settled_alone(the_round: Round) -> None:
    the_round.answer("建築課", {"11204": "同上", "11204~3": "同上"})
    done = the_round.merge()
    first, third = of(done, "同上")
    assert (first.place.number, third.place.number) == ("11204", "11204")
    plan = load_plan(done.output or Path())[0]
    rows = {p.key: (p.place(ACTUAL) or (0, 0))[0] + 1 for p in plan.programmes}
    listed = line(the_round.sheet(done, FINDINGS_SHEET), first.code)
    links = [str(cell.link) for row in listed for cell in row.values() if cell.link]
    assert sorted(int(re.sub(r".*!\D+", "", link)) for link in links) == [rows["11204"], rows["11204~3"]]

    assert done.output is not None
    book = openpyxl.load_workbook(done.output)
    sheet = book[FINDINGS_SHEET]
    head = next(row for row in sheet.iter_rows() if any(c.value == "対応" for c in row))
    column = next(c.column for c in head if c.value == "対応")
    at = next(r for r in range(head[0].row + 1, sheet.max_row + 1)
              if any(str(rows["11204~3"]) in str(c.hyperlink.location) for c in sheet[r] if c.hyperlink))  # fmt: skip
    sheet.cell(at, column).value = "問題なし"
    book.save(done.output)
    first, third = of(the_round.merge(), "同上")
    assert (first.settled, third.settled) == ("", "問題なし")


def test_a_return_marks_the_cell_that_is_meant(the_round: Round) -> None:
    the_round.answer("建築課", {"11204": "同上"})
    done = the_round.merge()
    returned = next(path for path in done.returns if path.suffix == ".xlsx")
    sheet = read_book(returned.read_bytes()).sheet("表")
    assert sheet is not None
    noted = {str(sheet.at(*place).value) for place, cell in sheet.cells.items() if cell.note}
    assert noted == {"同上"}


def test_a_later_file_answers_only_its_own_row(the_round: Round) -> None:
    """Of two files the newer answers the third row; the older one's fault in the first row still stands."""
    the_round.answer("建築課", {"11204": "同上", "11204~3": None})
    the_round.answer("建築課", {"11204": None}, to="建築課2.xlsx")
    done = the_round.merge()
    assert [f.place.file for f in of(done, "同上")] == ["建築課.xlsx"]
    assert done.output is not None
    assert load_plan(done.output)[0].programmes[3].text(ACTUAL) == "82%"


def test_the_page_shows_the_row_that_is_meant(the_round: Round) -> None:
    the_round.answer("建築課", {"11204": "同上"})
    page = run_view(the_round.inbox, the_round.plan, the_round.folder).output.read_text(encoding="utf-8")
    part = next(p for p in page.split("<details")[1:] if "同上" in p)
    assert "箇所数" in part and "満足度" not in part


# -------------------------------------------------------------------------------------------------- what else counts
def test_status_counts_every_row(the_round: Round) -> None:
    the_round.answer("建築課", {"11204~3": None})
    lines = {one.department: one for one in run_status(the_round.inbox, the_round.plan, the_round.folder).lines}
    assert (lines["建築課"].filled, lines["建築課"].owned) == (2, 4)
    assert lines["子育て課"].filled == lines["子育て課"].owned == 2


def change_plan(the_round: Round, old: str, new: str) -> Path:
    book = openpyxl.load_workbook(the_round.plan)
    cell = next(c for row in book["表"].iter_rows() for c in row if c.value == old)
    cell.value = new
    book.save(the_round.folder / "新.xlsx")
    return the_round.folder / "新.xlsx"


def test_a_corrected_row_is_told_and_no_other(the_round: Round) -> None:
    new = change_plan(the_round, "6箇所", "7箇所")
    again = run_split(new, the_round.folder / "again", since=the_round.plan).since
    assert again is not None
    assert again.changed == {"建築課": (("11204　R6 目標値", "6箇所", "7箇所"),)}
    last = change_plan(the_round, "90%", "95%")
    again = run_split(last, the_round.folder / "again2", since=the_round.plan).since
    assert again is not None
    assert again.changed == {"建築課": (("11204〔3〕　R6 目標値", "90%", "95%"),)}


def test_a_difference_is_one_line_at_its_cell(the_round: Round) -> None:
    new = change_plan(the_round, "120人", "130人")
    changes = run_diff(the_round.plan, new, the_round.folder).changes
    assert [(c.number, c.item, c.old, c.new) for c in changes] == [("11204", "R6 目標値", "120人", "130人")]
