"""One worksheet part, assembled to a :class:`Sheet`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Literal, NamedTuple

from xl_plan.cells import (
    EMPTY,
    MAX_COLUMNS,
    MAX_ROWS,
    Area,
    Oddity,
    Page,
    Position,
    Protection,
    Sheet,
    a1,
)
from xl_plan.excel.package import Attributes, Package, Relation, Walker, related, truth
from xl_plan.excel.richtext import RichString, unescape
from xl_plan.excel.rows import Budget, Rows, number
from xl_plan.excel.styles import Styles
from xl_plan.excel.unreadable import UnreadableWorkbook
from xl_plan.excel.validations import Validations, area_or_none

PAPERS = {"8": "A3", "9": "A4", "11": "A5", "12": "B4", "13": "B5"}

_LARGE_MERGE = 10_000  # positions; a merge beyond is cut to what the sheet uses
_MAX_MERGES = 100_000
_MAX_LISTED = 100_000  # validations' areas, notes, links, breaks: those beyond are not stored
_MAX_WIDTH = 255.0

_SINGLE = (
    "sheetPr/tabColor",
    "sheetPr/pageSetUpPr",
    "sheetViews/sheetView",
    "sheetView/pane",
    "worksheet/autoFilter",
    "worksheet/sheetProtection",
    "worksheet/printOptions",
    "worksheet/pageMargins",
    "worksheet/pageSetup",
)

State = Literal["visible", "hidden", "veryHidden"]


class Entry(NamedTuple):
    """What the workbook part says of a sheet."""

    name: str
    state: State
    kind: str  # worksheet, chartsheet, dialogsheet …
    part: str


@dataclass(slots=True)
class Shared:
    """What all sheets of a workbook draw on."""

    package: Package
    styles: Styles
    strings: list[str | RichString]
    date1904: bool
    budget: Budget
    oddities: list[Oddity] = field(default_factory=list)


def _float(attributes: Attributes, name: str, default: float) -> float:
    value = number(attributes.get(name, ""))
    return float(value) if isinstance(value, int | float) else default


def _int(attributes: Attributes, name: str, default: int) -> int:
    value = number(attributes.get(name, ""))
    return int(value) if isinstance(value, int | float) and abs(value) < 1e9 else default


def _size(area: Area) -> int:
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)


@dataclass(slots=True)
class _Columns:
    """The ``col`` elements; they may name ranges up to the sheet's end, so they are spread only over what is used."""

    ranges: list[tuple[int, int, Attributes]] = field(default_factory=list)

    def add(self, attributes: Attributes) -> None:
        first, last = _int(attributes, "min", 0) - 1, _int(attributes, "max", 0) - 1
        if 0 <= first <= last and len(self.ranges) < MAX_COLUMNS:
            self.ranges.append((first, min(last, MAX_COLUMNS - 1), attributes))

    def spread(self, end: int) -> tuple[dict[int, float], frozenset[int], frozenset[int]]:
        widths: dict[int, float] = {}
        hidden: set[int] = set()
        outline: set[int] = set()
        left = 4 * MAX_COLUMNS  # ranges of a hostile file may overlap
        for first, last, attributes in self.ranges:
            cols = range(first, min(last, end, first + left) + 1)
            left -= len(cols)
            width = _float(attributes, "width", -1.0)
            if 0 <= width <= _MAX_WIDTH:
                widths.update(dict.fromkeys(cols, _characters(width)))
            if truth(attributes, "hidden"):
                hidden.update(cols)
            if _int(attributes, "outlineLevel", 0) > 0:
                outline.update(cols)
        return widths, frozenset(hidden), frozenset(outline)


