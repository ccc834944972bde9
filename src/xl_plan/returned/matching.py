"""Which returned row is which programme, and which returned cell is which cell of the plan.

Four witnesses speak for a row: its 番号, its 事業名 with 評価指標, the place where the hidden sheet says it was issued,
and the prefilled cells that it still carries. The 番号 decides where none contradicts it; where two contradict each
other the row is not taken, and a finding says so. Columns are found by their headers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import DEFAULT_STYLE, Book, Cell, Position, Sheet, a1
from xl_plan.comparison import plain, usual_format
from xl_plan.findings import Finding, Place, found
from xl_plan.issue.issued import read_issued
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold, fold_number
from xl_plan.meaning.values import is_blank
from xl_plan.model import OWN_SHEETS, BandKind, Block, CellKey, Column, Plan, Programme, Returned, Role, Spot, Table
from xl_plan.remembered import once_for_each
from xl_plan.rules.files import ROW_UNKNOWN
from xl_plan.rules.returned import ROW_UNCLEAR
from xl_plan.tables.table import HeaderReader, table_with


@dataclass(frozen=True, slots=True)
class Row:
    """A returned block and the programme that it is. ``known``: the plan's columns that it has, each with its places."""

    programme: Programme
    sheet: Sheet
    block: Block
    known: tuple[tuple[Column, tuple[Position, ...]], ...]


def returned_tables(book: Book, plan: Plan) -> Mapping[str, Table]:
    """Every sheet of a returned workbook that holds a table of programmes, by its name."""
    readers, other = _readers(plan)
    tables = {}
    for sheet in book.sheets:
        if sheet.name in OWN_SHEETS or read_issued(sheet) is not None:
            continue
        table = table_with(readers.get(sheet.name, other), sheet)
        if table is not None and table.blocks:
            tables[sheet.name] = table
    return MappingProxyType(tables)


@once_for_each
def _readers(plan: Plan) -> tuple[Mapping[str, HeaderReader], HeaderReader]:
    """A reader for each sheet's headers that knows its columns, and one that knows those of all sheets."""
    every = tuple({c.key: c for table in plan.tables for c in table.columns}.values())
    return {table.sheet.name: HeaderReader((), table.columns) for table in plan.tables}, HeaderReader((), every)


def header_texts(tables: Mapping[str, Table]) -> frozenset[str]:
    """The folded text of every header cell."""
    texts = set()
    for table in tables.values():
        rows = {r for band in table.bands if band.kind is BandKind.HEADER for r in range(band.first, band.last + 1)}
        texts |= {fold(str(cell.value)) for (row, _), cell in table.sheet.cells.items() if row in rows and cell.value}
    return frozenset(texts)


# ------------------------------------------------------------------------------------------------------ which rows
class _Names:
    """The plan's rows by what stands in them."""

    def __init__(self, plan: Plan) -> None:
        self.numbers = {p.key: p for p in plan.programmes}
        self.names: dict[tuple[str, str], list[Programme]] = {}
        self.lines: dict[str, list[Programme]] = {}
        for p in plan.programmes:
            self.lines.setdefault(fold_number(_plan_text(p, Role.NUMBER)), []).append(p)
            self.names.setdefault(_name_key(_plan_text(p, Role.NAME), _plan_text(p, Role.INDICATOR)), []).append(p)


_names = once_for_each(_Names)


class _Witnesses:
    """The plan's rows by everything that a returned row may be known by."""

    def __init__(self, plan: Plan, spots: Mapping[CellKey, Spot], tables: Mapping[str, Table]) -> None:
        rows = _names(plan)
        self.numbers, self.names, self.lines = rows.numbers, rows.names, rows.lines
        issued = {(sheet, place[0]): key for (key, column), (sheet, place) in spots.items() if column == "number"}
        self.places = {at: self.numbers[key] for at, key in issued.items() if key in self.numbers}
        self.claimed = {
            fold_number(_cell_text(table.sheet, block, Role.NUMBER))
            for table in tables.values()
            for block in table.blocks
        }

    def programme(self, sheet: Sheet, block: Block) -> tuple[Programme | None, bool]:
        """The programme that a block is, None for none; and whether its witnesses contradict one another."""
        number = fold_number(_cell_text(sheet, block, Role.NUMBER))
        numbered = self.numbers.get(number)
        key = _name_key(_cell_text(sheet, block, Role.NAME), _cell_text(sheet, block, Role.INDICATOR))
        named = self.names.get(key, []) if key[0] else []
        placed = self.places.get((sheet.name, block.first))
        if number and len(self.lines.get(number, ())) > 1:
            line = _line(self.lines[number], named, sheet, block)
            return line, line is None
        if numbered is not None and (numbered in named or not named):
            return numbered, False
        if numbered is not None:
            return self._most_heard(numbered, named, placed, sheet, block)
        free = [p for p in named if p.key not in self.claimed]
        if len(free) > 1:
            free = [p for p in free if p is placed] or [p for p in free if _resembles(p, sheet, block)]
        if len(free) == 1:
            return free[0], False
        if placed is not None and placed.key not in self.claimed and not named and _resembles(placed, sheet, block):
            return placed, False
        return None, bool(free)

    def _most_heard(
        self, numbered: Programme, named: Sequence[Programme], placed: Programme | None, sheet: Sheet, block: Block
    ) -> tuple[Programme | None, bool]:
        """番号 says one programme, 事業名 another: the place and the prefilled cells decide, or nobody does."""
        votes = Counter({numbered.key: 1})
        for programme in named:
            votes[programme.key] += 1
        if placed is not None:
            votes[placed.key] += 1
        for programme in (numbered, *named):
            votes[programme.key] += _resembles(programme, sheet, block)
        (first, most), *others = votes.most_common(2)
        if most >= 2 and (not others or others[0][1] < most):
            return self.numbers[first], False
        return None, True


