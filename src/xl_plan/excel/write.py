"""Book → the bytes of an .xlsx file.

The only place where xlsxwriter is called, and one that lets none of its habits through: text is text, every return
code is looked at, every warning is an exception, a formula has its result, and equal books give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from typing import Any

from xl_plan.cells import Book, Sheet
from xl_plan.excel.verify import verify_bytes
from xl_plan.excel.write_cells import CellWriter
from xl_plan.excel.write_limits import UnwritableCell, check_sheet_name, check_text, done
from xl_plan.excel.write_package import RawCell, finished
from xl_plan.excel.write_sheet import (
    write_charts,
    write_columns,
    write_highlights,
    write_page,
    write_rows,
    write_validations,
    write_view,
    written_height,
)
from xl_plan.excel.write_styles import NORMAL_FONT, Formats

__all__ = ["UnwritableCell", "book_bytes", "verify_bytes", "written_height"]

_FIXED_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def book_bytes(book: Book) -> bytes:
    """The .xlsx package of a book: equal books give equal bytes, on any day.

    Raises UnwritableCell for the first thing that Excel could not hold as it is meant.
    """
    target = io.BytesIO()
    raw: list[RawCell] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            workbook = _workbook(target, book)
            _write_sheets(workbook, book, raw)
            _write_names(workbook, book)
            workbook.close()
        except UserWarning as warning:  # what the library only mentions is left out of the file
            raise UnwritableCell("", "", "refused", str(warning)) from warning
    return finished(target.getvalue(), raw)


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


def _write_sheets(workbook: Any, book: Book, raw: list[RawCell]) -> None:
    visible = [index for index, sheet in enumerate(book.sheets) if sheet.state == "visible"]
    if not visible:
        raise UnwritableCell("", "", "no-visible-sheet")
    formats = Formats(workbook)
    taken: set[str] = set()
    for sheet in book.sheets:
        check_sheet_name(sheet.name, taken)
    worksheets = [workbook.add_worksheet(sheet.name) for sheet in book.sheets]
    for worksheet, sheet in zip(worksheets, book.sheets, strict=True):
        try:
            _write_sheet(workbook, worksheet, sheet, formats, raw)
        except UserWarning as warning:
            raise UnwritableCell(sheet.name, "", "refused", str(warning)) from warning
    worksheets[visible[0]].activate()
    if visible[0]:
        worksheets[visible[0]].set_first_sheet()


def _write_sheet(workbook: Any, worksheet: Any, sheet: Sheet, formats: Formats, raw: list[RawCell]) -> None:
    write_columns(worksheet, sheet)
    CellWriter(worksheet, sheet, formats, raw).write()
    write_rows(worksheet, sheet)
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
