"""What the tool adds to the plan's sheets in the consolidated workbook, and what no reader may take for the plan's.

The column 評価 stands to the right of a table. Its cells are formulas over the sheet 達成状況, or in a copy of values the
marks themselves. When the sheet is read again they are left out by the column's head; what a person typed over one
stays, as a text beside the table. The numbers of programmes lead to 確認事項, which the next year's plan has not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Area, Book, Cell, Position, Scalar, Sheet
from xl_plan.meaning.text import fold
from xl_plan.model import FINDINGS_SHEET, OWN_SHEETS, Band, BandKind, Programme, Role, Table

HEAD = "評価\n（達成\n率から\n計算）"
WIDTH = 9.0  # characters of the column
RATED_ON = "達成状況"  # the sheet that the marks come from
_LONGEST = 8  # characters of a mark
_HEAD = fold(HEAD)
_LINKED = "#0000FF"
_BACK = re.compile(rf"#'?{FINDINGS_SHEET}'?[!.]")


@dataclass(frozen=True, slots=True)
class Beside:
    """The column beside one table, as the sheet was read. ``marks``: the rows that a mark stands beside → the mark;
    ``places``: a programme's key → where its mark begins."""

    col: int
    marks: Mapping[Area, str]
    places: Mapping[str, Position]

    def within(self, first: int, last: int) -> list[tuple[Area, str]]:
        """The marks of some rows."""
        return [(area, mark) for area, mark in self.marks.items() if first <= area.top <= last]


def beside(table: Table, programmes: Sequence[Programme], marks: Mapping[str, str]) -> Beside:
    """The column of a table whose programmes have these marks (by their keys)."""
    col, merged = _column(table), table.sheet.merge_map()
    lines: dict[int, int] = {}
    for block in table.blocks:
        lines[block.first] = lines.get(block.first, 0) + 1
    areas: dict[Area, str] = {}
    places: dict[str, Position] = {}
    for programme in programmes:
        if programme.sheet != table.sheet.name or programme.key not in marks:
            continue
        block = programme.block
        top, bottom = block.parts[0] if block.parts else (block.first, block.last)
        if lines[block.first] > 1:
            actuals = [programme.place(c.key) for c in programme.with_role(Role.ACTUAL)]
            place = next((at for at in reversed(actuals) if at is not None), (block.first, 0))
            own = merged.get(place, Area(*place, *place))
            top, bottom = own.top, own.bottom
        areas[Area(top, col, bottom, col)] = marks[programme.key]
        places[programme.key] = (top, col)
    return Beside(col, MappingProxyType(areas), MappingProxyType(places))


def _column(table: Table) -> int:
    """The first column behind the table; where something else stands there, the first behind that."""
    right = max((c.right for band in table.bands for c in band.columns), default=0)
    rows = {row: band for band in table.bands if band.columns or band.kind is BandKind.BLOCK
            for row in range(band.first, band.last + 1)}  # fmt: skip
    taken = [right]
    for (row, col), cell in table.sheet.cells.items():
        if col > right and row in rows and not cell.blank and not _mark(cell, rows[row]):
            taken.append(col)
    taken += [area.right for area in table.sheet.merges if area.right > right and area.top in rows]
    return max(taken) + 1


def _mark(cell: Cell, band: Band) -> bool:
    """Whether a person may have typed this over a mark."""
    return band.kind is BandKind.BLOCK and len(str(cell.value)) <= _LONGEST


# --------------------------------------------------------------------------------------------------------- read again
def without_marks(book: Book) -> Book:
    """The book as it would be without the columns that the tool put beside its tables, and its links back."""
    return replace(book, sheets=tuple(s if s.name in OWN_SHEETS else _without(s) for s in book.sheets))


def _without(sheet: Sheet) -> Sheet:
    words = {text for text in sheet.texts() if _is_head(text)}
    heads = {col for (_, col), cell in sheet.cells.items() if cell.value in words} if words else set()
    for col in sorted(heads):
        sheet = _without_column(sheet, col)
    back = {place: _unlinked(cell) for place, cell in sheet.cells.items() if cell.link and _BACK.match(cell.link)}
    return replace(sheet, cells=MappingProxyType({**sheet.cells, **back})) if back else sheet


def _unlinked(cell: Cell) -> Cell:
    """A cell without its link, and without the colour in which LibreOffice saves linked text."""
    font = cell.style.font
    style = cell.style if font.colour != _LINKED else replace(cell.style, font=replace(font, colour=None))
    return replace(cell, link=None, style=style)


def _is_head(value: Scalar) -> bool:
    return isinstance(value, str) and value[:1] == HEAD[0] and fold(value) == _HEAD


def _without_column(sheet: Sheet, col: int) -> Sheet:
    column = {place: cell for place, cell in sheet.cells.items() if place[1] == col}
    body = [cell for cell in column.values() if not cell.blank and not _is_head(cell.value)]
    only_values = all(cell.formula is None for cell in body)
    if only_values and any(len(str(cell.value)) > _LONGEST for cell in body):
        return sheet  # a column of somebody else's
    kept = {
        place for place, cell in column.items() if not (_is_head(cell.value) or _ours(cell, only_values=only_values))
    }
    cells = {place: cell for place, cell in sheet.cells.items() if place[1] != col or place in kept}
    merges = tuple(area for area in sheet.merges if (area.left, area.right) != (col, col))
    area = sheet.page.print_area
    if area is not None and area.right == col and area.left < col:
        sheet = replace(sheet, page=replace(sheet.page, print_area=area._replace(right=col - 1)))
    widths = {at: width for at, width in sheet.widths.items() if at != col}
    return replace(sheet, cells=MappingProxyType(cells), merges=merges, widths=MappingProxyType(widths))


def _ours(cell: Cell, *, only_values: bool) -> bool:
    return cell.blank or only_values or (cell.formula is not None and RATED_ON in cell.formula)
