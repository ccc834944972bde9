"""A sheet by areas: the merged area or single cell that each position belongs to, and its text."""

from __future__ import annotations

from xl_plan.cells import Area, Position, Sheet
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Column


class Grid:
    """What the reading of a table asks of a sheet, each question answered without looking through the sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.covered = sheet.merge_map()
        used = sheet.used
        bottom = used.bottom if used else -1
        if used:
            bottom = max([bottom, *(m.bottom for m in sheet.merges if m.top <= used.bottom)])
        self.bottom = bottom
        self.right = used.right if used else -1
        self.by_row: dict[int, list[int]] = {}
        for (row, col), cell in sheet.cells.items():
            if not cell.blank:
                self.by_row.setdefault(row, []).append(col)
        for cols in self.by_row.values():
            cols.sort()
        self.merge_rows: dict[int, list[Area]] = {}
        for area in sheet.merges:
            self.merge_rows.setdefault(area.top, []).append(area)

    def area(self, row: int, col: int) -> Area:
        return self.covered.get((row, col)) or Area(row, col, row, col)

    def text(self, row: int, col: int) -> str:
        cell = self.sheet.at(row, col)
        if cell.value is None:
            return ""
        value = cell.value
        return (value if isinstance(value, str) else shown(value, cell.style.number_format)).strip()

    def anchored(self, row: int, col: int) -> str:
        """The text of the area that covers a position."""
        area = self.area(row, col)
        return self.text(area.top, area.left)

    def filled(self, row: int) -> list[int]:
        """Columns with content of their own in a row."""
        return self.by_row.get(row, [])

    def is_filled(self, place: Position) -> bool:
        return not self.sheet.at(*place).blank

    def candidates(self, first: int, last: int, column: Column) -> list[Position]:
        """Cells of a row range that span exactly the column's columns; where none does, those that begin in its first."""
        exact, touching = [], []
        for row in range(first, last + 1):
            area = self.area(row, column.left)
            if area.top != row:
                continue
            if (area.left, area.right) == (column.left, column.right):
                exact.append((row, column.left))
            elif area.left == column.left:
                touching.append((row, column.left))
        return exact or touching
