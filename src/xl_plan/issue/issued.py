"""The hidden sheet of a form: what was issued, cell by cell. Written into every form and read back from what returns.

A head of plain cells, then one line a programme: its cells as a JSON text in pieces, so that damage to a line costs that
line alone. Forms of the first format, one line a cell, are understood.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from xl_plan.celljson import in_pieces, is_piece, joined, json_text, read_json
from xl_plan.cells import Book, Cell, Position, Sheet, Style, a1, parse_a1
from xl_plan.model import ISSUED_SHEET, CellKey, Issued, Spot

FORMAT = "xl-plan 2"
FIRST_FORMAT = "xl-plan 1"
_ANY_FORMAT = re.compile(r"xl-plan [0-9]+")
_HEAD = ("形式", "計画", "年度", "部局", "発行番号", "種別")
_FIRST_COLUMNS = ("事業", "列", "記入", "シート", "セル", "発行時の内容")
_LONG_NUMBER = 10  # digits that no form's number has
_TEXT = Style(number_format="@")
_Lines = Mapping[int, Mapping[int, str]]


class _IssuedCell(NamedTuple):
    """One cell as it was issued. ``spot``: where it stood, None for nowhere."""

    key: CellKey
    text: str
    owned: bool
    spot: Spot | None


def issued_sheet(issued: Issued, where: Mapping[CellKey, Spot]) -> Sheet:
    """The very hidden sheet that carries ``issued``; ``where`` says at which place of the form each cell stands."""
    head = (FORMAT, issued.title, issued.year, issued.department, str(issued.issue), issued.kind)
    lines: list[Iterable[str]] = [*zip(_HEAD, head, strict=True), ()]
    lines += [in_pieces(json_text(line)) for line in _lines(issued, where)]
    cells: dict[Position, Cell] = {
        (row, col): Cell(text, _TEXT) for row, line in enumerate(lines) for col, text in enumerate(line) if text
    }
    return Sheet(ISSUED_SHEET, MappingProxyType(cells), state="veryHidden")


def _lines(
    issued: Issued, where: Mapping[CellKey, Spot]
) -> Iterator[tuple[str, str, Mapping[str, tuple[object, ...]]]]:
    """Each programme with a sheet, and its cells there: column → address, text, and 1 where it is to be filled."""

    def line_of(key: CellKey) -> tuple[str, str]:
        return key[0], where[key][0] if key in where else ""

    for (programme, sheet), keys in groupby(issued.cells, line_of):
        cells = {}
        for key in keys:
            address = a1(*where[key][1]) if key in where else ""
            cells[key[1]] = (address, issued.cells[key], *((1,) if key in issued.owned else ()))
        yield programme, sheet, cells


def issued_in(book: Book) -> tuple[Issued, Mapping[CellKey, Spot]] | None:
    """What the hidden sheet of a workbook says, whatever it is called now; None where there is none."""
    return next((said for sheet in book.sheets if (said := read_issued(sheet)) is not None), None)


def read_issued(sheet: Sheet) -> tuple[Issued, Mapping[CellKey, Spot]] | None:
    """What a form's hidden sheet says, and where each cell stood; None when it is not such a sheet.

    A cell whose line is lost or damaged is not known to have been issued.
    """
    if not any(_text(sheet.at(row, 0)) == _HEAD[0] for row in range(len(_HEAD))):
        return None  # every sheet of every file is asked
    lines: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for (row, col), cell in sheet.cells.items():
        if text := _text(cell):
            lines[row][col] = text
    head = {lines[row].get(0, ""): lines[row].get(1, "") for row in range(len(_HEAD)) if row in lines}
    written = head.get(_HEAD[0], "")
    if not _ANY_FORMAT.fullmatch(written):
        return None
    cells = list(_first_format(lines) if written == FIRST_FORMAT else _second_format(lines))
    number = head.get("発行番号", "")
    issued = Issued(
        title=head.get("計画", ""),
        year=head.get("年度", ""),
        department=head.get("部局", ""),
        issue=int(number) if number.isdecimal() and len(number) < _LONG_NUMBER else 0,
        kind=head.get("種別", "") or "form",
        cells=MappingProxyType({cell.key: cell.text for cell in cells}),
        owned=frozenset(cell.key for cell in cells if cell.owned),
    )
    return issued, MappingProxyType({cell.key: cell.spot for cell in cells if cell.spot is not None})


def _second_format(lines: _Lines) -> Iterator[_IssuedCell]:
    for _, line in sorted(lines.items()):
        if is_piece(line.get(0, "")):
            yield from _cells_of([line.get(col, "") for col in range(len(line))])


def _cells_of(pieces: list[str]) -> list[_IssuedCell]:
    """The cells of a line, none of one that is damaged."""
    try:
        programme, sheet, cells = read_json(joined(pieces))
        made = [
            _IssuedCell((programme, column), text, bool(owned), _spot(sheet, address))
            for column, (address, text, *owned) in cells.items()
        ]
    except (ValueError, TypeError, AttributeError):  # no JSON, or not of this shape
        return []
    texts = (programme, sheet, *(cell.text for cell in made))
    return made if set(map(type, texts)) == {str} else []


def _first_format(lines: _Lines) -> Iterator[_IssuedCell]:
    """One line a cell below a line of headings."""
    in_order = [line for _, line in sorted(lines.items())]
    start = next((n for n, line in enumerate(in_order, 1) if (line.get(0), line.get(1)) == _FIRST_COLUMNS[:2]), None)
    for line in in_order[start:] if start is not None else ():
        programme, column, owned, sheet, address, text = (line.get(col, "") for col in range(len(_FIRST_COLUMNS)))
        if programme:
            yield _IssuedCell((programme, column), text, bool(owned), _spot(sheet, address))


def _text(cell: Cell) -> str:
    return "" if cell.value is None else str(cell.value)


def _spot(sheet: str, address: str) -> Spot | None:
    try:
        return sheet, parse_a1(address)
    except ValueError:
        return None
