"""Live references: how a relisted row's cell refers to its original's, and how such a formula is read back.

``IF(J8="","",J8)`` rather than ``J8``, because a bare reference shows a blank as 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from xl_plan.cells import Cell, Position, Sheet, a1, parse_a1

_TARGET = r"(?:\$?'((?:[^']|'')+)'!|\$?([^\s'!()=,\"]+)!)?(\$?[A-Z]{1,3}\$?[0-9]{1,7})"
_GUARDED = re.compile(rf'(?:_xlfn\.)?IF\(\s*{_TARGET}\s*=\s*""\s*[,;]\s*""\s*[,;]\s*{_TARGET}\s*\)', re.IGNORECASE)
_BARE = re.compile(_TARGET)
_MAX_CHAIN = 16


def reference(sheet: str, position: Position, within: str) -> str:
    """The formula (without ``=``) of a cell on ``within`` that repeats the cell at ``position`` of ``sheet``."""
    quoted = sheet.replace("'", "''")
    target = a1(*position) if sheet == within else f"'{quoted}'!{a1(*position)}"
    return f'IF({target}="","",{target})'


def parse_reference(formula: str, within: str) -> tuple[str, Position] | None:
    """(sheet, position) that a formula repeats; None when it is any other formula."""
    text = formula.strip()
    match = _GUARDED.fullmatch(text)
    if match is not None:
        if (*match.group(1, 2), _address(match[3])) != (*match.group(4, 5), _address(match[6])):
            return None
    else:
        match = _BARE.fullmatch(text)
        if match is None:
            return None
    sheet = (match[1] or match[2] or within).replace("''", "'")
    return sheet, parse_a1(_address(match[3]))


def _address(text: str) -> str:
    return text.replace("$", "").upper()


def resolved(cell: Cell, within: str, sheets: Mapping[str, Sheet]) -> Cell:
    """The cell with a reference replaced by the constant it finally refers to.

    Cached results are never used for references: programs that save without calculating leave old ones. A formula that
    is no reference, or one that leads nowhere, is returned as it is.
    """
    if cell.formula is None:
        return cell
    current, sheet = cell, within
    for _ in range(_MAX_CHAIN):
        if current.formula is None:
            return replace(cell, value=current.value, formula=None, runs=current.runs, error=current.error)
        target = parse_reference(current.formula, sheet)
        if target is None or target[0] not in sheets:
            return cell
        sheet = target[0]
        current = sheets[sheet].at(*target[1])
    return cell
