"""Book → the bytes of an .xlsx file.

The only place where xlsxwriter is called, and one that lets none of its habits through: text is text, every return
code is looked at, every warning is an exception, a formula has its result, and equal books give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xl_plan.cells import Area, Book, Sheet, Style
from xl_plan.excel.verify import verify_bytes
from xl_plan.excel.write_cells import Furniture, Prepared, prepared
from xl_plan.excel.write_limits import UnwritableCell, check_sheet_name, check_text, done
from xl_plan.excel.write_package import Frame, Strings, finished, first_rows, frame_parts, sheet_part
from xl_plan.excel.write_rows import rows_of
from xl_plan.excel.write_sheet import (
    drawn_areas,
    write_charts,
    write_columns,
    write_heights,
    write_highlights,
    write_page,
    write_validations,
    write_view,
    written_height,
)
from xl_plan.excel.write_styles import NORMAL_FONT, Formats
from xl_plan.excel.write_zip import Part
from xl_plan.shares import ONE_BY_ONE, Shares

__all__ = ["Last", "UnwritableCell", "book_bytes", "verify_bytes", "written", "written_height"]

_FIXED_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Last:
    """The last sheet of a book, which may still be in the making when the writing begins: the one in the book stands for
    it, with the same looks and nothing in its cells.

    ``told``   what it has to know of each of the others, found by whoever writes that.
    ``sheet``  the sheet, of what was told of the others in their order.
    """

    told: Callable[[Sheet], str]
    sheet: Callable[[Sequence[str]], Sheet]


def book_bytes(book: Book, shares: Shares = ONE_BY_ONE) -> bytes:
    """The .xlsx package of a book: equal books give equal bytes, on any day. ``shares`` does the work of the sheets.

    Raises UnwritableCell for a thing that Excel could not hold as it is meant.
    """
    return written(book, shares)[0]


def written(book: Book, shares: Shares = ONE_BY_ONE, last: Last | None = None) -> tuple[bytes, Book]:
    """The same, and the book that it is of: with ``last`` as its last sheet."""
    target, strings = io.BytesIO(), Strings()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            workbook = _workbook(target, book)
            given = _write_sheets(workbook, book, strings)
            _write_names(workbook, book)
            workbook.close()
        except UserWarning as warning:  # what the library only mentions is left out of the file
            raise UnwritableCell("", "", "refused", str(warning)) from warning
    frame = frame_parts(target.getvalue())
    looks = given.formats.attributes(_look_attributes(first_rows(frame, 0), given.probe, len(given.formats.all)))
    told = None if last is None else last.told
    draft = _Draft(book.sheets, given.cells, looks, strings, frame, told)
    made = _sheet_parts(draft, len(book.sheets) - (last is not None), shares)
    if last is not None:
        sheet = last.sheet([said for _, said in made])
        book = replace(book, sheets=(*book.sheets[:-1], sheet))
        draft = replace(draft, sheets=book.sheets, cells=(*given.cells[:-1], prepared(sheet, strings)))
        made.append(_sheet_part(draft, len(made)))
    return finished(frame, [part for part, _ in made], strings), book


@dataclass(frozen=True, slots=True)
class _Draft:
    """Everything of which a sheet's part is made."""

    sheets: Sequence[Sheet]
    cells: Sequence[Prepared]
    looks: Mapping[Style, str]
    strings: Strings
    frame: Frame
    told: Callable[[Sheet], str] | None


def _sheet_parts(draft: _Draft, count: int, shares: Shares) -> list[tuple[Part, str]]:
    """What is made of the first sheets, in their order. The largest is begun first, so that nobody waits for it alone."""
    order = sorted(range(count), key=lambda index: -len(draft.sheets[index].cells))
    made = dict(zip(order, shares.done(_sheet_part, draft, order), strict=True))
    return [made[index] for index in range(count)]


