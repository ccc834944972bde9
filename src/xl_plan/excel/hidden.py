"""What calamine leaves out of .xls, .xlsb and .ods: cells that show an error, formulas that have no result.

It returns both as empty, so that they would be taken for unanswered. Only the few records that tell of them are read
here; everything else remains calamine's.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from xl_plan.cells import MAX_COLUMNS, MAX_ROWS, Cell, Position
from xl_plan.excel.compound import Compound
from xl_plan.excel.package import Attributes, Package, Walker
from xl_plan.excel.unreadable import UnreadableWorkbook

_CODES = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_RECORDS = re.compile(r"xl/(?:workbook|sharedstrings|styles|worksheets/[^/]+)\.bin")
_MOST = 100_000  # cells of a workbook; those beyond are left to be found in Excel
Found = dict[Position, Cell]


def _error(code: int) -> Cell:
    return Cell(_CODES.get(code, "#N/A"), error=True)


# ------------------------------------------------------------------------------------------------------------------- xls
_BOUND_SHEET, _FORMULA, _BOOL_ERROR, _BOF, _EOF = 0x85, 0x06, 0x205, 0x809, 0x0A


def hidden_in_xls(data: bytes) -> list[Found]:
    """By sheet, in the order of the workbook. Older dialects than BIFF8 tell nothing here."""
    stream = Compound(data).stream("Workbook")
    if stream is None:
        return []
    starts = [
        (struct.unpack_from("<I", record)[0], record[5]) for kind, record in _biff(stream, 0) if kind == _BOUND_SHEET
    ]
    return [_errors_of(stream, start) if sort == 0 else {} for start, sort in starts]


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        if kind == _EOF:
            return
        at += 4 + size


def _errors_of(stream: bytes, at: int) -> Found:
    found: Found = {}
    for kind, record in _biff(stream, at):
        if kind == _BOOL_ERROR and len(record) >= 8 and record[7]:
            code = record[6]
        elif kind == _FORMULA and len(record) >= 14 and record[12:14] == b"\xff\xff" and record[6] == 2:
            code = record[8]
        else:
            continue
        row, col = struct.unpack_from("<HH", record)
        if len(found) < _MOST:
            found[row, col] = _error(code)
    return found


# ------------------------------------------------------------------------------------------------------------------ xlsb
_ROW, _CELL_ERROR, _FORMULA_ERROR, _BUNDLE_SHEET = 0, 3, 11, 156


def hidden_in_xlsb(package: Package) -> list[Found]:
    """By sheet, in the order of the workbook."""
    part = next((r.target for r in package.relations("").values() if r.kind == "officeDocument"), "xl/workbook.bin")
    relations = package.relations(part)
    found: list[Found] = []
    for kind, record in _records(b"".join(package.chunks(part))):
        if kind == _BUNDLE_SHEET:
            length = int.from_bytes(record[8:12], "little")
            name = record[12 : 12 + 2 * length].decode("utf-16-le", "replace") if length < 1000 else ""
            relation = relations.get(name)
            worksheet = relation is not None and relation.kind == "worksheet" and relation.target in package
            found.append(_errors_in(b"".join(package.chunks(relation.target))) if worksheet and relation else {})
    return found


def refuse_overruns(package: Package) -> None:
    """No record may be longer than its part: calamine would make room for what the record says."""
    for name in package.names():
        if _RECORDS.fullmatch(name):
            part = b"".join(package.chunks(name))
            at = 0
            while at < len(part):
                _, at = _varied(part, at, 2)
                size, at = _varied(part, at, 4)
                at += size
            if at > len(part):
                raise UnreadableWorkbook("damaged", f"record beyond the end of {name}")


def _errors_in(part: bytes) -> Found:
    found: Found = {}
    row = 0
    for kind, record in _records(part):
        if kind == _ROW:
            row = int.from_bytes(record[:4], "little")
        elif kind in (_CELL_ERROR, _FORMULA_ERROR) and len(record) >= 9:
            col = int.from_bytes(record[:4], "little")
            if row < MAX_ROWS and col < MAX_COLUMNS and len(found) < _MOST:
                found[row, col] = _error(record[8])
    return found


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(part):
        kind, at = _varied(part, at, 2)
        size, at = _varied(part, at, 4)
        yield kind, part[at : at + size]
        at += size


def _varied(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of up to ``most`` bytes, seven bits in each. The two bytes of a kind are taken as they are written."""
    value = 0
    for index in range(most):
        if at >= len(part):
            raise UnreadableWorkbook("damaged", "binary part cut short")
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            break
    return value, at


# ------------------------------------------------------------------------------------------------------------------- ods
def hidden_in_ods(package: Package) -> list[Found]:
    """By sheet, in the order of the workbook."""
    sheets = _OdsSheets()
    package.feed("content.xml", Walker(sheets.starts(), sheets.ends()))
    return sheets.found


class _OdsSheets:
    """Counts rows and columns as they are repeated, and keeps the cells that calamine hides."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self._row = self._col = 0
        self._repeated = 1
        self._left = _MOST
        self._open: tuple[Position, str] | None = None
        self._text = ""

    def starts(self) -> dict[str, Callable[[Attributes], object]]:
        starts: dict[str, Callable[[Attributes], object]] = {"spreadsheet/table": self._sheet}
        for parent in ("table", "table-row-group", "table-header-rows", "table-rows"):
            starts[f"{parent}/table-row"] = self._start_row
        return starts | {"table-row/table-cell": self._cell, "table-row/covered-table-cell": self._cell}

    def ends(self) -> dict[str, Callable[[str], object]]:
        ends: dict[str, Callable[[str], object]] = {
            "table-cell/p": self._paragraph,
            "table-row/table-cell": self._close,
        }
        for parent in ("table", "table-row-group", "table-header-rows", "table-rows"):
            ends[f"{parent}/table-row"] = self._end_row
        return ends

    def _sheet(self, _: Attributes) -> None:
        self.found.append({})
        self._row = 0

    def _start_row(self, attributes: Attributes) -> None:
        self._col, self._repeated = 0, _times(attributes, "table:number-rows-repeated")

    def _end_row(self, _: str) -> None:
        self._row += self._repeated

    def _cell(self, attributes: Attributes) -> None:
        place = (self._row, self._col)
        self._col += _times(attributes, "table:number-columns-repeated")
        formula = attributes.get("table:formula")
        wrong = attributes.get("calcext:value-type") == "error"
        if wrong or (formula and "office:value-type" not in attributes):
            self._open, self._text = (place, formula or ""), "" if not wrong else "#N/A"

    def _paragraph(self, text: str) -> None:
        if self._open is not None and text:
            self._text = text

    def _close(self, _: str) -> None:
        if self._open is None or not self.found:
            return
        place, formula = self._open
        self._open = None
        if place[0] < MAX_ROWS and place[1] < MAX_COLUMNS and self._left > 0:
            self._left -= 1
            text = formula.partition("=")[2] or formula
            self.found[-1][place] = Cell(self._text or None, formula=text or None, error=bool(self._text))


def _times(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and 0 < len(text) < 8 else 1
