"""Header cells understood: which column holds what.

A header may take several rows; a field's text is read from the header areas that span exactly the columns its cells
span in the body. An area over several columns whose body is not merged likewise is a parent: its text stands before
that of every field below it. Where values stand under each other in the body, one field is several columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xl_plan.cells import Area
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.text import fold
from xl_plan.model import Column, ColumnSetting, Filler, Role, Sharing
from xl_plan.tables.colours import is_blue
from xl_plan.tables.headerwords import joined, role_of, row_label, steps, worded_role, year_of

Span = tuple[int, int]
HeaderCells = Mapping[Area, tuple[str, str | None]]
UPPER, LOWER = "上段", "下段"
_MOST_BANDS = 256  # that one reader remembers

_SHARED = frozenset({Role.INDICATOR, Role.ACTUAL, Role.TARGET, Role.NARRATIVE, Role.UNIT, Role.RATING})
_YEARLY = frozenset({Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING})
_VALUES = frozenset({Role.ACTUAL, Role.TARGET, Role.RATE})
_KEYS = {
    Role.NUMBER: "number",
    Role.NAME: "name",
    Role.DESCRIPTION: "description",
    Role.INDICATOR: "indicator",
    Role.ACTUAL: "actual",
    Role.TARGET: "target",
    Role.NARRATIVE: "narrative",
    Role.DEPARTMENT: "department",
    Role.RATE: "rate",
    Role.RATING: "rating",
    Role.REMARKS: "remarks",
    Role.UNIT: "unit",
    Role.OTHER: "other",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the sheet says around a header band.

    ``near``    the year that a bare 23年度 is read towards.
    ``titled``  the one year of the title rows: that of values whose header names none anywhere.
    ``labels``  of stacked values (実績値, 目標値), in order; empty where values do not stand under each other.
    ``steps``   what the upper and the lower row of a programme hold, as a legend says.
    """

    near: FiscalYear | None = None
    titled: FiscalYear | None = None
    labels: tuple[str, ...] = ()
    steps: tuple[str, str] | None = None
    settings: Sequence[ColumnSetting] = ()
    known: Sequence[Column] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    header: str
    span: Span
    areas: tuple[Area, ...]
    own: tuple[str, ...] = ()
    blue: bool = False
    row: str = ""
    role: Role | None = None


class HeaderReader:
    """Reads header bands with the lines of 設定 that correct the reading, or with the plan's columns when a copy is read.

    A plan repeats its header above each group of rows, and every form has it again: a band is understood once.
    """

    def __init__(self, settings: Sequence[ColumnSetting] = (), known: Sequence[Column] = ()) -> None:
        self._settings, self._known = settings, known
        self._understood: dict[tuple[object, ...], tuple[Column, ...]] = {}

    def columns(self, band: HeaderCells, body_spans: frozenset[Span], around: Surroundings) -> tuple[Column, ...]:
        """The columns of one header band.

        ``band``: each header area (rows relative to the band) → its text and fill. ``body_spans``: the column spans
        that occur in the blocks below.
        """
        said = (tuple(band.items()), body_spans, around)
        columns = self._understood.get(said)
        if columns is None:
            if len(self._understood) >= _MOST_BANDS:
                self._understood.clear()
            columns = _columns(band, body_spans, replace(around, settings=self._settings, known=self._known))
            self._understood[said] = columns
        return columns


def _columns(band: HeaderCells, body_spans: frozenset[Span], around: Surroundings) -> tuple[Column, ...]:
    fields = [part for one in _fields(band, body_spans, around) for part in _stacked(one, around)]
    columns = [_column(one, around) for one in fields]
    columns = _only_one(_only_one(columns, Role.NAME), Role.NUMBER)
    columns = _inherited_years(columns, around)
    return _unique_keys(_corrected(columns, around))


# ------------------------------------------------------------------------------------------------------------ fields
def _fields(band: HeaderCells, body_spans: frozenset[Span], around: Surroundings) -> list[_Field]:
    by_span: dict[Span, list[Area]] = {}
    for area in sorted(band):
        by_span.setdefault((area.left, area.right), []).append(area)
    known = {fold(column.header) for column in around.known}

    def is_field(span: Span) -> bool:
        own = fold(joined(band[area][0] for area in by_span[span]))
        return span[0] == span[1] or span in body_spans or own in known

    spans = [span for span in sorted(by_span) if is_field(span)]
    parents = [area for span in by_span if span not in spans for area in by_span[span]]
    fields = []
    for span in spans:
        own = by_span[span]
        above = sorted(p for p in parents if p.left <= span[0] and p.right >= span[1] and p.top < own[0].top)
        header = joined(band[area][0] for area in (*above, *own))
        if header:
            texts = tuple(joined([band[area][0]]) for area in own)
            blue = any(is_blue(band[area][1]) for area in own)
            fields.append(_Field(header, span, (*above, *own), texts, blue))
    return fields


