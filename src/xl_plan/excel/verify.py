"""Reading a written package back with another library than the one that wrote it."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Mapping

from xl_plan.cells import EMPTY, Book, Position, Scalar, Sheet, a1

_MAX_DENSE = 4_000_000  # cells; the fast reader keeps the whole rectangle in memory
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_DATE_TOLERANCE = 1e-7  # days: dates come back in microseconds
_DATES = (dt.date, dt.time, dt.timedelta)  # a datetime is a date


def verify_bytes(data: bytes, book: Book) -> list[str]:
    """Where the package says something else than the book means; [] when all is as meant.

    Values are compared (of a formula: its result), not looks; "" and no value are equal. What python-calamine does
    not say (error values, dates as numbers, sheets too wide for it) is looked up with openpyxl.
    """
    from python_calamine import CalamineWorkbook

    slow = _SlowReader(data)
    differences: list[str] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        names = [sheet.name for sheet in book.sheets]
        if workbook.sheet_names != names:
            return [f"sheets: {names} != {workbook.sheet_names}"]
        for index, sheet in enumerate(book.sheets):
            if _dense_size(sheet) > _MAX_DENSE:
                found: Mapping[Position, object] = slow.cells(sheet.name)
            else:
                rows = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
                found = {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}
            differences += _compare(sheet, found, slow)
    return differences


def _dense_size(sheet: Sheet) -> int:
    if not sheet.cells:
        return 0
    return (max(row for row, _ in sheet.cells) + 1) * (max(col for _, col in sheet.cells) + 1)


def _compare(sheet: Sheet, found: Mapping[Position, object], slow: _SlowReader) -> list[str]:
    meant = {position for position, cell in sheet.cells.items() if cell.value not in (None, "")}
    differences = []
    for position in sorted(meant | found.keys()):
        want, got = sheet.cells.get(position, EMPTY).value, found.get(position)
        if _same(want, got):
            continue
        again = slow.cells(sheet.name).get(position)
        if not (_same(want, again) or (isinstance(got, _DATES) and _same_date(want, again))):
            differences.append(f"{sheet.name}!{a1(*position)}: {want!r} != {again if got is None else got!r}")
    return differences


def _same(want: Scalar, got: object) -> bool:
    if want is None or want == "":
        return got is None or got == ""
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if isinstance(want, str):
        # Readers differ in whether they resolve the escapes of control characters.
        return isinstance(got, str) and want in (got, _unescaped(got))
    return isinstance(got, int | float) and want == got


def _same_date(want: Scalar, got: object) -> bool:
    if not isinstance(want, int | float) or not isinstance(got, int | float):
        return False
    return abs(want - got) < _DATE_TOLERANCE


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


class _SlowReader:
    """openpyxl's view of the package, opened only when it is asked for; dates as numbers."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sheets: dict[str, dict[Position, object]] | None = None

    def cells(self, sheet: str) -> Mapping[Position, object]:
        if self._sheets is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about headers and the like, not about values
                self._sheets = self._load()
        return self._sheets.get(sheet, {})

    def _load(self) -> dict[str, dict[Position, object]]:
        import openpyxl
        from openpyxl.utils.datetime import to_excel

        workbook = openpyxl.load_workbook(io.BytesIO(self._data), data_only=True)
        sheets: dict[str, dict[Position, object]] = {}
        for worksheet in workbook.worksheets:
            cells = sheets.setdefault(worksheet.title, {})
            # Every public way goes over the whole rectangle, which may be all 17 billion cells of a sheet.
            for cell in worksheet._cells.values():
                if cell.value is not None:
                    dated = isinstance(cell.value, _DATES)
                    value = to_excel(cell.value, workbook.epoch) if dated else cell.value
                    cells[cell.row - 1, cell.column - 1] = value
        return sheets
