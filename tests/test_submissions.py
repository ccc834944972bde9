"""Whose file it is, which of several files counts, what the circulated sheet gives, what changed in between."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from corruption.clean import Clean, Result, brief, merge, the_clean_round
from corruption.hands import Change, at, comment, delete_row, edited, guide, put, rename_sheet
from corruption.mutations import ACTUAL, FILE, HELD, NARRATIVE, ROWS
from xl_plan.cells import a1
from xl_plan.disk.archives import MemberLocked, expanded, member_bytes
from xl_plan.disk.inbox import InboxFile
from xl_plan.excel.read import read_book
from xl_plan.model import Plan
from xl_plan.pipeline.merging import run_check, run_merge
from xl_plan.plan import read_plan

DEPARTMENT = "障害福祉課"
CELL = ("柱2(3)②イ", ACTUAL)
SECOND = "障害福祉課_2.xlsx"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return the_clean_round(tmp_path_factory)


def replaces(times: int) -> tuple[Change, Change]:
    return guide("提出区分", "差し替え"), guide("差し替えの回数（第n回）", f"第{times}回")


def news(clean: Clean, result: Result) -> list[str]:
    """What is said that was not said in the clean round."""
    return sorted((result.said - clean.result.said).elements())


def changes(clean: Clean, result: Result) -> dict[tuple[str, str], str]:
    return {key: text for key, text in result.cells.items() if clean.result.cells[key] != text}


# ------------------------------------------------------------------------------------------------- several files of one
def test_a_copy_of_a_file_counts_once(clean: Clean) -> None:
    result = clean.merge({"障害福祉課 - コピー.xlsx": clean.files[FILE]})
    assert news(clean, result) == [f"XP114 {FILE}"]
    assert changes(clean, result) == {}
    assert (result.states[FILE], result.states["障害福祉課 - コピー.xlsx"]) == ("complete", "superseded")


def test_the_same_bytes_of_two_departments_are_two_files(clean: Clean) -> None:
    plan = clean.plan_path.read_bytes()
    result = clean.merge({FILE: plan, "学童保育課.xlsx": plan})
    assert "XP114" not in {f.code for f in result.findings}


def test_a_stated_replacement_supersedes_cell_by_cell(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, 720), *replaces(1))})
    assert changes(clean, result) == {CELL: "720件"}
    assert news(clean, result) == ["XP204 柱2(3)②イ Ｒ5実績値 ×2 720件"]
    assert (result.states[FILE], result.states[SECOND]) == ("superseded", "complete")


def test_the_statement_goes_before_the_documents_time(clean: Clean) -> None:
    first = edited(clean.files[FILE], put(*CELL, 720), *replaces(2), saved="2024-05-01T00:00:00Z")
    second = edited(clean.files[FILE], put(*CELL, 730), *replaces(1), saved="2024-06-01T00:00:00Z")
    result = clean.merge({SECOND: first, "障害福祉課_3.xlsx": second})
    assert changes(clean, result) == {CELL: "720件"}
    (finding,) = [f for f in result.findings if f.code == "XP204"]
    assert (finding.expected, finding.got) == ("730件 / 719件", "720件")


def test_without_a_statement_the_documents_time_decides_and_is_pointed_out(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, 720), saved="2024-05-21T09:00:00Z")})
    assert changes(clean, result) == {CELL: "720件"}
    (finding,) = [f for f in result.findings if f.code == "XP208"]
    assert (finding.severity.label, finding.expected, finding.got) == ("要確認", "719件", "720件")
    assert [place.file for place in finding.places] == [SECOND, FILE]


def test_without_any_order_both_are_held_and_quoted(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, 720))})
    assert changes(clean, result) == {CELL: HELD}
    (finding,) = [f for f in result.findings if f.code == "XP203"]
    assert finding.got == f"719件（{FILE}） / 720件（{SECOND}）"
    assert (result.states[FILE], result.states[SECOND]) == ("faulty", "faulty")


def test_a_file_without_a_time_is_not_older(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, 720), saved="")})
    assert changes(clean, result) == {CELL: HELD}


def test_a_blank_never_supersedes_an_answer(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, None), *replaces(1))})
    assert changes(clean, result) == {}
    assert news(clean, result) == []


def test_two_halves_join(clean: Clean) -> None:
    first, second = ROWS[:2], ROWS[2:]
    halves = {
        name: edited(clean.files[FILE], *(put(n, c, None) for n in rows for c in (ACTUAL, NARRATIVE)))
        for name, rows in ((FILE, second), (SECOND, first))
    }
    result = clean.merge(halves)
    assert changes(clean, result) == {}
    assert news(clean, result) == []


def test_what_both_halves_leave_blank_is_said_once(clean: Clean) -> None:
    empty = put(*CELL, None)
    result = clean.merge(
        {FILE: edited(clean.files[FILE], empty), SECOND: edited(clean.files[FILE], empty, *replaces(1))}
    )
    assert news(clean, result) == ["XP301 柱2(3)②イ Ｒ5実績値"]


def test_a_later_file_settles_what_was_wrong_in_an_older_one(clean: Clean) -> None:
    faults = (put("柱2(3)②イ", NARRATIVE, "同上"), put("柱2(1)①イ", "actual:2022", 5), delete_row("柱2(1)②ウ"))
    result = clean.merge({FILE: edited(clean.files[FILE], *faults), SECOND: edited(clean.files[FILE], *replaces(1))})
    assert changes(clean, result) == {}
    assert {f.code for f in result.findings if f.severity.label == "要修正"} == set()
    assert result.states[FILE] == "superseded"


def test_a_comment_in_an_older_file_is_still_a_message(clean: Clean) -> None:
    older = edited(clean.files[FILE], comment(*CELL, "速報値です"))
    result = clean.merge({FILE: older, SECOND: edited(clean.files[FILE], *replaces(1))})
    assert "XP118 柱2(3)②イ Ｒ5実績値 速報値です" in news(clean, result)


def test_a_fault_that_the_later_file_does_not_touch_stands(clean: Clean) -> None:
    older = edited(clean.files[FILE], put(*CELL, "同上"))
    newer = edited(clean.files[FILE], put(*CELL, None), *replaces(1))
    result = clean.merge({FILE: older, SECOND: newer})
    assert "XP302 柱2(3)②イ Ｒ5実績値 同上" in news(clean, result)
    assert changes(clean, result) == {CELL: HELD}


def test_a_replacement_that_is_refused_is_not_replaced_by_the_old_answer(clean: Clean) -> None:
    result = clean.merge({SECOND: edited(clean.files[FILE], put(*CELL, "同上"), *replaces(1))})
    assert changes(clean, result) == {CELL: HELD}
    quoted = " ".join(f"{f.expected} {f.got}" for f in result.findings)
    assert "719件" in quoted and "同上" in quoted


def test_a_later_issue_of_the_form_wins(clean: Clean) -> None:
    newer = edited(clean.files[FILE], at("_xl-plan", "B5", "2"), put(*CELL, 720))
    older = edited(clean.files[FILE], *replaces(3))
    assert changes(clean, clean.merge({FILE: newer, SECOND: older})) == {CELL: "720件"}


def test_proposals_of_every_file_are_kept_once(clean: Clean) -> None:
    def proposal(book: object) -> None:
        sheet = book["修正申出"]  # type: ignore[index]
        row = next(line[0].row for line in sheet.iter_rows() if line[0].value == "番号") + 1
        for column, text in enumerate(("柱2(3)②イ", "目標値", "1,119件", "800件", "実績を踏まえて"), 1):
            sheet.cell(row, column).value = text

    both = edited(clean.files[FILE], proposal)
    result = clean.merge({FILE: both, SECOND: edited(both, *replaces(1))})
    (kept,) = result.merged.proposals
    assert (kept.department, kept.number, kept.proposed) == (DEPARTMENT, "柱2(3)②イ", "800件")
    renamed = clean.merge({FILE: edited(both, rename_sheet("修正申出", "申出"))})
    assert [p.proposed for p in renamed.merged.proposals] == ["800件"]


# ------------------------------------------------------------------------------------------------- the circulated sheet
def plan_sheet(clean: Clean, numbers: tuple[str, ...], *more: Change) -> bytes:
    """The plan workbook as it goes round, with these rows filled in."""
    fills = [in_plan(clean, n, c, clean.result.cells[n, c]) for n in numbers for c in (ACTUAL, NARRATIVE)]
    return edited(clean.plan_path.read_bytes(), *fills, *more)


def in_plan(clean: Clean, number: str, column: str, value: object) -> Change:
    programme = next(p for p in clean.plan.programmes if p.number == number)
    place = programme.place(column)
    assert place is not None
    return at(programme.sheet, a1(*place), value)


def without(clean: Clean, files: Mapping[str, bytes]) -> Result:
    return clean.merge({FILE: None, **files})


def test_the_circulated_sheet_named_by_its_file(clean: Clean) -> None:
    result = clean.merge({FILE: plan_sheet(clean, ROWS)})
    assert changes(clean, result) == {}
    assert news(clean, result) == ["XP115"]


def test_the_circulated_sheet_named_by_a_cell_above_its_table(clean: Clean) -> None:
    result = without(clean, {"回答.xlsx": plan_sheet(clean, ROWS, at("柱2", "L1", "部局名：障害福祉課"))})
    assert changes(clean, result) == {}
    assert {f.department for f in result.findings if f.place.file == "回答.xlsx"} == {DEPARTMENT}


def test_the_circulated_sheet_known_by_the_only_departments_cells_that_changed(clean: Clean) -> None:
    result = without(clean, {"回答.xlsx": plan_sheet(clean, ROWS)})
    assert changes(clean, result) == {}
    assert result.states["回答.xlsx"] == "complete"


def test_two_departments_in_an_unnamed_sheet_are_asked_and_quoted(clean: Clean) -> None:
    result = without(clean, {"回答.xlsx": plan_sheet(clean, (*ROWS, "柱2(1)②ク"))})
    (finding,) = [f for f in result.findings if f.place.file == "回答.xlsx"]
    assert finding.code == "XP103"
    assert "障害福祉課" in finding.message and "消費生活センター" in finding.message
    assert all(clean.result.cells[n, ACTUAL] in finding.message for n in (*ROWS, "柱2(1)②ク"))
    assert result.states["回答.xlsx"] == "refused"


def test_another_departments_rows_in_a_named_sheet_are_one_finding(clean: Clean) -> None:
    result = clean.merge(
        {FILE: plan_sheet(clean, (*ROWS, "柱2(1)②ク"), in_plan(clean, "柱2(1)②ク", ACTUAL, "9,999件"))}
    )
    assert changes(clean, result) == {}
    (finding,) = [f for f in result.findings if f.code == "XP205"]
    assert len(finding.places) == 2 and "9,999件" in (finding.got or "")


def test_a_sheet_named_after_one_department_and_filled_by_another_is_asked(clean: Clean) -> None:
    result = clean.merge({FILE: plan_sheet(clean, ("柱2(1)②ク",))})
    (finding,) = [f for f in result.findings if f.place.file == FILE]
    assert finding.code == "XP111" and clean.result.cells["柱2(1)②ク", ACTUAL] in (finding.got or "")


def test_the_offices_own_sheet_is_a_submission_too(clean: Clean) -> None:
    office = (Path(__file__).parent / "data" / "柱2_進捗状況.xlsx").read_bytes()
    result = clean.merge({FILE: office})
    assert result.states[FILE] == "faulty"  # it is filled for everybody
    assert changes(clean, result) == {}


def test_a_plan_workbook_of_another_year_is_refused(clean: Clean) -> None:
    def other_year(book: object) -> None:
        for line in book["設定"].iter_rows(max_col=2):  # type: ignore[index]
            if line[0].value == "実績年度":
                line[1].value = "R4"

    result = clean.merge({FILE: plan_sheet(clean, ROWS, other_year)})
    assert [f.code for f in result.findings if f.place.file == FILE] == ["XP104"]


def test_a_copy_for_reading_that_comes_back_is_ignored_with_a_finding(clean: Clean) -> None:
    name = "確認用_生活支援課.xlsx"
    result = clean.merge({name: clean.forms[name]})
    assert (result.states[name], news(clean, result), changes(clean, result)) == ("ignored", ["XP116"], {})


def test_what_is_written_in_a_copy_for_reading_is_quoted_and_not_taken(clean: Clean) -> None:
    name = "確認用_生活支援課.xlsx"
    result = clean.merge({name: edited(clean.forms[name], put("柱2(1)①ウ", ACTUAL, "1件"))})
    assert changes(clean, result) == {}
    assert "XP205 柱2(1)①ウ Ｒ5実績値 1件" in news(clean, result)


# ------------------------------------------------------------------------------------------------------------ three-way
def corrected_plan(clean: Clean, *more: Change) -> Plan:
    return read_plan(read_book(edited(clean.plan_path.read_bytes(), *more)), "plan.xlsx")[0]


def test_an_untouched_cell_is_no_fault_after_the_plan_was_corrected(clean: Clean) -> None:
    plan = corrected_plan(clean, in_plan(clean, "柱2(1)①イ", "actual:2022", 13283))
    result = merge(plan, clean.files)
    assert [brief(f) for f in result.findings if f.code.startswith("XP2")] == []
    assert result.cells["柱2(1)①イ", "actual:2022"] == "13,283件"


def test_a_form_that_already_says_what_the_plan_says_now_is_no_fault(clean: Clean) -> None:
    plan = corrected_plan(clean, in_plan(clean, "柱2(1)①イ", "actual:2022", 13283))
    file = edited(clean.files[FILE], put("柱2(1)①イ", "actual:2022", 13283))
    assert [f.code for f in merge(plan, {**clean.files, FILE: file}).findings if f.code.startswith("XP2")] == []


def test_a_third_text_is_a_fault_that_names_what_was_issued(clean: Clean) -> None:
    plan = corrected_plan(clean, in_plan(clean, "柱2(1)①イ", "actual:2022", 13283))
    file = edited(clean.files[FILE], put("柱2(1)①イ", "actual:2022", 5))
    (finding,) = [f for f in merge(plan, {FILE: file}).findings if f.code == "XP201"]
    assert (finding.expected, finding.got) == ("13,282件", "5件")


def test_a_row_that_changed_hands_after_issuing(clean: Clean) -> None:
    plan = corrected_plan(clean, in_plan(clean, "柱2(3)②イ", "department", "広報広聴課"))
    result = merge(plan, {FILE: clean.files[FILE]})
    (finding,) = [f for f in result.findings if f.code == "XP207"]
    assert len(finding.places) == 2 and "719件" in (finding.got or "")
    assert result.cells[CELL] == "〔未提出〕"


def test_a_row_that_was_added_after_issuing_is_not_called_missing(clean: Clean) -> None:
    plan = corrected_plan(clean, in_plan(clean, "柱2(1)②ク", "department", DEPARTMENT))
    said = {f.code: f for f in merge(plan, {FILE: clean.files[FILE]}).findings}
    assert "XP105" not in said
    assert said["XP117"].place.number == "柱2(1)②ク"


# --------------------------------------------------------------------------------------------------------- zip archives
def zipped(members: Mapping[bytes, bytes], *, utf8: bool = False) -> bytes:
    """An archive whose names are written as these bytes, with or without the mark that they are UTF-8."""
    out = io.BytesIO()
    standing_in = [f"{index:02d}".ljust(len(name), "q") for index, name in enumerate(members)]
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in zip(standing_in, members.values(), strict=True):
            archive.writestr(zipfile.ZipInfo(name), data)
    made = out.getvalue()
    for name, written in zip(standing_in, members, strict=True):
        made = made.replace(name.encode(), written)
    return _marked_utf8(made) if utf8 else made


def _marked_utf8(made: bytes) -> bytes:
    out = bytearray(made)
    for signature, at_flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = out.find(signature)
        while start >= 0:
            flags = struct.unpack_from("<H", out, start + at_flags)[0]
            struct.pack_into("<H", out, start + at_flags, flags | 0x800)
            start = out.find(signature, start + 4)
    return bytes(out)


def inside(folder: Path, data: bytes, name: str = "回答.zip") -> tuple[list[InboxFile], list[str]]:
    (folder / name).write_bytes(data)
    files, findings = expanded([InboxFile(name, folder / name)])
    return list(files), [f.message for f in findings]


@pytest.mark.parametrize(
    ("encoding", "marked"), [("cp932", False), ("utf-8", False), ("utf-8", True)], ids=["Windows", "Mac", "marked"]
)
def test_names_inside_an_archive(tmp_path: Path, encoding: str, marked: bool) -> None:
    members = {"表紙/福祉政策課.xlsx".encode(encoding): b"first", "障害福祉課能力.xlsx".encode(encoding): b"second"}
    files, said = inside(tmp_path, zipped(members, utf8=marked))
    assert [f.name for f in files] == ["回答.zip/表紙/福祉政策課.xlsx", "回答.zip/障害福祉課能力.xlsx"]
    assert [member_bytes(f.path, f.member or 0) for f in files] == [b"first", b"second"]
    assert said == []


def test_an_archive_in_the_inbox_counts_as_its_files(clean: Clean, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    members = {name.encode("cp932"): data for name, data in clean.files.items()}
    (inbox / "一式.zip").write_bytes(zipped(members))
    done = run_merge(inbox, clean.plan_path, tmp_path / "out")
    assert {o.state.value for o in done.merged.outcomes} == {"complete"}
    assert [o.file for o in done.merged.outcomes] == sorted(f"一式.zip/{name}" for name in clean.files)
    assert {key: entry.text for key, entry in done.merged.entries.items()} == {
        key: entry.text for key, entry in clean.result.merged.entries.items()
    }


def test_what_is_passed_over_in_an_archive(tmp_path: Path) -> None:
    members = {b"__MACOSX/._a.xlsx": b"x", "~$障害福祉課.xlsx".encode(): b"x", b"a.xlsx": b"x", b".DS_Store": b"x"}
    files, said = inside(tmp_path, zipped(members))
    assert [f.name for f in files] == ["回答.zip/a.xlsx"]
    assert len(said) == 2


def test_a_workbook_is_no_archive_whatever_it_is_called(clean: Clean, tmp_path: Path) -> None:
    files, _ = inside(tmp_path, clean.files[FILE], "障害福祉課.zip")
    assert [(f.name, f.member) for f in files] == [("障害福祉課.zip", None)]


def test_an_archive_in_an_archive_is_not_opened_but_said(clean: Clean, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "外.zip").write_bytes(zipped({"内.zip".encode(): zipped({b"a.xlsx": b"x"})}))
    done = run_merge(inbox, clean.plan_path, tmp_path / "out")
    assert [(o.file, o.state.value) for o in done.merged.outcomes] == [("外.zip/内.zip", "refused")]


def test_two_files_of_one_name_and_an_empty_archive(tmp_path: Path) -> None:
    files, _ = inside(tmp_path, zipped({b"a.xlsx": b"1", b"b.xlsx": b"2"}).replace(b"b.xlsx", b"a.xlsx"))
    assert [f.name for f in files] == ["回答.zip/a.xlsx", "回答.zip/a.xlsx（2）"]
    assert [member_bytes(f.path, f.member or 0) for f in files] == [b"1", b"2"]
    assert len(inside(tmp_path, zipped({}))[1]) == 1


def test_a_locked_archive_says_so(tmp_path: Path) -> None:
    files, _ = inside(tmp_path, _locked(zipped({b"a.xlsx": b"secret text"})))
    with pytest.raises(MemberLocked):
        member_bytes(files[0].path, files[0].member or 0, ("1234",))


def _locked(made: bytes) -> bytes:
    out = bytearray(made)
    for signature, at_flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = out.find(signature)
        struct.pack_into("<H", out, start + at_flags, 1)
    return bytes(out)


# ------------------------------------------------------------------------------------------------ check says the same
def test_check_gives_the_findings_that_merge_gives_for_the_one_file(clean: Clean, tmp_path: Path) -> None:
    changed = (put("柱2(1)①イ", "actual:2022", 5), put("柱2(1)②ウ", ACTUAL, None), put(*CELL, "同上"))
    path = tmp_path / FILE
    said = comment("柱2(1)②ウ", ACTUAL, "速報")
    path.write_bytes(edited(clean.files[FILE], *changed, delete_row("柱2(3)②ア"), said))
    outcomes, findings = run_check([path], clean.plan_path)
    merged = clean.merge({FILE: path.read_bytes()})
    of_file = [brief(f) for f in merged.findings if f.place.file == FILE]
    assert sorted(brief(f) for f in findings if f.place.file == str(path)) == sorted(of_file)
    assert len(of_file) >= 5
    assert [(o.state.value, o.owned, o.filled) for o in outcomes] == [("faulty", 10, 7)]
