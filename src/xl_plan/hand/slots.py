"""A plan's sheets seen so that rows put in, moved or divided between pages do not matter.

Every row belongs to a programme, or to the gap behind one (headings, headers, notes), or to the gap at the top of its
sheet; there it has its number in order. Every cell is named by its row's owner and its column. The same look at the
plan, at the workbook as it was written and at the one that a person edited gives names that can be held against one
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple, Protocol

from xl_plan.cells import EMPTY, Area, Cell, Position, Sheet, Style, a1
from xl_plan.hand.handwork import AddedRows, Item
from xl_plan.hand.rowmatch import Texts, align
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import is_blank
from xl_plan.model import Band, BandKind, Block, Column, Plan, Programme, Role, Spot, Table
from xl_plan.remembered import ByIdentity

Slot = tuple[str, int]  # owner, row in order
OUTSIDE = "欄外"  # cells of a programme's rows that are in no column of the table
UNMARKED = "///"  # the look of a cell that nobody marked
FORMULA = "（数式）"  # stands for every formula that is no reference: its rows move


class Seen(NamedTuple):
    """A cell: ``spot`` where it stands, ``cell`` with references resolved and divided texts joined, ``formula`` as it
    stands there."""

    spot: Spot
    text: str
    cell: Cell
    formula: str | None = None

    @property
    def look(self) -> str:
        """What a hand marks a cell with, and what every program keeps: fill, colour, bold, struck, underlined."""
        return look_of(self.cell)


def look_of(cell: Cell) -> str:
    """A cell's marks in one text, the same for the same look however it is stored."""
    if not cell.runs:
        return _plain_look(cell.style)
    style, font = cell.style, cell.style.font
    fill = "" if style.fill in (None, "#FFFFFF") else style.fill or ""
    stretches: list[tuple[str, int]] = []
    for run in cell.runs:
        marks = _marks(run.bold, run.strike, run.underline) + _ink(run.colour)
        if stretches and stretches[-1][0] == marks:
            stretches[-1] = (marks, stretches[-1][1] + len(run.text))
        elif run.text:
            stretches.append((marks, len(run.text)))
    if len(stretches) == 1 and cell.runs:  # a text of one run is read back as a plain cell that looks so
        run = cell.runs[0]
        font = replace(
            font,
            bold=run.bold or font.bold,
            strike=run.strike or font.strike,
            underline=run.underline or font.underline,
            colour=run.colour or font.colour,
        )
    runs = ";".join(f"{length}{marks}" for marks, length in stretches) if len(stretches) > 1 else ""
    return f"{fill}/{_ink(font.colour)}/{_marks(font.bold, font.strike, font.underline)}/{runs}"


@ByIdentity
def _plain_look(style: Style) -> str:
    """The marks of a style, of a cell whose text is of one piece."""
    font = style.font
    fill = "" if style.fill == "#FFFFFF" else style.fill or ""
    return f"{fill}/{_ink(font.colour)}/{_marks(font.bold, font.strike, font.underline)}/"


def _marks(bold: bool, strike: bool, underline: bool) -> str:
    return "b" * bold + "s" * strike + "u" * underline


def _ink(colour: str | None) -> str:
    return "" if colour in (None, "#000000") else colour or ""


