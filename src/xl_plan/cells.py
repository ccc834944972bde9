"""A workbook as frozen values.

This module is the whole vocabulary that the rest of the package shares with ``xl_plan.excel``: everything a stage
reads from a workbook or wants written to one is expressed here, and nothing here knows a file format.

Rows and columns are counted from 0 everywhere; only :func:`a1` and :func:`parse_a1` speak Excel's ``B7``.
Column widths are in characters of the Normal font, row heights in points, margins in inches: Excel's own units.
"""

from __future__ import annotations

import copyreg
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767  # characters a cell can hold
MAX_ROW_HEIGHT = 409.5  # points
MAX_BREAKS = 1023  # page breaks that a sheet can hold

Scalar = str | int | float | bool | None
Position = tuple[int, int]


def _frozen(content: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(content)


# The frozen mappings of this package travel between processes; the standard library has no pickle for them.
copyreg.pickle(MappingProxyType, lambda mapping: (_frozen, (dict(mapping),)))

_PLACE = r"\$?([A-Z]{1,3})\$?([0-9]{1,7})"
_A1 = re.compile(_PLACE)
_AREA = re.compile(f"{_PLACE}(?::(?:{_PLACE})?)?")


@cache
def column_name(col: int) -> str:
    """Excel's letters of a column: 0 → ``A``, 26 → ``AA``."""
    name = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


@cache
def _column_index(name: str) -> int:
    col = 0
    for letter in name:
        col = col * 26 + ord(letter) - 64
    return col - 1


def a1(row: int, col: int) -> str:
    """Excel's address of a position: (6, 1) → ``B7``."""
    return f"{column_name(col)}{row + 1}"


# Forms of a plan have their cells and merges at the same places.
@lru_cache(maxsize=16_384)
def parse_a1(address: str) -> Position:
    """The position of an address: ``$B$7`` → (6, 1). Raises ValueError for anything else."""
    match = _A1.fullmatch(address)
    if match is None:
        raise ValueError(f"not a cell address: {address!r}")
    return int(match[2]) - 1, _column_index(match[1])


class Area(NamedTuple):
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        """``B7:C9``, or ``B7`` for a single cell."""
        first = a1(self.top, self.left)
        return first if self.single else f"{first}:{a1(self.bottom, self.right)}"

    @property
    def single(self) -> bool:
        return self.top == self.bottom and self.left == self.right

    def moved(self, rows: int, cols: int = 0) -> Area:
        return Area(self.top + rows, self.left + cols, self.bottom + rows, self.right + cols)

    def __contains__(self, position: object) -> bool:
        if not (isinstance(position, tuple) and len(position) == 2):
            return False
        row, col = position
        return bool(self.top <= row <= self.bottom and self.left <= col <= self.right)


@lru_cache(maxsize=16_384)
def parse_area(reference: str) -> Area:
    """The area of ``B7:C9`` or ``B7``. Raises ValueError for anything else."""
    match = _AREA.fullmatch(reference)
    if match is None:
        raise ValueError(f"not an area: {reference!r}")
    first_col, first_row, last_col, last_row = match.groups()
    top, left = int(first_row) - 1, _column_index(first_col)
    if last_col is None:
        return Area(top, left, top, left)
    bottom, right = int(last_row) - 1, _column_index(last_col)
    if bottom < top:
        top, bottom = bottom, top
    if right < left:
        left, right = right, left
    return Area(top, left, bottom, right)


@dataclass(frozen=True, slots=True)
class Font:
    """``colour`` is ``#RRGGBB``, None for automatic."""

    name: str = "BIZ UDゴシック"
    size: float = 10.5
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Border:
    """Excel's names of line styles (``thin``, ``hair``, ``medium`` …), empty for none."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. ``fill`` is ``#RRGGBB`` with theme, tint and palette resolved, None for no fill."""

    number_format: str = "General"
    font: Font = Font()
    fill: str | None = None
    border: Border = Border()
    horizontal: str = ""
    vertical: str = ""
    wrap: bool = False
    shrink: bool = False
    indent: int = 0
    rotation: int = 0
    locked: bool = True


DEFAULT_STYLE = Style()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one cell's text with its own marks (見え消し, red words)."""

    text: str
    strike: bool = False
    colour: str | None = None
    bold: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    ``value``    text, number or truth value; of a formula its cached result (None: no cache in the file).
    ``formula``  without the leading ``=``; None for a constant.
    ``runs``     given only where the text is not of one piece; their texts joined are ``value``.
    ``error``    the value is an Excel error such as ``#REF!``.
    ``note``     a classic note (コメント), its text.
    ``link``     ``#'sheet'!A1`` inside the book, else the address as written.
    """

    value: Scalar = None
    style: Style = DEFAULT_STYLE
    formula: str | None = None
    runs: tuple[Run, ...] = ()
    error: bool = False
    note: str | None = None
    link: str | None = None

    @property
    def blank(self) -> bool:
        """Neither value nor formula."""
        return self.formula is None and (self.value is None or self.value == "")

    def with_value(self, value: Scalar) -> Cell:
        """The same look around another constant."""
        return replace(self, value=value, formula=None, runs=(), error=False)

    def in_style(self, style: Style) -> Cell:
        """The same content in another look."""
        # Every cell of a book passes here: its fields named cost half of what `replace` does.
        return Cell(self.value, style, self.formula, self.runs, self.error, self.note, self.link)

    def with_formula(self, formula: str) -> Cell:
        """The same cell, its value being what a formula gives."""
        return Cell(self.value, self.style, formula, self.runs, self.error, self.note, self.link)


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Validation:
    """A data validation. ``kind`` is Excel's (``any`` only shows the input message)."""

    areas: tuple[Area, ...]
    kind: Literal["any", "list", "custom", "textLength"] = "any"
    source: str | tuple[str, ...] = ()  # list: the choices or a reference; custom: the formula
    title: str = ""  # of the input message, at most 32 characters
    message: str = ""  # at most 255 characters
    error_style: Literal["stop", "warning", "information"] = "information"
    error_title: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """What a locked sheet still lets people do. No password: a lock is a courtesy."""

    format_columns: bool = True
    format_rows: bool = True
    filter_rows: bool = True


@dataclass(frozen=True, slots=True)
class Highlight:
    """A conditional format: where ``formula`` (seen from the area's first cell, without ``=``) holds, the look changes."""

    area: Area
    formula: str
    fill: str | None = None
    colour: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The printed page. Margins in inches; ``scale`` in per cent, or ``fit`` = pages wide, tall (0 = as many)."""

    paper: str = "A4"
    landscape: bool = False
    left: float = 0.7
    right: float = 0.7
    top: float = 0.75
    bottom: float = 0.75
    head_margin: float = 0.3
    foot_margin: float = 0.3
    scale: int = 100
    fit: tuple[int, int] | None = None
    header: str = ""
    footer: str = ""
    print_area: Area | None = None
    repeat_rows: tuple[int, int] | None = None
    row_breaks: tuple[int, ...] = ()  # a page ends after the row before each of these
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: references such as ``'達成状況'!$B$3:$B$9``, and the cached name.

    ``pattern`` is Excel's name of a hatching, ``dashed`` a line's: series are told apart in grey too.
    """

    name: str
    values: str
    categories: str
    colour: str | None = None
    pattern: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A native Excel chart standing at a cell. ``size`` in pixels; ``alt`` is its text for screen readers; with
    ``percent`` the values are shares of one."""

    at: Position
    kind: Literal["column", "bar", "line"]
    series: tuple[Series, ...]
    title: str = ""
    stacked: bool = False
    size: tuple[int, int] = (480, 288)
    alt: str = ""
    font: str = ""
    percent: bool = False
    labels: bool = False  # each value stands at its bar or point
    offset: tuple[int, int] = (0, 0)  # pixels from the cell's corner


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. ``cells`` holds only cells that have a value or a look."""

    name: str
    cells: Mapping[Position, Cell] = field(default_factory=lambda: MappingProxyType({}))
    merges: tuple[Area, ...] = ()
    heights: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    widths: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    outline_columns: frozenset[int] = frozenset()
    state: Literal["visible", "hidden", "veryHidden"] = "visible"
    page: Page = Page()
    validations: tuple[Validation, ...] = ()
    protection: Protection | None = None
    highlights: tuple[Highlight, ...] = ()
    charts: tuple[Chart, ...] = ()
    freeze: Position | None = None
    filter: Area | None = None
    tab_colour: str | None = None
    gridlines: bool = True
    zoom: int = 100

    def at(self, row: int, col: int) -> Cell:
        """The cell at a position, EMPTY where none is stored."""
        return self.cells.get((row, col), EMPTY)

    def rows(self) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
        """Each row that holds a cell, with its cells from left to right."""
        by_row: dict[int, list[tuple[int, Cell]]] = {}
        for (row, col), cell in sorted(self.cells.items()):
            by_row.setdefault(row, []).append((col, cell))
        yield from by_row.items()

    def texts(self) -> set[str]:
        """Every text that stands in a cell, once: there are fewer texts than cells."""
        values = {cell.value for cell in self.cells.values()}
        return {value for value in values if isinstance(value, str)}

    def merge_map(self) -> dict[Position, Area]:
        """Each covered position → its merged area."""
        return {
            (row, col): area
            for area in self.merges
            for row in range(area.top, area.bottom + 1)
            for col in range(area.left, area.right + 1)
        }

    @property
    def used(self) -> Area | None:
        """The smallest area that holds every cell with content, None for an empty sheet."""
        filled = [position for position, cell in self.cells.items() if not cell.blank]
        if not filled:
            return None
        rows, cols = zip(*filled, strict=True)
        return Area(min(rows), min(cols), max(rows), max(cols))


@dataclass(frozen=True, slots=True)
class Properties:
    """Document properties. Times are fixed by the writer, so that equal content is equal bytes.

    ``modified`` is what a *read* file says of itself (ISO 8601), "" when it says nothing.
    """

    title: str = ""
    subject: str = ""
    author: str = ""
    company: str = ""
    keywords: str = ""
    application: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that a reader noticed and that the values do not show: ``link``, ``dde`` and ``connection`` of the book
    (``text`` says to what), ``no-number`` of a cell (text where the file declares a number)."""

    kind: Literal["link", "dde", "connection", "no-number"]
    sheet: str = ""
    cell: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook. ``names`` are the defined names: name → reference without ``=``. ``kind`` is what a *read* file was
    (``xlsx``, ``xls`` …), whatever its name said."""

    sheets: tuple[Sheet, ...] = ()
    properties: Properties = Properties()
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    date1904: bool = False
    has_macros: bool = False
    oddities: tuple[Oddity, ...] = ()
    kind: str = field(default="", compare=False)

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, None when there is none."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)