def _sheet_part(draft: _Draft, index: int) -> tuple[Part, str]:
    """A sheet's part, and what is told of the sheet."""
    sheet = draft.sheets[index]
    rows = rows_of(sheet, draft.cells[index], draft.looks, draft.strings)
    return sheet_part(draft.frame, index, rows), "" if draft.told is None else draft.told(sheet)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the library has got: the looks, which stand in the row ``probe`` of the first sheet, one a cell."""

    cells: tuple[Prepared, ...]
    formats: Formats
    probe: int


def _workbook(target: io.BytesIO, book: Book) -> Any:
    import xlsxwriter
    from xlsxwriter.color import Color

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "date_1904": book.date1904,
        "default_format_properties": NORMAL_FONT | {"font_color": Color.automatic()},
    }
    workbook = xlsxwriter.Workbook(target, options)
    known = book.properties
    properties: dict[str, Any] = {
        "title": known.title,
        "subject": known.subject,
        "author": known.author,
        "company": known.company,
        "keywords": known.keywords,
    }
    filled = {key: check_text("", "", text) for key, text in properties.items() if text}
    workbook.set_properties(filled | {"created": _FIXED_TIME})
    return workbook


def _write_sheets(workbook: Any, book: Book, strings: Strings) -> _Given:
    visible = [index for index, sheet in enumerate(book.sheets) if sheet.state == "visible"]
    if not visible:
        raise UnwritableCell("", "", "no-visible-sheet")
    formats = Formats(workbook)
    taken: set[str] = set()
    for sheet in book.sheets:
        check_sheet_name(sheet.name, taken)
    worksheets = [workbook.add_worksheet(sheet.name) for sheet in book.sheets]
    drawn = drawn_areas(book)
    cells: list[Prepared] = []
    used: set[int] = set()
    for index, (worksheet, sheet) in enumerate(zip(worksheets, book.sheets, strict=True)):
        cells.append(prepared(sheet, strings))
        furniture = Furniture(worksheet, sheet, cells[-1], formats)
        try:
            _write_sheet(workbook, worksheet, sheet, formats, furniture, drawn.get(sheet.name, ()))
        except UserWarning as warning:
            raise UnwritableCell(sheet.name, "", "refused", str(warning)) from warning
        used |= furniture.rows if index == 0 else set()
    worksheets[visible[0]].activate()
    if visible[0]:
        worksheets[visible[0]].set_first_sheet()
    return _Given(tuple(cells), formats, _write_probe(worksheets[0], formats, used))


def _write_probe(worksheet: Any, formats: Formats, used: set[int]) -> int:
    """Put one cell of each look into a row of its own, and a text, so that the library numbers looks and has texts.

    The row is gone with the others that the library writes: ours take their place.
    """
    row = next(row for row in itertools.count() if row not in used)
    for col, look in enumerate(formats.all):
        done(worksheet.write_blank(row, col + 1, None, look), worksheet.get_name(), "", "style")
    done(worksheet.write_string(row, 0, "-"), worksheet.get_name())
    return row


def _look_attributes(rows: str, probe: int, count: int) -> list[str]:
    """What the library wrote as the look of each cell of the probe but the first."""
    found = re.findall(rf'<c r="[A-Z]+{probe + 1}"( s="[0-9]+")?', rows)[1:]
    if len(found) != count:
        raise RuntimeError(f"{count} looks, {len(found)} numbers: the library writes cells in another form")
    return found


def _write_sheet(
    workbook: Any, worksheet: Any, sheet: Sheet, formats: Formats, furniture: Furniture, drawn: Sequence[Area]
) -> None:
    write_columns(worksheet, sheet)
    furniture.write(drawn)
    write_heights(worksheet, sheet)
    write_view(worksheet, sheet)
    write_page(worksheet, sheet)
    write_validations(worksheet, sheet)
    write_highlights(worksheet, sheet, formats)
    write_charts(workbook, worksheet, sheet)


def _write_names(workbook: Any, book: Book) -> None:
    taken: set[str] = set()
    for name, reference in sorted(book.names.items()):
        if name.lower() in taken:
            raise UnwritableCell("", "", "name", name)
        taken.add(name.lower())
        check_text("", "", name + reference, 8192, "name")
        try:
            done(workbook.define_name(name, f"={reference.removeprefix('=')}"), "", "", "name")
        except UserWarning as warning:
            raise UnwritableCell("", "", "name", name) from warning
