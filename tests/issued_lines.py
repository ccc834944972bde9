"""What a form's hidden sheet says, for tests that fill forms with another program."""

from __future__ import annotations

from typing import NamedTuple

import openpyxl

from xl_plan.cells import Cell, Sheet, a1
from xl_plan.issue.issued import read_issued
from xl_plan.model import ISSUED_SHEET


class IssuedLine(NamedTuple):
    """A cell as it was issued: the programme's key, the column's, whether it is to be filled, where it stands."""

    key: str
    column: str
    owned: bool
    sheet: str
    cell: str


def issued_lines(book: openpyxl.Workbook) -> list[IssuedLine]:
    """Every issued cell of a form."""
    cells = {(c.row - 1, c.column - 1): Cell(c.value) for row in book[ISSUED_SHEET].iter_rows() for c in row}
    said = read_issued(Sheet(ISSUED_SHEET, cells))
    assert said is not None
    issued, where = said
    return [IssuedLine(*key, key in issued.owned, where[key][0], a1(*where[key][1])) for key in issued.cells]
