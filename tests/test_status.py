"""status: who has answered, what is owed, reminders."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from issued_lines import issued_lines
from xl_plan.following import Standing
from xl_plan.office.letters import read_letters
from xl_plan.pipeline.following import StatusResult, run_status

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
INBOX = ROOT / "inbox"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """One department missing, one with a blank cell, one with a changed foreign cell."""
    folder = tmp_path / "inbox"
    shutil.copytree(INBOX, folder)
    (folder / "学童保育課.xlsx").unlink()
    change(folder / "地域保健課.xlsx", None, owned=True)
    change(folder / "消費生活センター.xlsx", "別の値", owned=False)
    return folder


def change(path: Path, value: str | None, *, owned: bool) -> None:
    book = openpyxl.load_workbook(path)
    for _, column, mine, sheet, cell in issued_lines(book):
        if mine is owned and column in ("actual:2023", "actual:2022"):
            book[sheet][cell].value = value
    book.save(path)


def dated_plan(folder: Path, as_of: str) -> Path:
    path = folder / "plan.xlsx"
    book = openpyxl.load_workbook(TEMPLATE)
    for row in book["設定"].iter_rows(max_col=2):
        if row[0].value == "基準日":
            row[1].value = as_of
    book.save(path)
    return path


def standings(result: StatusResult) -> dict[str, Standing]:
    return {line.department: line.standing for line in result.lines}


def test_each_department_has_its_state(inbox: Path, tmp_path: Path) -> None:
    result = run_status(inbox, TEMPLATE, tmp_path)
    found = standings(result)
    assert found["学童保育課"] is Standing.MISSING
    assert found["地域保健課"] is Standing.PARTIAL
    assert found["消費生活センター"] is Standing.RETURNED
    assert [d for d, s in found.items() if s is not Standing.DONE] == ["学童保育課", "消費生活センター", "地域保健課"]
    counts = {line.department: (line.filled, line.owned) for line in result.lines}
    assert counts["学童保育課"] == (0, 2) and counts["地域保健課"] == (1, 2) and counts["障害福祉課"] == (10, 10)


def test_answers_to_follow_are_named(tmp_path: Path) -> None:
    result = run_status(INBOX, TEMPLATE, tmp_path)
    assert [line.pending for line in result.lines if line.pending] == [(("柱2(1)①ア", "集計中"),)]


def test_overdue_comes_first_and_only_after_the_deadline(inbox: Path, tmp_path: Path) -> None:
    before = run_status(inbox, dated_plan(tmp_path, "2024-05-31"), tmp_path)
    assert not any(line.overdue for line in before.lines)
    after = run_status(inbox, dated_plan(tmp_path, "2024-06-01"), tmp_path)
    assert [line.department for line in after.lines if line.overdue] == [line.department for line in after.lines][:3]
    assert sum(line.overdue for line in after.lines) == 3


def test_nothing_is_written_unless_asked_for(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run_status(inbox, TEMPLATE, out).written == ()
    assert not out.exists()


def test_a_reminder_says_what_is_missing_and_until_when(inbox: Path, tmp_path: Path) -> None:
    written = run_status(inbox, TEMPLATE, tmp_path, reminders=True).written
    assert {p.name for p in written} == {
        "督促_学童保育課.txt",
        "督促_消費生活センター.txt",
        "督促_地域保健課.txt",
        "督促一覧.txt",
    }
    text = (tmp_path / "督促" / "督促_地域保健課.txt").read_text(encoding="utf-8-sig")
    assert "地域保健課　御中" in text and "2024年5月31日" in text and "柱2(1)②エ　Ｒ5 実績値" in text
    assert "｛" not in text
    named = (tmp_path / "督促" / "督促一覧.txt").read_text(encoding="utf-8-sig")
    assert "学童保育課　未提出（0/2か所）" in named and "障害福祉課" not in named


def test_the_division_words_its_letters_in_the_plan(inbox: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(TEMPLATE)
    for row in book["文面"].iter_rows(max_col=2):
        if row[0].value == "督促":
            row[1].value = "｛部局｝様　｛期限｝までです。｛知らない名前｝"
    for row in book["設定"].iter_rows(max_col=5):
        if row[0].value == "学童保育課" and row[1].value is None:
            row[4].value = "こども政策課"
    book.save(plan)
    run_status(inbox, plan, tmp_path, reminders=True)
    text = (tmp_path / "督促" / "督促_学童保育課.txt").read_text(encoding="utf-8-sig")
    assert text == "学童保育課様　2024年5月31日までです。｛知らない名前｝"


def test_the_addressee_and_who_passes_it_on_come_from_the_settings(inbox: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(TEMPLATE)
    for row in book["設定"].iter_rows(max_col=5):
        if row[0].value == "学童保育課" and row[1].value is None:
            row[3].value, row[4].value = "指導担当　内線2100", "こども政策課"
    book.save(plan)
    run_status(inbox, plan, tmp_path, reminders=True)
    text = (tmp_path / "督促" / "督促_学童保育課.txt").read_text(encoding="utf-8-sig")
    assert text.startswith("学童保育課（こども政策課経由）（指導担当　内線2100）　御中")


def test_letters_without_a_sheet_have_their_usual_wording() -> None:
    assert "照会します" in read_letters(None)["依頼文"]


def test_the_table_has_a_bar_for_each_department(inbox: Path, tmp_path: Path) -> None:
    (path,) = run_status(inbox, TEMPLATE, tmp_path, excel=True).written
    rows = [row for row in openpyxl.load_workbook(path)["提出状況"].iter_rows(values_only=True) if row[2] is not None]
    bars = {row[0]: row[4] for row in rows[1:]}
    assert (
        bars["学童保育課"] == "□" * 20 and bars["障害福祉課"] == "■" * 20 and bars["地域保健課"] == "■" * 10 + "□" * 10
    )
