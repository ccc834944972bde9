"""Plan → the round's plan workbook: the year's columns emptied (or added), headers blue, 設定 filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell
from xl_plan.compose import Spot
from xl_plan.fiscal import FiscalYear
from xl_plan.model import Column, Filler, Plan, Programme, Role, Settings
from xl_plan.planbook import PlanBook, all_columns, header_edits, plan_book, usual_format


def open_round(plan: Plan, settings: Settings, year: FiscalYear) -> PlanBook:
    """The plan workbook of the round that asks for the actuals of ``year``.

    ``plan`` must already have that year's column; see :func:`with_year`.
    """
    columns = {column.key: _for_round(column, year) for column in all_columns(plan)}
    edits: dict[Spot, Cell] = header_edits(plan, columns)
    for programme in plan.programmes:
        edits |= _constants(programme)
        for column in programme.block.columns:
            if columns[column.key].filler is not None:
                edits |= _emptied(programme, column)
    settings = replace(
        settings,
        year=year,
        departments=plan.departments,
        columns=(),
        given=True,
    )
    return plan_book(plan, settings, tuple(columns.values()), edits)


def _for_round(column: Column, year: FiscalYear) -> Column:
    asked = column.role is Role.NARRATIVE or (column.role is Role.ACTUAL and column.year == year)
    filler = Filler.DEPARTMENT if asked else None
    if not asked and column.filler in (Filler.OFFICE, Filler.MEETING):
        filler = column.filler
    return replace(column, filler=filler)


def _constants(programme: Programme) -> dict[Spot, Cell]:
    """References and divided texts of the row as constants: a new round starts from values."""
    edits = {}
    for column in programme.block.columns:
        place = programme.place(column.key)
        cell = programme.cells.get(column.key)
        if place is not None and cell is not None and cell.formula is None:
            edits[programme.sheet, place] = cell
    return edits


def _emptied(programme: Programme, column: Column) -> dict[Spot, Cell]:
    edits = {}
    for place in programme.block.places.get(column.key, ()):
        style = programme.cell(column.key).style
        if column.role is Role.ACTUAL:
            style = replace(style, number_format=usual_format(programme, column, style.number_format))
        edits[programme.sheet, place] = Cell(None, style)
    return edits


def with_settings(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """``settings`` with the given, non-empty changes."""
    return replace(settings, **MappingProxyType({k: v for k, v in changes.items() if v}))  # type: ignore[arg-type]
