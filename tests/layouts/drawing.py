"""A sheet drawn as text: one line a row, cells between bars.

``^`` belongs to the cell above, ``<`` to the cell on the left (both are merged), ``\\n`` is a line break in a cell,
``*`` in front makes the cell blue, ``30 {0000}`` is a number with a format, ``=E5/D5 -> 0.9 {0%}`` a formula with its
result, ``'30`` the text 30. Anything else that is a number is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Area, Book, Border, Cell, Font, Position, Sheet, Style

BLUE = "#9DC3E6"
_THIN = Border("thin", "thin", "thin", "thin")
_PLAIN = Style(font=Font("ＭＳ Ｐゴシック", 11), border=_THIN, wrap=True)


@dataclass(frozen=True)
class Layout:
    """An office's workbook, and what a round on it must ask: (department, row, column) by words that stand there.

    ``row`` is a text that stands in the asked row only, or several joined by `` / `` (the second is searched from the
    row of the first on); ``column`` the text of a header cell above, by ``#2`` the second cell with that text.
    """

    book: Book
    year: str
    asked: tuple[tuple[str, str, str], ...]
    emptied: tuple[tuple[str, str, str], ...] = ()  # cells of the year that nobody is asked for
    changed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # texts that rollover mends

    @property
    def book_sheets(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self.book.sheets)


def drawn(**sheets: str) -> Book:
    """A book of sheets drawn as text; ``_`` in a name is a space."""
    return Book(tuple(_sheet(name.replace("_", " "), text) for name, text in sheets.items()))


def _sheet(name: str, text: str) -> Sheet:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    cells: dict[Position, Cell] = {}
    for r, row in enumerate(rows):
        for c, drawn_cell in enumerate(row):
            if drawn_cell in ("^", "<"):
                cells[r, c] = Cell(None, _PLAIN)
            elif drawn_cell:
                cells[r, c] = _cell(drawn_cell)
            elif len(row) > 1:
                cells[r, c] = Cell(None, _PLAIN)
    width = max(len(row) for row in rows)
    widths = {c: 16.0 if any(len(_at(rows, r, c)) > 12 for r in range(len(rows))) else 9.0 for c in range(width)}
    return Sheet(name, MappingProxyType(cells), tuple(_merges(rows)), widths=MappingProxyType(widths))


def _cell(text: str) -> Cell:
    style = _PLAIN
    if text.startswith("*"):
        text = text[1:]
        style = Style(font=style.font, border=style.border, wrap=True, fill=BLUE)
    if match := re.fullmatch(r"(.*?)\s*\{(.+)\}", text):
        text = match[1]
        style = Style(match[2], style.font, style.fill, style.border, wrap=True)
    if match := re.fullmatch(r"=(.+?) -> (.*)", text):
        return Cell(_value(match[2]), style, formula=match[1])
    return Cell(_value(text), style)


def _value(text: str) -> str | int | float | None:
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
        return float(text)
    return text.replace("\\n", "\n") or None


def _at(rows: list[list[str]], r: int, c: int) -> str:
    return rows[r][c] if c < len(rows[r]) else ""


def _merges(rows: list[list[str]]) -> list[Area]:
    areas = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            right, bottom = c, r
            while _at(rows, r, right + 1) == "<":
                right += 1
            while bottom + 1 < len(rows) and _at(rows, bottom + 1, c) == "^":
                bottom += 1
            if (right, bottom) != (c, r):
                areas.append(Area(r, c, bottom, right))
    return areas