def _stacked(one: _Field, around: Surroundings) -> list[_Field]:
    """A field whose body holds several kinds of value under each other, as one field a kind."""
    said = [text for text in one.own if (role := worded_role(text)) in _VALUES and role is not None]
    if len({worded_role(text) for text in said}) == 2 and len(said) == 2:
        before = joined([one.header.removesuffix(joined(one.own)), *(t for t in one.own if t not in said)])
        return [_part(one, before, text, row) for text, row in zip(said, (UPPER, LOWER), strict=True)]
    pair = steps(one.header)
    if pair is not None:
        before = one.header[: one.header.index("上段")].rstrip("（( 　")
        return [_part(one, before, text, row) for text, row in zip(pair, (UPPER, LOWER), strict=True)]
    if worded_role(one.header) is not None or year_of(one.header, around.near) is None:
        return [one]
    if around.labels:
        return [_part(one, one.header, label, label) for label in around.labels]
    if around.steps is not None and len(fold(one.header)) <= 12:
        return [_part(one, one.header, text, row) for text, row in zip(around.steps, (UPPER, LOWER), strict=True)]
    return [one]


def _part(one: _Field, before: str, text: str, row: str) -> _Field:
    header = joined([before, text])
    # only the cell that asks for actuals is meant by a blue header over several kinds
    blue = one.blue and row_label(text) is Role.ACTUAL
    return replace(one, header=header, row=row, role=row_label(text), blue=blue)


# ----------------------------------------------------------------------------------------------------------- columns
def _column(one: _Field, around: Surroundings) -> Column:
    role = one.role or role_of(one.header, around.near)
    filler = Filler.DEPARTMENT if one.blue and not around.settings else None
    column = Column("", role, one.header, one.span[0], one.span[1], None, filler, Sharing.OWN, one.areas, one.row)
    return _with_role(column, role, year_of(one.header, around.near))


def _with_role(column: Column, role: Role, year: FiscalYear | None) -> Column:
    key = _KEYS[role]
    if role is Role.OTHER:
        key = f"other:{fold(column.header)}"
    elif role in _YEARLY and year is not None:
        key = f"{key}:{year.year}"
    sharing = Sharing.SHARED if role in _SHARED else Sharing.DERIVED if role is Role.RATE else Sharing.OWN
    kept = year if role in _YEARLY or role is Role.NARRATIVE else None
    return replace(column, key=key, role=role, year=kept, sharing=sharing)


def _only_one(columns: list[Column], role: Role) -> list[Column]:
    """One column of a role that a row can have only once; where a 施策名 stands beside the 事業名, the latter."""
    same = [column for column in columns if column.role is role]
    if len(same) < 2:
        return columns
    chosen = next((c for c in same if "事業" in c.header or "取組" in c.header), same[0])
    return [_with_role(c, Role.OTHER, None) if c in same and c is not chosen else c for c in columns]


def _inherited_years(columns: list[Column], around: Surroundings) -> list[Column]:
    """Years of value columns whose header names none: 達成率 has that of the value left of it; where no header
    names a year at all, the title's."""
    if not any(c.year for c in columns if c.role in _VALUES):
        if around.titled is None:
            return columns
        return [
            _with_role(c, c.role, around.titled) if c.role in (Role.ACTUAL, Role.RATE, Role.RATING) else c
            for c in columns
        ]
    result: list[Column] = []
    last: FiscalYear | None = None
    for column in columns:
        if column.role in (Role.ACTUAL, Role.TARGET) and column.year:
            last = column.year
        missing = column.role is Role.RATE and column.year is None
        result.append(_with_role(column, column.role, last) if missing and last else column)
    return result


def _corrected(columns: Sequence[Column], around: Surroundings) -> list[Column]:
    """The columns as 設定 corrects them, or as the plan knows them when a copy is read.

    Several columns under one header text are told apart by what they were read as, else by their order.
    """
    lines: dict[str, list[ColumnSetting]] = {}
    for line in around.settings:
        lines.setdefault(fold(line.header), []).append(line)
    known: dict[str, list[Column]] = {}
    for column in around.known:
        known.setdefault(fold(column.header), []).append(column)
    seen: dict[str, int] = {}
    result = []
    for column in columns:
        folded = fold(column.header)
        nth = seen[folded] = seen.get(folded, 0) + 1
        if same := known.get(folded):
            mine = next((k for k in same if k.key == column.key), same[min(nth, len(same)) - 1])
            here = replace(mine, left=column.left, right=column.right, header_areas=column.header_areas)
            result.append(replace(here, row=column.row))
        elif settings := lines.get(folded):
            result.append(_set(column, _line_for(column, settings, nth)))
        else:
            result.append(column)
    return result


def _line_for(column: Column, lines: Sequence[ColumnSetting], nth: int) -> ColumnSetting:
    if len(lines) == 1:
        return lines[0]
    as_read = (line for line in lines if line.role is column.role and line.year == column.year)
    return next(as_read, lines[min(nth, len(lines)) - 1])


def _set(column: Column, line: ColumnSetting) -> Column:
    role, year = line.role or column.role, line.year or column.year
    column = _with_role(column, role, year)
    return replace(column, filler=line.filler, sharing=line.sharing or column.sharing, divides=line.divides is True)


def _unique_keys(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The same columns, a second one of a key marked ``~2``."""
    taken: set[str] = set()
    unique = []
    for column in columns:
        key, count = column.key, 1
        while key in taken:
            count += 1
            key = f"{column.key}~{count}"
        taken.add(key)
        unique.append(replace(column, key=key))
    return tuple(unique)
