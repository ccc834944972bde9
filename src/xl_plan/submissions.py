"""Book + Plan → Submission: whose file it is, and which returned cell is which cell of the plan.

Rows are found by 番号, else by 事業名 with 評価指標, else by the place where the hidden sheet says they were issued;
columns by their headers. Nothing is read from colours, locks or the position of a file in a list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Sheet, a1
from xl_plan.compose import Spot
from xl_plan.findings import Finding, Place, found
from xl_plan.guide import CHECKER, DEPARTMENT, PROPOSAL_HEAD, RESPONDENT, SUBMISSION_KIND, VERSION
from xl_plan.issued import read_issued
from xl_plan.model import (
    GUIDE_SHEET,
    OWN_SHEETS,
    PROPOSAL_SHEET,
    Block,
    CellKey,
    Column,
    Issued,
    Plan,
    Programme,
    Proposal,
    Returned,
    Role,
    Submission,
)
from xl_plan.numberformat import shown
from xl_plan.rules.files import (
    ISSUE_DATA_LOST,
    NO_TABLE_RETURNED,
    OTHER_PLAN,
    ROW_MISSING,
    ROW_TWICE,
    ROW_UNKNOWN,
    UNKNOWN_DEPARTMENT_OF_FILE,
)
from xl_plan.tables import read_table
from xl_plan.text import fold, fold_number
from xl_plan.values import is_blank


def read_submission(book: Book, plan: Plan, file: str, sha256: str) -> tuple[Submission | None, tuple[Finding, ...]]:
    """The submission in a workbook, None when it cannot be one (the findings say why)."""
    issued, spots = _issued(book)
    guide = _guide(book)
    if issued is not None and not _same_round(issued, plan):
        expected, got = (
            _round_name(plan.settings.title, str(plan.settings.year or "")),
            _round_name(issued.title, issued.year),
        )
        return None, (found(OTHER_PLAN, Place(file), expected=expected, got=got),)
    department, named = _department(plan, issued, guide, file)
    if not department:
        return None, (found(UNKNOWN_DEPARTMENT_OF_FILE, Place(file), got="、".join(named) or "なし"),)
    blocks = list(_blocks(book, plan))
    if not blocks:
        return None, (found(NO_TABLE_RETURNED, Place(file), department=department),)
    rows, findings = _rows(plan, blocks, spots, file, department)
    returned, twice = _returned(rows, file, department, plan)
    findings += twice
    findings += _missing_rows(plan, department, returned, file)
    if issued is None:
        findings.append(found(ISSUE_DATA_LOST, Place(file), department=department))
    version = guide.get(VERSION, "")
    submission = Submission(
        file,
        sha256,
        department,
        issued,
        MappingProxyType(returned),
        _proposals(book, file, department),
        "　".join(t for t in (guide.get(RESPONDENT, ""), guide.get(CHECKER, "")) if t),
        guide.get(SUBMISSION_KIND, ""),
        _ordinal(version),
        book.properties.modified,
    )
    return submission, tuple(findings)


# ----------------------------------------------------------------------------------------------------- whose file
def _issued(book: Book) -> tuple[Issued | None, Mapping[CellKey, Spot]]:
    for sheet in book.sheets:
        result = read_issued(sheet)
        if result is not None:
            return result
    return None, {}


def _same_round(issued: Issued, plan: Plan) -> bool:
    return fold(issued.title) == fold(plan.settings.title) and issued.year == str(plan.settings.year or "")


def _round_name(title: str, year: str) -> str:
    return f"{title} {year}".strip() or "名称なし"


def _guide(book: Book) -> dict[str, str]:
    """What stands beside the labels of 記入要領 (wherever the lines stand now)."""
    wanted = (DEPARTMENT, RESPONDENT, CHECKER, SUBMISSION_KIND, VERSION)
    values: dict[str, str] = {}
    for sheet in book.sheets:
        if GUIDE_SHEET not in sheet.name and sheet.name in OWN_SHEETS:
            continue
        for row, cells in sheet.rows():
            if row > 60:
                break
            texts = [_text(cell) for _, cell in cells if not cell.blank]
            if len(texts) >= 2 and texts[0].strip() in wanted:
                values.setdefault(texts[0].strip(), texts[1].strip())
    return values


def _department(plan: Plan, issued: Issued | None, guide: Mapping[str, str], file: str) -> tuple[str, tuple[str, ...]]:
    """The department that a file names: hidden sheet, 部局名 cell, file name; and the names that were seen."""
    seen = []
    for name in (issued.department if issued else "", guide.get(DEPARTMENT, "")):
        if name:
            seen.append(name)
            match = _known(plan, name)
            if match:
                return match, tuple(seen)
    stem = unicodedata.normalize("NFC", PurePath(file.replace("\\", "/")).stem)
    inside = {d.name for d in plan.departments for name in d.names if len(name) >= 3 and fold(name) in fold(stem)}
    if len(inside) == 1:
        return inside.pop(), (*seen, stem)
    return "", tuple(dict.fromkeys(seen))


def _known(plan: Plan, name: str) -> str:
    folded = fold(name)
    return next((d.name for d in plan.departments if folded in {fold(n) for n in d.names}), "")


# ------------------------------------------------------------------------------------------------------ which rows
def _blocks(book: Book, plan: Plan) -> Iterator[tuple[Sheet, Block]]:
    known = {table.sheet.name: table.columns for table in plan.tables}
    every: tuple[Column, ...] = tuple({c.key: c for table in plan.tables for c in table.columns}.values())
    for sheet in book.sheets:
        if sheet.name in OWN_SHEETS or read_issued(sheet) is not None:
            continue
        table = read_table(sheet, (), known.get(sheet.name, every))
        for block in table.blocks if table else ():
            yield sheet, block


def _cell_text(sheet: Sheet, block: Block, role: Role) -> str:
    for column in block.columns:
        if column.role is role:
            for place in block.places.get(column.key, ())[:1]:
                return _shown(sheet.at(*place))
    return ""


def _shown(cell: Cell) -> str:
    return shown(cell.value, cell.style.number_format)


def _text(cell: Cell) -> str:
    return "" if cell.value is None else _shown(cell)


_Row = tuple[Programme, Sheet, Block]


def _rows(
    plan: Plan, blocks: Sequence[tuple[Sheet, Block]], spots: Mapping[CellKey, Spot], file: str, department: str
) -> tuple[list[_Row], list[Finding]]:
    """Each returned block with the programme that it is; a finding for a block that is none."""
    by_number = {p.key: p for p in plan.programmes}
    by_name: dict[tuple[str, str], list[Programme]] = {}
    for p in plan.programmes:
        by_name.setdefault(_name_key(_plan_text(p, Role.NAME), _plan_text(p, Role.INDICATOR)), []).append(p)
    by_place = {(sheet, place[0]): key for (key, _), (sheet, place) in spots.items()}
    claimed = {fold_number(_cell_text(sheet, block, Role.NUMBER)) for sheet, block in blocks}
    rows: list[_Row] = []
    findings: list[Finding] = []
    for sheet, block in blocks:
        number = _cell_text(sheet, block, Role.NUMBER)
        programme = by_number.get(fold_number(number))
        if programme is None:
            name = _cell_text(sheet, block, Role.NAME)
            same = [
                p
                for p in by_name.get(_name_key(name, _cell_text(sheet, block, Role.INDICATOR)), [])
                if p.key not in claimed
            ]
            placed = by_number.get(by_place.get((sheet.name, block.first), ""))
            if len(same) == 1:
                programme = same[0]
            elif placed is not None and placed.key not in claimed and not same:
                programme = placed
        if programme is None:
            place = block.places[block.columns[0].key][0]
            got = number or _cell_text(sheet, block, Role.NAME)
            findings.append(
                found(ROW_UNKNOWN, Place(file, sheet.name, a1(*place), number), department=department, got=got)
            )
            continue
        rows.append((programme, sheet, block))
    return rows, findings


def _name_key(name: str, indicator: str) -> tuple[str, str]:
    return fold(name), fold(indicator)


def _plan_text(programme: Programme, role: Role) -> str:
    return next((programme.text(c.key) for c in programme.with_role(role)), "")


def _returned(
    rows: Sequence[_Row], file: str, department: str, plan: Plan
) -> tuple[dict[CellKey, Returned], list[Finding]]:
    """Every returned cell by its key. Where a row came twice with different contents in an owned cell, neither is."""
    seen: dict[CellKey, list[Returned]] = {}
    for programme, sheet, block in rows:
        for column in block.columns:
            for index, place in enumerate(block.places.get(column.key, ())):
                key = column.key if index == 0 else f"{column.key}#{index + 1}"
                cell = sheet.at(*place)
                item = Returned(sheet.name, a1(*place), cell, _shown(cell))
                seen.setdefault((programme.key, key), []).append(item)
    owned = {(p.key, c.key): (p, c) for p, c in plan.owned_by(department)}
    returned, findings = {}, []
    for cell_key, items in seen.items():
        answers = [item for item in items if not is_blank(item.text)] or items
        if len({item.text for item in answers}) > 1 and cell_key in owned:
            programme, column = owned[cell_key]
            places = [Place(file, i.sheet, i.cell_name, programme.number, column.header) for i in answers]
            got = " / ".join(dict.fromkeys(item.text for item in answers))
            findings.append(found(ROW_TWICE, *places, department=department, got=got))
            continue
        returned[cell_key] = answers[0]
    return returned, findings


def _missing_rows(plan: Plan, department: str, returned: Mapping[CellKey, Returned], file: str) -> Iterator[Finding]:
    present = {key for key, _ in returned}
    lost: dict[str, list[Place]] = {}
    for programme, column in plan.owned_by(department):
        if programme.key not in present:
            place = Place(file, programme.sheet, "", programme.number, column.header)
            lost.setdefault(programme.key, []).append(place)
    for places in lost.values():
        yield found(ROW_MISSING, *places, department=department)


# ------------------------------------------------------------------------------------------------- what else it says
def _proposals(book: Book, file: str, department: str) -> tuple[Proposal, ...]:
    sheet = next((s for s in book.sheets if PROPOSAL_SHEET in s.name), None)
    if sheet is None:
        return ()
    proposals, head = [], -1
    for row, cells in sheet.rows():
        texts = {col: _text(cell).strip() for col, cell in cells}
        if head < 0:
            head = row if texts.get(0) == PROPOSAL_HEAD[0] and texts.get(1) == PROPOSAL_HEAD[1] else -1
            continue
        line = [texts.get(col, "") for col in range(len(PROPOSAL_HEAD))]
        if any(line):
            proposals.append(Proposal(file, department, row + 1, *line))
    return tuple(proposals)


def _ordinal(text: str) -> int:
    digits = "".join(ch for ch in unicodedata.normalize("NFKC", text) if ch.isdigit())
    return int(digits) if digits and len(digits) <= 4 else 0
