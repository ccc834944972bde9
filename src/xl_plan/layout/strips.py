"""Strips: bands of rows of a printed sheet that belong together, and how high their rows must be.

A strip says what stands where; nothing here knows pages. Positions and areas are relative to the strip's first row,
columns are the sheet's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from xl_plan.cells import MAX_ROW_HEIGHT, Area, Cell, Position, Style
from xl_plan.layout.metrics import (
    CELL_PADDING,
    LEAST_STEP,
    column_pixels,
    full_width_units,
    line_count,
    line_pitch,
    lines_height,
    text_pixels,
    text_width,
)

ROW_HEIGHT = 15.75  # of an empty row: 15 would be dropped as the default height
THIN_ROW = 6.0  # of a row of a divided block that has nothing in this part
DEFAULT_WIDTH = 8.43  # characters of a column without a width
INDENT = 12  # pixels of a level
_HIDDEN_ROOM = 1_000_000


class StripKind(StrEnum):
    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"
    HEADER = "header"
    BLOCK = "block"
    NOTE = "note"

    @property
    def leads(self) -> bool:
        """Must not stand alone at the foot of a page."""
        return self not in {StripKind.BLOCK, StripKind.NOTE}


@dataclass(frozen=True, slots=True)
class Strip:
    """A band of rows.

    ``reserve``  cells not yet written: room for so many full-width characters.
    ``repeat``   cells that stand again, the last with （続き）, when the block is divided between pages.
    ``twin``     strips of the same non-empty twin are divided at the same lines.
    ``minimum``  least height of a logical row in points.
    ``begins_page`` a person set a page break before it.
    """

    kind: StripKind
    rows: int
    cells: Mapping[Position, Cell]
    merges: tuple[Area, ...] = ()
    reserve: Mapping[Position, int] = field(default_factory=lambda: MappingProxyType({}))
    repeat: tuple[Position, ...] = ()
    twin: str = ""
    minimum: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    begins_page: bool = False

    def anchors(self) -> dict[Position, Area]:
        """Each cell that shows something → its area; covered cells of a merge are left out."""
        merged = {(area.top, area.left): area for area in self.merges}
        covered = {
            (row, col)
            for area in self.merges
            for row in range(area.top, area.bottom + 1)
            for col in range(area.left, area.right + 1)
        }
        positions = sorted({*self.cells, *self.reserve, *merged})
        return {
            position: merged.get(position) or Area(*position, *position)
            for position in positions
            if position in merged or position not in covered
        }


def area_pixels(area: Area, widths: Mapping[int, float]) -> int:
    """Pixels from the left edge of an area to its right one."""
    if area.left == area.right:
        return column_pixels(widths.get(area.left, DEFAULT_WIDTH))
    return sum(column_pixels(widths.get(col, DEFAULT_WIDTH)) for col in range(area.left, area.right + 1))


def text_room(area: Area, style: Style, widths: Mapping[int, float]) -> int:
    """Pixels an area leaves for text; a hidden one shows nothing, so that its text needs no room."""
    pixels = area_pixels(area, widths)
    if pixels == 0:
        return _HIDDEN_ROOM
    return max(1, text_pixels(pixels) - style.indent * INDENT)


def cell_height(cell: Cell, area: Area, widths: Mapping[int, float], reserve: int = 0) -> float:
    """Points an area needs to show its cell, and what is still to be written there."""
    return height_within(cell, text_room(area, cell.style, widths), reserve)


def height_within(cell: Cell, room: int, reserve: int = 0) -> float:
    """The same of an area that leaves so many pixels for text."""
    style = cell.style
    lines = 1
    if isinstance(cell.value, str):
        if style.rotation:
            return _rotated_height(cell.value, style)
        # unwrapped text still breaks where a line break was typed
        lines = line_count(cell.value, room if style.wrap else 1_000_000, style.font)
    if reserve:
        lines = max(lines, math.ceil(reserve / full_width_units(room, style.font)))
    return lines_height(lines, style.font)


def _rotated_height(text: str, style: Style) -> float:
    if style.rotation == 255:
        longest = max(map(len, text.splitlines()), default=1)
        return longest * line_pitch(style.font.size, style.font.name) + CELL_PADDING
    return text_width(text, style.font) * 0.75 + 2 * CELL_PADDING


def row_heights(strip: Strip, widths: Mapping[int, float]) -> list[float]:
    """The least heights, together, that show every cell of a strip whole; may exceed what a row can be."""
    if strip.rows == 1:
        return [one_row_height(strip, widths)]
    heights = [strip.minimum.get(row, ROW_HEIGHT) for row in range(strip.rows)]
    spans: list[tuple[int, int, float]] = []
    for position, area in strip.anchors().items():
        cell = strip.cells.get(position)
        reserve = strip.reserve.get(position, 0)
        if cell is None or (cell.blank and not reserve):
            continue
        need = cell_height(cell, area, widths, reserve)
        if area.top == area.bottom:
            heights[area.top] = max(heights[area.top], need)
        else:
            spans.append((area.bottom, area.top, need))
    _widen(heights, sorted(spans))
    return [rounded(height) for height in heights]


def one_row_height(strip: Strip, widths: Mapping[int, float]) -> float:
    """What :func:`row_heights` says of a strip of one row, without looking for what only several rows can have."""
    merged = {area.left: area for area in strip.merges}
    covered = {col for area in strip.merges for col in range(area.left + 1, area.right + 1)}
    height = strip.minimum.get(0, ROW_HEIGHT)
    for position, cell in strip.cells.items():
        col = position[1]
        reserve = strip.reserve.get(position, 0)
        if (cell.blank and not reserve) or (col in covered and col not in merged):
            continue
        height = max(height, cell_height(cell, merged.get(col) or Area(0, col, 0, col), widths, reserve))
    return rounded(height)


def _widen(heights: list[float], spans: list[tuple[int, int, float]]) -> None:
    """Give areas over several rows what they miss, with the least total.

    Areas are served by their last row. What is added to that row serves every later area that still misses something
    and touches this one; so does any row from the latest first row of those on. The highest of them grows.
    """
    for n, (bottom, top, need) in enumerate(spans):
        missing = need - sum(heights[top : bottom + 1])
        if missing <= 0:
            continue
        first = top
        for later_bottom, later_top, later_need in spans[n + 1 :]:
            unmet = later_need > sum(heights[later_top : later_bottom + 1])
            if unmet and later_top <= bottom:
                first = max(first, later_top)
        tallest = max(range(first, bottom + 1), key=lambda row: heights[row])
        heights[tallest] += missing


def rounded(height: float) -> float:
    """A height Excel keeps: whole pixels, and not its default, which writers drop."""
    steps = math.ceil(height / LEAST_STEP - 1e-9) * LEAST_STEP
    return steps if steps != 15 else ROW_HEIGHT


@dataclass(frozen=True, slots=True)
class Spread:
    """A strip in physical rows, none higher than Excel allows.

    ``first`` is the first physical row of each logical row.
    """

    heights: tuple[float, ...]
    cells: Mapping[Position, Cell]
    merges: tuple[Area, ...]
    first: tuple[int, ...]

    @property
    def height(self) -> float:
        return sum(self.heights)


def spread(strip: Strip, widths: Mapping[int, float], every: Sequence[float] | None = None) -> Spread:
    """Lay a strip out; a row higher than Excel allows becomes several, every cell of it merged over them. ``every``: the
    heights of its rows, where they are known already."""
    every = row_heights(strip, widths) if every is None else every
    if strip.rows == 1 and every[0] <= MAX_ROW_HEIGHT:
        return Spread(tuple(every), strip.cells, tuple(area for area in strip.merges if not area.single), (0,))
    heights: list[float] = []
    first: list[int] = []
    last: list[int] = []
    for height in every:
        pieces = max(1, math.ceil(height / MAX_ROW_HEIGHT))
        first.append(len(heights))
        heights += [rounded(height / pieces)] * pieces
        last.append(len(heights) - 1)
    cells = {
        (row, col): cell if row == first[top] else Cell(style=cell.style)
        for (top, col), cell in strip.cells.items()
        for row in range(first[top], last[top] + 1)
    }
    merges = (Area(first[a.top], a.left, last[a.bottom], a.right) for a in strip.anchors().values())
    return Spread(tuple(heights), cells, tuple(_several(merges)), tuple(first))


def _several(areas: Iterator[Area]) -> Iterator[Area]:
    return (area for area in areas if not area.single)
