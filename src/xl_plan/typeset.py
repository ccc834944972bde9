"""From strips to pages: the rows, heights, merged areas and page breaks of a printed sheet, as values.

A page ends before a programme, never inside one that would fit on a page, and never after a heading or a header. Where
it ends inside a subsection the header stands again as real rows: Excel's print titles would print on every page, also
on those that begin with a subsection and its own header.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xl_plan.cells import Area, Cell, Page, Position, Sheet
from xl_plan.division import Part, divide, whole
from xl_plan.strips import DEFAULT_WIDTH, Spread, Strip, StripKind, area_pixels, spread

__all__ = ["Flow", "Request", "Strip", "StripKind", "fit_scale", "flow", "flow_all", "page_height"]

LEAST_PRINT = 8.0  # points, effective
PAGE_SLACK = 0.98  # of a page's height: printers and programs round
WIDTH_SLACK = 0.94  # LibreOffice draws columns about 6 % wider than Excel
WORTH_STARTING = 0.4  # of a page must be free for a block of several pages to begin on it

_PAPERS = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "B4": (257.0, 364.0),
    "B5": (182.0, 257.0),
    "LETTER": (215.9, 279.4),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What :func:`flow` is asked for one sheet."""

    name: str
    strips: Sequence[Strip]
    widths: Mapping[int, float]
    page: Page
    repeat_header: Strip | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A laid-out sheet and where its strips went.

    ``places``    per strip: relative position → sheet positions, several where the text was divided, in order;
                  the parts' texts joined with nothing between them are the text.
    ``rows``      per strip: first and last sheet row.
    ``parts``     per strip: first and last sheet row of each part; one part unless the strip was divided.
    ``repeated``  sheet rows of headers that stand again at the top of a page.
    """

    sheet: Sheet
    places: tuple[Mapping[Position, tuple[Position, ...]], ...]
    rows: tuple[tuple[int, int], ...]
    parts: tuple[tuple[tuple[int, int], ...], ...]
    repeated: frozenset[int] = frozenset()


def page_points(page: Page) -> tuple[float, float]:
    """Width and height inside the margins, in points of paper."""
    short, long = _PAPERS[page.paper.upper()]
    width, height = (long, short) if page.landscape else (short, long)
    inch = 72 / 25.4
    return width * inch - (page.left + page.right) * 72, height * inch - (page.top + page.bottom) * 72


def page_height(page: Page) -> float:
    """Points of row height that surely fit on a page at its scale."""
    return page_points(page)[1] * 100 / page.scale * PAGE_SLACK


def fit_scale(widths: Mapping[int, float], page: Page, smallest: float = 9.0) -> int:
    """The scale in per cent at which the columns fit with room to spare, at most 100.

    Never below what prints the smallest font at 8 points: where that floor is returned, :func:`fits_width` may be
    false, and the caller has to narrow columns.
    """
    columns = Area(0, 0, 0, max(widths, default=0))
    needed = area_pixels(columns, widths) * 0.75
    scale = math.floor(page_points(page)[0] * WIDTH_SLACK / needed * 100)
    return min(100, max(scale, math.ceil(LEAST_PRINT / smallest * 100)))


def fits_width(widths: Mapping[int, float], page: Page) -> bool:
    """Whether the columns fit on the page at its scale, with room to spare."""
    columns = Area(0, 0, 0, max(widths, default=0))
    return area_pixels(columns, widths) * 0.75 * page.scale / 100 <= page_points(page)[0] * WIDTH_SLACK


def flow(
    name: str, strips: Sequence[Strip], widths: Mapping[int, float], page: Page, *, repeat_header: Strip | None = None
) -> Flow:
    """Lay one sheet out."""
    return flow_all((Request(name, strips, widths, page, repeat_header),))[0]


def flow_all(requests: Sequence[Request]) -> tuple[Flow, ...]:
    """Lay several sheets out whose strips may be twins of one another."""
    return tuple(_Setter(request).run() for request in requests)


class _Setter:
    """Sets one sheet, strip after strip."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.room = page_height(request.page)
        self.used = 0.0  # points of the current page
        self.row = 0
        self.header = request.repeat_header
        self.cells: dict[Position, Cell] = {}
        self.merges: list[Area] = []
        self.heights: dict[int, float] = {}
        self.breaks: list[int] = []
        self.repeated: set[int] = set()
        self.places: list[dict[Position, tuple[Position, ...]]] = [{} for _ in request.strips]
        self.parts: list[list[tuple[int, int]]] = [[] for _ in request.strips]

    def run(self) -> Flow:
        for leads, body in _chunks(self.request.strips):
            self._chunk(leads, body)
        return self._result()

    def _chunk(self, leads: Sequence[int], body: int | None) -> None:
        """Headings and what they lead to, on one page where that can be."""
        strips, widths = self.request.strips, self.request.widths
        led = sum(self._laid(strips[n]).height for n in leads)
        rest = self._laid(strips[body]).height if body is not None else 0.0
        if self.used and self.used + led + rest > self.room:
            self._turn(continuing=body is not None and not leads and strips[body].kind is StripKind.BLOCK)
        for n in leads:
            if strips[n].kind is StripKind.HEADER and self.request.repeat_header is None:
                self.header = strips[n]
            self._part(n, whole(strips[n]))
        if body is None:
            return
        parts = [whole(strips[body])]
        if self.used + rest > self.room:
            again = self._laid(self.header).height if self.header else 0.0
            parts = divide(strips[body], widths, self.room - self.used, self.room - again)
        for n, part in enumerate(parts):
            if n:
                self._turn(continuing=True)
            self._part(body, part)

    def _laid(self, strip: Strip) -> Spread:
        return spread(strip, self.request.widths)

    def _turn(self, *, continuing: bool) -> None:
        """Begin a page; inside a subsection its header stands again."""
        self.breaks.append(self.row)
        self.used = 0.0
        if continuing and self.header is not None:
            laid = self._laid(self.header)
            self.repeated.update(range(self.row, self.row + len(laid.heights)))
            self._set(laid)

    def _part(self, n: int, part: Part) -> None:
        laid = self._laid(part.strip)
        top = self.row
        for row, col in part.holds:
            self.places[n][row, col] = (*self.places[n].get((row, col), ()), (top + laid.first[row], col))
        self._set(laid)
        self.parts[n].append((top, self.row - 1))

    def _set(self, laid: Spread) -> None:
        for (row, col), cell in laid.cells.items():
            self.cells[self.row + row, col] = cell
        self.merges += [area.moved(self.row) for area in laid.merges]
        for n, height in enumerate(laid.heights):
            self.heights[self.row + n] = height
        self.row += len(laid.heights)
        self.used += laid.height

    def _result(self) -> Flow:
        request = self.request
        last = max([*request.widths, *(col for _, col in self.cells)], default=0)
        page = replace(
            request.page,
            print_area=Area(0, 0, max(0, self.row - 1), last),
            repeat_rows=None,
            row_breaks=tuple(self.breaks),
            fit=None,
        )
        sheet = Sheet(
            request.name,
            cells=self.cells,
            merges=tuple(self.merges),
            heights=self.heights,
            widths={col: request.widths.get(col, DEFAULT_WIDTH) for col in range(last + 1)},
            page=page,
        )
        parts = tuple(tuple(spans) for spans in self.parts)
        rows = tuple((spans[0][0], spans[-1][1]) for spans in parts)
        return Flow(sheet, tuple(self.places), rows, parts, frozenset(self.repeated))


def _chunks(strips: Sequence[Strip]) -> list[tuple[list[int], int | None]]:
    """Each body with the headings that lead to it; headings that lead to nothing come alone."""
    chunks: list[tuple[list[int], int | None]] = []
    leads: list[int] = []
    for n, strip in enumerate(strips):
        if strip.kind.leads:
            leads.append(n)
        else:
            chunks.append((leads, n))
            leads = []
    if leads:
        chunks.append((leads, None))
    return chunks
