"""What the checks of values hold an answer against: the row's own past values, targets, unit and way of writing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from xl_plan.findings import Place
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.numberformat import unit_of
from xl_plan.meaning.numerals import UNITS, narrow
from xl_plan.meaning.text import fold_number
from xl_plan.meaning.values import Kind, Meaning, is_blank, meaning, row_unit, same_unit
from xl_plan.model import Column, Plan, Programme, Returned, Role
from xl_plan.remembered import once_for_each

NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.SEVERAL})
_SECOND_ROW = re.compile(r"\[([0-9]+)\]$")  # 11204〔2〕, folded: the second row of that number
_SHOWN_PAST = 5  # values of the history that a message shows
_COUNTED_IN = re.compile(r"[(（]\s*(?:単位\s*[:：]?\s*)?([^()（）]{1,6})\s*[)）]\s*$")


@dataclass(frozen=True, slots=True)
class Past:
    """A value of another year in the row."""

    header: str
    year: FiscalYear | None
    text: str
    meaning: Meaning


@dataclass(frozen=True)
class Row:
    """A programme's values as the plan has them, oldest first; blank ones left out. ``actuals`` are of earlier years."""

    actuals: tuple[Past, ...]
    targets: tuple[Past, ...]
    indicator: str
    stated_unit: str

    @cached_property
    def unit(self) -> str:
        """The unit of the actuals, else of the targets, else the one that is stated beside them."""
        for values in (self.actuals, self.targets):
            if unit := row_unit([past.text for past in values]):
                return unit
        return self.stated_unit

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units of all values that have one."""
        return tuple(p.meaning.unit for p in (*self.actuals, *self.targets) if p.meaning.unit)

    @cached_property
    def in_percent(self) -> bool:
        """Whether the row's values are percentages, as written: a bare 82.3 under 満足度(％) is the row's own way."""
        figures = [p.meaning for p in self.actuals or self.targets if p.meaning.kind in NUMERIC]
        return bool(figures) and same_unit(self.unit, "%") and any("%" in figure.unit for figure in figures)

    @property
    def last(self) -> Past | None:
        return self.actuals[-1] if self.actuals else None

    @cached_property
    def figures(self) -> tuple[Past, ...]:
        """The earlier actuals that are one number in the row's unit."""
        return tuple(p for p in self.actuals if p.meaning.number is not None and same_unit(p.meaning.unit, self.unit))

    @cached_property
    def history(self) -> str:
        """The latest values in words: ``Ｒ3 8,884件、Ｒ4 13,282件``."""
        shown = [f"{p.header.split()[0]} {' '.join(p.text.split())}" for p in self.actuals[-_SHOWN_PAST:]]
        return "、".join(shown) if shown else "ありません"


def row_of(programme: Programme, before: FiscalYear | None, like: Column | None = None) -> Row:
    """The row's values of the years before ``before`` (all years when None).

    Where a year has several columns of values, only those that stand in the same place as ``like`` are its history.
    """
    actuals, targets = [], []
    for column in programme.block.columns:
        if column.role not in (Role.ACTUAL, Role.TARGET) or not _alike(column, like):
            continue
        text = programme.text(column.key)
        if is_blank(text):
            continue
        past = Past(column.header, column.year, text, meaning(text))
        if column.role is Role.TARGET:
            targets.append(past)
        elif before is None or (column.year is not None and column.year < before):
            actuals.append(past)
    actuals.sort(key=_when)
    targets.sort(key=_when)
    indicator = _role_text(programme, Role.INDICATOR)
    return Row(tuple(actuals), tuple(targets), indicator, _stated_unit(programme, indicator, like))


def _alike(column: Column, like: Column | None) -> bool:
    if like is None or not like.yearly:
        return "~" not in column.key
    same_row = column.row == like.row or column.role is not like.role
    return same_row and column.key.partition("~")[2] == like.key.partition("~")[2]


def _when(past: Past) -> int:
    return past.year.year if past.year else 0


def _role_text(programme: Programme, role: Role) -> str:
    return next((programme.text(column.key) for column in programme.with_role(role)), "")


def _stated_unit(programme: Programme, indicator: str, column: Column | None) -> str:
    """The unit of the 単位 column, of the indicator's parentheses, or of the cell's number format."""
    stated = programme.unit or narrow(_role_text(programme, Role.UNIT).strip())
    match = _COUNTED_IN.search(indicator)
    if not stated and match and narrow(match[1]) in UNITS:
        stated = narrow(match[1])
    if not stated and column is not None:
        stated = unit_of(programme.cell(column.key).style.number_format)
    return stated


@once_for_each
def narratives_of(plan: Plan) -> dict[str, str]:
    """Each row's narrative of the year before the round's, as これまでの経過 keeps it, by the row's key."""
    year = plan.settings.year
    last: dict[str, list[str]] = {}
    for line in plan.history:
        if line.item == Role.NARRATIVE.value and year is not None and line.year == year.plus(-1):
            key = _SECOND_ROW.sub(r"~\1", fold_number(line.number))
            last.setdefault(key, []).append(line.text)
    return {key: "\n".join(texts) for key, texts in last.items()}


@dataclass(frozen=True)
class Answer:
    """An owned cell as a check sees it. ``told`` is the row's narrative of the year before, "" where it is not known."""

    programme: Programme
    column: Column
    item: Returned
    place: Place
    department: str
    year: FiscalYear | None
    told: str = ""

    @cached_property
    def row(self) -> Row:
        return row_of(self.programme, self.column.year or self.year, self.column)

    @cached_property
    def meaning(self) -> Meaning:
        return meaning(self.item.text)

    @property
    def text(self) -> str:
        return self.item.text

    @property
    def of_round(self) -> bool:
        """Whether the cell is of the round's year: an earlier one may be asked once more."""
        return self.column.year is None or self.column.year == self.year

    @property
    def is_value(self) -> bool:
        return self.column.role in (Role.ACTUAL, Role.TARGET)

    @property
    def is_actual(self) -> bool:
        return self.column.role is Role.ACTUAL
