"""Ratings in print: the column 評価 beside the plan's tables, live, and never taken for a part of the plan."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from layouts.layouts import LAYOUTS
from small_round import SHEET, Office
from xl_plan.book.beside import HEAD, WIDTH
from xl_plan.book.planbook import all_columns, plan_book
from xl_plan.cells import Sheet, a1
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.model import Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.comparing import run_diff
from xl_plan.pipeline.publishing import run_publish
from xl_plan.pipeline.rounds import run_rollover
from xl_plan.plan import read_plan
from xl_plan.rules import revisions

MARKS = {"◎", "○", "△", "×"}


@pytest.fixture
def office(tmp_path: Path, small: Path) -> Office:
    """A division whose plan prints the tool's ratings."""
    office = Office(tmp_path, small)
    office.change_plan(printing)
    office.output.unlink()
    office.merge()
    return office


def printing(book: Any, wanted: str = "する") -> None:
    for row in book["設定"].iter_rows(max_col=2):
        for name, text in (("評価者", "自動"), ("評価の印刷", wanted)):
            if row[0].value == name:
                row[1].value = text


def head(sheet: Sheet) -> tuple[int, int]:
    return next(place for place, cell in sorted(sheet.cells.items()) if cell.value == HEAD)


def marks(sheet: Sheet) -> dict[str, tuple[object, str | None]]:
    """Number → the mark beside it and its formula."""
    top, col = head(sheet)
    merged = {(a.top, a.left): a for a in sheet.merges}
    found = {}
    for (row, at), cell in sorted(sheet.cells.items()):
        if at == 0 and row > top and str(cell.value).startswith("柱2("):
            area = merged.get((row, 0))
            assert area is None or merged.get((row, col)) == area._replace(left=col, right=col)
            found[str(cell.value)] = (sheet.at(row, col).value, sheet.at(row, col).formula)
    return found


# ----------------------------------------------------------------------------------------------------------- in print
def test_a_mark_stands_beside_every_programme_and_says_what_the_report_says(office: Office) -> None:
    sheet, report = office.sheet(SHEET), office.sheet("達成状況")
    found = marks(sheet)
    assert len(found) == 6 and {mark for mark, _ in found.values()} & MARKS
    for number, (mark, formula) in found.items():
        assert formula is not None and formula.startswith("IF('達成状況'!N"), number
        row = int(formula.split("!N")[1].split("=")[0]) - 1
        assert (report.at(row, 13).value or "") == (mark or "")
        assert report.at(row, 0).value in (number, "柱2(1)①ア")  # 柱2(1)②ア repeats that row
    _, col = head(sheet)
    assert sheet.page.print_area is not None and sheet.page.print_area.right == col
    assert sheet.widths[col] == WIDTH


def test_without_the_setting_nothing_is_printed_and_with_another_word_it_is_asked(office: Office) -> None:
    office.change_plan(lambda book: printing(book, "しない"))
    office.merge()
    assert not any(cell.value == HEAD for cell in office.sheet(SHEET).cells.values())
    assert any(cell.value == "評価" for cell in office.sheet("達成状況").cells.values())
    office.change_plan(lambda book: printing(book, "たぶん"))
    _, findings = load_plan(office.plan)
    assert [(f.rule.code, f.got) for f in findings if f.got == "たぶん"] == [("XP507", "たぶん")]


