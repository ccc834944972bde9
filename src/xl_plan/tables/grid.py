"""A sheet by areas: the merged area or single cell that each position belongs to, and its text."""

from __future__ import annotations

from xl_plan.cells import Area, Cell, Position, Sheet
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Column


class Grid:
    """What the reading of a table asks of a sheet, each question answered without looking through the sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.covered = sheet.merge_map()
        self.by_row: dict[int, list[int]] = {}
        self._texts: dict[Position, str] = {}
        for (row, col), cell in sheet.cells.items():
            if not cell.blank:
                self.by_row.setdefault(row, []).append(col)
                self._texts[row, col] = _text(cell)
        for cols in self.by_row.values():
            cols.sort()
        used = max(self.by_row, default=-1)
        self.bottom = max([used, *(m.bottom for m in sheet.merges if m.top <= used)])
        self.right = max((cols[-1] for cols in self.by_row.values()), default=-1)
        self.merge_rows: dict[int, list[Area]] = {}
        for area in sheet.merges:
            self.merge_rows.setdefault(area.top, []).append(area)

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

    def is_filled(self, place: Position) -> bool:
        return place in self._texts

    def candidates(self, first: int, last: int, column: Column) -> list[Position]:
        """Cells of a row range that span exactly the column's columns; where none does, those that begin in its first."""
        left, right = column.left, column.right
        exact: list[Position] = []
        touching: list[Position] = []
        for row in range(first, last + 1):
            area = self.covered.get((row, left)) or Area(row, left, row, left)
            if area.top != row or area.left != left:
                continue
            (exact if area.right == right else touching).append((row, left))
        return exact or touching


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    return (value if isinstance(value, str) else shown(value, cell.style.number_format)).strip()