@dataclass(frozen=True, slots=True)
class Observed:
    """The sheets of a plan, cell by cell and row by row, under names that do not depend on positions.

    ``rows``    slot → sheet, first and last row.
    ``gaps``    the owner of a gap → the texts of its rows.
    ``added``   slot → rows put in behind it (index -1: right at the start of the gap).
    ``starts``  the slots before which a page ends.
    ``names``   a programme's key as it reads here → the key by which it is known.
    ``lefts``   sheet → the first column of each column of the table.
    ``strays``  cells of columns that were put in between known ones: (sheet, address, text).
    """

    cells: Mapping[Item, Seen]
    rows: Mapping[Slot, tuple[str, int, int]]
    heights: Mapping[Slot, float]
    gaps: Mapping[str, tuple[Texts, ...]]
    added: Mapping[Slot, tuple[AddedRows, ...]]
    starts: frozenset[Slot]
    widths: Mapping[tuple[str, int], float]
    names: Mapping[str, str]
    lefts: Mapping[str, Mapping[str, int]]
    strays: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known already: ``names`` the programmes by their keys here (others are taken for added rows), ``gaps``
    the rows that were there, ``lefts`` where each column of a sheet stood."""

    names: Mapping[str, str]
    gaps: Mapping[str, Sequence[Texts]]
    lefts: Mapping[str, Mapping[str, int]]


class Rows(Protocol):
    """What is looked at: a plan, or no more of it than its tables and rows."""

    @property
    def tables(self) -> tuple[Table, ...]: ...

    @property
    def programmes(self) -> tuple[Programme, ...]: ...


def observe(plan: Rows, reference: Reference | None = None) -> Observed:
    """Look at a plan, for itself or against what is known."""
    known = {p.key: p.key for p in plan.programmes} if reference is None else dict(reference.names)
    result = _Result()
    for table in plan.tables:
        _Table(table, plan, known, reference, result).look()
    return Observed(
        MappingProxyType(result.cells),
        MappingProxyType(result.rows),
        MappingProxyType(result.heights),
        MappingProxyType({owner: tuple(rows) for owner, rows in result.gaps.items()}),
        MappingProxyType({slot: tuple(rows) for slot, rows in result.added.items()}),
        frozenset(result.starts),
        MappingProxyType(result.widths),
        MappingProxyType(known),
        MappingProxyType(_lefts(plan)),
        tuple(result.strays),
    )


def reference_of(plan: Plan, names: Mapping[str, str], changed: Mapping[Item, str]) -> Reference:
    """A plan as what is known of a workbook made of it, with some texts changed; ``names`` as in :class:`Reference`."""
    known = {p.key: p.key for p in plan.programmes}
    tables = (_Table(table, plan, known, None, _Result()) for table in plan.tables)
    gaps = {owner: rows for table in tables for owner, rows in table.gaps()}
    return Reference(names, _with_changed(gaps, changed), _lefts(plan))


def _lefts(plan: Rows) -> dict[str, dict[str, int]]:
    return {table.sheet.name: {c.key: c.left for c in table.columns} for table in plan.tables}


def _with_changed(gaps: Mapping[str, Sequence[Texts]], changed: Mapping[Item, str]) -> dict[str, tuple[Texts, ...]]:
    """The rows of each gap with some texts changed."""
    by_row: dict[tuple[str, int], dict[int, str]] = {}
    for (owner, item), text in changed.items():
        number, _, col = item.partition(":")
        if number.isdecimal() and int(number) < len(gaps.get(owner, ())):
            by_row.setdefault((owner, int(number)), {})[int(col)] = text
    result = {owner: tuple(rows) for owner, rows in gaps.items()}
    for (owner, index), texts in by_row.items():
        rows = result[owner]
        new = {**dict(rows[index]), **texts}
        row = tuple((col, text) for col, text in sorted(new.items()) if not is_blank(text))
        result[owner] = (*rows[:index], row, *rows[index + 1 :])
    return result


@dataclass(slots=True)
class _Result:
    cells: dict[Item, Seen] = field(default_factory=dict)
    rows: dict[Slot, tuple[str, int, int]] = field(default_factory=dict)
    heights: dict[Slot, float] = field(default_factory=dict)
    gaps: dict[str, list[Texts]] = field(default_factory=dict)
    added: dict[Slot, list[AddedRows]] = field(default_factory=dict)
    starts: set[Slot] = field(default_factory=set)
    widths: dict[tuple[str, int], float] = field(default_factory=dict)
    strays: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is no programme's: a heading, a header, a note; ``last`` where merged cells reach further down."""

    first: int
    last: int
    kind: BandKind


