"""The rows of one programme understood: its lines (an indicator or a department each), and in each line the cell of
every column.

Most programmes have one line. A line begins where the dividing column has a cell of its own; rows of a block that was
divided over pages are matched with those of its first part, since every part has all rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Position
from xl_plan.meaning.text import fold
from xl_plan.model import Block, Column, Role
from xl_plan.tables.grid import Grid
from xl_plan.tables.headers import LOWER, UPPER

CONTINUED = "（続き）"
Range = tuple[int, int]
_DIVIDING = (Role.NUMBER, Role.NAME, Role.INDICATOR, Role.DEPARTMENT)
_BELONGING = frozenset({Role.NUMBER, Role.NAME, Role.DESCRIPTION, Role.DEPARTMENT, Role.INDICATOR, Role.UNIT})
_VALUES = frozenset({Role.ACTUAL, Role.TARGET, Role.RATE, Role.NARRATIVE})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's rows, one range for each part of its block; ``plain`` where it is a block of one plain row."""

    group: tuple[Range, ...]
    rows: tuple[Range, ...]
    index: int
    plain: bool = False


@dataclass(frozen=True, slots=True)
class _Usual:
    """The row of a line in which each column usually stands, by what is filled; ``firm`` are the columns that hold
    two cells in some line: theirs is the usual one even where only the other is filled."""

    offsets: Mapping[str, int]
    firm: frozenset[str]


def label_column(grid: Grid, ranges: Sequence[Range]) -> tuple[int, tuple[str, ...]] | None:
    """The column whose cells say what stands in each row (目標値, 実績値, 達成率), and these labels in order."""
    rows = [row for first, last in ranges for row in range(first, last + 1)]
    for col in sorted({col for row in rows for col, _ in grid.labels(row)}):
        texts = [grid.text(row, col) for row in rows if grid.is_filled((row, col))]
        roles = {grid.label(text) for text in texts}
        if None not in roles and len(roles) >= 2:
            return col, tuple(dict.fromkeys(map(fold, texts)))
    return None


def blocks(
    grid: Grid, ranges: Sequence[Range], columns: tuple[Column, ...], labels_at: int | None
) -> tuple[tuple[Block, ...], tuple[Column, ...]]:
    """A block for every line of the rows, and the columns with the one marked that divides them."""
    groups = list(_groups(grid, ranges, columns))
    divides = _divider(grid, groups, columns, labels_at)
    if divides is not None:
        columns = tuple(replace(c, divides=c.key == divides.key) for c in columns)
        divides = next(c for c in columns if c.divides)
    lines = [line for group in groups for line in _lines(grid, group, divides)]
    usual = _usual(grid, lines, columns)
    return tuple(_placed(grid, lines, columns, usual, labels_at)), columns


def _groups(grid: Grid, ranges: Sequence[Range], columns: Sequence[Column]) -> Iterator[tuple[Range, ...]]:
    """The row ranges of each block: several where it is divided over pages."""
    by_role = {column.role: column for column in reversed(columns)}
    naming = by_role.get(Role.NAME) or by_role.get(Role.NUMBER)
    group: list[Range] = []
    for span in ranges:
        places = grid.candidates(*span, naming) if naming else []
        name = next((text for place in places if (text := grid.text(*place))), "")
        if group and name.endswith(CONTINUED):
            group.append(span)
            continue
        if group:
            yield tuple(group)
        group = [span]
    if group:
        yield tuple(group)


# ------------------------------------------------------------------------------------------------------------- lines
def _divider(
    grid: Grid, groups: Sequence[tuple[Range, ...]], columns: Sequence[Column], labels_at: int | None
) -> Column | None:
    """The column whose cells divide a block into lines: as corrected, else the first that does so by evidence."""
    marked = next((column for column in columns if column.divides), None)
    if marked is not None:
        return marked
    values = [column for column in columns if column.role in _VALUES]
    spans = [first for first, *_ in groups if not grid.plain(*first)]
    for role in _DIVIDING:
        for column in columns:
            if column.role is role and any(_divided(grid, span, column, values, labels_at) for span in spans):
                return column
    return None


def _divided(grid: Grid, span: Range, column: Column, values: Sequence[Column], labels_at: int | None) -> bool:
    """Whether a block has two lines of a column, each with values of its own."""
    starts = [place[0] for place in grid.candidates(*span, column) if grid.is_filled(place)]
    if len(starts) < 2:
        return False
    if labels_at is not None and len(starts) >= span[1] - span[0] + 1:
        return False
    ends = [*(start - 1 for start in starts[1:]), span[1]]
    counts = Counter(
        value.key
        for start, end in zip(starts, ends, strict=True)
        for value in values
        if any(grid.is_filled(place) for place in grid.candidates(start, end, value))
    )
    return any(count >= 2 for count in counts.values())


