"""Plan → the round's plan workbook: the year's columns emptied (or added), headers blue, 設定 filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.book.planbook import PlanBook, all_columns, header_edits, plan_book
from xl_plan.book.secondround import LATER_FILLERS, unmarked
from xl_plan.cells import Cell, Position, Sheet, a1
from xl_plan.comparison import usual_format
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.fiscal import FiscalYear, find_years
from xl_plan.meaning.values import RESERVED
from xl_plan.model import BandKind, Column, Filler, HistoryLine, Plan, Programme, Role, Settings, Spot, Table
from xl_plan.office.history import with_round
from xl_plan.office.recurring import unsettled
from xl_plan.rules.plan import FORMULAS_FIXED
from xl_plan.tables.headerwords import joined, year_of
from xl_plan.tables.references import resolved
from xl_plan.tables.table import read_table
from xl_plan.tables.yearcolumns import moved_headings, with_year
from xl_plan.tables.yearcolumns import renewed as anew

NONE_THIS_YEAR = "－"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan's sheets made ready for a year: constants throughout, the year's columns there, the headings moved on.

    ``columns`` are the lines of 設定 for these sheets, None for a workbook that has no 設定. ``missing`` names the
    sheets on which the year could not be put; ``computed`` what the workbook had formulas for.
    """

    sheets: tuple[Sheet, ...]
    columns: tuple[Column, ...] | None
    settings: Settings
    history: tuple[HistoryLine, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]
    computed: frozenset[Role] = frozenset()


def last_year(period: str) -> FiscalYear | None:
    """The last year of a plan period such as ``R3～R6``."""
    years = [year for year, _, _ in find_years(period)]
    return max(years) if years else None


def prepare(plan: Plan, year: FiscalYear, file: str = "") -> Prepared:
    """The plan's sheets with everything that the round of ``year`` writes on."""
    before = plan.settings.year
    sheets: list[Sheet] = []
    columns: dict[str, Column] = {}
    missing: list[str] = []
    findings: list[Finding] = []
    renewed, leaving = False, set[str]()
    for table in plan.tables:
        fixed, faults = _constants_only(table, plan, file)
        findings += faults
        made = _made_ready(fixed, plan.settings, year)
        if made is None:
            missing.append(table.sheet.name)
            continue
        renewed = renewed or made.renewed
        leaving |= made.leaving
        sheets.append(made.sheet)
        for column in made.columns:
            columns.setdefault(column.key, column)
    new = before is not None and before < year
    kept = plan.history
    if before is not None and new:
        kept = with_round(plan, before, and_actuals=renewed, leaving=frozenset(leaving))
    settings = replace(plan.settings, year=year, asked_again=unsettled(plan, year))
    lines = tuple(columns.values()) if plan.settings.given else None
    computed = frozenset(role for table in plan.tables for role in _computed(table))
    return Prepared(tuple(sheets), lines, settings, kept, tuple(missing), tuple(findings), computed)


def _computed(table: Table) -> Iterator[Role]:
    for block in table.blocks:
        for column in block.columns:
            if any(table.sheet.at(*place).formula for place in block.places.get(column.key, ())):
                yield column.role


# ------------------------------------------------------------------------------------------------------- constants
def _constants_only(table: Table, plan: Plan, file: str) -> tuple[Table, list[Finding]]:
    """The table with references resolved, reserved texts blank and results in the place of other formulas; a finding
    for each column that had such."""
    sheets = {t.sheet.name: t.sheet for t in plan.tables}
    cells: dict[Position, Cell] = {}
    fixed: list[Position] = []
    for place, cell in table.sheet.cells.items():
        constant = resolved(cell, table.sheet.name, sheets)
        if constant.formula is not None:
            fixed.append(place)
            constant = replace(constant, formula=None)
        if isinstance(constant.value, str) and constant.value.strip() in RESERVED:
            constant = _unmarked(constant)
        cells[place] = constant
    sheet = replace(table.sheet, cells=MappingProxyType(cells))
    return replace(table, sheet=sheet), list(_fixed(table, fixed, file))


def _unmarked(cell: Cell) -> Cell:
    font = replace(cell.style.font, bold=False, italic=False, underline=False)
    return Cell(None, replace(cell.style, font=font, fill=None), note=cell.note)


def _fixed(table: Table, places: Sequence[Position], file: str) -> Iterator[Finding]:
    """One finding a column of formulas that are values from now on."""
    of = {place: c for block in table.blocks for c in block.columns for place in block.places.get(c.key, ())}
    by_column: dict[str, list[Position]] = {}
    for place in sorted(places):
        column = of.get(place)
        by_column.setdefault(column.header if column else "", []).append(place)
    for header, cells in by_column.items():
        first = table.sheet.at(*cells[0])
        spots = [Place(file, table.sheet.name, a1(*place), "", header) for place in cells]
        named = f"「{header}」の列" if header else "表の外のセル"
        yield found(FORMULAS_FIXED, *spots, got=f"={first.formula}", named=named)


# ------------------------------------------------------------------------------------------------------ the new year
@dataclass(frozen=True, slots=True)
class _Ready:
    """A sheet ready for the year; ``renewed``: its values' one year stood in the title, and was moved; ``leaving``: the
    keys of the columns whose answers make room for the year's."""

    sheet: Sheet
    columns: tuple[Column, ...]
    renewed: bool = False
    leaving: frozenset[str] = frozenset()


