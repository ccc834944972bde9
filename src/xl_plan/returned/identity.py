"""Whose file it is: what its hidden sheet, its 部局名 cell and its name say, and whether they agree.

The hidden sheet is what was issued and the 部局名 cell is what stands before the eyes of whoever fills: where these two
disagree nobody can say whose answers they are, so that nothing is taken. A file's name is the weakest witness: it is
heard where there is no hidden sheet, and a name that contradicts a form is only pointed out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Sheet
from xl_plan.findings import Finding, Place, found
from xl_plan.issue.formwords import CHECKER, DEPARTMENT, RESPONDENT, SUBMISSION_KIND, VERSION
from xl_plan.issue.issued import issued_in
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold
from xl_plan.model import GUIDE_SHEET, OWN_SHEETS, SETTINGS_SHEET, BandKind, CellKey, Issued, Plan, Spot, Table
from xl_plan.office.settings import read_settings
from xl_plan.relisted.names import official_names
from xl_plan.remembered import once_for_each
from xl_plan.rules.departments import FORMER_NAME_OF_SEVERAL, FORMER_NAME_USED
from xl_plan.rules.files import OTHER_PLAN
from xl_plan.rules.returned import FILE_NAME_DIFFERS

_LABELS = (DEPARTMENT, RESPONDENT, CHECKER, SUBMISSION_KIND, VERSION)
_OTHER_NAMES = {"部署名": DEPARTMENT, "課名": DEPARTMENT, "所属": DEPARTMENT, "回答部局": DEPARTMENT}
_SEPARATORS = re.compile(r"[\s　_＿\-－・.．,，、()（）\[\]【】「」+＋]+")
_DEEPEST = 60  # rows of a sheet in which a label is looked for


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says of itself. ``department`` is "" where it does not say, ``names`` what was read of it;
    ``contradiction`` says in words where it contradicts itself."""

    issued: Issued | None
    spots: Mapping[CellKey, Spot]
    guide: Mapping[str, str]
    department: str
    names: tuple[str, ...]
    by_name_only: bool = False
    contradiction: str = ""
    refused: bool = False
    findings: tuple[Finding, ...] = field(default=())


def identify(book: Book, plan: Plan, tables: Mapping[str, Table], file: str) -> Identity:
    """What the workbook says of itself; ``refused`` with a finding where it belongs to another round."""
    issued, spots = issued_in(book) or (None, MappingProxyType({}))
    guide = _guide(book, tables)
    other = _other_round(book, plan, issued, file)
    if other is not None:
        return Identity(issued, spots, guide, "", (), refused=True, findings=(other,))
    hidden_name, cell_name = issued.department if issued else "", guide.get(DEPARTMENT, "")
    hidden, cell, name = known_department(plan, hidden_name), known_department(plan, cell_name), named_in(plan, file)
    names = tuple(dict.fromkeys(text for text in (hidden_name, cell_name) if text))
    first = hidden or cell
    if (hidden and cell and hidden != cell) or (cell and not hidden and name and name != cell):
        said = {"配布時の情報": hidden, "部局名のセル": cell, "ファイル名": name}
        got = "、".join(f"{where}は「{text}」" for where, text in said.items() if text)
        return Identity(issued, spots, guide, "", names, contradiction=got)
    findings = _former(plan, names, file)
    if first and name and name != first:
        findings += (found(FILE_NAME_DIFFERS, Place(file), department=first, expected=first, got=name),)
    return Identity(issued, spots, guide, first or name, names, by_name_only=not first, findings=findings)


def _other_round(book: Book, plan: Plan, issued: Issued | None, file: str) -> Finding | None:
    """A finding when the file belongs to another plan or another year; a bare sheet does not say."""
    title, year = plan.settings.title, str(plan.settings.year or "")
    said = None
    if issued is not None:
        said = issued.title, issued.year
    elif (sheet := book.sheet(SETTINGS_SHEET)) is not None:
        settings = read_settings(sheet)[0]
        said = (settings.title, str(settings.year)) if settings.given and settings.year else None
    if said is None or (fold(said[0]) == fold(title) and said[1] == year):
        return None
    return found(OTHER_PLAN, Place(file), expected=_round_name(title, year), got=_round_name(*said))