def _lines(grid: Grid, group: tuple[Range, ...], divides: Column | None) -> Iterator[_Line]:
    plain = len(group) == 1 and grid.plain(*group[0])
    if divides is None or plain:
        yield _Line(group, group, 0, plain)
        return
    begins = [[place[0] for place in grid.candidates(*span, divides)] for span in group]
    # a later line may stand only on a later page
    nth = sorted({n for rows in begins for n, row in enumerate(rows) if grid.is_filled((row, divides.left))})
    if len(nth) < 2:
        yield _Line(group, group, 0)
        return
    spans = []
    for span, rows in zip(group, begins, strict=True):
        tops = [rows[n] if n < len(rows) else span[1] + 1 for n in nth]
        tops[0] = span[0]
        spans.append([(top, end - 1) for top, end in zip(tops, [*tops[1:], span[1] + 1], strict=True)])
    for index, rows_of_line in enumerate(zip(*spans, strict=True)):
        yield _Line(group, tuple(rows_of_line), index)


# ------------------------------------------------------------------------------------------------------------ places
def _placed(
    grid: Grid, lines: Sequence[_Line], columns: tuple[Column, ...], usual: _Usual, labels_at: int | None
) -> Iterator[Block]:
    stacked = any(column.row for column in columns)
    before: Mapping[str, tuple[Position, ...]] = {}
    for line in lines:
        places: dict[str, tuple[Position, ...]]
        if line.plain and not stacked:
            row, _ = line.rows[0]
            places = {column.key: (grid.place(row, column.left),) for column in columns}
        else:
            places = {column.key: _of_line(grid, line, column, usual, labels_at) for column in columns}
        if line.index:
            places |= {
                column.key: before.get(column.key, ())
                for column in columns
                if column.role in _BELONGING and not any(grid.is_filled(place) for place in places[column.key])
            }
        before = places
        first, last = line.group[0][0], line.group[-1][1]
        yield Block(first, last, columns, MappingProxyType(places), parts=line.group, line=line.index)


def _of_line(grid: Grid, line: _Line, column: Column, usual: _Usual, labels_at: int | None) -> tuple[Position, ...]:
    """The column's cells in all parts of a line; number and name are written anew in each."""
    parts = line.rows[:1] if column.role in (Role.NUMBER, Role.NAME) else line.rows
    return tuple(place for span in parts for place in _in_rows(grid, span, column, usual, labels_at))


def _in_rows(grid: Grid, span: Range, column: Column, usual: _Usual, labels_at: int | None) -> tuple[Position, ...]:
    """The column's cells in one part of a line."""
    candidates = grid.candidates(*span, column)
    if column.row == UPPER:
        return tuple(candidates[:1])
    if column.row == LOWER:
        return tuple(candidates[1:2])
    if column.row and labels_at is not None:
        return tuple(p for p in candidates if fold(grid.text(p[0], labels_at)) == fold(column.row))[:1]
    if len(candidates) == 1:
        return candidates
    filled = [place for place in candidates if grid.is_filled(place)]
    if column.role is Role.DEPARTMENT:
        return tuple(filled or candidates[:1])
    place = [p for p in candidates if p[0] == span[0] + usual.offsets.get(column.key, 0)]
    if place and (not filled or place[0] in filled or column.key in usual.firm):
        return (place[0],)
    return tuple((filled or candidates)[:1])


def _usual(grid: Grid, lines: Sequence[_Line], columns: tuple[Column, ...]) -> _Usual:
    others = [line for line in lines if not line.plain]
    if not others:  # nobody asks: each column has its one cell
        return _Usual(MappingProxyType({}), frozenset())
    rows = [line.rows[0][0] for line in lines if line.plain]
    votes: dict[str, dict[int, int]] = {}
    firm = set()
    for column in columns:
        offsets = votes[column.key] = {}
        if rows:
            offsets[0] = len(rows) + sum(grid.is_filled((row, column.left)) for row in rows)
        for span in (span for line in others for span in line.rows):
            candidates = grid.candidates(*span, column)
            filled = [p for p in candidates if grid.is_filled(p)]
            if len(filled) > 1:
                firm.add(column.key)
            for row, _ in filled[:1] or candidates[:1]:
                offset = row - span[0]
                offsets[offset] = offsets.get(offset, 0) + (2 if filled else 1)
    usual = {key: min(counts, key=lambda at: (-counts[at], at)) for key, counts in votes.items() if counts}
    return _Usual(MappingProxyType(usual), frozenset(firm))
