"""Links back: from a programme's number on the plan's sheets to its first line in 確認事項."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Position, Sheet, a1, parse_a1
from xl_plan.model import FINDINGS_SHEET, CellKey, Plan, Role, Spot


def with_links_back(
    sheets: Sequence[Sheet], plan: Plan, findings: Sheet, where: Mapping[CellKey, Spot]
) -> tuple[Sheet, ...]:
    """The sheets with these links. The look of the cells stays; LibreOffice shows such numbers in its dark blue, whatever
    their colour. The 配布用 copy has no links."""
    lines = _first_lines(findings, {spot: key for (key, _), spot in where.items()})
    linked: dict[str, dict[Position, str]] = {}
    for programme in plan.programmes:
        row = lines.get(programme.key)
        for column in programme.with_role(Role.NUMBER):
            spot = where.get((programme.key, column.key))
            if spot is not None and row is not None:
                linked.setdefault(spot[0], {})[spot[1]] = f"#'{FINDINGS_SHEET}'!{a1(row, 0)}"
    return tuple(_with(sheet, linked.get(sheet.name, {})) for sheet in sheets)


def _first_lines(findings: Sheet, owners: Mapping[Spot, str]) -> dict[str, int]:
    """A programme's key → the row of its first finding, by the links that lead there."""
    lines: dict[str, int] = {}
    for (row, _), cell in sorted(findings.cells.items()):
        owner = owners.get(_spot(cell.link)) if cell.link else None
        if owner is not None:
            lines.setdefault(owner, row)
    return lines


def _spot(link: str) -> Spot:
    """Where a link of 確認事項 leads."""
    sheet, _, address = link.removeprefix("#'").rpartition("'!")
    return sheet, parse_a1(address)


def _with(sheet: Sheet, links: Mapping[Position, str]) -> Sheet:
    if not links:
        return sheet
    cells: dict[Position, Cell] = dict(sheet.cells)
    for place, link in links.items():
        cells[place] = replace(cells[place], link=cells[place].link or link)
    return replace(sheet, cells=MappingProxyType(cells))
