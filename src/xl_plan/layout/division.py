"""Dividing a block that is taller than a page into parts, each a block of its own.

Every part has all the rows and merged areas of the block. A text that does not end in one part goes on in the next,
in the same cell: the parts' texts joined with nothing between them are the text (a line break typed at the division
stays at the end of the earlier piece). A cell that stands whole in one part is blank in the others. Number and name
stand again, the name with （続き）; by that a reader knows a part.

The block is cut as it would lie on one endless page: all that stands above the cut goes into the part. Twins are cut
together, as if they were as high as the highest of them, so that a text they share breaks at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from xl_plan.cells import Area, Cell, Position, Run
from xl_plan.layout.metrics import CELL_PADDING, break_lines, line_pitch
from xl_plan.layout.strips import ROW_HEIGHT, THIN_ROW, Strip, cell_height, row_heights, text_room

CONTINUED = "（続き）"
KEPT_WHOLE = 4  # lines: a shorter text is not worth dividing
LEAST_CUT = 3.0  # points by which a cut moves up when a part came out too high


@dataclass(frozen=True, slots=True)
class Part:
    """What stands of a strip on one page. ``holds``: the positions whose cell, or a piece of it, stands here."""

    strip: Strip
    holds: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A strip to divide, and the columns it stands in."""

    strip: Strip
    widths: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class _Text:
    """A cell seen as lines; ``height`` is that of a cell that cannot be divided, else 0."""

    area: Area
    lines: tuple[str, ...]
    pitch: float
    height: float = 0.0


_Texts = Mapping[Position, _Text]
_Done = dict[Position, int]


def whole(strip: Strip) -> Part:
    """A strip that is not divided."""
    return Part(strip, tuple(sorted({*strip.cells, *strip.reserve})))


def natural_height(strip: Strip, widths: Mapping[int, float]) -> float:
    """Points the strip would take on an endless page."""
    return sum(row_heights(strip, widths))


def with_less_reserve(strip: Strip, heights: Callable[[Strip], Sequence[float]], room: float) -> Strip:
    """A strip that fits, if giving up some of the room kept for text that is still to come makes it fit. ``heights``: of
    a strip's rows."""
    reserve = dict(strip.reserve)
    while any(reserve.values()) and sum(heights(strip)) > room:
        reserve = {position: int(count * 0.9) for position, count in reserve.items()}
        strip = replace(strip, reserve=reserve)
    return strip


def divide(members: Sequence[Member], first: float, rest: float) -> list[list[Part]]:
    """The parts of each member; the first is at most ``first`` points high, the others ``rest``."""
    tops = _tops(members)
    texts = _texts(members)
    done: list[_Done] = [dict.fromkeys(cells, 0) for cells in texts]
    parts: list[list[Part]] = [[] for _ in members]
    page = _Page(0.0, first, opening=True)
    while page.opening or _pending(texts, done):
        cut, taken, made = _fill(members, texts, done, tops, page)
        for own, part in zip(parts, made, strict=True):
            own.append(part)
        done = [_after(d, t) for d, t in zip(done, taken, strict=True)]
        page = _Page(cut, rest, opening=False)
    return parts


@dataclass(frozen=True, slots=True)
class _Page:
    """The page to fill: where it begins in the block, its room, whether it is the block's first."""

    top: float
    room: float
    opening: bool


def _fill(
    members: Sequence[Member], texts: Sequence[_Texts], done: Sequence[_Done], tops: Sequence[float], page: _Page
) -> tuple[float, list[_Done], list[Part]]:
    """The lowest cut whose part fits on the page for every member, the lines each takes of its cells, and the parts."""
    cut = page.top + page.room
    while True:
        taken = [_take(t, d, tops, page.top, cut) for t, d in zip(texts, done, strict=True)]
        stuck = not any(any(counts.values()) for counts in taken)
        if stuck:
            cut = page.top + page.room
            taken = _forced(texts, done, page.room)
        present = _present(
            tops, page.top, cut, not _pending(texts, [_after(*x) for x in zip(done, taken, strict=True)])
        )
        made = [
            _part(member, t, (d, k), present, page.opening)
            for member, t, d, k in zip(members, texts, done, taken, strict=True)
        ]
        over = max(
            natural_height(part.strip, member.widths) - page.room for part, member in zip(made, members, strict=True)
        )
        if over <= 0 or stuck:
            return cut, taken, made
        cut -= max(LEAST_CUT, over / 2)