class _Table:
    """One sheet looked at."""

    def __init__(
        self,
        table: Table,
        plan: Rows,
        names: Mapping[str, str],
        reference: Reference | None,
        result: _Result,
    ) -> None:
        self.table, self.sheet, self.result = table, table.sheet, result
        self.reference = None if reference is None else reference.gaps
        lefts = None if reference is None else reference.lefts.get(table.sheet.name)
        self.col = _Columns(table, lefts)
        self.known_of = ByIdentity(self.col.those_known)
        self.lines: dict[int, list[tuple[str, Programme]]] = {}
        for p in plan.programmes:
            if p.sheet == table.sheet.name and p.key in names:
                self.lines.setdefault(p.block.first, []).append((names[p.key], p))
        self.blocks: dict[int, Block] = {}
        for block in table.blocks:
            self.blocks.setdefault(block.first, block)
        self.merges = table.sheet.merge_map()
        self.columns: dict[int, list[int]] = {}
        for row, col in sorted(table.sheet.cells):
            self.columns.setdefault(row, []).append(col)
        self.used: set[Position] = set()
        self.slot_of: dict[int, Slot] = {}  # first row of a slot → the slot

    def look(self) -> None:
        for owner, gap, lines in self._stretches():
            self._gap(owner, gap)
            if lines:
                self._block(self.blocks[lines[0][1].block.first], lines)
        self._breaks()
        for col, width in self.sheet.widths.items():
            at = self.col.known(col)
            if at is not None:
                self.result.widths[self.sheet.name, at] = width

    def gaps(self) -> Iterator[tuple[str, list[Texts]]]:
        """Each gap by its owner, with the texts of its rows."""
        for owner, gap, _ in self._stretches():
            yield owner, [self._texts(row) for row in gap]

    def _stretches(self) -> Iterator[tuple[str, list[_Row], list[tuple[str, Programme]]]]:
        """From top to bottom: a gap's owner, its rows, and the programmes of the block that ends it."""
        owner, gap = f"@{self.sheet.name}", list[_Row]()
        for band in self.table.bands:
            lines = self.lines.get(band.first, []) if band.kind is BandKind.BLOCK else []
            if lines:
                yield owner, gap, lines
                owner, gap = f">{lines[0][0]}", []
            elif not band.repeated and not (band.kind is BandKind.BLOCK and band.first not in self.blocks):
                gap += [_Row(first, last, band.kind) for first, last in self._logical(band.first, band.last)]
        yield owner, gap, []

    def _logical(self, first: int, last: int) -> list[tuple[int, int]]:
        """The rows in which some cell begins, each with the rows that only make it higher."""
        begins = [row for row in range(first, last + 1) if row == first or self._begins(row)]
        return [(row, end - 1) for row, end in zip(begins, [*begins[1:], last + 1], strict=True)]

    def _begins(self, row: int) -> bool:
        columns = self.columns.get(row, [])
        starts = any((row, c) not in self.merges or self.merges[row, c].top == row for c in columns)
        return starts or not any((row, c) in self.merges for c in columns)

    # -------------------------------------------------------------------------------------------------- programmes
    def _block(self, block: Block, lines: Sequence[tuple[str, Programme]]) -> None:
        owner = lines[0][0]
        for key, programme in lines:
            places_of = programme.block.places
            columns = self.known_of(programme.block.columns)
            for item, places, seen in self._of_columns(key, programme, columns):
                if self.used.isdisjoint(places):
                    self.result.cells[item] = seen
            self.used.update(place for column in columns for place in places_of.get(column.key, ()))
        first, last = block.parts[0] if block.parts else (block.first, block.last)
        for index, (top, bottom) in enumerate(self._logical(first, last)):
            self._slot((owner, index), top, bottom, whole=len(block.parts) < 2)
            for col in self.columns.get(top, ()):
                if (top, col) not in self.used:
                    self._loose(owner, f"{OUTSIDE} {index}", (top, col))

    def _of_columns(
        self, key: str, programme: Programme, columns: Sequence[Column]
    ) -> Iterator[tuple[Item, tuple[Position, ...], Seen]]:
        cells, texts = programme.cells, programme.texts
        for column in columns:
            places = programme.block.places.get(column.key, ())
            if column.role is Role.DEPARTMENT:
                for index, place in enumerate(places):
                    cell = self.sheet.at(*place)
                    name = column.key if index == 0 else f"{column.key}#{index + 1}"
                    yield (key, name), (place,), Seen((self.sheet.name, place), _shown(cell), cell, cell.formula)
            elif places:
                cell, formula = cells.get(column.key, EMPTY), self.sheet.cells.get(places[0], EMPTY).formula
                text = FORMULA if cell.formula is not None else texts.get(column.key, "")
                yield (key, column.key), places, Seen((self.sheet.name, places[0]), text, cell, formula)

    # -------------------------------------------------------------------------------------------------------- gaps
    def _gap(self, owner: str, rows: Sequence[_Row]) -> None:
        texts = [self._texts(row) for row in rows]
        self.result.gaps[owner] = texts
        numbers: Sequence[int | None] = range(len(rows))
        if self.reference is not None:
            numbers = align(self.reference.get(owner, ()), texts)
        before, run = -1, list[_Row]()
        for row, number in zip(rows, numbers, strict=True):
            if number is None:
                if row.kind is not BandKind.HEADER:  # one that stands again at the top of a page was not put in
                    run.append(row)
                continue
            self._put_in((owner, before), run)
            before, run = number, []
            self._slot((owner, number), row.first, row.last, whole=True)
            for col in self.columns.get(row.first, ()):
                self._loose(owner, str(number), (row.first, col))
        self._put_in((owner, before), run)

    def _texts(self, row: _Row) -> Texts:
        cells = ((self.col.known(col), self.sheet.at(row.first, col)) for col in self.columns.get(row.first, ()))
        return tuple((col, _shown(cell)) for col, cell in cells if col is not None and not cell.blank)

    def _put_in(self, slot: Slot, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        right = max((c.right for c in self.table.columns), default=0)
        self.result.added.setdefault(slot, []).append(_added(self.sheet, rows, self.columns, right))

    def _loose(self, owner: str, row: str, place: Position) -> None:
        cell = self.sheet.at(*place)
        area = self.merges.get(place)
        if cell.blank or (area is not None and (area.top, area.left) != place):
            return
        text = FORMULA if cell.formula is not None else _shown(cell)
        col = self.col.known(place[1])
        if col is None:
            self.result.strays.append((self.sheet.name, a1(*place), text))
        else:
            self.result.cells[owner, f"{row}:{col}"] = Seen((self.sheet.name, place), text, cell, cell.formula)

    # ------------------------------------------------------------------------------------------------------ layout
    def _slot(self, slot: Slot, first: int, last: int, *, whole: bool) -> None:
        self.result.rows[slot] = (self.sheet.name, first, last)
        self.slot_of[first] = slot
        heights = [self.sheet.heights.get(row) for row in range(first, last + 1)]
        if whole and None not in heights:
            self.result.heights[slot] = sum(height or 0 for height in heights)

    def _breaks(self) -> None:
        """Each page break by the row it stands before; those that divide a programme are the layout's own."""
        bands = sorted(self.table.bands, key=lambda band: band.first)
        for row in self.sheet.page.row_breaks:
            slot = self._begun(bands, row)
            if slot is not None:
                self.result.starts.add(slot if slot[0][:1] in ("@", ">") else (slot[0], 0))

    def _begun(self, bands: Sequence[Band], row: int) -> Slot | None:
        """The slot with which the page that begins at ``row`` begins; headers that stand again are passed over."""
        at = next((n for n, band in enumerate(bands) if band.first <= row <= band.last), len(bands))
        first = row
        while at < len(bands) and self._stands_again(bands[at]):
            at += 1
            first = bands[at].first if at < len(bands) else row
        if at >= len(bands):
            return None
        block = self.blocks.get(bands[at].first)
        divided = block is not None and len(block.parts) > 1
        return self.slot_of.get(first) or (None if divided else self.slot_of.get(bands[at].first))

    def _stands_again(self, band: Band) -> bool:
        return band.repeated or (band.kind is BandKind.HEADER and band.first not in self.slot_of)


class _Columns:
    """The columns of a sheet as they are known: a column that was put in moves those behind it."""

    def __init__(self, table: Table, lefts: Mapping[str, int] | None) -> None:
        self.lefts = lefts
        self.moved: dict[int, int] = {}
        for column in table.columns:
            if lefts is not None and column.key in lefts:
                for col in range(column.left, column.right + 1):
                    self.moved[col] = lefts[column.key] - column.left

    def those_known(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(c for c in columns if self.lefts is None or c.key in self.lefts)

    def known(self, col: int) -> int | None:
        """Where a column stands among the known ones, None for one that was put in between them."""
        if not self.moved:
            return col
        if col in self.moved:
            return col + self.moved[col]
        before = max((c for c in self.moved if c < col), default=None)
        after = min((c for c in self.moved if c > col), default=None)
        ends = {self.moved[c] for c in (before, after) if c is not None}
        return col + ends.pop() if len(ends) == 1 else None


def _shown(cell: Cell) -> str:
    return shown(cell.value, cell.style.number_format)


def _added(sheet: Sheet, rows: Sequence[_Row], columns: Mapping[int, Sequence[int]], right: int) -> AddedRows:
    """Rows put in by hand, so that all of them prints: a text that runs over its neighbours gets their room, and every
    text breaks where its cell ends."""
    cells: dict[Position, Cell] = {}
    heights: dict[int, float] = {}
    index = {row.first: n for n, row in enumerate(rows)}
    merges = [area for area in sheet.merges if area.top in index]
    kept = [_within(area, rows, index) for area in merges]
    for n, row in enumerate(rows):
        filled = []
        for col in columns.get(row.first, ()):
            cell = sheet.at(row.first, col)
            style = cell.style if cell.blank else replace(cell.style, wrap=True, shrink=False)
            cells[n, col] = replace(cell, style=style, formula=None)
            filled += [] if cell.blank else [col]
        if len(filled) == 1 and filled[0] < right and not any(area.top <= n <= area.bottom for area in kept):
            kept.append(Area(n, filled[0], n, right))
        known = [sheet.heights.get(at) for at in range(row.first, row.last + 1)]
        if None not in known:
            heights[n] = sum(height or 0 for height in known)
    single = tuple(area for area in kept if not area.single)
    return AddedRows(len(rows), MappingProxyType(cells), single, MappingProxyType(heights))


def _within(area: Area, rows: Sequence[_Row], index: Mapping[int, int]) -> Area:
    """A merged area in the rows that were put in: those that only made a row higher are not counted."""
    top = index[area.top]
    bottom = max(n for n, row in enumerate(rows) if n == top or row.first <= area.bottom)
    return Area(top, area.left, max(top, bottom), area.right)
