"""Merged areas as XML, of which a pillar's sheet has several a programme."""

from __future__ import annotations

from itertools import product

from xl_plan.cells import Area, Sheet
from xl_plan.excel.write_limits import UnwritableCell


def merges_of(sheet: Sheet) -> str:
    """The merged areas of a sheet, "" for none. Raises UnwritableCell for one that another overlaps."""
    areas = sorted(area for area in sheet.merges if not area.single)
    if not areas:
        return ""
    _check_apart(sheet.name, areas)
    cells = "".join(f'<mergeCell ref="{area.a1}"/>' for area in areas)
    return f'<mergeCells count="{len(areas)}">{cells}</mergeCells>'


def _check_apart(sheet: str, areas: list[Area]) -> None:
    covered: set[tuple[int, int]] = set()
    for area in areas:
        cells = set(product(range(area.top, area.bottom + 1), range(area.left, area.right + 1)))
        if not covered.isdisjoint(cells):
            raise UnwritableCell(sheet, area.a1, "merge-overlap")
        covered |= cells
