"""Book + Plan → Submission: whose file it is, and which returned cell is which cell of the plan.

Nothing is read from colours, locks or the position of a file in a list. What stands in the file beside the answers is
carried along as findings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from xl_plan.book.beside import without_marks
from xl_plan.cells import Book
from xl_plan.comparison import listed, owned_columns, unchanged
from xl_plan.findings import Finding, Place, found
from xl_plan.issue.formwords import CHECKER, RESPONDENT, SUBMISSION_KIND, VERSION
from xl_plan.issue.helpercells import without_checks
from xl_plan.meaning.text import near_name
from xl_plan.meaning.values import is_blank
from xl_plan.model import CellKey, Filler, Issued, Plan, Returned, Submission
from xl_plan.returned.identity import Identity, identify
from xl_plan.returned.matching import CellReader, Row, header_texts, match_rows, returned_cells, returned_tables
from xl_plan.returned.remarks import proposals, remarks
from xl_plan.returned.structure import Whose, missing, mixed_rows, single
from xl_plan.rules.files import ISSUE_DATA_LOST, NO_TABLE_RETURNED, UNKNOWN_DEPARTMENT_OF_FILE
from xl_plan.rules.returned import DEPARTMENT_DISAGREES, NOTHING_TO_FILL, WHOLE_PLAN_RETURNED


@dataclass(frozen=True, slots=True)
class _Answered:
    """A cell of the round that somebody filled in a sheet that went round, and whose it is."""

    owner: str
    place: Place
    text: str


def read_submission(book: Book, plan: Plan, file: str, sha256: str) -> tuple[Submission | None, tuple[Finding, ...]]:
    """The submission in a workbook, None when it cannot be one (the findings say why)."""
    book = without_marks(without_checks(book))
    tables = returned_tables(book, plan)
    identity = identify(book, plan, tables, file)
    if identity.refused:
        return None, identity.findings
    if not tables and identity.department:
        return None, (found(NO_TABLE_RETURNED, Place(file), department=identity.department),)
    rows, strangers = match_rows(plan, tables, identity.spots, file, identity.department)
    seen = returned_cells(rows, CellReader(book, rows))
    department, refusal = _department(plan, identity, seen, file)
    if refusal is not None:
        return None, (refusal,)
    owned = owned_columns(plan, department)
    whose = Whose(plan, file, department, identity.issued, identity.spots, owned)
    returned, twice = single(whose, seen)
    mixed, apart = mixed_rows(whose, returned)
    findings = [*identity.findings, *strangers, *twice, *apart, *missing(whose, seen, header_texts(tables))]
    findings += _about_file(plan, identity, rows, file, department, fills=bool(owned))
    findings += remarks(book, plan, tables, rows, file, department)
    cells = {key: item for key, item in returned.items() if key not in mixed}
    return _submission(book, identity, file, sha256, department, cells), tuple(findings)


def _submission(
    book: Book, identity: Identity, file: str, sha256: str, department: str, cells: Mapping[CellKey, Returned]
) -> Submission:
    guide = identity.guide
    return Submission(
        file,
        sha256,
        department,
        identity.issued,
        MappingProxyType(dict(cells)),
        proposals(book, file, department),
        "　".join(t for t in (guide.get(RESPONDENT, ""), guide.get(CHECKER, "")) if t),
        guide.get(SUBMISSION_KIND, ""),
        _ordinal(guide.get(VERSION, "")),
        book.properties.modified,
    )


def _about_file(
    plan: Plan, identity: Identity, rows: Sequence[Row], file: str, department: str, *, fills: bool
) -> list[Finding]:
    """What is to be said of the file as a whole."""
    if not fills:
        return [found(NOTHING_TO_FILL, Place(file), department=department)]
    if identity.issued is not None and identity.issued.cells:
        return []
    strangers = [
        row
        for row in rows
        if row.programme.responsible != department and all(d.name != department for d in row.programme.departments)
    ]
    rule = WHOLE_PLAN_RETURNED if strangers else ISSUE_DATA_LOST
    return [found(rule, Place(file), department=department)]


# ------------------------------------------------------------------------------------------------- a sheet without a name
def _department(
    plan: Plan, identity: Identity, seen: Mapping[CellKey, Sequence[Returned]], file: str
) -> tuple[str, Finding | None]:
    """The department, from the changed cells where the file does not name it; a finding where that does not decide."""
    if identity.department and not identity.by_name_only:
        return identity.department, None
    issued = identity.issued
    answered = _answered(plan, issued, seen, file)
    owners = tuple(dict.fromkeys(item.owner for item in answered))
    named = identity.department
    if not identity.contradiction:
        if not named and len(owners) == 1:
            return owners[0], None
        if named and (not owners or named in owners):
            return named, None
    answers = listed(((item.place.cell, item.text) for item in answered), whole=True)
    places = [item.place for item in answered] or [Place(file)]
    quoted = f"。記入：{answers}" if answers else ""
    if identity.contradiction or named:
        said = identity.contradiction or f"ファイル名は「{named}」、記入されているのは「{'、'.join(owners)}」の行"
        return "", found(DEPARTMENT_DISAGREES, *places, got=f"{said}{quoted}")
    names = "、".join(dict.fromkeys((*identity.names, *owners))) or "なし"
    near = next((n for name in identity.names if (n := near_name(name, (d.name for d in plan.departments)))), "")
    return "", found(UNKNOWN_DEPARTMENT_OF_FILE, *places, got=names, near=near, answers=quoted)


def _answered(
    plan: Plan, issued: Issued | None, seen: Mapping[CellKey, Sequence[Returned]], file: str
) -> list[_Answered]:
    copies = plan.relisting.originals()
    answered = []
    for (row, key), items in seen.items():
        programme = plan.programme(row)
        column = programme.column(key) if programme else None
        if programme is None or column is None or column.filler is not Filler.DEPARTMENT or row in copies:
            continue
        for item in items:
            if not is_blank(item.text) and not unchanged(issued, programme, key, item):
                place = Place(
                    file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key)
                )
                answered.append(_Answered(programme.responsible, place, item.text))
    return answered


def _ordinal(text: str) -> int:
    digits = "".join(ch for ch in unicodedata.normalize("NFKC", text) if ch.isdigit())
    return int(digits) if digits and len(digits) <= 4 else 0
