"""What a sheet's cells ask of the library: notes, links out of the workbook, and the figures that charts keep."""

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
    Style,
)
from xl_plan.excel.write_limits import UnwritableCell, check_area, check_number, check_position, check_text, done
from xl_plan.excel.write_links import MAX_LINK, inside
from xl_plan.excel.write_package import Strings, escape_controls
from xl_plan.excel.write_styles import Formats

NOTE_AUTHOR = "xl-plan"
_SCHEME = re.compile(r"mailto:|[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The cells of a sheet as they are to be written, and their places from left to right, row by row.

    ``looks`` holds the first place of each style object; ``links`` and ``notes`` the places of cells with such.
    """

    cells: Mapping[Position, Cell]
    places: Sequence[Position]
    looks: Sequence[Position]
    links: Sequence[Position]
    notes: Sequence[Position]


def prepared(sheet: Sheet, strings: Strings) -> Prepared:
    """A sheet's cells with the looks of merged areas spread out and rich text in order; their texts go to ``strings``.

    A merged area has the look of its first cell all over; what the book has at a covered position (its own border, as
    a rule) stands over that. Raises UnwritableCell for a place outside the sheet, and for text that Excel could not hold.
    """
    cells = _spread(sheet)
    places = sorted(cells)
    _check_inside(sheet.name, places)
    looks: dict[int, Position] = {}
    links: list[Position] = []
    notes: list[Position] = []
    for place in places:
        cell = cells[place]
        value = cell.value
        if cell.formula is None and not cell.error:
            if cell.runs:
                cell = cells[place] = _in_order(sheet.name, place, cell)
            if value and isinstance(value, str) and not cell.runs and strings.meet(value):
                check_text(sheet.name, check_position(sheet.name, *place), value)
        looks.setdefault(id(cell.style), place)
        if cell.link:
            links.append(place)
        if cell.note is not None:
            notes.append(place)
    return Prepared(cells, places, tuple(looks.values()), links, notes)


def _spread(sheet: Sheet) -> dict[Position, Cell]:
    """The cells, with the looks of merged areas spread out."""
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
    return cells


def _check_inside(sheet: str, places: Sequence[Position]) -> None:
    """``places`` are in order."""
    cols = {col for _, col in places}
    if places and not (places[0][0] >= 0 and places[-1][0] < MAX_ROWS and min(cols) >= 0 and max(cols) < MAX_COLUMNS):
        for place in places:
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


class Furniture:
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
        for place in self._cells.looks:
            self._formats.of(self._cells.cells[place].style, self._name, check_position(self._name, *place))
        for place in self._cells.links:
            cell = self._cells.cells[place]
            if not inside(cell.link or ""):
                self._link(place, cell)
        for place in self._cells.notes:
            self._note(place, self._cells.cells[place].note or "")
        for area in drawn:
            self._figures(area)

    def _link(self, place: Position, cell: Cell) -> None:
        """A link out of the workbook. Only the link: the cell itself is ours."""
        address = check_position(self._name, *place)
        link = check_text(self._name, address, cell.link or "", MAX_LINK, "link")
        url = link if _SCHEME.match(link) else f"external:{link}"
        self.rows.add(place[0])
        try:
            code = self._worksheet.write_url(*place, url, self._look(cell.style, address), string="-")
        except ValueError as error:
            raise UnwritableCell(self._name, address, "link", str(error)) from error
        done(code, self._name, address, "link")

    def _look(self, style: Style, address: str) -> Any:
        return self._formats.of(style, self._name, address)

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
