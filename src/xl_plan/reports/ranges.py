"""Named ranges of the consolidated workbook: its tables and their columns under names that formulas can use.

``=COUNTIF(達成状況_判定,"達成")`` stays right however many rows there are; Excel's name box goes to each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_plan.cells import Area, Sheet, a1
from xl_plan.meaning.numberformat import shown
from xl_plan.model import CellKey, Column, Plan, Role, Spot

_NO_NAME = re.compile(r"\W+")
_COLUMNS_OF = ("達成状況", "データ一覧", "確認事項")  # tables whose columns have names too
_WANTED = {Role.NUMBER: "番号", Role.NAME: "事業名", Role.DEPARTMENT: "担当部局"}


def named_ranges(plan: Plan, where: Mapping[CellKey, Spot], sheets: Sequence[Sheet]) -> dict[str, str]:
    """Name → reference, of the plan's tables and of the report sheets that are one table with a filter."""
    names: dict[str, str] = {}
    pillars = {table.sheet.name for table in plan.tables}
    for sheet in sheets:
        ranges = _pillar(plan, where, sheet) if sheet.name in pillars else _report(sheet)
        for parts, area in ranges:
            names.setdefault(_name(parts), _reference(sheet.name, area))
    return names


def _name(parts: Sequence[str]) -> str:
    return "_".join(_NO_NAME.sub("_", part).strip("_") for part in parts)


def _reference(sheet: str, area: Area) -> str:
    corners = (a1(area.top, area.left), a1(area.bottom, area.right))
    fixed = (re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", corner) for corner in corners)
    return "'" + sheet.replace("'", "''") + "'!" + ":".join(fixed)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a pillar's programmes, and the columns they stand in."""

    top: int
    bottom: int
    columns: Mapping[str, int]


def _pillar(plan: Plan, where: Mapping[CellKey, Spot], sheet: Sheet) -> Iterator[tuple[tuple[str, ...], Area]]:
    """The rows of a pillar's programmes, and of them the columns that are asked for most."""
    rows = _rows(where, sheet)
    if rows is None:
        return
    yield ("計画表", sheet.name), Area(rows.top, min(rows.columns.values()), rows.bottom, max(rows.columns.values()))
    for name, column in _wanted(plan, sheet.name):
        col = rows.columns.get(column.key)
        if col is not None:
            yield ("計画表", sheet.name, name), Area(rows.top, col, rows.bottom, col)


def _rows(where: Mapping[CellKey, Spot], sheet: Sheet) -> _Rows | None:
    ends = {(area.top, area.left): area.bottom for area in sheet.merges}
    places = [(key[1], at) for key, (name, at) in where.items() if name == sheet.name]
    if not places:
        return None
    columns: dict[str, int] = {}
    for key, (_, col) in places:
        columns.setdefault(key, col)
    return _Rows(min(at[0] for _, at in places), max(ends.get(at, at[0]) for _, at in places), columns)


def _wanted(plan: Plan, sheet: str) -> Iterator[tuple[str, Column]]:
    (table,) = (table for table in plan.tables if table.sheet.name == sheet)
    year = plan.settings.year
    for column in table.columns:
        if column.role in _WANTED:
            yield _WANTED[column.role], column
        elif column.role is Role.ACTUAL and year is not None and column.year == year:
            yield "今回の実績値", column


def _report(sheet: Sheet) -> Iterator[tuple[tuple[str, ...], Area]]:
    """A report's table below its filter's head, and its columns by their heads."""
    area = sheet.filter
    if area is None or area.bottom <= area.top:
        return
    yield (sheet.name, "表"), area
    if sheet.name not in _COLUMNS_OF:
        return
    for col in range(area.left, area.right + 1):
        cell = sheet.at(area.top, col)
        head = shown(cell.value, cell.style.number_format).strip()
        if head:
            yield (sheet.name, head), Area(area.top + 1, col, area.bottom, col)
