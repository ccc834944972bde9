"""Reading a written package back with other libraries than the one that wrote it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from xl_plan.cells import EMPTY, Book, Cell, Position, Scalar, Sheet, a1
from xl_plan.shares import ONE_BY_ONE, Shares, even_batches

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MAX_DENSE = 4_000_000  # cells; the fast reader keeps the whole rectangle in memory
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_END_OF_DATES = 2_958_466  # 10000-01-01
_OF_DATES = re.compile("[dhmsy]", re.IGNORECASE)  # no number format of dates or times is without one of these


def verify_bytes(data: bytes, book: Book, shares: Shares = ONE_BY_ONE) -> list[str]:
    """Where the package says something else than the book means; [] when all is as meant. ``shares`` does the work.

    Values are compared (of a formula: its result), not looks; "" and no value are equal. What python-calamine cannot
    say (error values, dates as numbers, sheets too wide for it) is looked up with our own reader.
    """
    batches = even_batches([len(sheet.cells) for sheet in book.sheets], shares.hands)
    found = shares.done(_differences, (data, book), batches)
    return list(dict.fromkeys(said for each in found for said in each))


def _differences(written: tuple[bytes, Book], batch: range) -> list[str]:
    from python_calamine import CalamineWorkbook

    data, book = written
    exact = _ExactReader(data)
    differences: list[str] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        names = [sheet.name for sheet in book.sheets]
        if workbook.sheet_names != names:
            return [f"sheets: {names} != {workbook.sheet_names}"]
        for index in batch:
            sheet = book.sheets[index]
            found = None if _too_much(sheet) else _fast_rows(workbook, index)
            suspects = {*sheet.cells, *exact.cells(sheet.name)} if found is None else _suspects(sheet, found)
            differences += _confirmed(sheet, suspects, exact)
    return differences


def _fast_rows(workbook: CalamineWorkbook, index: int) -> Sequence[Sequence[object]] | None:
    """The values of a sheet from its first cell on, "" where there is none."""
    from python_calamine import CalamineError

    try:
        return workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
    except CalamineError:  # a younger error value such as #SPILL! costs it the whole sheet
        return None


def _too_much(sheet: Sheet) -> bool:
    """Whether the fast reader would fail: it ends the process on a huge sheet and on a date after the year 9999."""
    if not sheet.cells:
        return False
    rows, cols = (max(numbers) + 1 for numbers in zip(*sheet.cells, strict=True))
    if rows * cols > _MAX_DENSE:
        return True
    numbers = (cell for cell in sheet.cells.values() if type(cell.value) in (int, float))
    return any(_beyond_dates(cell) for cell in numbers)


def _beyond_dates(cell: Cell) -> bool:
    if 0 <= float(cell.value or 0) < _END_OF_DATES:
        return False
    return cell.style.number_format != "General" and _OF_DATES.search(cell.style.number_format) is not None


def _suspects(sheet: Sheet, rows: Sequence[Sequence[object]]) -> set[Position]:
    """Where the fast reader sees something else than is meant."""
    cells = sheet.cells
    suspects = {place for place, cell in cells.items() if not _same(cell.value, _at(rows, place))}
    told = sum(cell.value is not None and cell.value != "" for cell in cells.values())
    if suspects or told != sum(len(row) - row.count("") for row in rows):
        seen = ((r, c) for r, row in enumerate(rows) for c, value in enumerate(row) if value != "")
        suspects.update(place for place in seen if place not in cells)
    return suspects


def _at(rows: Sequence[Sequence[object]], place: Position) -> object:
    try:
        return rows[place[0]][place[1]]
    except IndexError:  # beyond the last cell that says something
        return None


def _confirmed(sheet: Sheet, suspects: Iterable[Position], exact: _ExactReader) -> list[str]:
    """The suspects where our own reader sees a difference too."""
    differences = []
    for position in sorted(suspects):
        want = sheet.cells.get(position, EMPTY).value
        again = exact.cells(sheet.name).get(position)
        if not _same(want, again):
            differences.append(f"{sheet.name}!{a1(*position)}: {want!r} != {again!r}")
    return differences


def _same(want: Scalar, got: object) -> bool:
    if type(want) is str and want and want == got:
        return True
    if want is None or want == "":
        return got is None or got == ""
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if isinstance(want, str):
        # Readers differ in whether they resolve the escapes of control characters.
        return isinstance(got, str) and want in (got, _unescaped(got))
    return isinstance(got, int | float) and want == got


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


class _ExactReader:
    """Our own reader's view of the package, opened only when it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sheets: dict[str, dict[Position, Scalar]] | None = None

    def cells(self, sheet: str) -> Mapping[Position, Scalar]:
        if self._sheets is None:
            from xl_plan.excel.read import OWN_LIMITS, read_book

            self._sheets = {
                found.name: {place: cell.value for place, cell in found.cells.items() if cell.value not in (None, "")}
                for found in read_book(self._data, OWN_LIMITS).sheets
            }
        return self._sheets.get(sheet, {})
