"""A sheet by areas: the merged area or single cell that each position belongs to, and its text."""

from __future__ import annotations

from collections.abc import Mapping

from xl_plan.cells import Area, Position, Sheet
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Column, Role
from xl_plan.tables.headerwords import identifying, row_label

_LONGEST_LABEL = 20  # characters of a row's label


class Grid:
    """What the reading of a table asks of a sheet, each question answered without looking through the sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.covered = sheet.merge_map()
        self._texts = _texts(sheet)
        self.by_row: dict[int, list[int]] = {}
        for row, col in self._texts:
            self.by_row.setdefault(row, []).append(col)
        for cols in self.by_row.values():
            cols.sort()
        used = max(self.by_row, default=-1)
        self.bottom = max([used, *(m.bottom for m in sheet.merges if m.top <= used)])
        self.right = max((cols[-1] for cols in self.by_row.values()), default=-1)
        self.merge_rows: dict[int, list[Area]] = {}
        for area in sheet.merges:
            self.merge_rows.setdefault(area.top, []).append(area)
        self._merged = {row for area in sheet.merges for row in range(area.top, area.bottom + 1)}
        self._own = dict(zip(sheet.cells, sheet.cells, strict=True))
        self._candidates: dict[tuple[int, int, int, int], tuple[Position, ...]] = {}
        words = set(self._texts.values())
        self._said = {text: role for text in words if len(text) <= _LONGEST_LABEL and (role := row_label(text))}
        self._labels = self._standing(self._said)
        self._heads = self._standing({text: role for text in words if (role := identifying(text))})

    def _standing(self, words: Mapping[str, Role]) -> dict[int, list[tuple[int, Role]]]:
        """The rows in which some of these words stand, with them."""
        rows: dict[int, list[tuple[int, Role]]] = {}
        for (row, col), text in self._texts.items():
            if text in words:
                rows.setdefault(row, []).append((col, words[text]))
        for found in rows.values():
            found.sort()
        return rows

    def place(self, row: int, col: int) -> Position:
        """A position, the one by which the sheet itself holds a cell where it does: a plan has many of them."""
        at = (row, col)
        return self._own.get(at, at)

    def plain(self, first: int, last: int) -> bool:
        """Whether a row range is one row that no merged cell reaches into, so that every column has one cell there."""
        return first == last and first not in self._merged

    def area(self, row: int, col: int) -> Area:
        return self.covered.get((row, col)) or Area(row, col, row, col)

    def text(self, row: int, col: int) -> str:
        return self._texts.get((row, col), "")

    def anchored(self, row: int, col: int) -> str:
        """The text of the area that covers a position."""
        area = self.area(row, col)
        return self.text(area.top, area.left)

    def filled(self, row: int) -> list[int]:
        """Columns with content of their own in a row."""
        return self.by_row.get(row, [])

    def heads(self, row: int) -> list[tuple[int, Role]]:
        """The cells of a row that hold a header word by which a header row is known: their columns and roles."""
        return self._heads.get(row, [])

    def head_rows(self) -> list[int]:
        """The rows that hold such a word, from top to bottom."""
        return sorted(self._heads)

    def labels(self, row: int) -> list[tuple[int, Role]]:
        """The cells of a row that say what stands in it (目標値, 実績値): their columns and what they say."""
        return self._labels.get(row, [])

    def label(self, text: str) -> Role | None:
        """What one of the sheet's texts says of its row, None for all others."""
        return self._said.get(text)

    def is_filled(self, place: Position) -> bool:
        return place in self._texts

    def candidates(self, first: int, last: int, column: Column) -> tuple[Position, ...]:
        """Cells of a row range that span exactly the column's columns; where none does, those that begin in its first."""
        if self.plain(first, last):
            return (self.place(first, column.left),)
        asked = (first, last, column.left, column.right)
        known = self._candidates.get(asked)
        if known is None:
            known = self._candidates[asked] = tuple(self._spanning(*asked))
        return known

    def _spanning(self, first: int, last: int, left: int, right: int) -> list[Position]:
        exact: list[Position] = []
        touching: list[Position] = []
        for row in range(first, last + 1):
            area = self.covered.get((row, left))
            if area is None:
                (exact if left == right else touching).append(self.place(row, left))
            elif area.top == row and area.left == left:
                (exact if area.right == right else touching).append(self.place(row, left))
        return exact or touching


def _texts(sheet: Sheet) -> dict[Position, str]:
    """What the cells with content say; nothing in a formula's that has no result."""
    texts: dict[Position, str] = {}
    for at, cell in sheet.cells.items():
        value = cell.value
        if value is None or value == "":
            if cell.formula is not None:
                texts[at] = ""
        else:
            texts[at] = (value if isinstance(value, str) else shown(value, cell.style.number_format)).strip()
    return texts
