"""From strips to pages: the rows, heights, merged areas and page breaks of a printed sheet, as values.

A page ends before a programme, never inside one that would fit on a page, and never after a heading or a header. Where
it ends inside a subsection the header stands again as real rows: Excel's print titles would print on every page, also
on those that begin with a subsection and its own header.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType

from xl_plan.cells import MAX_BREAKS, Area, Cell, Page, Position, Sheet
from xl_plan.layout.division import Member, Part, divide, whole, with_less_reserve
from xl_plan.layout.strips import DEFAULT_WIDTH, Spread, Strip, StripKind, area_pixels, row_heights, spread
from xl_plan.remembered import ByIdentity

__all__ = ["Fit", "Flow", "Request", "Strip", "StripKind", "fit_scale", "flow", "flow_all", "page_height", "tied"]

LEAST_PRINT = 8.0  # points, effective
PAGE_SLACK = 0.98  # of a page's height: printers and programs round
WIDTH_SLACK = 0.93  # with Carlito for Calibri LibreOffice draws columns 6 % wider than Excel
RESERVE_SHARE = 0.8  # of a page may be kept for text still to come: headings stand above it
SPREAD_SLACK = 4.0  # points by which spreading rows may round a part up
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
class Fit:
    """Of strips that are twins: the points of the tallest, and the least that a page has for one."""

    tall: float
    room: float

    @property
    def torn(self) -> bool:
        """Whether they have to be divided."""
        return self.tall > self.room

    def and_of(self, other: Fit) -> Fit:
        """The same of both."""
        return Fit(max(self.tall, other.tall), min(self.room, other.room))


@dataclass(frozen=True, slots=True)
class Flow:
    """A laid-out sheet and where its strips went.

    ``places``    per strip: relative position → sheet positions, several where the text was divided, in order;
                  the parts' texts joined with nothing between them are the text.
    ``rows``      per strip: first and last sheet row.
    ``parts``     per strip: first and last sheet row of each part; one part unless the strip was divided.
    ``repeated``  sheet rows of headers that stand again at the top of a page.
    ``fits``      by name, how the twins on this sheet fit on a page.
    """

    sheet: Sheet
    places: tuple[Mapping[Position, tuple[Position, ...]], ...]
    rows: tuple[tuple[int, int], ...]
    parts: tuple[tuple[tuple[int, int], ...], ...]
    repeated: frozenset[int] = frozenset()
    fits: Mapping[str, Fit] = field(default_factory=lambda: MappingProxyType({}))


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
    setters = [_Setter(request) for request in requests]
    _divide_twins(setters)
    return tuple(setter.run() for setter in setters)


def tied(fits: Sequence[Mapping[str, Fit]]) -> list[list[int]]:
    """Of sheets that were laid out one by one, those that must be laid out together, since a strip that has a twin on
    another is taller than its page. ``fits``: of each sheet."""
    found: list[set[int]] = []
    for twin in dict.fromkeys(twin for each in fits for twin in each):
        own = {n for n, each in enumerate(fits) if twin in each}
        if len(own) > 1 and reduce(Fit.and_of, (fits[n][twin] for n in own)).torn:
            found = [*(each for each in found if not each & own), own.union(*(each for each in found if each & own))]
    return [sorted(each) for each in found]


def turns(used: float, room: float, led: float, high: float, anew: float) -> bool:
    """Whether a page ends before something ``high`` that headings of ``led`` points lead to. ``anew``: what it takes with
    all that stands above it on a page that begins with it."""
    free = room - used
    return led + high > free and (anew <= room or free - led < WORTH_STARTING * room)


def moves(free: float, room: float, high: float) -> bool:
    """Whether something ``high`` that does not fit below its headings goes to the next page as a whole."""
    return free < WORTH_STARTING * room and high <= room


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A block or note, the headings that lead to it, and the header of its subsection."""

    leads: tuple[int, ...]
    body: int | None
    header: Strip | None


