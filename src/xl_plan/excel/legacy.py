"""The other formats of spreadsheets (.xls, .xlsb, .ods) through calamine: values, merges and visibility, no looks."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from xl_plan.cells import DEFAULT_STYLE, Area, Book, Cell, Position, Scalar, Sheet, Style
from xl_plan.excel.hidden import hidden_in_ods, hidden_in_xls, hidden_in_xlsb, refuse_overruns
from xl_plan.excel.indented import closed_up
from xl_plan.excel.locked import locked_stream
from xl_plan.excel.package import Limits, Package
from xl_plan.excel.rows import serial
from xl_plan.excel.unreadable import OPEN_DOCUMENT, UnreadableWorkbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_DAY = Style(number_format="yyyy/m/d")
_MOMENT = Style(number_format="yyyy/m/d h:mm")
_CLOCK = Style(number_format="h:mm:ss")
_SPAN = Style(number_format="[h]:mm:ss")
_SPELT_SPAN = re.compile(r"PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2}(?:\.[0-9]{1,9})?)S", re.ASCII)
_MANIFEST = "META-INF/manifest.xml"
_MAX_AREA = 20_000_000  # positions of a sheet's used area, filled or not


def read_legacy(data: bytes, limits: Limits, kind: str) -> Book:
    """The workbook of that kind in ``data``, or UnreadableWorkbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if kind == "xls" and _is_locked(data):
        raise UnreadableWorkbook("encrypted", "FilePass")
    package = None if kind == "xls" else Package(data, limits)
    if package is not None:
        _inspect(package)
    try:
        plain = closed_up(package, data) if package is not None and kind == "ods" else data
        with CalamineWorkbook.from_filelike(io.BytesIO(plain)) as workbook:
            return _with_hidden(_book(workbook, limits, kind == "ods"), data, package, kind)
    except (UnreadableWorkbook, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as error:
        raise UnreadableWorkbook("encrypted", str(error)) from error
    except MemoryError as error:
        raise UnreadableWorkbook("too-large", "memory") from error
    except CalamineError as error:
        locked = "password" in str(error).lower()
        raise UnreadableWorkbook("encrypted" if locked else "damaged", str(error)) from error
    except BaseException as error:  # a Rust panic is one, and must not take the caller along
        raise UnreadableWorkbook("damaged", f"{type(error).__name__}: {error}") from error


def _is_locked(data: bytes) -> bool:
    try:
        return locked_stream(data)
    except UnreadableWorkbook:
        return False  # a damaged file; calamine reads more of them than we do


def _inspect(package: Package) -> None:
    """What must be known of a zip before calamine opens it."""
    if _MANIFEST in package and b"encryption-data" in b"".join(package.chunks(_MANIFEST)):
        raise UnreadableWorkbook("encrypted", OPEN_DOCUMENT)
    package.measure()
    package.refuse_doctypes()
    refuse_overruns(package)


def _book(workbook: CalamineWorkbook, limits: Limits, spelt_spans: bool) -> Book:
    entries = workbook.sheets_metadata
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        # Sheets are fetched by name inside: the first would stand for the second too.
        raise UnreadableWorkbook("damaged", "two sheets of one name")
    if not names:
        raise UnreadableWorkbook("damaged", "no sheets")
    if len(names) > limits.sheets:
        raise UnreadableWorkbook("too-large", f"{len(names)} sheets")
    left = limits.cells
    sheets: list[Sheet] = []
    for index, entry in enumerate(entries):
        grid = workbook.get_sheet_by_index(index) if "WorkSheet" in str(entry.typ) else None
        cells, merges = ({}, ()) if grid is None else _content(grid, left, spelt_spans)
        left -= len(cells)
        sheets.append(Sheet(entry.name, cells, merges, heights={}, widths={}, state=_state(str(entry.visible))))
    return Book(tuple(sheets), names={}, has_macros=any("Macro" in str(e.typ) or "Vba" in str(e.typ) for e in entries))


def _with_hidden(book: Book, data: bytes, package: Package | None, kind: str) -> Book:
    """The book with the cells that calamine calls empty although they show an error."""
    try:
        if package is None:
            hidden = hidden_in_xls(data)
        else:
            hidden = hidden_in_ods(package) if kind == "ods" else hidden_in_xlsb(package)
    except (UnreadableWorkbook, struct.error, IndexError):
        return book  # calamine reads more damaged files than we do, and what it read is worth having
    if not hidden:
        return book
    if len(hidden) != len(book.sheets):
        raise UnreadableWorkbook("damaged", f"{len(hidden)} sheets in the file, {len(book.sheets)} read")
    sheets = (
        replace(sheet, cells={**sheet.cells, **cells}) if cells else sheet
        for sheet, cells in zip(book.sheets, hidden, strict=True)
    )
    return replace(book, sheets=tuple(sheets))


def _state(visible: str) -> Literal["visible", "hidden", "veryHidden"]:
    name = visible.rpartition(".")[2]
    return "veryHidden" if name == "VeryHidden" else "hidden" if name == "Hidden" else "visible"


def _content(sheet: CalamineSheet, left: int, spelt_spans: bool) -> tuple[dict[Position, Cell], tuple[Area, ...]]:
    merges = tuple(
        Area(top, left_col, bottom, right) for (top, left_col), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    start = sheet.start
    if start is None:
        return {}, merges
    if sheet.height * sheet.width > _MAX_AREA:
        raise UnreadableWorkbook("too-large", f"used area of {sheet.height} rows and {sheet.width} columns")
    cells: dict[Position, Cell] = {}
    # The used area begins at ``start``; asked for it alone, calamine need not build the empty rows before it.
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), start[0]):
        for col, value in enumerate(values, start[1]):
            if value != "":
                cells[row, col] = Cell(*_scalar(_span(value) if spelt_spans else value))
        if len(cells) > left:
            raise UnreadableWorkbook("too-large", "too many cells")
    return cells, merges


def _span(value: object) -> object:
    """OpenDocument spells long spans of time out, and calamine leaves them so: ``PT255H10M10S``."""
    if isinstance(value, str) and (match := _SPELT_SPAN.fullmatch(value)) is not None:
        return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=float(match[3]))
    return value


def _scalar(value: object) -> tuple[Scalar, Style]:
    if isinstance(value, bool | str | int):
        return value, DEFAULT_STYLE
    if isinstance(value, float):
        return _plain(value), DEFAULT_STYLE
    if isinstance(value, datetime):
        days = serial(value)
        return days, _DAY if isinstance(days, int) else _MOMENT
    if isinstance(value, date):
        return serial(datetime(value.year, value.month, value.day)), _DAY
    if isinstance(value, time):
        clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
        return clock / timedelta(days=1), _CLOCK
    if isinstance(value, timedelta):
        return value / timedelta(days=1), _SPAN
    return str(value), DEFAULT_STYLE


def _plain(value: float) -> Scalar:
    if value - value != 0:
        return str(value)  # no number: text, so that nobody reckons with it
    return int(value) if value == int(value) and abs(value) < 1e15 else value