def _line(same: Sequence[Programme], named: Sequence[Programme], sheet: Sheet, block: Block) -> Programme | None:
    """Which of the rows of one number a block is: by its indicator, its department, its place among them."""
    rows = [p for p in same if p in named] or list(same)
    department = fold(_cell_text(sheet, block, Role.DEPARTMENT))
    rows = [p for p in rows if department in {fold(d.name) for d in p.departments}] or rows
    if len(rows) > 1:
        rows = [p for p in rows if _resembles(p, sheet, block)] or rows
    if len(rows) > 1:
        rows = [p for p in rows if p.block.line == block.line] or rows
    return rows[0] if len(rows) == 1 else None


def _resembles(programme: Programme, sheet: Sheet, block: Block) -> bool:
    """Whether at least half of a row's prefilled cells, number and name aside, still say what the plan says."""
    same = total = 0
    for column in programme.block.columns:
        text = programme.text(column.key)
        if column.filler is not None or column.role in (Role.NUMBER, Role.NAME, Role.DEPARTMENT) or is_blank(text):
            continue
        total += 1
        place = next(iter(block.places.get(column.key, ())), None)
        if place is not None:
            cell = sheet.at(*place)
            returned = shown(cell.value, cell.style.number_format)
            same += plain(returned) == plain(text) or cell.value == programme.cell(column.key).value
    return total > 0 and 2 * same >= total


def match_rows(
    plan: Plan, tables: Mapping[str, Table], spots: Mapping[CellKey, Spot], file: str, department: str
) -> tuple[list[Row], list[Finding]]:
    """Each returned block with the programme that it is; a finding for a block that is none."""
    witnesses = _Witnesses(plan, spots, tables)
    pairing = _Pairing()
    rows: list[Row] = []
    findings: list[Finding] = []
    for table in tables.values():
        for block in table.blocks:
            programme, unclear = witnesses.programme(table.sheet, block)
            if programme is not None:
                rows.append(Row(programme, table.sheet, block, pairing.known(programme, block)))
            else:
                findings.append(_stranger(table.sheet, block, file, department, unclear))
    return rows, findings


def _stranger(sheet: Sheet, block: Block, file: str, department: str, unclear: bool) -> Finding:
    number, name = _cell_text(sheet, block, Role.NUMBER), _cell_text(sheet, block, Role.NAME)
    role = Role.NUMBER if number else Role.NAME
    at = next((p for c in block.columns if c.role is role for p in block.places.get(c.key, ())), (block.first, 0))
    place = Place(file, sheet.name, a1(*at), number)
    asked = [
        f"{c.header}「{text}」"
        for c in block.columns
        if c.filler is not None and not is_blank(text := _column_text(sheet, block, c))
    ]
    answers = f"（記入：{'、'.join(asked)}）" if asked else ""
    rule = ROW_UNCLEAR if unclear else ROW_UNKNOWN
    return found(rule, place, department=department, got=number or name, name=name, answers=answers)


def _name_key(name: str, indicator: str) -> tuple[str, str]:
    return fold(name), fold(indicator)


def _plan_text(programme: Programme, role: Role) -> str:
    return next((programme.text(c.key) for c in programme.with_role(role)), "")


def _cell_text(sheet: Sheet, block: Block, role: Role) -> str:
    return next((_column_text(sheet, block, column) for column in block.columns if column.role is role), "")


def _column_text(sheet: Sheet, block: Block, column: Column) -> str:
    for place in block.places.get(column.key, ())[:1]:
        cell = sheet.at(*place)
        return shown(cell.value, cell.style.number_format)
    return ""


