"""Book → Plan: the plan workbook understood, with a finding for every fault of the plan itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from types import MappingProxyType

from xl_plan.book.beside import without_marks
from xl_plan.cells import EMPTY, Book, Cell, Sheet, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold, fold_number, near_name
from xl_plan.model import (
    HISTORY_SHEET,
    LETTERS_SHEET,
    OWN_SHEETS,
    SETTINGS_SHEET,
    Block,
    Column,
    Department,
    DepartmentCell,
    Filler,
    Plan,
    Programme,
    Role,
    Settings,
    Table,
)
from xl_plan.office.history import read_history
from xl_plan.office.letters import read_letters
from xl_plan.office.recurring import asked_again, resting, unknown_moves
from xl_plan.office.settings import read_settings
from xl_plan.office.sharing import with_exceptions
from xl_plan.ratings import with_rater
from xl_plan.relisted.marks import Mark, is_mark_column, read_marks
from xl_plan.relisted.names import chief, official_names, split_names, whole_names
from xl_plan.relisted.relisting import place, relist
from xl_plan.relisted.rownames import as_number, dates_for_numbers, stated_unit, unique_keys
from xl_plan.remembered import ByIdentity
from xl_plan.rules.plan import (
    NO_BLUE_DEPARTMENT,
    NO_DEPARTMENT,
    NO_ROUND_COLUMN,
    NO_TABLE,
    TABLES_SIDE_BY_SIDE,
    TWO_BLUE_DEPARTMENTS,
    UNKNOWN_DEPARTMENT,
)
from xl_plan.tables.colours import is_blue
from xl_plan.tables.references import resolved
from xl_plan.tables.table import HeaderReader, side_by_side, table_with


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a workbook as they stand in its tables: nobody's yet, and none of them relisted.

    ``others`` are sheets that are neither pillars nor ours.
    """

    tables: tuple[Table, ...]
    programmes: tuple[Programme, ...]
    others: tuple[Sheet, ...]


def read_rows(book: Book) -> Rows:
    """The rows of a workbook as :func:`read_plan` has them, for whoever asks for their keys, cells and texts alone."""
    book = without_marks(book)
    tables, others = _tables(book.sheets, _settings(book, "")[0])
    programmes = _programmes(tables, {s.name: s for s in book.sheets}, repeat(_NOBODY))
    return Rows(tables, tuple(unique_keys(programmes, "")[0]), others)


def read_plan(book: Book, file: str = "", sha256: str = "") -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of a workbook: an office's own sheet, a round's plan workbook or a consolidated one.

    Raises nothing; a workbook without any table gives a plan without programmes and the finding XP505.
    """
    book = without_marks(book)
    settings, of_settings = _settings(book, file)
    findings: list[Finding] = [*of_settings]
    tables, others = _tables(book.sheets, settings)
    asked = list(_departments(tables, _known_names(tables, settings)))
    departments = settings.departments or tuple(
        map(Department, dict.fromkeys(d.name for cells in asked for d in cells))
    )
    official = official_names(departments)
    programmes = _programmes(tables, {s.name: s for s in book.sheets}, (_owner(cells, official) for cells in asked))
    programmes, twice = unique_keys(programmes, file)
    findings += dates_for_numbers(tables, file)
    findings += twice
    programmes, faults_of_exceptions = with_exceptions(programmes, settings, file)
    relisting, faults = relist(programmes, file)
    findings += (*faults_of_exceptions, *faults)
    findings += _faults(programmes, settings, file)
    findings += unknown_moves(settings, programmes, file)
    beside = [(other.name, cells) for other in others if (cells := side_by_side(other))]
    findings += [
        found(TABLES_SIDE_BY_SIDE, Place(file, name, cells[0]), got="、".join(cells)) for name, cells in beside
    ]
    if not tables and not beside:
        findings.append(found(NO_TABLE, Place(file)))
    plan = Plan(
        settings,
        tables,
        tuple(programmes),
        relisting,
        departments,
        others,
        sha256,
        read_letters(book.sheet(LETTERS_SHEET)),
        asked_again(settings, programmes, relisting),
        resting(settings, programmes),
        read_history(book.sheet(HISTORY_SHEET)),
    )
    return plan, (*findings, *_round_faults(plan, file))


def _settings(book: Book, file: str) -> tuple[Settings, tuple[Finding, ...]]:
    sheet = book.sheet(SETTINGS_SHEET)
    settings, findings = read_settings(sheet, file) if sheet is not None else (Settings(), ())
    return with_rater(settings), findings


def _tables(sheets: Iterable[Sheet], settings: Settings) -> tuple[tuple[Table, ...], tuple[Sheet, ...]]:
    tables, others = [], []
    reader = HeaderReader(settings.columns)
    for sheet in sheets:
        if sheet.name in OWN_SHEETS:
            continue
        table = table_with(reader, sheet) if sheet.state == "visible" else None
        if table is not None and table.blocks:
            tables.append(table)
        else:
            others.append(sheet)
    return tuple(tables), tuple(others)


# -------------------------------------------------------------------------------------------------------- programmes
@dataclass(frozen=True, slots=True)
class _Header:
    """The columns under one header by what a row is asked of them: keys, with the headers of those for 再掲 marks."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    remarks: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]
    units: tuple[str, ...]
    indicators: tuple[str, ...]