def _round_name(title: str, year: str) -> str:
    return f"{title} {year}".strip() or "名称なし"


# ------------------------------------------------------------------------------------------------------ what is visible
def _guide(book: Book, tables: Mapping[str, Table]) -> dict[str, str]:
    """What stands beside the labels of 記入要領: on that sheet, else on any sheet, of a table only above its header."""
    values: dict[str, str] = {}
    own = [sheet for sheet in book.sheets if GUIDE_SHEET in sheet.name]
    rest = [sheet for sheet in book.sheets if sheet not in own and sheet.name not in OWN_SHEETS]
    for sheet in own or rest:
        for label, value in _labelled(sheet, _last_row(tables.get(sheet.name))).items():
            values.setdefault(label, value)
    return values


def _last_row(table: Table | None) -> int:
    headers = [band.first for band in table.bands if band.kind is BandKind.HEADER] if table else []
    return min([_DEEPEST, *(first - 1 for first in headers)])


def _labelled(sheet: Sheet, last: int) -> dict[str, str]:
    values: dict[str, str] = {}
    for row, cells in sheet.rows():
        if row > last:
            break
        texts = [_text(cell) for _, cell in cells if not cell.blank]
        for text, following in pairwise((*texts, "")):
            name, colon, inside = text.replace("：", ":").partition(":")
            label = _OTHER_NAMES.get(name.strip(), name.strip())
            value = inside.strip() if colon and inside.strip() else following
            if label in _LABELS and value:
                values.setdefault(label, value)
    return values


def _text(cell: Cell) -> str:
    return "" if cell.value is None else shown(cell.value, cell.style.number_format).strip()


# -------------------------------------------------------------------------------------------------- names of departments
def known_department(plan: Plan, name: str) -> str:
    """The department of this name, abbreviation or former name, however it is written; "" for a stranger."""
    folded = fold(name)
    if not folded:
        return ""
    return _official(plan).get(folded, "")


@once_for_each
def _official(plan: Plan) -> Mapping[str, str]:
    return official_names(plan.departments)


def _former(plan: Plan, names: Sequence[str], file: str) -> tuple[Finding, ...]:
    """A finding where a file's department goes by a name that it had before a reorganisation."""
    for name in names:
        same = [d for d in plan.departments if fold(name) in {fold(each) for each in d.former}]
        if not same or any(fold(name) in (fold(d.name), fold(d.short)) for d in plan.departments):
            continue
        rule = FORMER_NAME_USED if len(same) == 1 else FORMER_NAME_OF_SEVERAL
        department = same[0].name if len(same) == 1 else ""
        expected = "、".join(d.name for d in same)
        return (found(rule, Place(file), department=department, expected=expected, got=name),)
    return ()


def named_in(plan: Plan, file: str) -> str:
    """The one department that a file's name (else its folder inside an archive) names; "" for none or several."""
    path = PurePath(unicodedata.normalize("NFC", file.replace("\\", "/")))
    folders = list(path.parts[:-1])
    archives = [index for index, part in enumerate(folders) if part.lower().endswith(".zip")]
    inside_archive = folders[archives[0] + 1 :] if archives else []
    for part in (path.stem, *reversed(inside_archive)):
        inside = _names_in(plan, part)
        if inside:
            return inside[0] if len(inside) == 1 else ""
    return ""


@once_for_each
def _every_name(plan: Plan) -> tuple[tuple[str, str, bool], ...]:
    """Each name that a department goes by, folded, with the department, and whether it is long enough to be known
    inside other words."""
    return tuple((fold(name), d.name, len(name) >= 3) for d in plan.departments for name in d.names)


def _names_in(plan: Plan, text: str) -> tuple[str, ...]:
    folded, words = fold(text), {fold(word) for word in _SEPARATORS.split(text)}
    hits = [(name, whose) for name, whose, long in _every_name(plan) if name in words or (long and name in folded)]
    longest = [(name, whose) for name, whose in hits if not any(name in other != name for other, _ in hits)]
    return tuple(dict.fromkeys(whose for _, whose in longest))
