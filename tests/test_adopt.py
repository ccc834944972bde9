"""Any office's workbook goes the whole way: rollover, split, filling, merge; every value in its place.

Cells are found by the words around them in the files themselves, not by what the program says of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from layouts.drawing import Layout
from layouts.layouts import LAYOUTS
from xl_plan.cells import Sheet, a1
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Severity
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import MergeResult, run_merge
from xl_plan.pipeline.rounds import run_rollover, run_split

# openpyxl drops the small charts of the report sheets, and says so
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")

Asked = tuple[str, str, str]
SHEETS = {name for layout in LAYOUTS.values() for name in layout.book_sheets}


@dataclass(frozen=True)
class Whole:
    """A layout gone the whole way, and what was typed into each asked cell."""

    layout: Layout
    office: Path
    forms: dict[str, Path]
    typed: dict[Asked, int | str]
    merged: MergeResult
    plan: Plan


def found(sheet: Worksheet, asked: Asked) -> str | None:
    """The address of the cell beside a row's words and below a header's; None when they are not on the sheet."""
    _, row_words, column_words = asked
    words, _, label = row_words.partition(" / ")
    row = next((line[0].row for line in sheet.iter_rows() if any(_is(cell.value, words) for cell in line)), None)
    if row is not None and label:
        row = next((r for r in range(row, sheet.max_row + 1) if any(_is(c.value, label) for c in sheet[r])), None)
    if row is None:
        return None
    header, _, nth = column_words.partition("#")
    for above in range(row - 1, 0, -1):
        columns = [cell.column for cell in sheet[above] if _is(cell.value, header)]
        if columns:
            return a1(row - 1, columns[int(nth or 1) - 1] - 1)
    return None


def _is(value: object, words: str) -> bool:
    return value is not None and str(value) == words


def located(book: openpyxl.Workbook, asked: Asked) -> tuple[Worksheet, str]:
    for sheet in book.worksheets:
        if sheet.title in SHEETS:
            address = found(sheet, asked)
            if address is not None:
                return sheet, address
    raise AssertionError(f"{asked} stands on no sheet")


def fill(form: Path, target: Path, answers: dict[Asked, int | str]) -> None:
    book = openpyxl.load_workbook(form)
    for asked, value in answers.items():
        sheet, address = located(book, asked)
        sheet[address].value = value
    book.save(target)


@pytest.fixture(scope="module", params=list(LAYOUTS), ids=list(LAYOUTS))
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    layout = LAYOUTS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    office, plan, inbox = folder / "庁内の表.xlsx", folder / "計画.xlsx", folder / "inbox"
    office.write_bytes(book_bytes(layout.book))
    run_rollover(office, layout.year, plan, title="ある計画", deadline="2024-05-31", division="企画課")
    forms = {name: path for name, path, _ in run_split(plan, folder / "out").forms}
    typed: dict[Asked, int | str] = {
        asked: f"回答{n}件" if n % 3 == 0 or "満足度" in asked[1] else 7000 + n for n, asked in enumerate(layout.asked)
    }
    inbox.mkdir()
    for department, form in forms.items():
        fill(form, inbox / form.name, {asked: value for asked, value in typed.items() if asked[0] == department})
    merged = run_merge(inbox, plan, folder / "out")
    assert merged.output is not None
    return Whole(layout, office, forms, typed, merged, load_plan(merged.output)[0])


def test_the_departments_that_are_asked(whole: Whole) -> None:
    assert set(whole.forms) == {department for department, _, _ in whole.layout.asked}


def test_forms_open_exactly_the_asked_cells(whole: Whole) -> None:
    for department, path in whole.forms.items():
        book = openpyxl.load_workbook(path)
        opened = {
            (sheet.title, cell.coordinate)
            for sheet in book.worksheets
            if sheet.title in whole.layout.book_sheets
            for line in sheet.iter_rows()
            for cell in line
            if not cell.protection.locked and type(cell).__name__ == "Cell"
        }
        asked = [located(book, asked) for asked in whole.layout.asked if asked[0] == department]
        assert opened == {(sheet.title, address) for sheet, address in asked}


def test_every_value_stands_in_its_place(whole: Whole) -> None:
    assert whole.merged.output is not None
    book = openpyxl.load_workbook(whole.merged.output)
    for asked, value in whole.typed.items():
        sheet, address = located(book, asked)
        assert sheet[address].value == value, (asked, address)


def test_what_was_computed_for_the_year_is_blank(whole: Whole) -> None:
    """A rate that stood beside the emptied value says nothing of the new one."""
    assert whole.merged.output is not None
    book = openpyxl.load_workbook(whole.merged.output)
    for cell in whole.layout.emptied:
        sheet, address = located(book, cell)
        assert sheet[address].value is None, (cell, address)


def test_nothing_is_held_and_nobody_is_missing(whole: Whole) -> None:
    assert whole.merged.merged.missing == ()
    errors = [f.message for f in whole.merged.findings if f.severity is Severity.ERROR]
    assert errors == []
    assert {o.state.value for o in whole.merged.merged.outcomes} == {"complete"}


def columns_of(sheet: Sheet, without: set[str]) -> dict[int, list[str]]:
    """The texts of each column from top to bottom, as shown."""
    texts: dict[int, list[str]] = {}
    for (row, col), cell in sorted(sheet.cells.items()):
        if not cell.blank and a1(row, col) not in without:
            texts.setdefault(col, []).append(shown(cell.value, cell.style.number_format))
    return texts


def test_all_else_stands_as_the_office_had_it(whole: Whole) -> None:
    assert whole.merged.output is not None
    before, after = read_book(whole.office.read_bytes()), read_book(whole.merged.output.read_bytes())
    for name in whole.layout.book_sheets:
        old, new = before.sheet(name), after.sheet(name)
        assert old is not None and new is not None
        expected = columns_of(old, set(addresses(whole.office, name, whole.layout)))
        expected = {col: [whole.layout.changed.get(t, t) for t in texts] for col, texts in expected.items()}
        assert columns_of(new, set(addresses(whole.merged.output, name, whole.layout))) == expected


def addresses(path: Path, sheet_name: str, layout: Layout) -> Iterator[str]:
    book = openpyxl.load_workbook(path)
    for asked in (*layout.asked, *layout.emptied):
        sheet, address = located(book, asked)
        if sheet.title == sheet_name:
            yield address


def test_the_consolidated_workbook_is_read_as_a_plan(whole: Whole) -> None:
    owned = sorted(
        (department.name, in_digits(programme.text(column.key)))
        for department in whole.plan.departments
        for programme, column in whole.plan.owned_by(department.name)
    )
    assert owned == sorted((asked[0], in_digits(str(value))) for asked, value in whole.typed.items())


def in_digits(text: str) -> str:
    """A figure without what its number format adds: 7,001件 and 7001 are alike; other texts as they are."""
    return text if text.startswith("回答") else re.sub(r"[^0-9]", "", text)