class SheetReader:
    """Collects what a worksheet part says, and puts it together."""

    def __init__(self, shared: Shared, entry: Entry) -> None:
        self._shared, self._entry = shared, entry
        self._rows = Rows(shared.strings, shared.styles, shared.budget, shared.date1904)
        self._columns = _Columns()
        self._validations = Validations()
        self._merges: list[Area] = []
        self._links: list[Attributes] = []
        self._breaks: list[int] = []
        self._one: dict[str, Attributes] = {}  # elements of which a sheet has one
        self._texts: dict[str, str] = {}

    def read(self) -> Sheet:
        """The sheet of the part that the entry names."""
        package, part = self._shared.package, self._entry.part
        relations = package.relations(part)
        walker = Walker(
            self._starts(),
            self._ends(),
            skip="worksheet/customSheetViews",  # other people's views repeat the page setup
            delegate="worksheet/sheetData",
            to=self._rows,
        )
        package.feed(part, walker)
        cells = self._rows.cells
        name = self._entry.name
        self._shared.oddities += (Oddity("no-number", name, a1(*at), text) for at, text in self._rows.no_numbers)
        last_row = max(map(itemgetter(0), cells), default=0)
        last_col = max(map(itemgetter(1), cells), default=0)
        merges = tuple(self._bounded(last_row, last_col))
        self._attach_links(relations)
        self._attach_notes(relations)
        used = max([last_col, *(area.right for area in merges)])
        widths, hidden, outline = self._columns.spread(used)
        view = self._one.get("sheetView", {})
        return Sheet(
            name=name,
            cells=cells,
            merges=merges,
            heights=self._rows.heights,
            widths=widths,
            hidden_rows=frozenset(self._rows.hidden),
            hidden_columns=hidden,
            outline_columns=outline,
            state=self._entry.state,
            page=self._page(),
            validations=tuple(self._validations.found),
            protection=self._protection(),
            freeze=self._freeze(),
            filter=area_or_none(self._one.get("autoFilter", {}).get("ref", "")),
            tab_colour=self._shared.styles.colours.resolve(self._one.get("tabColor")),
            gridlines=truth(view, "showGridLines", True),
            zoom=_int(view, "zoomScale", 100),
        )

    def _starts(self) -> dict[str, Callable[[Attributes], object]]:
        starts: dict[str, Callable[[Attributes], object]] = {
            "cols/col": self._columns.add,
            "mergeCells/mergeCell": self._merge,
            "hyperlinks/hyperlink": self._link,
            "rowBreaks/brk": self._break,
            "dataValidations/dataValidation": self._validations.start,
        }
        starts.update({path: self._keeps(path.rpartition("/")[2]) for path in _SINGLE})
        return starts

    def _keeps(self, name: str) -> Callable[[Attributes], object]:
        return lambda attributes: self._one.setdefault(name, attributes)

    def _ends(self) -> dict[str, Callable[[str], object]]:
        return {
            "dataValidation/formula1": self._validations.formula,
            "formula1/f": self._validations.formula,
            "dataValidation/sqref": self._validations.areas,
            "dataValidations/dataValidation": self._validations.end,
            "headerFooter/oddHeader": lambda text: self._texts.setdefault("header", unescape(text)),
            "headerFooter/oddFooter": lambda text: self._texts.setdefault("footer", unescape(text)),
        }

    def _merge(self, attributes: Attributes) -> None:
        area = area_or_none(attributes.get("ref", ""))
        if area is not None and not area.single:
            self._merges.append(area)
        if len(self._merges) > _MAX_MERGES:
            raise UnreadableWorkbook("too-large", "merged areas")

    def _link(self, attributes: Attributes) -> None:
        if len(self._links) < _MAX_LISTED:
            self._links.append(attributes)

    def _break(self, attributes: Attributes) -> None:
        row = _int(attributes, "id", 0)
        if 0 < row < MAX_ROWS and len(self._breaks) < _MAX_LISTED:
            self._breaks.append(row)

    def _bounded(self, last_row: int, last_col: int) -> Iterator[Area]:
        """The merges, none larger than the sheet's use: whoever walks their positions must come to an end."""
        covered = 0
        for area in self._merges:
            if _size(area) > _LARGE_MERGE:
                bottom, right = max(area.top, min(area.bottom, last_row)), max(area.left, min(area.right, last_col))
                area = Area(area.top, area.left, bottom, right)  # noqa: PLW2901
            covered += _size(area)
            if covered > self._shared.package.limits.merged:
                raise UnreadableWorkbook("too-large", "positions under merged areas")
            yield area

    def _attach_links(self, relations: Mapping[str, Relation]) -> None:
        for attributes in self._links:
            area = area_or_none(attributes.get("ref", ""))
            relation = relations.get(related(attributes))
            place = attributes.get("location", "")
            target = (relation.target if relation else "") + (f"#{place}" if place else "")
            if area is not None and target:
                position = (area.top, area.left)
                self._rows.cells[position] = replace(self._rows.cells.get(position, EMPTY), link=target)

    def _attach_notes(self, relations: Mapping[str, Relation]) -> None:
        package = self._shared.package
        parts = sorted({relation.target for relation in relations.values() if relation.kind == "comments"})
        for part in parts:
            for position, text in read_notes(package, part, _MAX_LISTED).items():
                self._rows.cells[position] = replace(self._rows.cells.get(position, EMPTY), note=text)

    def _page(self) -> Page:
        setup, margins = self._one.get("pageSetup", {}), self._one.get("pageMargins", {})
        paper = setup.get("paperSize", "9")
        fit = None
        if truth(self._one.get("pageSetUpPr", {}), "fitToPage"):
            fit = (_int(setup, "fitToWidth", 1), _int(setup, "fitToHeight", 1))
        return Page(
            paper=PAPERS.get(paper, paper),
            landscape=setup.get("orientation") == "landscape",
            left=_float(margins, "left", 0.7),
            right=_float(margins, "right", 0.7),
            top=_float(margins, "top", 0.75),
            bottom=_float(margins, "bottom", 0.75),
            head_margin=_float(margins, "header", 0.3),
            foot_margin=_float(margins, "footer", 0.3),
            scale=_int(setup, "scale", 100),
            fit=fit,
            header=self._texts.get("header", ""),
            footer=self._texts.get("footer", ""),
            row_breaks=tuple(sorted(set(self._breaks))),
            centre=truth(self._one.get("printOptions", {}), "horizontalCentered"),
        )

    def _protection(self) -> Protection | None:
        says = self._one.get("sheetProtection", {})
        if not truth(says, "sheet"):
            return None
        # The attributes say what is locked, and everything is unless it says otherwise.
        return Protection(
            format_columns=not truth(says, "formatColumns", True),
            format_rows=not truth(says, "formatRows", True),
            filter_rows=not truth(says, "autoFilter", True),
        )

    def _freeze(self) -> Position | None:
        pane = self._one.get("pane", {})
        if pane.get("state") not in {"frozen", "frozenSplit"}:
            return None
        position = (max(_int(pane, "ySplit", 0), 0), max(_int(pane, "xSplit", 0), 0))
        return position if any(position) else None


def read_notes(package: Package, part: str, limit: int) -> dict[Position, str]:
    """The classic notes of a comments part by position; what threads leave there for older programs is one too."""
    notes: dict[Position, str] = {}
    pieces: list[str] = []
    at: Area | None = None

    def start(attributes: Attributes) -> None:
        nonlocal at
        pieces.clear()
        at = area_or_none(attributes.get("ref", ""))

    def end(_: str) -> None:
        if at is not None and len(notes) < limit:
            notes[at.top, at.left] = unescape("".join(pieces))

    ends = {"text/t": pieces.append, "r/t": pieces.append, "commentList/comment": end}
    package.walk(part, {"commentList/comment": start}, ends)
    return notes


def _characters(width: float) -> float:
    """Characters of the Normal font in a column of a file's ``width``, which counts 5 pixels of padding as well.

    Rounded up to hundredths, so that the writer's whole pixels come out as they were read.
    """
    pixels = int(width * 7 + 0.5)
    if pixels < 12:
        return pixels / 12
    return math.ceil((pixels - 5) / 7 * 100) / 100
