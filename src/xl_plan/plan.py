"""Book → Plan: the plan workbook understood, with a finding for every fault of the plan itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.book.beside import without_marks
from xl_plan.cells import Book, Cell, Sheet, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold, fold_number, near_name
from xl_plan.model import (
    HISTORY_SHEET,
    LETTERS_SHEET,
    OWN_SHEETS,
    SETTINGS_SHEET,
    Block,
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


def read_plan(book: Book, file: str = "", sha256: str = "") -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of a workbook: an office's own sheet, a round's plan workbook or a consolidated one.

    Raises nothing; a workbook without any table gives a plan without programmes and the finding XP505.
    """
    book = without_marks(book)
    sheet = book.sheet(SETTINGS_SHEET)
    settings, of_settings = read_settings(sheet, file) if sheet is not None else (Settings(), ())
    settings = with_rater(settings)
    findings: list[Finding] = [*of_settings]
    sheets = {s.name: s for s in book.sheets}
    tables, others = _tables(book.sheets, settings)
    programmes: list[Programme] = []
    known = _known_names(tables, settings)
    for table in tables:
        programmes += [_programme(block, table, sheets, known) for block in table.blocks]
    programmes, twice = unique_keys(programmes, file)
    findings += dates_for_numbers(tables, file)
    findings += twice
    departments = settings.departments or tuple(Department(name) for name in _department_names(programmes))
    official = official_names(departments)
    programmes = [_with_responsible(p, official) for p in programmes]
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


def _known_names(tables: Iterable[Table], settings: Settings) -> frozenset[str]:
    """What is one department's name beyond doubt: as listed, or as it stands alone in a cell."""
    texts = [
        str(table.sheet.at(*position).value or "")
        for table in tables
        for block in table.blocks
        for column in block.columns
        if column.role is Role.DEPARTMENT
        for position in block.places[column.key]
    ]
    return whole_names(texts) | {fold(name) for d in settings.departments for name in d.names}


def _programme(block: Block, table: Table, sheets: Mapping[str, Sheet], known: frozenset[str]) -> Programme:
    sheet = table.sheet
    cells, texts = {}, {}
    for column in block.columns:
        parts = [resolved(sheet.at(*position), sheet.name, sheets) for position in block.places[column.key]]
        if column.role is Role.DEPARTMENT or not parts:
            continue
        cell = parts[0] if len(parts) == 1 else _joined(parts)
        if column.role is Role.NUMBER:
            cell = as_number(cell)
        cells[column.key] = cell
        texts[column.key] = shown(cell.value, cell.style.number_format)
    by_role = {column.role: column.key for column in reversed(block.columns)}
    number = texts.get(by_role.get(Role.NUMBER, ""), "").strip()
    mark = _mark(block, texts, texts.get(by_role.get(Role.NAME, ""), ""))
    return Programme(
        key=fold_number(number) or fold(mark.name),
        number=number or mark.name,
        name=mark.name,
        sheet=sheet.name,
        block=block,
        cells=MappingProxyType(cells),
        texts=MappingProxyType(texts),
        departments=_departments(block, sheet, known),
        cited=mark.cited,
        marked=mark.marked,
        listed_in=mark.listed_in,
        unit=stated_unit(_texts(block, texts, Role.UNIT), [*_texts(block, texts, Role.INDICATOR), mark.name]),
    )


def _texts(block: Block, texts: Mapping[str, str], role: Role) -> list[str]:
    return [texts.get(column.key, "") for column in block.columns if column.role is role]


def _mark(block: Block, texts: Mapping[str, str], name: str) -> Mark:
    """The row's 再掲 mark, wherever it stands: in the name, in the remarks or in a column of its own."""
    remarks = [texts.get(c.key, "") for c in block.columns if c.role is Role.REMARKS]
    own = [(c.header, texts.get(c.key, "")) for c in block.columns if c.role is Role.OTHER and is_mark_column(c.header)]
    return read_marks(name, remarks, own)


def _joined(parts: Sequence[Cell]) -> Cell:
    """The cell of a text that was divided over pages: its parts put together again."""
    filled = [part for part in parts if part.value not in (None, "")]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    return parts[0].with_value("".join(str(part.value) for part in filled))


def _departments(block: Block, sheet: Sheet, known: frozenset[str]) -> tuple[DepartmentCell, ...]:
    found_cells = []
    for column in block.columns:
        if column.role is not Role.DEPARTMENT:
            continue
        for position in block.places[column.key]:
            cell = sheet.at(*position)
            text = "" if cell.value is None else str(cell.value)
            names = [chief(name) for name in split_names(text, known)]
            marked = any(first for _, first in names)
            blue = is_blue(cell.style.fill) and not marked
            found_cells += [DepartmentCell(name, position, blue or first, text) for name, first in names]
    return tuple(dict.fromkeys(found_cells))


def _department_names(programmes: Sequence[Programme]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d.name for p in programmes for d in p.departments))


def _with_responsible(programme: Programme, official: Mapping[str, str]) -> Programme:
    """Rules 1 and 2 of ownership: alone, or the one whose cell is blue. ``official``: every name, folded → the name."""
    cells = tuple(replace(d, name=official.get(fold(d.name), d.name)) for d in programme.departments)
    names = tuple(dict.fromkeys(d.name for d in cells))
    blue = tuple(dict.fromkeys(d.name for d in cells if d.blue))
    deciding = names if len(names) == 1 else blue
    responsible = deciding[0] if len(deciding) == 1 else ""
    return replace(programme, departments=cells, responsible=responsible)


def _faults(programmes: Sequence[Programme], settings: Settings, file: str) -> list[Finding]:
    listed = official_names(settings.departments)
    own = [department.name for department in settings.departments]
    findings = []
    for programme in programmes:
        names = tuple(dict.fromkeys(d.name for d in programme.departments))
        blue = [d for d in programme.departments if d.blue]
        places = [_department_place(programme, d, file) for d in (blue or programme.departments)]
        if not names:
            findings.append(found(NO_DEPARTMENT, place(programme, file, "department"), programme=programme.name))
        elif len(names) > 1 and not programme.responsible:
            rule = TWO_BLUE_DEPARTMENTS if blue else NO_BLUE_DEPARTMENT
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
