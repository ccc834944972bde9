"""Work by hand in the consolidated workbook survives the next merge."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.pagebreak import Break

from small_round import NAME, ROOT, SHEET, Edit, Office
from xl_plan.cells import Sheet
from xl_plan.excel.read import Limits
from xl_plan.findings import Finding
from xl_plan.hand.fingerprints import fingerprint_as_one
from xl_plan.hand.rowmatch import align
from xl_plan.model import REVISIONS_SHEET, STATE_SHEET
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import MergeOptions, run_merge
from xl_plan.rules.reading import FILE_TOO_LARGE

# openpyxl, which plays the person at Excel here, drops what it does not know of the report sheets.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
TYPING = ROOT.parent / "shared" / "tools" / "type_in_libreoffice.py"


def row_of(sheet: Any, number: str) -> int:
    return next(int(c.row) for c in sheet["A"] if c.value == number)


def at(book: Any, number: str, column: str) -> Any:
    return book[SHEET][f"{column}{row_of(book[SHEET], number)}"]


def value_cell(number: str, value: Any) -> Edit:
    """Type into Ｒ5 実績値 (J, second row of the block)."""

    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet.cell(row_of(sheet, number) + 1, 10).value = value

    return edit


def narrative(number: str, change: Callable[[str], str]) -> Edit:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        cell = sheet.cell(row_of(sheet, number) + 1, 11)
        cell.value = change(str(cell.value))

    return edit


def both(*edits: Edit) -> Edit:
    def edit(book: Any) -> None:
        for one in edits:
            one(book)

    return edit


def as_recorded_before(office: Office) -> Edit:
    """Give the output, as it stands, the record of the format before, in which every look had a line of its own and the
    sheets were hashed as one."""
    fingerprint = fingerprint_as_one(office.book())
    return lambda book: record_before(book, fingerprint)


def record_before(book: Any, fingerprint: str) -> None:
    sheet = book[STATE_SHEET]
    pieces = [sheet.cell(row, 1).value[1:-1] for row in range(2, sheet.max_row + 1)]
    about, owners = json.loads("".join(pieces))
    told = [
        (owner, {name: said for item, written in items.items() for name, said in with_look(item, written, items)})
        for owner, items in owners
    ]
    assert len(json.dumps(told)) > len(json.dumps(owners))
    sheet.delete_rows(1, sheet.max_row)
    text = json.dumps([[*about, fingerprint], told], separators=(",", ":"))
    pieces = [text[at : at + 8000] for at in range(0, len(text), 8000)]
    for row, values in enumerate((("形式", "xl-plan-state 2", str(len(text))), *((f"|{p}|",) for p in pieces)), 1):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value


def with_look(item: str, written: Any, items: dict[str, Any]) -> list[tuple[str, Any]]:
    look = f"見た目 {item}"
    if item.startswith("見た目 ") and written == "":
        return []
    known = look in items or item.partition(" ")[0] in ("高さ", "幅", "改ページ", "見た目", "行", "シート")
    return [(item, written)] if known else [(item, written), (look, "///")]


def by_code(findings: tuple[Finding, ...], *codes: str) -> list[Finding]:
    return [finding for finding in findings if finding.code in codes]


OURS = tuple(f"XP22{n}" for n in range(1, 10))


def lines_of(sheet: Sheet) -> list[list[str]]:
    return [[str(cell.value) for _, cell in cells if not cell.blank] for _, cells in sheet.rows()]


# ------------------------------------------------------------------------------------------------------ nothing by hand
def test_merging_twice_changes_nothing_and_copies_nothing(office: Office) -> None:
    assert by_code(office.merge().findings, *OURS) == []
    office.again()
    assert office.copies() == []
    assert office.book().sheet(REVISIONS_SHEET) is None


def test_the_state_is_in_the_workbook_and_cannot_be_unhidden_from_the_menu(office: Office) -> None:
    assert openpyxl.load_workbook(office.output)[STATE_SHEET].sheet_state == "veryHidden"


def test_a_workbook_that_was_only_saved_again_is_not_taken_for_edited_text(office: Office) -> None:
    before = office.output.read_bytes()
    office.edit(lambda book: None)
    assert office.output.read_bytes() != before
    done = office.merge()
    assert by_code(done.findings, "XP221", "XP222", "XP223", "XP225", "XP226", "XP227") == []
    assert office.output.read_bytes() == before


def test_a_workbook_with_the_record_of_the_format_before_is_not_taken_for_edited(office: Office) -> None:
    before = office.output.read_bytes()
    office.edit(as_recorded_before(office))
    assert by_code(office.merge().findings, *OURS) == []
    assert office.output.read_bytes() == before
    office.edit(lambda book: None)
    saved_again = office.copies()
    office.merge()
    assert office.copies() == saved_again  # what a program loses in saving is the same with either record


def test_what_a_hand_did_is_seen_with_the_record_of_the_format_before_too(office: Office) -> None:
    written = office.output.read_bytes()

    def marked(book: Any) -> None:
        at(book, "柱2(1)③ア", "B").fill = PatternFill("solid", fgColor="FFFFFF00")
        at(book, "柱2(1)①イ", "B").font = Font(bold=True)
        value_cell("柱2(1)③ア", "87箇所")(book)

    office.edit(marked)
    first = office.merge()
    now = office.output.read_bytes()
    office.output.write_bytes(written)
    office.edit(both(marked, as_recorded_before(office)))
    again = office.merge()
    assert [f.message for f in by_code(again.findings, "XP221")] == [
        f.message for f in by_code(first.findings, "XP221")
    ]
    assert office.output.read_bytes() == now
    office.edit(as_recorded_before(office))  # with what is by hand in it
    office.merge()
    assert office.output.read_bytes() == now


def test_a_new_answer_is_taken_where_nobody_edited(office: Office) -> None:
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "99箇所")
    done = office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == "99箇所"
    assert by_code(done.findings, *OURS) == []


# ------------------------------------------------------------------------------------------------------------- answers
def test_edited_wording_stays_when_a_late_answer_comes(office: Office) -> None:
    late = (office.inbox / "学童保育課.xlsx").read_bytes()
    (office.inbox / "学童保育課.xlsx").unlink()
    office.merge()
    was = office.text("柱2(1)①ア", "narrative")
    office.edit(narrative("柱2(1)①ア", lambda text: text.replace("研修", "各種研修", 1)))
    (office.inbox / "学童保育課.xlsx").write_bytes(late)
    done = office.merge()
    now = office.text("柱2(1)①ア", "narrative")
    assert now == was.replace("研修", "各種研修", 1) != was
    assert not office.text("柱2(1)④ウ", "actual:2023").startswith("〔")
    (finding,) = by_code(done.findings, "XP221")
    assert (finding.expected, finding.got, finding.place.number) == (was, now, "柱2(1)①ア")
    office.again()


def test_a_hand_edit_is_listed_old_and_new_with_a_text_that_asks_its_owner(office: Office) -> None:
    owner = next(p for p in load_plan(office.plan)[0].programmes if p.number == "柱2(1)③ア").responsible
    old = office.text("柱2(1)③ア", "actual:2023")
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    office.merge()
    row = next(line for line in lines_of(office.sheet(REVISIONS_SHEET)) if "柱2(1)③ア" in line)
    assert row[0] == owner
    assert [old, "87箇所"] == row[4:6]
    assert "ご確認のうえ" in row[-1]
    marked = [c for c in office.sheet(REVISIONS_SHEET).cells.values() if c.value == "87箇所"]
    assert any(run.underline for run in marked[0].runs)
    sources = next(line for line in lines_of(office.sheet("転記元一覧")) if line[:2] == ["柱2(1)③ア", "Ｒ5 実績値"])
    assert any("事務局修正" in text for text in sources)


def test_both_changed_the_hands_version_stays_and_a_finding_quotes_both(office: Office) -> None:
    old = office.text("柱2(1)③ア", "actual:2023")
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "99箇所")
    done = office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == "87箇所"
    (finding,) = by_code(done.findings, "XP222")
    for text in (old, "87箇所", "99箇所"):
        assert f"「{text}」" in finding.message
    office.again()
    assert "99箇所" in str(lines_of(office.sheet(REVISIONS_SHEET)))


def test_a_conflict_ends_when_the_new_answer_is_typed_in(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "99箇所")
    office.merge()
    office.edit(value_cell("柱2(1)③ア", "99箇所"))
    done = office.merge()
    assert by_code(done.findings, "XP221", "XP222") == []
    assert office.text("柱2(1)③ア", "actual:2023") == "99箇所"
    assert office.book().sheet(REVISIONS_SHEET) is None


def test_a_conflict_is_settled_by_another_wording_typed_after_it_was_seen(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "99箇所")
    office.merge()
    office.edit(value_cell("柱2(1)③ア", "95箇所"))
    done = office.merge()
    (finding,) = by_code(done.findings, "XP221", "XP222")
    assert (finding.code, finding.expected, finding.got) == ("XP221", "99箇所", "95箇所")
    office.again()


def test_an_edit_taken_back_is_gone(office: Office) -> None:
    first = office.output.read_bytes()
    old = office.text("柱2(1)③ア", "actual:2023")
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    office.merge()
    office.again()
    office.edit(value_cell("柱2(1)③ア", old))
    assert by_code(office.merge().findings, "XP221") == []
    assert office.output.read_bytes() == first


def test_an_answer_typed_for_a_department_that_did_not_answer(office: Office) -> None:
    (office.inbox / "学童保育課.xlsx").unlink()
    office.merge()
    office.edit(value_cell("柱2(1)④ウ", "電話で確認 3回"))
    office.merge()
    assert office.text("柱2(1)④ウ", "actual:2023") == "電話で確認 3回"
    office.again()
    shutil.copy(office.first_inbox / "学童保育課.xlsx", office.inbox)
    done = office.merge()
    assert office.text("柱2(1)④ウ", "actual:2023") == "電話で確認 3回"
    assert len(by_code(done.findings, "XP222")) == 1


def test_a_number_typed_by_hand_keeps_the_rows_unit(office: Office) -> None:
    office.edit(value_cell("柱2(1)①イ", 15108))
    office.merge()
    assert office.text("柱2(1)①イ", "actual:2023") == "15,108件"
    office.again()


def test_a_cell_emptied_by_hand_stays_empty_and_is_listed(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", None))
    done = office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == ""
    (finding,) = by_code(done.findings, "XP221")
    assert finding.got == ""
    office.again()


def test_the_formula_that_a_hand_typed_is_kept_as_its_result_or_said(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", "=40+47"))
    done = office.merge()
    (finding,) = by_code(done.findings, "XP227")
    assert finding.got == "=40+47"
    assert office.text("柱2(1)③ア", "actual:2023") != ""


# ------------------------------------------------------------------------------------------------------- relisted rows
def test_an_edited_original_shows_in_its_copies_too(office: Office) -> None:
    office.edit(narrative("柱2(1)①ア", lambda text: f"{text}（追記）"))
    office.merge()
    assert office.text("柱2(1)②ア", "narrative") == office.text("柱2(1)①ア", "narrative")
    assert office.text("柱2(1)②ア", "narrative").endswith("（追記）")
    office.again()


def test_a_value_typed_over_a_live_reference_stays_and_is_pointed_out(office: Office) -> None:
    office.edit(value_cell("柱2(1)②ア", "別の値"))
    done = office.merge()
    assert office.text("柱2(1)②ア", "actual:2023") == "別の値"
    assert office.text("柱2(1)①ア", "actual:2023") != "別の値"
    (finding,) = by_code(done.findings, "XP414")
    assert (finding.got, finding.expected) == ("別の値", office.text("柱2(1)①ア", "actual:2023"))
    office.again()
    office.edit(value_cell("柱2(1)②ア", None))
    assert by_code(office.merge().findings, "XP414") == []
    assert office.text("柱2(1)②ア", "actual:2023") == office.text("柱2(1)①ア", "actual:2023")


# ----------------------------------------------------------------------------------------------------------- constants
def test_names_past_values_and_headings_edited_by_hand_stay(office: Office) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet.cell(row_of(sheet, "柱2(1)①イ"), 2).value = "身近な相談窓口"
        sheet.cell(row_of(sheet, "柱2(1)①イ") + 1, 9).value = "13,283件"
        heading = next(c for c in sheet["A"] if str(c.value).startswith("（１）"))
        heading.value = "（１）相談窓口の更なる充実"

    office.edit(edit)
    done = office.merge()
    assert office.text("柱2(1)①イ", "name") == "身近な相談窓口"
    assert office.text("柱2(1)①イ", "actual:2022") == "13,283件"
    assert any(c.value == "（１）相談窓口の更なる充実" for c in office.sheet(SHEET).cells.values())
    assert len(by_code(done.findings, "XP223")) == 3
    office.again()


def test_every_sheet_of_the_workbook_says_what_the_hand_wrote(office: Office) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        row = row_of(sheet, "柱2(1)①イ") + 1
        sheet.cell(row, 9).value = 4321  # Ｒ4 実績値

    office.edit(edit)
    office.merge()
    header = next(c.header for c in load_plan(office.output)[0].tables[0].columns if c.key == "actual:2022")
    data = [line for line in lines_of(office.sheet("データ一覧")) if {"柱2(1)①イ", header} <= set(line)]
    assert [line for line in data if "4321" in line] == data != []
    assert any("4321" in line for line in lines_of(office.sheet("指標の推移")))
    office.again()


def test_a_constant_that_the_plan_corrects_is_taken(office: Office) -> None:
    def correct(book: Any) -> None:
        sheet = book[SHEET]
        sheet.cell(row_of(sheet, "柱2(1)①イ") + 1, 9).value = "13,290件"

    office.change_plan(correct)
    done = office.merge()
    assert office.text("柱2(1)①イ", "actual:2022") == "13,290件"
    assert by_code(done.findings, *OURS) == []


def test_a_number_corrected_by_hand_stays_and_the_row_is_still_known(office: Office) -> None:
    def edit(book: Any) -> None:
        at(book, "柱2(1)④ウ", "A").value = "柱2(1)④エ"

    office.edit(edit)
    office.merge()
    assert office.text("柱2(1)④エ", "actual:2023")
    office.again()
    office.resubmit("学童保育課", "柱2(1)④ウ", "actual:2023", "7回")
    office.merge()
    assert office.text("柱2(1)④エ", "actual:2023") == "7回"


def test_a_row_deleted_by_hand_comes_back_and_is_said(office: Office) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        first = row_of(sheet, "柱2(1)④ウ")
        for area in [m for m in sheet.merged_cells.ranges if m.min_row >= first]:
            sheet.unmerge_cells(str(area))
        sheet.delete_rows(first, 2)

    first = office.output.read_bytes()
    office.edit(edit)
    done = office.merge()
    assert [f.place.number for f in by_code(done.findings, "XP224")] == ["柱2(1)④ウ"]
    assert office.text("柱2(1)④ウ", "actual:2023")
    assert office.copies()
    assert first


# -------------------------------------------------------------------------------------------------------------- layout
def insert_row(sheet: Any, row: int, text: str, col: int = 1) -> None:
    """Insert a row as Excel does: what lies below moves down with its merged cells and heights."""
    merges = [m.bounds for m in sheet.merged_cells.ranges if m.min_row >= row]
    heights = {r: d.height for r, d in sheet.row_dimensions.items() if r >= row}
    breaks = [b.id for b in sheet.row_breaks.brk]
    for left, top, right, bottom in merges:
        sheet.unmerge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    sheet.insert_rows(row)
    for left, top, right, bottom in merges:
        sheet.merge_cells(start_row=top + 1, start_column=left, end_row=bottom + 1, end_column=right)
    for r, height in heights.items():
        sheet.row_dimensions[r + 1].height = height
    sheet.row_dimensions[row].height = 20.25
    sheet.row_breaks.brk = [Break(id=b + 1 if b >= row else b) for b in breaks]
    sheet.cell(row, col).value = text


def test_rows_of_remarks_stay_where_they_were_put(office: Office) -> None:
    def edit(book: Any) -> None:
        insert_row(book[SHEET], row_of(book[SHEET], "柱2(1)①イ") + 2, "※柱2(1)①イはR6から名称が変わります。")

    office.edit(edit)
    done = office.merge()
    sheet = office.sheet(SHEET)
    (place,) = [p for p, c in sheet.cells.items() if c.value == "※柱2(1)①イはR6から名称が変わります。"]
    after = next(p for p, c in sheet.cells.items() if c.value == "柱2(1)①エ")
    before = next(p for p, c in sheet.cells.items() if c.value == "柱2(1)①イ")
    assert before[0] < place[0] < after[0]
    assert len(by_code(done.findings, "XP225")) == 1
    assert by_code(done.findings, "XP221", "XP222", "XP223", "XP224") == []
    office.again()
    (office.inbox / "学童保育課.xlsx").unlink()
    office.merge()
    assert any(c.value == "※柱2(1)①イはR6から名称が変わります。" for c in office.sheet(SHEET).cells.values())


def test_a_remark_row_and_an_edit_below_it_are_told_apart(office: Office) -> None:
    def edit(book: Any) -> None:
        insert_row(book[SHEET], row_of(book[SHEET], "柱2(1)①イ") + 2, "※備考")
        value_cell("柱2(1)③ア", "87箇所")(book)

    office.edit(edit)
    done = office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == "87箇所"
    assert [f.place.number for f in by_code(done.findings, "XP221")] == ["柱2(1)③ア"]


def test_words_beside_the_table_stay(office: Office) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet.cell(row_of(sheet, "柱2(1)③ア"), 15).value = "議会で質問あり"

    office.edit(edit)
    office.merge()
    sheet = office.sheet(SHEET)
    row = next(p[0] for p, c in sheet.cells.items() if c.value == "柱2(1)③ア")
    assert sheet.at(row, 14).value == "議会で質問あり"
    office.again()


def test_colours_and_comments_given_by_hand_stay(office: Office) -> None:
    def edit(book: Any) -> None:
        cell = at(book, "柱2(1)③ア", "B")
        cell.fill = PatternFill("solid", fgColor="FFFFFF00")
        cell.comment = Comment("要確認", "事務局")

    office.edit(edit)
    office.merge()
    sheet = office.sheet(SHEET)
    row = next(p[0] for p, c in sheet.cells.items() if c.value == "柱2(1)③ア")
    assert sheet.at(row, 1).style.fill == "#FFFF00"
    assert sheet.at(row, 1).note is not None
    office.again()


def height_of(office: Office, number: str) -> float:
    sheet = office.sheet(SHEET)
    row = next(p[0] for p, c in sheet.cells.items() if c.value == number)
    return sheet.heights[row] + sheet.heights[row + 1]


def set_height(number: str, extra: float) -> Edit:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        row = row_of(sheet, number)
        sheet.row_dimensions[row].height = sheet.row_dimensions[row].height + extra

    return edit


def test_a_higher_row_stays_higher_a_lower_one_never_cuts_its_text(office: Office, print_gate: Path) -> None:
    before = height_of(office, "柱2(1)③ア")
    office.edit(set_height("柱2(1)③ア", 60))
    office.merge()
    assert height_of(office, "柱2(1)③ア") >= before + 59
    office.again()
    office.edit(set_height("柱2(1)③ア", -100))
    office.merge()
    assert height_of(office, "柱2(1)③ア") == before
    done = subprocess.run(
        [sys.executable, str(print_gate), str(office.output)], capture_output=True, encoding="utf-8", check=False
    )
    assert "every character is printed" in done.stdout + done.stderr


def test_a_column_made_wider_stays_wider(office: Office) -> None:
    def edit(book: Any) -> None:
        book[SHEET].column_dimensions["B"].width = book[SHEET].column_dimensions["B"].width + 6

    before = office.sheet(SHEET).widths[1]
    office.edit(edit)
    office.merge()
    assert office.sheet(SHEET).widths[1] == pytest.approx(before + 6, abs=0.2)
    office.again()


def test_a_page_break_set_by_hand_stays(office: Office) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet.row_breaks.append(Break(id=row_of(sheet, "柱2(1)①エ") - 1))

    def begins() -> bool:
        sheet = office.sheet(SHEET)
        row = next(p[0] for p, c in sheet.cells.items() if c.value == "柱2(1)①エ")
        # the header stands again above the row: three rows of it
        return bool({row, row - 3} & set(sheet.page.row_breaks))

    assert not begins()
    office.edit(edit)
    office.merge()
    assert begins()
    office.again()

    def undo(book: Any) -> None:
        sheet = book[SHEET]
        row = row_of(sheet, "柱2(1)①エ")
        sheet.row_breaks.brk = [b for b in sheet.row_breaks.brk if b.id + 1 not in (row, row - 3)]

    office.edit(undo)
    office.merge()
    assert not begins()


# -------------------------------------------------------------------------------------------------------------- sheets
def test_sheets_put_in_or_edited_by_hand_stay_whole(office: Office) -> None:
    def edit(book: Any) -> None:
        book.create_sheet("メモ")["B2"] = "会議で配る"
        cell = next(c for c in book["設定"]["A"] if c.value == "提出期限")
        book["設定"].cell(cell.row, 2).value = "2024-06-07"

    office.edit(edit)
    done = office.merge()
    assert office.sheet("メモ").at(1, 1).value == "会議で配る"
    assert load_plan(office.output)[0].settings.deadline == "2024-06-07"
    assert done.merged.plan.settings.deadline == "2024-05-31"
    assert sorted(f.place.sheet for f in by_code(done.findings, "XP226")) == ["メモ", "設定"]
    assert any("2024-06-07" in f.message for f in by_code(done.findings, "XP226"))
    office.again()


def test_what_the_division_decides_on_proposals_stays(office: Office) -> None:
    path = office.inbox / "学童保育課.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["修正申出"]
    first = next(c.row for c in sheet["A"] if c.value == "番号") + 1
    for col, text in enumerate(("柱2(1)④ウ", "事業名", "旧名", "新名", "改称のため"), 1):
        sheet.cell(first, col).value = text
    book.save(path)
    office.merge()

    def decide(book: Any) -> None:
        sheet = book["修正申出"]
        head = next(c.row for c in sheet["A"] if c.value == "部局")
        sheet.cell(head + 1, 7).value = "採用"
        sheet.cell(head + 1, 8).value = "R6から"

    office.edit(decide)
    office.merge()
    line = next(line for line in lines_of(office.sheet("修正申出")) if "新名" in line)
    assert line[6:8] == ["採用", "R6から"]
    office.again()
    path.unlink()
    office.merge()
    assert any("採用" in line for line in lines_of(office.sheet("修正申出")))
    office.again()


# --------------------------------------------------------------------------------------------------------------- copies
def test_an_edited_output_is_never_overwritten_without_a_copy(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", "87箇所"))
    edited = office.output.read_bytes()
    done = office.merge()
    assert office.copies() == ["進捗状況_R5_手修正控え1.xlsx"]
    assert (office.out / "進捗状況_R5_手修正控え1.xlsx").read_bytes() == edited
    assert len(by_code(done.findings, "XP229")) == 1
    office.again()
    office.edit(value_cell("柱2(1)③ア", "88箇所"))
    office.merge()
    assert office.copies() == ["進捗状況_R5_手修正控え1.xlsx", "進捗状況_R5_手修正控え2.xlsx"]


def test_without_its_state_the_last_output_is_copied_and_differences_are_quoted(office: Office) -> None:
    def edit(book: Any) -> None:
        del book[STATE_SHEET]
        value_cell("柱2(1)③ア", "87箇所")(book)

    office.edit(edit)
    done = office.merge()
    (finding,) = by_code(done.findings, "XP228")
    assert "「87箇所」" in finding.message
    assert office.copies() == ["進捗状況_R5_手修正控え1.xlsx"]
    assert office.text("柱2(1)③ア", "actual:2023") != "87箇所"


def test_the_output_of_another_plan_is_copied_and_its_values_do_not_come_in(office: Office) -> None:
    office.edit(value_cell("柱2(1)③ア", "87箇所"))

    def rename(book: Any) -> None:
        cell = next(c for c in book["設定"]["A"] if c.value == "計画名")
        book["設定"].cell(cell.row, 2).value = "別の計画"

    office.change_plan(rename)
    done = office.merge()
    assert len(by_code(done.findings, "XP228")) == 1
    assert office.copies()
    assert "87箇所" not in str([c.value for c in office.sheet(SHEET).cells.values()])


def test_the_same_plan_inbox_and_last_output_give_the_same_bytes(office: Office, tmp_path: Path) -> None:
    office.edit(both(value_cell("柱2(1)③ア", "87箇所"), narrative("柱2(1)①ア", lambda t: t[:-1])))
    edited = office.output.read_bytes()
    office.merge()
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / NAME).write_bytes(edited)
    run_merge(office.inbox, office.plan, other)
    assert (other / NAME).read_bytes() == office.output.read_bytes()


def test_strict_with_faults_leaves_the_edited_output_alone(office: Office) -> None:
    office.resubmit("福祉政策課", "柱2(1)③ア", "actual:2023", "同上")
    office.edit(value_cell("柱2(1)①イ", "1件"))
    edited = office.output.read_bytes()
    assert run_merge(office.inbox, office.plan, office.out, MergeOptions(strict=True)).output is None
    assert office.output.read_bytes() == edited
    assert office.copies() == []


# --------------------------------------------------------------------------------------------------------- LibreOffice
@pytest.mark.office
def test_edits_made_in_libreoffice_stay_and_nothing_else_is_taken_for_one(office: Office, tmp_path: Path) -> None:
    if not TYPING.is_file():
        pytest.skip("the typing tool is not beside the repository")
    book = openpyxl.load_workbook(office.output)
    row = row_of(book[SHEET], "柱2(1)③ア") + 1
    entries = tmp_path / "entries.json"
    entries.write_text(json.dumps([[SHEET, f"J{row}", "87箇所"]], ensure_ascii=False), encoding="utf-8")
    saved = tmp_path / "saved.xlsx"
    run = subprocess.run(
        [sys.executable, str(TYPING), str(office.output), str(saved), "--json", str(entries)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    clean = office.output.read_bytes()
    shutil.copy(saved, office.output)
    done = office.merge()
    assert office.text("柱2(1)③ア", "actual:2023") == "87箇所"
    assert [(f.code, f.place.number) for f in by_code(done.findings, *OURS) if f.code != "XP229"] == [
        ("XP221", "柱2(1)③ア")
    ]
    office.again()
    office.edit(value_cell("柱2(1)③ア", next(f.expected for f in done.findings if f.code == "XP221")))
    office.merge()
    assert office.output.read_bytes() == clean


# ---------------------------------------------------------------------------------------------------------- alignment
@pytest.mark.parametrize(
    ("old", "new", "numbers"),
    [
        ("ab", "ab", [0, 1]),
        ("ab", "axb", [0, None, 1]),
        ("ab", "b", [1]),
        ("", "x", [None]),
    ],
)
def test_rows_outside_programmes_are_known_again(old: str, new: str, numbers: list[int | None]) -> None:
    texts = [[((0, letter * 4),) for letter in word] for word in (old, new)]
    assert align(texts[0], texts[1]) == numbers


def test_a_reworded_heading_is_the_same_row_and_a_remark_above_it_is_not() -> None:
    old = [((0, "（２）課題解決に向けたネットワークの構築"),)]
    new = [((0, "※この節は見直し中"),), ((0, "（２）課題解決へ向けたネットワークの構築"),)]
    assert align(old, new) == [None, 0]


# ------------------------------------------------------------------------------------------------------------------ size
def test_the_divisions_own_workbooks_may_be_larger_than_what_departments_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan and the last output of a large plan have more cells than any form."""
    monkeypatch.setattr("xl_plan.excel.read.Limits", lambda: Limits(cells=100))
    findings = office.merge().findings
    assert [f.rule for f in findings].count(FILE_TOO_LARGE) == len(list(office.inbox.iterdir()))