def _header(columns: Sequence[Column]) -> _Header:
    keys: dict[Role, tuple[str, ...]] = {}
    for column in columns:
        keys[column.role] = (*keys.get(column.role, ()), column.key)
    return _Header(
        tuple(column.key for column in columns if column.role is not Role.DEPARTMENT),
        keys.get(Role.NUMBER, ()),
        keys.get(Role.NAME, ()),
        keys.get(Role.REMARKS, ()),
        tuple((c.header, c.key) for c in columns if c.role is Role.OTHER and is_mark_column(c.header)),
        keys.get(Role.UNIT, ()),
        keys.get(Role.INDICATOR, ()),
    )


def _programmes(tables: Iterable[Table], sheets: Mapping[str, Sheet], owners: Iterable[_Owner]) -> list[Programme]:
    """A programme for every block, in their order; ``owners`` in the same."""
    header = ByIdentity(_header)  # the rows under one header have the same columns
    blocks = ((block, table.sheet) for table in tables for block in table.blocks)
    return [
        _programme(block, header(block.columns), sheet, sheets, owner)
        for (block, sheet), owner in zip(blocks, owners, strict=False)
    ]


def _programme(block: Block, header: _Header, sheet: Sheet, sheets: Mapping[str, Sheet], owner: _Owner) -> Programme:
    cells = _cells(block, header, sheet, sheets)
    texts = {key: shown(cell.value, cell.style.number_format) for key, cell in cells.items()}
    number, name = (next(iter(_of(keys, texts)), "") for keys in (header.numbers, header.names))
    number = number.strip()
    mark = _mark(header, texts, name)
    departments, responsible = owner
    return Programme(
        key=fold_number(number) or fold(mark.name),
        number=number or mark.name,
        name=mark.name,
        sheet=sheet.name,
        block=block,
        cells=MappingProxyType(cells),
        texts=MappingProxyType(texts),
        departments=departments,
        responsible=responsible,
        cited=mark.cited,
        marked=mark.marked,
        listed_in=mark.listed_in,
        unit=stated_unit(_of(header.units, texts), [*_of(header.indicators, texts), mark.name]),
    )


def _cells(block: Block, header: _Header, sheet: Sheet, sheets: Mapping[str, Sheet]) -> dict[str, Cell]:
    """What stands in a row: its cells by their columns' keys."""
    cells: dict[str, Cell] = {}
    at = sheet.cells.get
    for key in header.texts:
        places = block.places[key]
        if len(places) == 1:
            cell = at(places[0], EMPTY)
            cells[key] = cell if cell.formula is None else resolved(cell, sheet.name, sheets)
        elif places:
            cells[key] = _joined([resolved(at(place, EMPTY), sheet.name, sheets) for place in places])
    for key in header.numbers:
        if key in cells:
            cells[key] = as_number(cells[key])
    return cells


