"""The rows of a sheet as XML: every cell and every height."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping

from xl_plan.cells import Area, Cell, Position, Sheet, Style, a1, column_name
from xl_plan.excel.write_cells import Prepared, run_font
from xl_plan.excel.write_limits import MAX_FORMULA, UnwritableCell, check_number, check_text
from xl_plan.excel.write_links import links_of
from xl_plan.excel.write_merges import merges_of
from xl_plan.excel.write_package import (
    RawCell,
    RawRun,
    Rows,
    Strings,
    number_text,
    raw_error,
    raw_formula,
    raw_rich,
)
from xl_plan.excel.write_sheet import written_height

_PARTS = 10_000  # of a piece
_ERROR = re.compile(r"#[A-Z0-9/_]+[!?]?")


def rows_of(sheet: Sheet, prepared: Prepared, looks: Mapping[Style, str], strings: Strings) -> Rows:
    """The rows of a sheet: every cell, every height, every merged area and every link inside the workbook.

    Raises UnwritableCell for the first cell that Excel could not hold as it is meant.
    """
    cells = prepared.cells
    heads = _heads(sheet)
    bare = deque(sorted(heads))  # rows with a height that have not been written yet
    pieces: list[bytes] = []
    parts: list[str] = []  # of the piece in the making: a sheet as one text would take more room than its cells
    columns: dict[int, str] = {}
    attributes: dict[int, str] = {}  # style object → attribute, since hashing a style takes its time
    first = current = -1
    for place in prepared.places:  # runs for every cell of a workbook: what is usual is done on the spot
        row, col = place
        cell = cells[place]
        style, value = cell.style, cell.value
        look = attributes.get(id(style))
        if look is None:
            look = attributes[id(style)] = looks.get(style, "")
        if cell.formula is not None or cell.error or cell.runs:
            content = _unusual(sheet.name, place, cell)
        elif value is None or value == "":
            if not look:
                continue
            content = "/>"
        elif isinstance(value, str):
            content = f' t="s"><v>{strings.place(value)}</v></c>'
        else:
            content = _number(sheet.name, place, value)
        if row != current:
            if len(parts) > _PARTS:
                pieces.append("".join(parts).encode())
                parts.clear()
            parts.append(_row_begins(row, current, bare, heads))
            first, current = row if first < 0 else first, row
        name = columns.get(col)
        if name is None:
            name = columns[col] = column_name(col)
        parts.append(f'<c r="{name}{row + 1}"{look}{content}')
    parts += ["</row>"] if current >= 0 else []
    parts += (f'<row r="{row + 1}"{heads[row]}/>' for row in bare)
    extent = Area(first, min(columns), current, max(columns)).a1 if columns else "A1"
    pieces.append("".join(parts).encode())
    return Rows(pieces, extent, links_of(sheet.name, cells, prepared.links), merges_of(sheet))


def _row_begins(row: int, last: int, bare: deque[int], heads: Mapping[int, str]) -> str:
    """The end of the last row, the rows without cells between, and the beginning of this one."""
    parts = ["</row>"] if last >= 0 else []
    while bare and bare[0] < row:
        parts.append(f'<row r="{bare[0] + 1}"{heads[bare.popleft()]}/>')
    if bare and bare[0] == row:
        bare.popleft()
    parts.append(f'<row r="{row + 1}"{heads.get(row, "")}>')
    return "".join(parts)


def _heads(sheet: Sheet) -> dict[int, str]:
    """The attributes of each row that has a height or is hidden."""
    heads = {}
    for row in sheet.heights.keys() | sheet.hidden_rows:
        points = sheet.heights.get(row)
        tall = "" if points is None else f' ht="{written_height(points):.16g}"'
        hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
        heads[row] = tall + hidden + (' customHeight="1"' if tall else "")
    return heads


def _number(sheet: str, place: Position, value: float | bool) -> str:
    """A number or a truth value."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    return f"><v>{number_text(check_number(sheet, a1(*place), value))}</v></c>"


def _unusual(sheet: str, place: Position, cell: Cell) -> str:
    """A formula, an error or rich text."""
    address = a1(*place)
    if isinstance(cell.value, str):
        check_text(sheet, address, cell.value)
    if cell.formula is not None:
        raw = _formula(sheet, address, cell)
    elif not cell.error:
        raw = raw_rich([RawRun(run.text, run_font(cell.style.font, run)) for run in cell.runs])
    elif isinstance(cell.value, str) and _ERROR.fullmatch(cell.value):
        raw = raw_error(cell.value)
    else:
        raise UnwritableCell(sheet, address, "not-an-error", str(cell.value))
    return f' t="{raw.kind}">{raw.body}</c>'


def _formula(sheet: str, address: str, cell: Cell) -> RawCell:
    formula = (cell.formula or "").removeprefix("=")
    check_text(sheet, address, formula, MAX_FORMULA)
    if not formula:
        raise UnwritableCell(sheet, address, "refused", "empty formula")
    result = cell.value
    if isinstance(result, int | float) and not isinstance(result, bool):
        result = check_number(sheet, address, result)
    return raw_formula(formula, result, cell.error)