class _Setter:
    """Sets one sheet, strip after strip."""

    def __init__(self, request: Request) -> None:
        self.widths = request.widths
        self.room = page_height(request.page)
        self.request = request
        self.row_heights = ByIdentity[Strip, list[float]](lambda strip: row_heights(strip, request.widths))
        self.strips = [with_less_reserve(s, self.row_heights, self.room * RESERVE_SHARE) for s in request.strips]
        self.chunks = _chunks(self.strips, request.repeat_header)
        self.divided: dict[int, list[Part]] = {}  # twins: their division must not depend on where the page stands
        self.known: dict[int, float] = {}
        self.laid: dict[int, Spread] = {}  # what was laid out to know its height, until it is set
        self.used = 0.0  # points of the current page
        self.row = 0
        self.cells: dict[Position, Cell] = {}
        self.merges: list[Area] = []
        self.heights: dict[int, float] = {}
        self.breaks: list[int] = []
        self.repeated: set[int] = set()
        self.places: list[dict[Position, tuple[Position, ...]]] = [{} for _ in self.strips]
        self.parts: list[list[tuple[int, int]]] = [[] for _ in self.strips]

    def run(self) -> Flow:
        for chunk in self.chunks:
            self._chunk(chunk)
        return self._result()

    def lead(self, chunk: _Chunk) -> float:
        """Points above the chunk's body on a page that begins with the chunk."""
        if chunk.leads:
            return sum(self.height(self.strips[n]) for n in chunk.leads)
        return self.again(chunk) if self._continues(chunk) else 0.0

    def again(self, chunk: _Chunk) -> float:
        """Points of the header where it stands again."""
        return self.height(chunk.header) if chunk.header else 0.0

    def height(self, strip: Strip) -> float:
        """Points of a whole strip, reckoned once."""
        if id(strip) not in self.known:
            laid = self.laid[id(strip)] = self._spread(strip)
            self.known[id(strip)] = laid.height
        return self.known[id(strip)]

    def _spread(self, strip: Strip) -> Spread:
        return spread(strip, self.widths, self.row_heights(strip))

    def _continues(self, chunk: _Chunk) -> bool:
        """Whether a page that begins with the chunk begins inside a subsection's table."""
        return not chunk.leads and chunk.body is not None and self.strips[chunk.body].kind is StripKind.BLOCK

    def _chunk(self, chunk: _Chunk) -> None:
        """Headings and what they lead to, on one page where that can be."""
        body = chunk.body
        led = sum(self.height(self.strips[n]) for n in chunk.leads)
        high = self.height(self.strips[body]) if body is not None else 0.0
        begins = any(self.strips[n].begins_page for n in (*chunk.leads, *(() if body is None else (body,))))
        if self.used and begins:
            self._turn(chunk.header if self._continues(chunk) else None)
        if self.used and not begins:
            anew = self.lead(chunk) + high
            if body in self.divided or turns(self.used, self.room, led, high, anew):
                self._turn(chunk.header if self._continues(chunk) else None)
        for n in chunk.leads:
            if self.used and self.used + self.height(self.strips[n]) > self.room:  # more than a page of them
                self._turn(None)
            self._part(n, whole(self.strips[n]))
        if body is None:
            return
        free = self.room - self.used
        if body not in self.divided and high > free and moves(free, self.room, high + self.again(chunk)):
            self._turn(chunk.header)
        for n, part in enumerate(self._parts_of(body, high, self.again(chunk))):
            if n:
                self._turn(chunk.header)
            self._part(body, part)

    def _parts_of(self, body: int, high: float, again: float) -> list[Part]:
        if body in self.divided:
            return self.divided[body]
        strip, free = self.strips[body], self.room - self.used
        if high <= free:
            return [whole(strip)]
        return divide([Member(strip, self.widths)], free - SPREAD_SLACK, self.room - again - SPREAD_SLACK)[0]

    def _turn(self, header: Strip | None) -> None:
        """Begin a page; inside a subsection its header stands again. Beyond as many breaks as a sheet can hold, pages end
        where the printing program ends them, and nothing stands again."""
        self.used = 0.0
        if len(self.breaks) == MAX_BREAKS:
            return
        self.breaks.append(self.row)
        if header is not None:
            laid = self._spread(header)
            self.repeated.update(range(self.row, self.row + len(laid.heights)))
            self._set(laid)

    def _part(self, n: int, part: Part) -> None:
        laid = self.laid.pop(id(part.strip), None) or self._spread(part.strip)
        top, places = self.row, self.places[n]
        for place in part.holds:
            places[place] = (*places.get(place, ()), (top + laid.first[place[0]], place[1]))
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
        sheet = printed_sheet(self.request, self.cells, self.merges, self.heights, self.breaks)
        parts = tuple(tuple(spans) for spans in self.parts)
        rows = tuple((spans[0][0], spans[-1][1]) for spans in parts)
        return Flow(sheet, tuple(self.places), rows, parts, frozenset(self.repeated), MappingProxyType(self._fits()))

    def _fits(self) -> dict[str, Fit]:
        fits: dict[str, Fit] = {}
        for chunk, body, twin in self.twins():
            fit = self.fit(chunk, body)
            fits[twin] = fit.and_of(fits.get(twin, fit))
        return fits

    def fit(self, chunk: _Chunk, body: int) -> Fit:
        """How a chunk's body fits on a page that begins with the chunk."""
        return Fit(self.height(self.strips[body]), self.room - self.lead(chunk))

    def twins(self) -> Iterator[tuple[_Chunk, int, str]]:
        """The chunks whose body has a twin: which strip that is, and the name of the twins."""
        for chunk in self.chunks:
            if chunk.body is not None and (twin := self.strips[chunk.body].twin):
                yield chunk, chunk.body, twin