# ----------------------------------------------------------------------------------------------------- which cells
class CellReader:
    """Reads a returned cell as it was meant to be shown.

    Programs that save .xls or .ods reach us without number formats: there a bare number is shown in the format that
    the form gave its cell, so that 87.20% does not come back as 0.872. What such a file calls a date is believed only
    as long as no prefilled number has become one: format numbers that one program gives out are dates to another.
    """

    def __init__(self, book: Book, rows: Sequence[Row]) -> None:
        self.formatless = not any(
            cell.style.font != DEFAULT_STYLE.font or cell.style.border != DEFAULT_STYLE.border or cell.style.fill
            for sheet in book.sheets
            for cell in sheet.cells.values()
        )
        self.false_dates = self.formatless and any(_became_date(row) for row in rows)

    def read(self, row: Row, column: Column, places: Sequence[Position]) -> Returned:
        """What stands in a column of a row: the parts of a divided text joined."""
        cell = row.sheet.at(*places[0])
        if len(places) > 1:
            parts = [row.sheet.at(*place) for place in places]
            cell = cell.with_value("".join(str(part.value) for part in parts if part.value is not None))
        if self.formatless and isinstance(cell.value, (int, float)) and self._is_bare(cell):
            cell = _in_format_of(row.programme, column, cell)
        return Returned(row.sheet.name, a1(*places[0]), cell, shown(cell.value, cell.style.number_format))

    def _is_bare(self, cell: Cell) -> bool:
        return cell.style.number_format == "General" or (self.false_dates and _is_moment(cell))


def _is_moment(cell: Cell) -> bool:
    return cell.style.number_format.startswith(("yyyy", "h:mm", "[h]"))


def _became_date(row: Row) -> bool:
    """Whether a prefilled number of a row came back as a date though it is none in the plan."""
    for column, places in row.known:
        planned = row.programme.cell(column.key)
        if column.filler is not None or not places or not isinstance(planned.value, (int, float)):
            continue
        cell = row.sheet.at(*places[0])
        if cell.value == planned.value and _is_moment(cell) and not _is_moment(planned):
            return True
    return False


def _in_format_of(programme: Programme, column: Column, cell: Cell) -> Cell:
    own = programme.cell(column.key).style.number_format
    usual = usual_format(programme, column, own) if column.role is Role.ACTUAL and column.filler else own
    return replace(cell, style=replace(cell.style, number_format=usual))


def returned_cells(rows: Sequence[Row], reader: CellReader) -> dict[CellKey, list[Returned]]:
    """Every returned cell of the plan's columns by its key, more than one where a row came more than once."""
    seen: dict[CellKey, list[Returned]] = {}
    for row in rows:
        for column, places in row.known:
            if column.role is Role.DEPARTMENT:
                for index, place in enumerate(places):
                    key = column.key if index == 0 else f"{column.key}#{index + 1}"
                    seen.setdefault((row.programme.key, key), []).append(reader.read(row, column, (place,)))
            elif places:
                seen.setdefault((row.programme.key, column.key), []).append(reader.read(row, column, places))
    return seen


class _Pairing:
    """Which returned column is which of the plan's. Rows under one header share their columns: they are paired once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[tuple[Column, str], ...]] = {}

    def known(self, programme: Programme, block: Block) -> tuple[tuple[Column, tuple[Position, ...]], ...]:
        """The plan's columns that a returned block has, each with its places there."""
        both = (id(programme.block.columns), id(block.columns))
        pairs = self._known.get(both)
        if pairs is None:
            pairs = self._known[both] = _pairs(programme.block.columns, block.columns)
        return tuple((column, block.places.get(key, ())) for column, key in pairs)


def _pairs(planned_columns: Sequence[Column], returned: Sequence[Column]) -> tuple[tuple[Column, str], ...]:
    """The plan's columns that were returned, each with its key there.

    A column whose header is the plan's to the letter goes before one that was only understood to mean the same.
    """
    planned = {column.key: column for column in planned_columns}
    by_header = {fold(column.header): column for column in planned.values()}
    taken: dict[str, str] = {}
    for column in returned:
        same = planned.get(column.key)
        # several columns may stand under one header text: the reading has told these apart already
        exact = same if same and fold(same.header) == fold(column.header) else by_header.get(fold(column.header))
        if exact is not None:
            taken.setdefault(exact.key, column.key)
    for column in returned:
        if fold(column.header) not in by_header and column.key in planned:
            taken.setdefault(column.key, column.key)
    return tuple((planned[key], there) for key, there in taken.items())


def unknown_columns(row: Row) -> Iterator[tuple[Column, Position]]:
    """Columns of a returned block that the plan does not have, with the cell of this row."""
    used = {place for _, places in row.known for place in places}
    for column in row.block.columns:
        for place in row.block.places.get(column.key, ()):
            if place not in used:
                yield column, place
