"""The rows of a sheet as XML: every cell and every height."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from xl_plan.cells import Cell, Sheet, a1, column_name
from xl_plan.excel.write_cells import Prepared, run_font
from xl_plan.excel.write_limits import MAX_FORMULA, UnwritableCell, check_number, check_text
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
from xl_plan.excel.write_styles import Numbers

_ERROR = re.compile(r"#[A-Z0-9/_]+[!?]?")


def shared_texts(sheets: Iterable[tuple[Sheet, Prepared]]) -> Strings:
    """The texts of all plain cells, in the order in which they are met from sheet to sheet.

    Raises UnwritableCell for the first text that Excel could not hold.
    """
    strings = Strings()
    for sheet, prepared in sheets:
        for place in prepared.places:
            cell = prepared.cells[place]
            value = cell.value
            if not value or not isinstance(value, str) or cell.formula is not None or cell.error or cell.runs:
                continue
            if strings.meet(value):
                check_text(sheet.name, a1(*place), value)
    return strings


def rows_of(sheet: Sheet, prepared: Prepared, looks: Numbers, strings: Strings) -> Rows:
    """The rows of a sheet: every cell and every height.

    Raises UnwritableCell for the first cell that Excel could not hold as it is meant.
    """
    renderer = _Renderer(sheet.name, looks, strings)
    heads = _heads(sheet)
    bare = deque(sorted(heads))  # rows with a height that have not been written yet
    parts: list[str] = []
    current = -1
    for place in prepared.places:
        row, col = place
        written = renderer.cell(row, col, prepared.cells[place])
        if not written:
            continue
        if row != current:
            if current >= 0:
                parts.append("</row>")
            while bare and bare[0] < row:
                parts.append(f'<row r="{bare[0] + 1}"{heads[bare.popleft()]}/>')
            if bare and bare[0] == row:
                bare.popleft()
            parts.append(f'<row r="{row + 1}"{heads.get(row, "")}>')
            current = row
        parts.append(written)
    if current >= 0:
        parts.append("</row>")
    parts += (f'<row r="{row + 1}"{heads[row]}/>' for row in bare)
    return Rows("".join(parts), renderer.extent())


def _heads(sheet: Sheet) -> dict[int, str]:
    """The attributes of each row that has a height or is hidden."""
    heads = {}
    for row in sheet.heights.keys() | sheet.hidden_rows:
        points = sheet.heights.get(row)
        tall = "" if points is None else f' ht="{written_height(points):.16g}"'
        hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
        heads[row] = tall + hidden + (' customHeight="1"' if tall else "")
    return heads


class _Renderer:
    """Cells of one sheet as XML."""

    def __init__(self, sheet: str, looks: Numbers, strings: Strings) -> None:
        self._sheet = sheet
        self._looks = looks
        self._strings = strings
        self._columns: dict[int, str] = {}
        self._rows: list[int] = []

    def cell(self, row: int, col: int, cell: Cell) -> str:
        """The element of a cell; "" for one that has neither value nor look."""
        name = self._columns.get(col)
        if name is None:
            name = self._columns[col] = column_name(col)
        look = self._looks.attribute(cell.style)
        value = cell.value
        if cell.formula is None and not cell.error and not cell.runs:
            if value is None or value == "":
                if not look:
                    return ""
                end = "/>"
            elif isinstance(value, str):
                end = f' t="s"><v>{self._strings.place(value)}</v></c>'
            elif isinstance(value, bool):
                end = f' t="b"><v>{int(value)}</v></c>'
            else:
                end = f"><v>{number_text(check_number(self._sheet, a1(row, col), value))}</v></c>"
        else:
            raw = self._unusual(row, col, cell)
            end = f' t="{raw.kind}">{raw.body}</c>'
        if not self._rows:
            self._rows = [row, row]
        self._rows[1] = row
        return f'<c r="{name}{row + 1}"{look}{end}'

    def extent(self) -> str:
        """The area of all cells rendered."""
        if not self._rows:
            return "A1"
        first, last = a1(self._rows[0], min(self._columns)), a1(self._rows[1], max(self._columns))
        return first if first == last else f"{first}:{last}"

    def _unusual(self, row: int, col: int, cell: Cell) -> RawCell:
        """A formula, an error or rich text."""
        address = a1(row, col)
        if isinstance(cell.value, str):
            check_text(self._sheet, address, cell.value)
        if cell.formula is not None:
            return self._formula(cell, address)
        if cell.error:
            if not (isinstance(cell.value, str) and _ERROR.fullmatch(cell.value)):
                raise UnwritableCell(self._sheet, address, "not-an-error", str(cell.value))
            return raw_error(cell.value)
        return raw_rich([RawRun(run.text, run_font(cell.style.font, run)) for run in cell.runs])

    def _formula(self, cell: Cell, address: str) -> RawCell:
        formula = (cell.formula or "").removeprefix("=")
        check_text(self._sheet, address, formula, MAX_FORMULA)
        if not formula:
            raise UnwritableCell(self._sheet, address, "refused", "empty formula")
        result = cell.value
        if isinstance(result, int | float) and not isinstance(result, bool):
            result = check_number(self._sheet, address, result)
        return raw_formula(formula, result, cell.error)
