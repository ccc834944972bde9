"""A corrected plan after issuing: only forms that changed are issued again, older forms stay valid."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from issued_lines import issued_lines
from small_round import SHEET, Office
from xl_plan.cli import main
from xl_plan.cli.rounds import split as split_command
from xl_plan.excel.read import read_book
from xl_plan.model import GUIDE_SHEET, ISSUED_SHEET
from xl_plan.pipeline.common import CannotRun, load_plan
from xl_plan.pipeline.rounds import run_split

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
assert main


@pytest.fixture
def office(tmp_path: Path, small: Path) -> Office:
    made = Office(tmp_path, small)
    shutil.copy(made.plan, made.plan.with_name("issued.xlsx"))
    return made


def owner(office: Office, number: str) -> str:
    return next(p for p in load_plan(office.plan)[0].programmes if p.number == number).responsible


def row_of(sheet: Any, number: str) -> int:
    return next(int(c.row) for c in sheet["A"] if c.value == number)


def correct(office: Office, number: str = "柱2(1)③ア", value: str = "85箇所") -> None:
    """The plan's Ｒ4 実績値 of a row turns out to be wrong."""

    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet.cell(row_of(sheet, number) + 1, 9).value = value

    office.change_plan(edit)


def guide_texts(path: Path) -> list[str]:
    sheet = read_book(path.read_bytes()).sheet(GUIDE_SHEET)
    assert sheet is not None
    return [str(cell.value) for cell in sheet.cells.values() if not cell.blank]


def test_only_forms_that_changed_are_issued(office: Office) -> None:
    correct(office)
    done = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    assert [department for department, _, _ in done.forms] == [owner(office, "柱2(1)③ア")]
    assert done.since is not None
    assert owner(office, "柱2(1)④ウ") in done.since.unchanged
    assert [path.name for path in (office.out / "調査票").glob("*.xlsx")] == [f"{owner(office, '柱2(1)③ア')}.xlsx"]


def test_the_changes_stand_in_the_guide_and_in_the_letter(office: Office) -> None:
    old = next(p for p in load_plan(office.plan)[0].programmes if p.number == "柱2(1)③ア").text("actual:2022")
    correct(office)
    done = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    texts = guide_texts(done.forms[0][1])
    assert "前の調査票から変わったところ" in texts
    assert {"柱2(1)③ア　Ｒ4 実績値", old, "85箇所"} <= set(texts)
    assert not any("提出期限" in text and "「" in text for text in texts)
    letter = done.letters[0].read_text(encoding="utf-8-sig")
    assert f"柱2(1)③ア　Ｒ4 実績値：「{old}」→「85箇所」" in letter


def test_the_issue_number_goes_up_by_one_and_the_plan_is_told(office: Office) -> None:
    correct(office)
    done = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    book = openpyxl.load_workbook(done.forms[0][1])
    head = {row[0].value: row[1].value for row in book[ISSUED_SHEET].iter_rows(max_row=6, max_col=2)}
    assert head["発行番号"] == "2"
    assert [f.code for f in done.findings if f.code == "XP521"] == ["XP521"]

    def raised(book: Any) -> None:
        cell = next(c for c in book["設定"]["A"] if c.value == "発行番号")
        book["設定"].cell(cell.row, 2).value = "2"

    office.change_plan(raised)
    again = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    assert [f.code for f in again.findings if f.code == "XP521"] == []


def test_nothing_changed_issues_nothing(office: Office) -> None:
    done = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    assert (done.forms, done.copies, done.letters) == ((), (), ())


def test_a_row_that_changes_hands_is_told_to_both(office: Office) -> None:
    mine, theirs = owner(office, "柱2(1)③ア"), owner(office, "柱2(1)④ウ")

    def edit(book: Any) -> None:
        sheet = book[SHEET]
        row = row_of(sheet, "柱2(1)③ア")
        for area in (row, row + 1):
            if sheet.cell(area, 13).value == mine:
                sheet.cell(area, 13).value = theirs

    office.change_plan(edit)
    done = run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))
    assert done.since is not None
    assert any("柱2(1)③アの行" in what for what, _, _ in done.since.changed[theirs])
    assert mine in (*done.since.changed, *done.since.dropped)


def test_older_forms_stay_valid_for_cells_that_did_not_change(office: Office) -> None:
    before = office.text("柱2(1)③ア", "actual:2023")
    correct(office)
    done = office.merge()
    assert [f.message for f in done.findings if f.code.startswith("XP2")] == []
    assert office.text("柱2(1)③ア", "actual:2023") == before
    assert office.text("柱2(1)③ア", "actual:2022") == "85箇所"


def test_an_answer_in_the_new_form_goes_before_the_one_in_the_old(office: Office) -> None:
    correct(office)
    done = run_split(office.plan, office.out / "二", since=office.plan.with_name("issued.xlsx"))
    department, path, _ = done.forms[0]
    newer = office.inbox / f"{department}_差し替え.xlsx"
    shutil.copy(path, newer)
    book = openpyxl.load_workbook(newer)
    sheet, cell = next((s, c) for key, col, _, s, c in issued_lines(book) if (key, col) == ("柱2(1)③ア", "actual:2023"))
    book[sheet][cell] = "91箇所"
    book.save(newer)
    office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == "91箇所"
    assert office.text("柱2(1)①ア", "narrative") != "〔未記入〕"


def test_another_plan_cannot_be_the_earlier_one(office: Office) -> None:
    def rename(book: Any) -> None:
        cell = next(c for c in book["設定"]["A"] if c.value == "計画名")
        book["設定"].cell(cell.row, 2).value = "別の計画"

    office.change_plan(rename)
    with pytest.raises(CannotRun, match="別の計画"):
        run_split(office.plan, office.out, since=office.plan.with_name("issued.xlsx"))


def test_the_command_says_who_keeps_the_form(office: Office) -> None:
    correct(office)
    earlier = office.plan.with_name("issued.xlsx")
    arguments = ["--plan", str(office.plan), "--out", str(office.out), "--since", str(earlier), "--json"]
    result = CliRunner().invoke(split_command, arguments, standalone_mode=False)
    data = json.loads(result.output)
    assert len(data["forms"]) == 1
    assert owner(office, "柱2(1)④ウ") in data["unchanged"]
    assert data["no_longer"] == []
