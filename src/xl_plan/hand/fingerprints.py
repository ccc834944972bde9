"""What the sheets of a workbook say and look like, in hashes: enough to tell that something was changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter

from xl_plan.cells import MAX_ROWS, Book, Cell, Position, Sheet
from xl_plan.hand.slots import look_of
from xl_plan.meaning.numberformat import shown
from xl_plan.model import STATE_SHEET

_PLACE = itemgetter(0)
_LINES = 4096  # that are hashed at a time
_OF_SHEETS = "sheets:"


def contents(sheets: Iterable[Sheet]) -> dict[str, str]:
    """What each sheet says, as a short hash by its name; looks and layout do not count."""
    return {sheet.name: _hash(_says(sheet))[:16] for sheet in sheets}


def _says(sheet: Sheet) -> list[tuple[Position, str]]:
    """The cells with content, row by row, as far as they are not about how the plan was read."""
    end = reading_starts(sheet)
    return [
        (place, _said(cell))
        for place, cell in sorted(sheet.cells.items(), key=_PLACE)
        if place[0] < end and not cell.blank
    ]


def reading_starts(sheet: Sheet) -> int:
    """The row where a sheet begins to tell how the plan was read: that part is written anew each time."""
    rows = (row for (row, col), cell in sheet.cells.items() if col == 0 and cell.value == "■読み取り")
    return min(rows, default=MAX_ROWS)


def _said(cell: Cell) -> str:
    if cell.formula is not None:
        return f"={cell.formula}"
    return shown(cell.value, cell.style.number_format)


def sheet_fingerprint(sheet: Sheet) -> str:
    """A hash of everything that a person may change in a sheet; "" for that of the state."""
    if sheet.name == STATE_SHEET:
        return ""
    digest = hashlib.sha256()
    _take_in(digest, sheet)
    return digest.hexdigest()


def fingerprint(sheets: Iterable[str]) -> str:
    """That of a workbook, of those of its sheets."""
    return _OF_SHEETS + hashlib.sha256("\n".join(filter(None, sheets)).encode("ascii")).hexdigest()


def is_fingerprint(text: str, book: Book) -> bool:
    """Whether a fingerprint is that of a workbook, in whatever format of the record it stands."""
    if text.startswith(_OF_SHEETS):
        return text == fingerprint(map(sheet_fingerprint, book.sheets))
    return text == fingerprint_as_one(book)


def fingerprint_as_one(book: Book) -> str:
    """That of a workbook as the first two formats of the record have it: its sheets hashed as one."""
    digest = hashlib.sha256()
    for sheet in book.sheets:
        if sheet.name != STATE_SHEET:
            _take_in(digest, sheet)
    return digest.hexdigest()


def _take_in(digest: hashlib._Hash, sheet: Sheet) -> None:
    digest.update(_bytes(_around(sheet)))
    for piece in _pieces(_cells(sheet)):
        digest.update(_bytes(piece))


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Lines as one text, in pieces: of a large sheet it is larger than the sheet."""
    before = ""
    while piece := "\n".join(islice(lines, _LINES)):
        yield before + piece
        before = "\n"


def _cells(sheet: Sheet) -> Iterator[str]:
    """Each cell that says something or has a fill of its own: where, how it looks, and what it says."""
    covered = sheet.merge_map()
    for place in sorted(sheet.cells):
        cell = sheet.cells[place]
        text = _said(cell)
        if text or not cell.blank or cell.note or (cell.style.fill and place not in covered):
            yield f"{place[0]} {place[1]} {look_of(cell)} {len(text)}:{text}"
            if cell.note:
                yield f"※{len(cell.note)}:{cell.note}"


def _around(sheet: Sheet) -> object:
    """What a person may change beside the cells."""
    heights = [(row, f"{height:.2f}") for row, height in sorted(sheet.heights.items())]
    widths = [(col, f"{width:.2f}") for col, width in sorted(sheet.widths.items())]
    merges = sorted(tuple(area) for area in sheet.merges)
    page = (tuple(sheet.page.row_breaks), int(sheet.page.scale))
    return sheet.name, sheet.state, heights, widths, merges, page


def _hash(value: object) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


def _bytes(value: object) -> bytes:
    return (value if isinstance(value, str) else repr(value)).encode("utf-8", "surrogatepass")