def _of(keys: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    return [texts.get(key, "") for key in keys]


def _mark(header: _Header, texts: Mapping[str, str], name: str) -> Mark:
    """The row's 再掲 mark, wherever it stands: in the name, in the remarks or in a column of its own."""
    own = [(said, texts.get(key, "")) for said, key in header.marks]
    return read_marks(name, _of(header.remarks, texts), own)


def _joined(parts: Sequence[Cell]) -> Cell:
    """The cell of a text that was divided over pages: its parts put together again."""
    filled = [part for part in parts if part.value not in (None, "")]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    return parts[0].with_value("".join(str(part.value) for part in filled))


# ------------------------------------------------------------------------------------------------------- departments
_Owner = tuple[tuple[DepartmentCell, ...], str]  # the departments of a row, and which of them fills
_NOBODY: _Owner = ((), "")


def _known_names(tables: Iterable[Table], settings: Settings) -> frozenset[str]:
    """What is one department's name beyond doubt: as listed, or as it stands alone in a cell."""
    texts = {
        str(table.sheet.at(*position).value or "")
        for table in tables
        for block in table.blocks
        for column in block.columns
        if column.role is Role.DEPARTMENT
        for position in block.places[column.key]
    }
    return whole_names(tuple(texts)) | {fold(name) for d in settings.departments for name in d.names}


def _departments(tables: Iterable[Table], known: frozenset[str]) -> Iterator[tuple[DepartmentCell, ...]]:
    """The departments of every block as they are written, and whether each is marked."""
    names: dict[str, list[tuple[str, bool]]] = {}  # of a text, which stands in many rows
    for table in tables:
        for block in table.blocks:
            keys = [column.key for column in block.columns if column.role is Role.DEPARTMENT]
            found_cells = []
            for position in (position for key in keys for position in block.places[key]):
                cell = table.sheet.at(*position)
                text = "" if cell.value is None else str(cell.value)
                if text not in names:
                    names[text] = [chief(name) for name in split_names(text, known)]
                marked = any(first for _, first in names[text])
                blue = is_blue(cell.style.fill) and not marked
                found_cells += [DepartmentCell(name, position, blue or first, text) for name, first in names[text]]
            yield tuple(dict.fromkeys(found_cells))


def _owner(cells: Sequence[DepartmentCell], official: Mapping[str, str]) -> _Owner:
    """Rules 1 and 2 of ownership: alone, or the one whose cell is blue. ``official``: every name, folded → the name."""
    named = tuple(replace(d, name=official.get(fold(d.name), d.name)) for d in cells)
    names = tuple(dict.fromkeys(d.name for d in named))
    blue = tuple(dict.fromkeys(d.name for d in named if d.blue))
    deciding = names if len(names) == 1 else blue
    return named, deciding[0] if len(deciding) == 1 else ""


def _faults(programmes: Sequence[Programme], settings: Settings, file: str) -> list[Finding]:
    listed = official_names(settings.departments)
    own = [department.name for department in settings.departments]
    findings = []
    for programme in programmes:
        names = {d.name for d in programme.departments}
        if not names:
            findings.append(found(NO_DEPARTMENT, place(programme, file, "department"), programme=programme.name))
        elif len(names) > 1 and not programme.responsible:
            blue = [d for d in programme.departments if d.blue]
            rule = TWO_BLUE_DEPARTMENTS if blue else NO_BLUE_DEPARTMENT
            places = [_department_place(programme, d, file) for d in (blue or programme.departments)]
            got = "、".join(dict.fromkeys(d.name for d in (blue or programme.departments)))
            findings.append(found(rule, *places, got=got, programme=programme.name))
        findings += [
            found(UNKNOWN_DEPARTMENT, _department_place(programme, d, file), got=d.name, near=near_name(d.name, own))
            for d in programme.departments
            if listed and fold(d.name) not in listed
        ]
    return findings


def _department_place(programme: Programme, department: DepartmentCell, file: str) -> Place:
    header = next((c.header for c in programme.with_role(Role.DEPARTMENT)), "")
    return Place(file, programme.sheet, a1(*department.place), programme.number, header, (programme.key, ""))


def _round_faults(plan: Plan, file: str) -> tuple[Finding, ...]:
    if not plan.settings.given:
        return ()
    return tuple(
        found(NO_ROUND_COLUMN, Place(file, table.sheet.name), year=str(plan.settings.year or ""))
        for table in plan.tables
        if not any(column.filler is Filler.DEPARTMENT for column in table.columns)
    )
