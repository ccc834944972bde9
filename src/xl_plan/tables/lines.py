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
from xl_plan.tables.headerwords import row_label

CONTINUED = "（続き）"
Range = tuple[int, int]
_DIVIDING = (Role.NUMBER, Role.NAME, Role.INDICATOR, Role.DEPARTMENT)
_BELONGING = frozenset({Role.NUMBER, Role.NAME, Role.DESCRIPTION, Role.DEPARTMENT, Role.INDICATOR, Role.UNIT})
_VALUES = frozenset({Role.ACTUAL, Role.TARGET, Role.RATE, Role.NARRATIVE})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's rows, one range for each part of its block."""

    group: tuple[Range, ...]
    rows: tuple[Range, ...]
    index: int


@dataclass(frozen=True, slots=True)
class _Usual:
    """The row of a line in which each column usually stands, by what is filled; ``firm`` are the columns that hold
    two cells in some line: theirs is the usual one even where only the other is filled."""

    offsets: Mapping[str, int]
    firm: frozenset[str]


def label_column(grid: Grid, ranges: Sequence[Range]) -> tuple[int, tuple[str, ...]] | None:
    """The column whose cells say what stands in each row (目標値, 実績値, 達成率), and these labels in order."""
    labels: dict[int, dict[str, Role]] = {}
    others: Counter[int] = Counter()
    for first, last in ranges:
        for row in range(first, last + 1):
            for col in grid.filled(row):
                text = grid.text(row, col)
                role = row_label(text) if len(text) <= 20 else None
                if role is None:
                    others[col] += 1
                else:
                    labels.setdefault(col, {}).setdefault(fold(text), role)
    for col, seen in sorted(labels.items()):
        if not others[col] and len(set(seen.values())) >= 2:
            return col, tuple(seen)
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
    for role in _DIVIDING:
        for column in columns:
            if column.role is role and any(_divided(grid, group[0], column, values, labels_at) for group in groups):
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
    if divides is None:
        yield _Line(group, group, 0)
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
    before: Mapping[str, tuple[Position, ...]] = {}
    for line in lines:
        places: dict[str, tuple[Position, ...]] = {}
        for column in columns:
            found = [
                place
                for part, span in enumerate(line.rows)
                if part == 0 or column.role not in (Role.NUMBER, Role.NAME)
                for place in _in_rows(grid, span, column, usual, labels_at)
            ]
            if line.index and column.role in _BELONGING and not any(grid.is_filled(place) for place in found):
                found = list(before.get(column.key, ()))
            places[column.key] = tuple(found)
        before = places
        first, last = line.group[0][0], line.group[-1][1]
        yield Block(first, last, columns, MappingProxyType(places), parts=line.group, line=line.index)


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
    votes: dict[str, dict[int, int]] = {}
    firm = set()
    for line in lines:
        for first, last in line.rows:
            for column in columns:
                candidates = grid.candidates(first, last, column)
                filled = [p for p in candidates if grid.is_filled(p)]
                if len(filled) > 1:
                    firm.add(column.key)
                for row, _ in filled[:1] or candidates[:1]:
                    offsets = votes.setdefault(column.key, {})
                    offsets[row - first] = offsets.get(row - first, 0) + (2 if filled else 1)
    usual = {key: min(counts, key=lambda offset: (-counts[offset], offset)) for key, counts in votes.items()}
    return _Usual(MappingProxyType(usual), frozenset(firm))
