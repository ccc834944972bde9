"""Forms without the columns in which they check themselves.

What comes back is read as if forms had no checks: their columns are found by their heads, and only what the tool itself
can have put there is left out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Sheet
from xl_plan.issue.formwords import (
    DONE,
    MARK,
    MISSING,
    NO_CONTENT,
    OVER,
    RATE,
    RATING,
    READ,
    TOO_LONG,
    WRONG_UNIT,
    YEAR_ON_YEAR,
)
from xl_plan.meaning.text import fold

_MARK = fold(MARK)
_HEADS = (READ, YEAR_ON_YEAR, RATE, RATING)
_STATUS = re.compile(f"(?:{MISSING}|{DONE}|{OVER}|{NO_CONTENT}|{WRONG_UNIT}（.*）|[0-9]+{TOO_LONG}（.*）)", re.DOTALL)


def without_checks(book: Book) -> Book:
    """The book as it would be if forms had no checks; what else stands in their columns stays."""
    return replace(book, sheets=tuple(_without(sheet) for sheet in book.sheets))


def _without(sheet: Sheet) -> Sheet:
    words = {text for text in sheet.texts() if _is_mark(text)}
    if not words:
        return sheet
    marks = [at for at, cell in sheet.cells.items() if cell.value in words]
    rows, columns = {row for row, _ in marks}, {col for _, col in marks}
    columns |= {col for (row, col), cell in sheet.cells.items() if row in rows and _follows(cell, col, columns)}
    beside = [(at, cell) for at, cell in sheet.cells.items() if at[1] in columns]
    rated_in = {col for (_, col), cell in beside if cell.value == RATING}
    ours = {at for at, cell in beside if at[1] in rated_in or _ours(cell)}
    cells = MappingProxyType({at: cell for at, cell in sheet.cells.items() if at not in ours})
    merges = tuple(area for area in sheet.merges if (area.top, area.left) not in ours)
    return replace(sheet, cells=cells, merges=merges)


def _is_mark(text: str) -> bool:
    return fold(text).startswith(_MARK)


def _follows(cell: Cell, col: int, marks: set[int]) -> bool:
    return isinstance(cell.value, str) and cell.value.strip() in _HEADS and col > min(marks)


def _ours(cell: Cell) -> bool:
    """A head, a formula, a figure, or a word of ours where a program kept only results."""
    if cell.formula is not None or cell.blank or not isinstance(cell.value, str):
        return True
    text = cell.value.strip()
    return _is_mark(cell.value) or text in _HEADS or _STATUS.fullmatch(text) is not None
