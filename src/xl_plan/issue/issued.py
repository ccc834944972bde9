"""The hidden sheet of a form: what was issued, cell by cell. Written into every form and read back from what returns.

Plain cells, one line a cell, so that it survives any program that keeps sheets at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from xl_plan.cells import Cell, Position, Sheet, Style, a1, parse_a1
from xl_plan.model import ISSUED_SHEET, CellKey, Issued, Spot

FORMAT = "xl-plan 1"
_HEAD = ("形式", "計画", "年度", "部局", "発行番号", "種別")
_COLUMNS = ("事業", "列", "記入", "シート", "セル", "発行時の内容")
_TEXT = Style(number_format="@")


def issued_sheet(issued: Issued, where: Mapping[CellKey, Spot]) -> Sheet:
    """The very hidden sheet that carries ``issued``; ``where`` says at which place of the form each cell stands."""
    head = (FORMAT, issued.title, issued.year, issued.department, str(issued.issue), issued.kind)
    lines: list[tuple[str, ...]] = [*zip(_HEAD, head, strict=True), (), _COLUMNS]
    for key, text in issued.cells.items():
        sheet, position = where.get(key, ("", (0, 0)))
        owned = "○" if key in issued.owned else ""
        lines.append((*key, owned, sheet, a1(*position) if sheet else "", text))
    texts = {text: Cell(text, _TEXT) for line in lines for text in line if text}  # most stand in many lines
    cells: dict[Position, Cell] = {
        (row, col): texts[text] for row, line in enumerate(lines) for col, text in enumerate(line) if text
    }
    return Sheet(ISSUED_SHEET, MappingProxyType(cells), state="veryHidden")


def read_issued(sheet: Sheet) -> tuple[Issued, Mapping[CellKey, Spot]] | None:
    """What a form's hidden sheet says, and where each cell stood; None when it is not such a sheet."""
    if not any(_text(sheet.at(row, 0)) == _HEAD[0] for row in range(len(_HEAD))):
        return None  # every sheet of every file is asked
    rows: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for (row, col), cell in sheet.cells.items():
        rows[row][col] = _text(cell)
    lines = sorted(rows.items())
    head = {line.get(0, ""): line.get(1, "") for row, line in lines if row < len(_HEAD)}
    if not head.get("形式", "").startswith("xl-plan"):
        return None
    start = next((n for n, (_, line) in enumerate(lines, 1) if (line.get(0), line.get(1)) == _COLUMNS[:2]), len(lines))
    cells: dict[CellKey, str] = {}
    owned: set[CellKey] = set()
    where: dict[CellKey, Spot] = {}
    for _, line in lines[start:]:
        programme = line.get(0)
        if not programme:
            continue
        key = (programme, line.get(1, ""))
        cells[key] = line.get(5, "")
        if line.get(2):
            owned.add(key)
        position = _position(line.get(4, ""))
        if position is not None:
            where[key] = (line.get(3, ""), position)
    number = head.get("発行番号", "")
    issued = Issued(
        title=head.get("計画", ""),
        year=head.get("年度", ""),
        department=head.get("部局", ""),
        issue=int(number) if number.isdecimal() else 0,
        kind=head.get("種別", "") or "form",
        cells=MappingProxyType(cells),
        owned=frozenset(owned),
    )
    return issued, MappingProxyType(where)


def _text(cell: Cell) -> str:
    return "" if cell.value is None else str(cell.value)


def _position(address: str) -> Position | None:
    try:
        return parse_a1(address)
    except ValueError:
        return None