@pytest.mark.office
def test_print_shows_every_character(office: Office, print_gate: Path) -> None:
    done = subprocess.run([sys.executable, str(print_gate), str(office.output), "--min-pt", "8"],
                          capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.office
def test_correcting_a_value_changes_the_mark(office: Office, tmp_path: Path) -> None:
    from test_report_sheets import assert_formulas_agree, recalculated

    assert_formulas_agree(office.output, tmp_path)
    place = next(
        cell.coordinate for row in openpyxl.load_workbook(office.output)[SHEET].iter_rows() for cell in row
        if cell.value in (15107, "15,107件")
    )  # fmt: skip
    before = marks(office.sheet(SHEET))["柱2(1)①イ"][0]
    office.edit(lambda book: book[SHEET].__setitem__(place, "10件"))
    after = marks(read_book(recalculated(office.output, tmp_path).read_bytes()).sheet(SHEET) or Sheet(""))
    assert (before, after["柱2(1)①イ"][0]) == ("◎", "×")


# --------------------------------------------------------------------------------------------------------- read again
def said(plan: Plan) -> list[tuple[str, dict[str, str]]]:
    return [(p.key, dict(p.texts)) for p in plan.programmes]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_reads_back_without_the_column(name: str) -> None:
    plan, _ = read_plan(LAYOUTS[name].book)
    wanted = {p.key: "◎" for p in plan.programmes}
    drawn = plan_book(plan, plan.settings, all_columns(plan), {}, marks=wanted)
    bare = plan_book(plan, plan.settings, all_columns(plan), {})
    assert len(drawn.marks) == len(plan.programmes)
    for sheet, (row, col) in drawn.marks.values():
        printed = drawn.book.sheet(sheet)
        assert printed is not None and printed.at(row, col).value == "◎"
    heads = [c for s in drawn.book.sheets for c in s.cells.values() if c.value == HEAD]
    assert len(heads) >= len(plan.tables)
    again, _ = read_plan(read_book(book_bytes(drawn.book)))
    without, _ = read_plan(read_book(book_bytes(bare.book)))
    assert said(again) == said(without)
    assert [t.columns for t in again.tables] == [t.columns for t in without.tables]
    assert [t.sheet.page.print_area for t in again.tables] == [t.sheet.page.print_area for t in without.tables]


def test_an_office_s_own_column_of_ratings_is_no_column_of_ours() -> None:
    """Table-each has a column 評価 of its own: it stays a column of the plan."""
    plan, _ = read_plan(LAYOUTS["table-each"].book)
    assert any(p.text(c.key) == "Ａ" for p in plan.programmes for c in p.block.columns)


def test_the_next_merge_sees_no_work_by_hand(office: Office) -> None:
    done = office.merge()
    assert not {f.rule for f in done.findings} & set(revisions.RULES)
    office.again()
    assert office.copies() == []


def test_other_programs_may_save_it(office: Office) -> None:
    before = said(load_plan(office.output)[0])
    office.edit(lambda book: None)
    assert said(load_plan(office.output)[0]) == before
    done = office.merge()
    assert not [f for f in done.findings if "表の外" in str(f.place.column)]


def test_a_mark_typed_over_by_hand_stays(office: Office) -> None:
    """The council decides otherwise: its mark stays through merges, is listed, and is what the 配布用 copy shows."""
    sheet = office.sheet(SHEET)
    (_, col), rows = head(sheet), {str(c.value): row for (row, at), c in sheet.cells.items() if at == 0}
    row = rows["柱2(1)①イ"]
    office.edit(lambda book: book[SHEET].cell(row + 1, col + 1, "○"))
    done = office.merge()
    assert [f.got for f in done.findings if f.place.column == "表の外"] == ["○"]
    assert marks(office.sheet(SHEET))["柱2(1)①イ"] == ("○", None)
    assert marks(office.sheet(SHEET))["柱2(1)①エ"][1] is not None
    office.again()
    written = run_publish(office.output, office.out)
    shown = marks(read_book(written.output.read_bytes()).sheet(SHEET) or Sheet(""))
    assert shown["柱2(1)①イ"] == ("○", None)


def test_the_copy_for_the_council_shows_the_marks_as_values(office: Office) -> None:
    written = run_publish(office.output, office.out)
    shown = marks(read_book(written.output.read_bytes()).sheet(SHEET) or Sheet(""))
    assert {number: mark or None for number, (mark, _) in shown.items()} == {
        number: mark or None for number, (mark, _) in marks(office.sheet(SHEET)).items()
    }
    assert {formula for _, formula in shown.values()} == {None}
    assert said(load_plan(written.output)[0]) == said(load_plan(office.output)[0])


def test_diff_and_rollover_pass_it_over(office: Office, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    printed = office.output.read_bytes()
    office.change_plan(lambda book: printing(book, "しない"))
    office.output.unlink()
    office.merge()
    plain.write_bytes(office.output.read_bytes())
    office.output.write_bytes(printed)
    assert run_diff(plain, office.output, tmp_path).changes == ()
    target = tmp_path / "next.xlsx"
    run_rollover(office.output, "R6", target)
    following = read_book(target.read_bytes()).sheet(SHEET)
    assert following is not None and not any(c.value == HEAD for c in following.cells.values())


# ----------------------------------------------------------------------------------------------- divided over pages
def test_a_copy_of_a_divided_original_is_divided_at_the_same_lines(office: Office) -> None:
    """An answer of several pages in a row that another repeats: part refers to part, and both read back whole. Its mark
    stands once."""
    text = "".join(f"{n}　地域の支え合い会議を開催し，延べ1,849件の相談に対応した。\n" for n in range(1, 241)).strip()
    office.resubmit("地域包括支援課", "柱2(1)①ア", "narrative", text)
    office.merge()
    sheet = office.sheet(SHEET)
    parts = {a1(*at): cell.value for at, cell in sheet.cells.items() if "延べ1,849件" in str(cell.value)}
    links = {
        at: match[1]
        for at, cell in sorted(sheet.cells.items())
        if (match := re.fullmatch(r'IF\((\w+)="","",\1\)', cell.formula or "")) and match[1] in parts
    }
    assert len(links) > 2 and len(parts) == 2 * len(links)
    for at, formula in links.items():
        assert sheet.at(*at).value == parts[formula]
    assert "".join(str(sheet.at(*at).value) for at in links) == text
    assert len(set(links.values())) == len(links)
    assert office.text("柱2(1)①ア", "narrative") == office.text("柱2(1)②ア", "narrative") == text
    assert sum("（続き）" in str(cell.value) for cell in sheet.cells.values()) == 2 * (len(links) - 1)
    _, col = head(sheet)
    shown = [c for (_, at), c in sheet.cells.items() if at == col and c.formula is not None]
    assert len(shown) == 6
    office.again()
