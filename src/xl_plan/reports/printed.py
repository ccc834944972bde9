"""The ratings that are printed beside the plan's tables: the tool's marks, live over the sheet 達成状況."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell, Position, Sheet, a1
from xl_plan.model import Merged, Spot
from xl_plan.ratings import printed
from xl_plan.reports.progress import NAME
from xl_plan.reports.rated import rating
from xl_plan.reports.rows import standings


def marks_to_print(merged: Merged) -> Mapping[str, str] | None:
    """Each programme's mark, that of a relisted row being its original's; None where 設定 asks for none in print."""
    scale = printed(merged.plan.settings)
    if scale is None:
        return None
    marks = {standing.programme.key: rating(standing, scale).mark for standing in standings(merged)}
    copies = merged.plan.relisting.originals()
    return marks | {copy: marks[original] for copy, original in copies.items() if original in marks}


def with_live_marks(
    sheets: Sequence[Sheet], merged: Merged, spots: Mapping[str, Spot], rated: Mapping[str, Position]
) -> tuple[Sheet, ...]:
    """The plan's sheets with every printed mark as a formula over 達成状況, so that both always say the same.

    ``spots``: where each programme's mark stands; ``rated``: where its rating stands on 達成状況. What a person typed over a
    mark stays.
    """
    copies, marks = merged.plan.relisting.originals(), marks_to_print(merged) or {}
    cells: dict[str, dict[Position, Cell]] = {}
    for key, (sheet, place) in spots.items():
        at = rated.get(copies.get(key, key))
        if at is not None:
            cells.setdefault(sheet, {})[place] = Cell(marks[key], formula=_shown(a1(*at)))
    return tuple(_with(sheet, cells.get(sheet.name, {})) for sheet in sheets)


def _shown(address: str) -> str:
    cell = f"'{NAME}'!{address}"
    return f'IF({cell}="","",{cell})'


def _with(sheet: Sheet, live: Mapping[Position, Cell]) -> Sheet:
    if not live:
        return sheet
    cells = dict(sheet.cells)
    for place, cell in live.items():
        stands = cells.get(place, Cell())
        if stands.value in (cell.value, None):
            cells[place] = replace(cell, style=stands.style)
    return replace(sheet, cells=MappingProxyType(cells))
