"""What a sheet's cells ask of the library: merged areas, notes, links, and the figures that charts keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xl_plan.cells import (
    DEFAULT_STYLE,
    MAX_COLUMNS,
    MAX_ROWS,
    Area,
    Cell,
    Font,
    Position,
    Run,
    Sheet,
)
from xl_plan.excel.write_limits import UnwritableCell, check_area, check_number, check_position, check_text, done
from xl_plan.excel.write_package import escape_controls
from xl_plan.excel.write_styles import Formats

NOTE_AUTHOR = "xl-plan"
_SCHEME = re.compile(r"mailto:|[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The cells of a sheet as they are to be written, and their places from left to right, row by row."""

    cells: Mapping[Position, Cell]
    places: Sequence[Position]


def prepared(sheet: Sheet) -> Prepared:
    """A sheet's cells with the looks of merged areas spread out and rich text in order.

    A merged area has the look of its first cell all over; what the book has at a covered position (its own border, as
    a rule) stands over that. Raises UnwritableCell for a place outside the sheet.
    """
    cells = dict(sheet.cells)
    for area in sheet.merges:
        check_area(sheet.name, area)
        first = sheet.cells.get((area.top, area.left))
        if first is None or area.single or first.style == DEFAULT_STYLE:
            continue
        covered = Cell(None, first.style)
        for row in range(area.top, area.bottom + 1):
            for col in range(area.left, area.right + 1):
                cells.setdefault((row, col), covered)
    for place, cell in sheet.cells.items():
        if cell.runs and cell.formula is None and not cell.error:
            cells[place] = _in_order(sheet.name, place, cell)
    places = sorted(cells)
    if places:
        _check_inside(sheet.name, places)
    return Prepared(cells, places)


def _check_inside(sheet: str, places: Sequence[Position]) -> None:
    outside = (place for place in places if not (0 <= place[0] < MAX_ROWS and 0 <= place[1] < MAX_COLUMNS))
    for place in outside:
        check_position(sheet, *place)


def _in_order(sheet: str, place: Position, cell: Cell) -> Cell:
    """Rich text without empty pieces. Readers refuse that of one piece: the cell itself has its look then."""
    runs = tuple(run for run in cell.runs if run.text)
    if not runs:
        return replace(cell, runs=())
    if "".join(run.text for run in runs) != cell.value:
        raise UnwritableCell(sheet, check_position(sheet, *place), "runs-differ")
    if len(runs) > 1:
        return replace(cell, runs=runs)
    return replace(cell, runs=(), style=replace(cell.style, font=run_font(cell.style.font, runs[0])))


def run_font(font: Font, run: Run) -> Font:
    """The marks of a run are its own; name and size are the cell's."""
    return replace(font, bold=run.bold, strike=run.strike, underline=run.underline, colour=run.colour)


class Beside:
    """Writes what goes with the cells of one sheet; ``rows`` are those in which the library has got a cell."""

    def __init__(self, worksheet: Any, sheet: Sheet, cells: Prepared, formats: Formats) -> None:
        self._worksheet = worksheet
        self._sheet = sheet
        self._name = sheet.name
        self._cells = cells
        self._formats = formats
        self.rows: set[int] = set()

    def write(self, drawn: Iterable[Area]) -> None:
        """``drawn`` are the areas of this sheet that some chart shows."""
        for area in sorted(self._sheet.merges):
            if not area.single:
                self._merge(area)
        looks: dict[int, Any] = {}  # by the identity of a style, which many cells share
        for place in self._cells.places:
            cell = self._cells.cells[place]
            if id(cell.style) not in looks:
                address = check_position(self._name, *place)
                looks[id(cell.style)] = self._formats.of(cell.style, self._name, address)
            if cell.link:
                self._link(place, cell.link, looks[id(cell.style)])
            if cell.note is not None:
                self._note(place, cell.note)
        for area in drawn:
            self._figures(area)

    def _merge(self, area: Area) -> None:
        from xlsxwriter.exceptions import OverlappingRange

        try:
            done(self._worksheet.merge_range(*area, ""), self._name, area.a1)
        except OverlappingRange:
            raise UnwritableCell(self._name, area.a1, "merge-overlap") from None

    def _link(self, place: Position, link: str, look: Any) -> None:
        """Only the link: the cell itself is ours."""
        address = check_position(self._name, *place)
        check_text(self._name, address, link, 2079, "link")
        url = link if _SCHEME.match(link) else f"external:{link}"
        if link.startswith("#"):
            url = f"internal:{link[1:]}"
        self.rows.add(place[0])
        try:
            code = self._worksheet.write_url(*place, url, look, string="-")
        except ValueError as error:
            raise UnwritableCell(self._name, address, "link", str(error)) from error
        done(code, self._name, address, "link")

    def _note(self, place: Position, note: str) -> None:
        address = check_position(self._name, *place)
        width, height = _note_size(check_text(self._name, address, note))
        options = {
            "author": NOTE_AUTHOR,
            "visible": False,
            "width": width,
            "height": height,
            "font_name": "BIZ UDゴシック",
            "font_size": 9,
            "font_family": 3,
        }
        done(self._worksheet.write_comment(*place, note, options), self._name, address)

    def _figures(self, area: Area) -> None:
        """What a chart draws is kept in the chart too: the library takes it from the cells that it has."""
        for row in range(area.top, area.bottom + 1):
            for col in range(area.left, area.right + 1):
                cell = self._cells.cells.get((row, col))
                if cell is None or cell.value is None or cell.value == "":
                    continue
                self.rows.add(row)
                value = cell.value
                address = check_position(self._name, row, col)
                if isinstance(value, str):
                    code = self._worksheet.write_string(row, col, escape_controls(value))
                else:
                    code = self._worksheet.write_number(row, col, float(check_number(self._name, address, value)))
                done(code, self._name, address, "chart")


def _note_size(note: str) -> tuple[int, int]:
    """Pixels that show the whole note in 9 points: a full-width letter is 12 wide, a line 16 high."""
    per_line = 20 if len(note) <= 200 else 40
    lines = 0
    for paragraph in note.splitlines() or [""]:
        wide = sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in paragraph)
        # One place less than fits: a line may end early where a word or a closing bracket must not break.
        lines += max(1, -(-wide // (2 * (per_line - 1))))
    return per_line * 12 + 16, lines * 16 + 14
