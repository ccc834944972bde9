"""Links back: from a programme's number on the plan's sheets to its first line in 確認事項."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Position, Sheet, a1
from xl_plan.model import FINDINGS_SHEET, CellKey, Plan, Role, Spot


def with_links_back(
    sheets: Sequence[Sheet], plan: Plan, findings: Sheet, where: Mapping[CellKey, Spot]
) -> tuple[Sheet, ...]:
    """The sheets with these links; the look of the cells stays, so that print shows nothing of them."""
    lines = _first_lines(findings, {_target(spot): key for (key, _), spot in where.items()})
    linked: dict[str, dict[Position, str]] = {}
    for programme in plan.programmes:
        row = lines.get(programme.key)
        for column in programme.with_role(Role.NUMBER):
            spot = where.get((programme.key, column.key))
            if spot is not None and row is not None:
                linked.setdefault(spot[0], {})[spot[1]] = f"#'{FINDINGS_SHEET}'!{a1(row, 0)}"
    return tuple(_with(sheet, linked.get(sheet.name, {})) for sheet in sheets)


def _target(spot: Spot) -> str:
    return f"#'{spot[0]}'!{a1(*spot[1])}"


def _first_lines(findings: Sheet, owners: Mapping[str, str]) -> dict[str, int]:
    """A programme's key → the row of its first finding, by the links that lead there."""
    lines: dict[str, int] = {}
    for (row, _), cell in sorted(findings.cells.items()):
        owner = owners.get(cell.link or "")
        if owner is not None:
            lines.setdefault(owner, row)
    return lines


def _with(sheet: Sheet, links: Mapping[Position, str]) -> Sheet:
    if not links:
        return sheet
    cells: dict[Position, Cell] = dict(sheet.cells)
    for place, link in links.items():
        cells[place] = replace(cells[place], link=cells[place].link or link)
    return replace(sheet, cells=MappingProxyType(cells))