def _forced(texts: Sequence[_Texts], done: Sequence[_Done], room: float) -> list[_Done]:
    """Where nothing fits: the first pending cell of all goes on, rather too high than lost."""
    first = min(p for t, d in zip(texts, done, strict=True) for p in t if d[p] < len(t[p].lines))
    return [
        {p: min(len(t[p].lines) - d[p], max(1, int(room / t[p].pitch) // 2)) if p == first else 0 for p in t}
        for t, d in zip(texts, done, strict=True)
    ]


def _tops(members: Sequence[Member]) -> list[float]:
    """Where each logical row begins when every row is as high as the highest of the twins needs it."""
    every = [row_heights(member.strip, member.widths) for member in members]
    count = max(map(len, every))
    highest = [max(heights[row] for heights in every if row < len(heights)) for row in range(count)]
    return list(accumulate(highest[:-1], initial=0.0))


def _texts(members: Sequence[Member]) -> list[_Texts]:
    """The cells of each member as lines; a text that twins share is broken for the narrowest of them."""
    rooms: dict[tuple[Position, object], int] = {}
    for member in members:
        for position, area in member.strip.anchors().items():
            cell = member.strip.cells.get(position)
            if cell is not None and not cell.blank:
                room = text_room(area, cell.style, member.widths)
                rooms[position, cell.value] = min(room, rooms.get((position, cell.value), room))
    return [
        {
            position: _text(cell, area, member.widths, rooms[position, cell.value])
            for position, area in member.strip.anchors().items()
            if (cell := member.strip.cells.get(position)) is not None
            and not cell.blank
            and position not in member.strip.repeat
        }
        for member in members
    ]


def _text(cell: Cell, area: Area, widths: Mapping[int, float], room: int) -> _Text:
    style = cell.style
    pitch = line_pitch(style.font.size, style.font.name)
    if isinstance(cell.value, str) and cell.formula is None and style.wrap and not style.rotation:
        lines = break_lines(cell.value, room, style.font)
        if len(lines) > KEPT_WHOLE:
            return _Text(area, lines, pitch)
    return _Text(area, ("",), pitch, cell_height(cell, area, widths))


def _take(texts: _Texts, done: _Done, tops: Sequence[float], top: float, cut: float) -> _Done:
    """How many lines of each cell stand between two cuts."""
    return {
        position: _lines_above(text, done[position], cut - max(tops[text.area.top], top))
        for position, text in texts.items()
    }


def _lines_above(text: _Text, done: int, room: float) -> int:
    left = len(text.lines) - done
    if not left or room <= 0:
        return 0
    if text.height:
        return left if text.height <= room else 0
    count = int((room - CELL_PADDING) / text.pitch)
    if count >= left:
        return left
    count = min(count, left - 2)  # no single line on the next page, nor on this one
    return count if count >= 2 else 0


def _pending(texts: Sequence[_Texts], done: Sequence[_Done]) -> bool:
    return any(d[position] < len(text.lines) for t, d in zip(texts, done, strict=True) for position, text in t.items())


def _after(done: _Done, taken: _Done) -> _Done:
    return {position: count + taken[position] for position, count in done.items()}


def _present(tops: Sequence[float], top: float, cut: float, final: bool) -> frozenset[int]:
    """The logical rows that begin in the part; a row that only goes on may be thin."""
    return frozenset(row for row, y in enumerate(tops) if y >= top and (y < cut or final))


def _part(member: Member, texts: _Texts, lines: tuple[_Done, _Done], present: frozenset[int], opening: bool) -> Part:
    """The strip of one part. ``lines``: of each cell, how many stand in earlier parts and how many in this one."""
    strip = member.strip
    done, taken = lines
    cells: dict[Position, Cell] = {}
    holds: list[Position] = []
    for position, cell in strip.cells.items():
        cells[position] = replace(cell.with_value(None), note=None, link=None)
        if position in strip.repeat:
            cells[position] = cell if opening else _again(cell, last=position == strip.repeat[-1])
            held = opening
        elif position in texts:
            held = taken[position] > 0
            if held:
                cells[position] = _piece(cell, texts[position].lines, done[position], taken[position])
        else:
            held = position[0] in present
        if held:
            holds.append(position)
    reserve = {position: count for position, count in strip.reserve.items() if position[0] in present}
    minimum = {row: strip.minimum.get(row, ROW_HEIGHT) if row in present else THIN_ROW for row in range(strip.rows)}
    return Part(replace(strip, cells=cells, reserve=reserve, minimum=minimum), tuple(sorted({*holds, *reserve})))


def _again(cell: Cell, *, last: bool) -> Cell:
    """Number or name on a later page: a constant, the name marked."""
    text = "" if cell.value is None else cell.value
    if not last:
        return replace(cell.with_value(text), note=None, runs=cell.runs)
    runs = (*cell.runs, Run(CONTINUED)) if cell.runs else ()
    return replace(cell.with_value(f"{text}{CONTINUED}"), note=None, runs=runs)


def _piece(cell: Cell, lines: tuple[str, ...], done: int, count: int) -> Cell:
    if count == len(lines):
        return cell
    begin = sum(map(len, lines[:done]))
    text = "".join(lines[done : done + count])
    runs = _cut_runs(cell.runs, begin, begin + len(text))
    note, link = (cell.note, cell.link) if not done else (None, None)
    return replace(cell.with_value(text), runs=runs, note=note, link=link)


def _cut_runs(runs: tuple[Run, ...], begin: int, end: int) -> tuple[Run, ...]:
    """The stretches of a rich text between two of its characters."""
    kept: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(0, begin - at) : max(0, end - at)]
        if text:
            kept.append(replace(run, text=text))
        at += len(run.text)
    return tuple(kept)
