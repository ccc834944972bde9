"""Staff settle findings in 確認事項: the next merge keeps what they wrote and asks no more, until the cell changes."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from xl_plan.excel.read import read_book
from xl_plan.findings import Finding
from xl_plan.pipeline.merging import MergeOptions, MergeResult, run_merge
from xl_plan.settlement import finding_key

from .clean import Clean
from .hands import delete_row, edited, insert_rows, put
from .mutations import FILE

CHANGED = ("柱2(1)①イ", "actual:2022")


class Desk:
    """A round on disk in which one department changed a past value."""

    def __init__(self, clean: Clean, folder: Path) -> None:
        self.clean, self.inbox, self.out = clean, folder / "inbox", folder / "out"
        self.inbox.mkdir()
        self.send(5)

    def send(self, value: object, *more: object, name: str = FILE) -> None:
        for path in self.inbox.iterdir():
            path.unlink()
        (self.inbox / name).write_bytes(edited(self.clean.files[FILE], put(*CHANGED, value), *more))  # type: ignore[arg-type]

    def merge(self, *, strict: bool = False) -> MergeResult:
        return run_merge(self.inbox, self.clean.plan_path, self.out, MergeOptions(strict=strict))

    def lines(self) -> list[dict[str, object]]:
        sheet = openpyxl.load_workbook(self.out / "進捗状況_R5.xlsx")["確認事項"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head = next(i for i, row in enumerate(rows) if row[0] == "No")
        return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :]]

    def settle(self, code: str, action: str, reason: str = "確認済み") -> None:
        path = self.out / "進捗状況_R5.xlsx"
        book = openpyxl.load_workbook(path)
        sheet = book["確認事項"]
        head = next(row for row in sheet.iter_rows() if row[0].value == "No")
        column = {cell.value: cell.column for cell in head}
        for row in range(head[0].row + 1, sheet.max_row + 1):
            if sheet.cell(row, column["コード"]).value == code:
                sheet.cell(row, column["対応"]).value = action
                sheet.cell(row, column["対応者"]).value = "山田"
                sheet.cell(row, column["日付"]).value = datetime.date(2024, 6, 3)
                sheet.cell(row, column["理由"]).value = reason
        book.save(path)


@pytest.fixture
def desk(clean: Clean, tmp_path: Path) -> Desk:
    return Desk(clean, tmp_path)


def of_code(done: MergeResult, code: str) -> Finding:
    (finding,) = [f for f in done.findings if f.code == code]
    return finding


def test_what_staff_wrote_is_kept_and_the_finding_is_listed_as_settled(desk: Desk) -> None:
    assert len(desk.merge().returns) == 1
    desk.settle("XP201", "問題なし")
    done = desk.merge()
    assert of_code(done, "XP201").settled == "問題なし"
    assert done.returns == ()
    (line,) = [line for line in desk.lines() if line["コード"] == "XP201"]
    assert (line["対応"], line["対応者"], line["理由"]) == ("問題なし", "山田", "確認済み")
    assert line["日付"] == datetime.datetime(2024, 6, 3) and "対応済み" in str(line["区分"])
    open_lines = [i for i, each in enumerate(desk.lines()) if "対応済み" not in str(each["区分"])]
    assert desk.lines().index(line) > max(open_lines)


def test_it_comes_back_when_the_cell_changes_again_and_the_record_stays(desk: Desk) -> None:
    desk.merge()
    desk.settle("XP201", "採用")
    desk.send(6)
    done = desk.merge()
    assert of_code(done, "XP201").settled == ""
    assert len(done.returns) == 1
    records = [line for line in desk.lines() if line["コード"] == "XP201"]
    assert [(line["区分"], line["対応"]) for line in records] == [("要修正", None), ("解消済み", "採用")]


def test_a_moved_row_and_a_renamed_file_do_not_open_it_again(desk: Desk) -> None:
    desk.merge()
    desk.settle("XP201", "問題なし")
    desk.send(5, insert_rows("柱2(1)①イ", 2), name="回答.xlsx")
    assert of_code(desk.merge(), "XP201").settled == "問題なし"


def test_on_hold_is_kept_and_stays_open(desk: Desk) -> None:
    desk.merge()
    desk.settle("XP201", "保留", "課長に確認中")
    done = desk.merge()
    assert of_code(done, "XP201").settled == "" and len(done.returns) == 1
    (line,) = [line for line in desk.lines() if line["コード"] == "XP201"]
    assert (line["対応"], line["理由"]) == ("保留", "課長に確認中")


def test_merging_again_after_settling_changes_nothing(desk: Desk) -> None:
    desk.merge()
    desk.settle("XP201", "問題なし")
    desk.merge()
    first = (desk.out / "進捗状況_R5.xlsx").read_bytes()
    desk.merge()
    assert (desk.out / "進捗状況_R5.xlsx").read_bytes() == first


def test_strict_holds_back_for_open_faults_only(desk: Desk) -> None:
    assert desk.merge(strict=True).output is None
    desk.merge()
    desk.settle("XP201", "問題なし")
    assert desk.merge(strict=True).output is not None


def test_staff_may_sort_and_filter_the_list(desk: Desk) -> None:
    desk.send(5, delete_row("柱2(3)②ア"))
    desk.merge()
    desk.settle("XP201", "問題なし")
    path = desk.out / "進捗状況_R5.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["確認事項"]
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "No")
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    for row, values in enumerate(reversed(lines), head + 1):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
    book.save(path)
    done = desk.merge()
    assert {f.code for f in done.findings if f.settled} == {"XP201"}


def test_every_finding_has_a_key_of_its_own(clean: Clean) -> None:
    keys = [finding_key(f) for f in clean.result.findings]
    assert len(set(keys)) == len(keys)


def test_the_sheet_offers_the_three_actions(desk: Desk) -> None:
    desk.merge()
    sheet = read_book((desk.out / "進捗状況_R5.xlsx").read_bytes()).sheet("確認事項")
    assert sheet is not None
    assert any(v.source in (("採用", "保留", "問題なし"), '"採用,保留,問題なし"') for v in sheet.validations)