def printed_sheet(
    request: Request,
    cells: Mapping[Position, Cell],
    merges: Sequence[Area],
    heights: Mapping[int, float],
    breaks: Sequence[int],
) -> Sheet:
    """The sheet of rows that are laid out, the whole of it to print."""
    last = max([*request.widths, *(col for _, col in cells)], default=0)
    page = replace(
        request.page,
        print_area=Area(0, 0, max(0, len(heights) - 1), last),
        repeat_rows=None,
        row_breaks=tuple(breaks),
        fit=None,
    )
    return Sheet(
        request.name,
        cells=cells,
        merges=tuple(merges),
        heights=heights,
        widths={col: request.widths.get(col, DEFAULT_WIDTH) for col in range(last + 1)},
        page=page,
    )


def _chunks(strips: Sequence[Strip], repeat_header: Strip | None) -> list[_Chunk]:
    """Each body with the headings that lead to it; headings that lead to nothing come alone."""
    chunks: list[_Chunk] = []
    leads: list[int] = []
    header = repeat_header
    for n, strip in enumerate(strips):
        if not strip.kind.leads:
            chunks.append(_Chunk(tuple(leads), n, header))
            leads = []
            continue
        leads.append(n)
        if strip.kind is StripKind.HEADER and repeat_header is None:
            header = strip
    if leads:
        chunks.append(_Chunk(tuple(leads), None, header))
    return chunks


def _divide_twins(setters: Sequence[_Setter]) -> None:
    """Divide twins together, as soon as one of them is taller than its page."""
    groups: dict[str, list[tuple[_Setter, _Chunk, int]]] = {}
    for setter in setters:
        for chunk, body, twin in setter.twins():
            groups.setdefault(twin, []).append((setter, chunk, body))
    for group in groups.values():
        fit = reduce(Fit.and_of, (setter.fit(chunk, n) for setter, chunk, n in group))
        if not fit.torn:
            continue
        rest = min(setter.room - setter.again(chunk) for setter, chunk, _ in group)
        members = [Member(setter.strips[n], setter.widths) for setter, _, n in group]
        divided = divide(members, fit.room - SPREAD_SLACK, rest - SPREAD_SLACK)
        for (setter, _, n), parts in zip(group, divided, strict=True):
            setter.divided[n] = parts
