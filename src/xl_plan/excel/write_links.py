"""Links from cell to cell inside a workbook as XML, of which report sheets have one a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xl_plan.cells import Cell, Position, a1
from xl_plan.excel.write_limits import check_text
from xl_plan.excel.write_package import escape_text

MAX_LINK = 2079
_MAX_LINKS = 65_530  # of a sheet, says Microsoft's list of Excel's limits


def inside(link: str) -> bool:
    """Whether a link leads to a place in the same workbook."""
    return link.startswith("#")


def links_of(sheet: str, cells: Mapping[Position, Cell], places: Sequence[Position]) -> str:
    """The links of these cells that lead inside the workbook.

    Excel repairs a sheet that has more links than it can hold: cells beyond have their text alone. Raises UnwritableCell
    for a link that is too long.
    """
    found = [(place, cells[place].link or "") for place in places]
    room = _MAX_LINKS - sum(not inside(link) for _, link in found)
    return "".join(_link(sheet, place, link) for place, link in [each for each in found if inside(each[1])][:room])


def _link(sheet: str, place: Position, link: str) -> str:
    address = a1(*place)
    target = escape_text(check_text(sheet, address, link, MAX_LINK, "link")[1:]).replace('"', "&quot;")
    return f'<hyperlink ref="{address}" location="{target}"/>'