def _made_ready(table: Table, settings: Settings, year: FiscalYear) -> _Ready | None:
    """The table's sheet with the year's columns and headings, None where the year cannot be put."""
    lines = settings.columns
    sheet, before = with_year(table, year)
    titled = _titled_year(table)
    renewed = before is not None and titled == before
    if renewed and before is not None:
        sheet = moved_headings(table, table.sheet, year, before, None)
        lines = tuple(replace(line, year=None) if line.year == before else line for line in lines)
    read = read_table(sheet, lines)
    if read is None or not any(c.role is Role.ACTUAL and c.year == year for c in read.columns):
        return None
    last = settings.year or before or year
    done = moved_headings(read, sheet, year, last, last_year(settings.period))
    moving = frozenset(c.key for c in read.columns if anew(read, c, year, last))
    undated = frozenset(c.key for c in read.columns if c.filler is not None and c.year is None)
    return _Ready(done, tuple(_renamed(read, done, moving)), renewed, moving | undated)


def _titled_year(table: Table) -> FiscalYear | None:
    """The year of actuals whose header names none, since the title does."""
    years = {c.year for c in table.columns if c.role is Role.ACTUAL and c.year and year_of(c.header) is None}
    return next(iter(years)) if len(years) == 1 else None


def _renamed(table: Table, sheet: Sheet, moving: frozenset[str]) -> Iterator[Column]:
    """The table's columns under the headers that stand on ``sheet``."""
    bands = [band for band in table.bands if band.kind is BandKind.HEADER]
    for column in table.columns:
        band = next(b for b in bands if any(c.key == column.key for c in b.columns))
        if column.role is not Role.NARRATIVE and column.key not in moving:
            yield column
            continue
        texts = (sheet.at(band.first + a.top, a.left).value for a in column.header_areas)
        header = joined(str(text) for text in texts if text is not None)
        yield replace(column, header=header, year=year_of(header))


# ------------------------------------------------------------------------------------------------------- the workbook
def open_round(plan: Plan, settings: Settings, year: FiscalYear, computed: frozenset[Role] = frozenset()) -> PlanBook:
    """The plan workbook of the round that asks for the actuals of ``year``.

    ``plan`` must already have that year's column; see :func:`prepare`. What was ``computed`` is not asked.
    """
    columns = {column.key: _for_round(column, plan, year, computed) for column in all_columns(plan)}
    edits: dict[Spot, Cell] = header_edits(plan, columns)
    for programme in plan.programmes:
        edits |= _constants(programme)
        for column in programme.block.columns:
            if (programme.key, column.key) in plan.resting:
                edits |= _emptied(programme, column, NONE_THIS_YEAR)
            elif columns[column.key].filler is not None or (column.role is Role.RATE and column.year == year):
                edits |= _emptied(programme, column)
    settings = replace(settings, year=year, departments=plan.departments, columns=(), given=True)
    return plan_book(plan, settings, tuple(columns.values()), edits)


def _for_round(column: Column, plan: Plan, year: FiscalYear, computed: frozenset[Role]) -> Column:
    """The column with who fills it: as in the last round, if there was one."""
    if column.role is Role.ACTUAL or (column.yearly and column.year is not None):
        filler = _filler_of_year(column, plan, year, computed) if column.year == year else None
    elif column.role is Role.NARRATIVE:
        filler = column.filler if plan.settings.given else Filler.DEPARTMENT
    else:
        filler = column.filler if plan.settings.given else None
    return replace(column, filler=filler)


def _filler_of_year(column: Column, plan: Plan, year: FiscalYear, computed: frozenset[Role]) -> Filler | None:
    """Who fills a column of the round's year: who filled the like of the latest year before. A 達成率 that was typed is
    asked like the value beside it."""
    if column.filler is not None:
        return column.filler
    typed = column.role is Role.RATE and column.role not in computed
    usual = Filler.DEPARTMENT if column.role is Role.ACTUAL or typed else None
    earlier = [c for c in all_columns(plan) if c.role is column.role and c.year is not None and c.year < year]
    if not earlier or not plan.settings.given:
        return usual
    before = max(earlier, key=lambda c: c.year.year if c.year else 0).filler
    return before or (Filler.DEPARTMENT if column.role is Role.ACTUAL else None)


def _constants(programme: Programme) -> dict[Spot, Cell]:
    """References and divided texts of the row as constants: a new round starts from values."""
    edits = {}
    for column in programme.block.columns:
        place = programme.place(column.key)
        cell = programme.cells.get(column.key)
        if place is not None and cell is not None and cell.formula is None:
            edits[programme.sheet, place] = cell
    return edits


def _emptied(programme: Programme, column: Column, text: str | None = None) -> dict[Spot, Cell]:
    edits = {}
    for place in programme.block.places.get(column.key, ()):
        cell = programme.cell(column.key)
        style = (unmarked(cell) if column.filler in LATER_FILLERS else cell).style
        if column.role is Role.ACTUAL:
            style = replace(style, number_format=usual_format(programme, column, style.number_format))
        edits[programme.sheet, place] = Cell(text, style)
    return edits


def with_settings(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """``settings`` with the given, non-empty changes."""
    return replace(settings, **MappingProxyType({k: v for k, v in changes.items() if v}))  # type: ignore[arg-type]
