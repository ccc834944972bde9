"""Lines set from top to bottom, one row each.

A list of thousands of lines needs none of what a book's strips need: nothing of it is divided, stands again or is a twin.
Where one of the lines does not fit on a page, the sheet is made of strips like the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from xl_plan.cells import MAX_BREAKS, MAX_ROW_HEIGHT, Area, Border, Cell, Page, Position, Sheet, Style
from xl_plan.layout.folding import paper_widths
from xl_plan.layout.metrics import lines_height, stands_on_a_line, sure_characters
from xl_plan.layout.sheets import Line
from xl_plan.layout.strips import Strip, StripKind, height_within, one_row_height, rounded, text_room
from xl_plan.layout.typeset import Request, fit_scale, flow_all, moves, page_height, printed_sheet, turns
from xl_plan.remembered import ByIdentity

_EMPTY = 15.75  # points
_RULED = 18.0  # points: a line of a table, its text clear of the borders
_NO_BORDER = Border()


def laid_out(
    name: str, lines: Sequence[Line], widths: Mapping[int, float], page: Page, repeat: int | None
) -> tuple[Sheet, tuple[int, ...]]:
    """What :func:`xl_plan.layout.sheets.lay_out_lines` promises."""
    widths = paper_widths(widths, frozenset(), page)
    page = replace(page, scale=fit_scale(widths, page), fit=None)
    heights = _heights(lines, widths)
    head = heights[repeat] * page.scale / 100 / 72 if repeat is not None else 0.0
    request = Request(name, (), widths, replace(page, bottom=page.bottom + head))
    breaks = _breaks(lines, heights, page_height(request.page))
    if breaks is None:
        sheet, rows = _of_strips(lines, request)
    else:
        sheet, rows = _set(lines, heights, breaks, request), tuple((row, row) for row in range(len(lines)))
    printed = replace(sheet.page, bottom=page.bottom, repeat_rows=rows[repeat] if repeat is not None else None)
    return replace(sheet, page=printed, gridlines=False), tuple(first for first, _ in rows)


def _set(lines: Sequence[Line], heights: Sequence[float], breaks: Sequence[int], request: Request) -> Sheet:
    """The sheet whose row i is line i."""
    cells: dict[Position, Cell] = {
        (row, col): cell for row, line in enumerate(lines) for col, cell in line.cells.items()
    }
    merges = [area.moved(row) for row, line in enumerate(lines) if line.merged for area in _areas(line)]
    several = [area for area in merges if not area.single]
    return printed_sheet(request, cells, several, dict(enumerate(heights)), breaks)


def _of_strips(lines: Sequence[Line], request: Request) -> tuple[Sheet, tuple[tuple[int, int], ...]]:
    """The sheet with every line a strip, and the rows that each takes."""
    strips = [_strip(line) for line in lines]
    (laid,) = flow_all((replace(request, strips=strips),))
    return laid.sheet, laid.rows


def _strip(line: Line) -> Strip:
    kind = StripKind.SUBHEADING if line.keep else StripKind.NOTE
    cells = MappingProxyType({(0, col): cell for col, cell in line.cells.items()})
    return Strip(kind, 1, cells, _areas(line), minimum=MappingProxyType({0: _least(line)}))


def _areas(line: Line) -> tuple[Area, ...]:
    return tuple(Area(0, left, 0, right) for left, right in line.merged)


# ------------------------------------------------------------------------------------------------------------ heights
def _heights(lines: Sequence[Line], widths: Mapping[int, float]) -> list[float]:
    """The height of each line."""
    needs = {col: _need_in(col, widths) for col in {col for line in lines for col in line.cells}}
    return [
        one_row_height(_strip(line), widths)
        if line.merged
        else rounded(max([_least(line), *[needs[col](cell) for col, cell in line.cells.items()]]))
        for line in lines
    ]


class _Room(NamedTuple):
    """What a column leaves for a text in some look: ``pixels``, the ``characters`` that surely stand on one line, and the
    height of that line."""

    pixels: int
    characters: int
    line: float


def _need_in(col: int, widths: Mapping[int, float]) -> Callable[[Cell], float]:
    """What a cell needs where it stands in a column. Most have a number or few words."""
    area = Area(0, col, 0, col)

    def room_of(style: Style) -> _Room:
        pixels = text_room(area, style, widths)
        upright = style.wrap and not style.rotation
        return _Room(pixels, sure_characters(pixels, style.font) if upright else 0, lines_height(1, style.font))

    rooms = ByIdentity(room_of)

    def need(cell: Cell) -> float:
        if cell.blank:
            return 0.0
        room = rooms(cell.style)
        if not isinstance(cell.value, str) or stands_on_a_line(cell.value, room.characters):
            return room.line
        return height_within(cell, room.pixels)

    return need


def _least(line: Line) -> float:
    ruled = any(cell.style.border != _NO_BORDER for cell in line.cells.values())
    return max(line.least, _RULED if ruled else _EMPTY)


# -------------------------------------------------------------------------------------------------------------- pages
def _breaks(lines: Sequence[Line], heights: Sequence[float], room: float) -> list[int] | None:
    """The lines before which a page ends; None where some line is too high for a row, or for its page."""
    if max(heights, default=0.0) > min(MAX_ROW_HEIGHT, room):
        return None
    breaks: list[int] = []
    used = 0.0
    for first, body, end in _together(lines):
        led, high = sum(heights[first:body]), sum(heights[body:end])
        if used and turns(used, room, led, high, led + high):
            breaks.append(first)
            used = 0.0
        for n in range(first, end):
            if used and used + heights[n] > room:
                if n == body and not moves(room - used, room, heights[n]):
                    return None
                breaks.append(n)
                used = 0.0
            used += heights[n]
    return breaks[:MAX_BREAKS]


def _together(lines: Sequence[Line]) -> Iterator[tuple[int, int, int]]:
    """Lines that stay on one page: the first that leads to another, that other, and where the next begin."""
    first = 0
    for n, line in enumerate(lines):
        if not line.keep:
            yield first, n, n + 1
            first = n + 1
    if first < len(lines):
        yield first, len(lines), len(lines)
