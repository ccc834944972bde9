"""修正依頼: a department's form rendered fresh with its values, the cells to settle marked, and a first sheet that says why.

The form itself is drawn as when it was issued, so that whatever became of the returned file's rows, columns and locks is
repaired; here its faulty cells get a fill and a note, and 確認事項 is put in front, one line a cell, each linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Position, Sheet, a1
from xl_plan.comparison import expected_text
from xl_plan.findings import Finding, Place, Severity
from xl_plan.issue.formwords import KINDS, SUBMISSION_KIND, VERSION
from xl_plan.layout.sheets import looks_of, table
from xl_plan.model import FINDINGS_SHEET, GUIDE_SHEET, CellKey, Plan, Spot, Submission
from xl_plan.office.letters import RETURN, write_letter
from xl_plan.relisted.relisting import meant
from xl_plan.returned.remarks import NOTE_END
from xl_plan.rules.files import ROW_MISSING, ROW_TWICE
from xl_plan.rules.ownership import (
    ANSWERS_FOR_ANOTHER,
    FOREIGN_CELL_CHANGED,
    FORMULA_FOR_VALUE,
    OWNER_CHANGED,
    TAKEN_BY_TIME,
    TWO_ANSWERS,
)
from xl_plan.rules.returned import COLUMN_MISSING, ROW_NOT_ISSUED, ROWS_MIXED

FAULT = "#FFD966"  # a cell to correct
QUESTION = "#FFF2CC"  # a cell to look at
_BLANK = "（空欄）"
_HEAD = ("No", "区分", "セル", "番号", "列", "内容", "現在の値", "配布時の値", "直し方")
_WIDTHS = (5, 8, 10, 14, 18, 44, 28, 28, 40)


_RESTORED = "配布時の内容に戻してあります。変更が必要なときは「修正申出」シートに理由を添えて記入してください。"
_FILL_IN = "この行のセルに記入してください。"
#: What a department is to do where the rule's own words speak to the coordinating division.
_ASKED: Mapping[str, str] = MappingProxyType(
    {
        ROW_MISSING.code: _FILL_IN,
        ROW_NOT_ISSUED.code: _FILL_IN,
        COLUMN_MISSING.code: _FILL_IN,
        ROW_TWICE.code: "正しい内容を、このセルに1つだけ記入してください。",
        ROWS_MIXED.code: "この行の内容を確かめ、記入し直してください。",
        TWO_ANSWERS.code: "正しい回答を、このセルに記入してください。",
        TAKEN_BY_TIME.code: "この内容で正しいか確かめ、違うときは直してください。",
        FOREIGN_CELL_CHANGED.code: _RESTORED,
        FORMULA_FOR_VALUE.code: _RESTORED,
        ANSWERS_FOR_ANOTHER.code: "{owner}が記入する欄です。内容を{owner}に伝え、{owner}の調査票に記入してもらってください。",
        OWNER_CHANGED.code: "{owner}が記入する欄に変わりました。内容を{owner}に伝えてください。",
    }
)


@dataclass(frozen=True, slots=True)
class Point:
    """A cell to settle: what was found there, what the department wrote and what was issued."""

    finding: Finding
    place: Place
    key: CellKey | None
    now: str
    issued: str


def points(plan: Plan, findings: Iterable[Finding], submissions: Sequence[Submission]) -> tuple[Point, ...]:
    """The cells to settle of one department's files, each once for every finding."""
    files = {s.file: s for s in submissions}

    @cache
    def texts(file: str) -> Mapping[tuple[str, str], str]:
        """What stands in the cells of a file: only looked for where a finding is of several cells."""
        return (
            {(item.sheet, item.cell_name): item.text for item in files[file].returned.values()} if file in files else {}
        )

    result: dict[tuple[int, object], Point] = {}
    for number, finding in enumerate(findings):
        alone = len({meant(plan, p) or (p.number, p.column) for p in finding.places}) == 1
        for place in finding.places:
            key = meant(plan, place)
            programme = plan.programme(key[0]) if key else None
            submission = files.get(place.file)
            now = finding.got if alone else texts(place.file).get((place.sheet, place.cell))
            issued = ""
            if key and programme:
                issued = expected_text(submission.issued if submission else None, programme, key[1])
            result.setdefault((number, key or place), Point(finding, place, key, now or "", issued))
    return tuple(result.values())


def return_book(
    plan: Plan, department: str, form: Book, where: Mapping[CellKey, Spot], found: Sequence[Point], version: int
) -> Book:
    """The form with what is to be settled. ``form`` holds the department's values, ``where`` says where each cell stands
    in it; ``version`` is the 第n回 that the corrected return will state."""
    marks = _marks(found, where)
    sheets = [
        _restated(sheet, version) if sheet.name == GUIDE_SHEET else _marked(sheet, marks.get(sheet.name, {}))
        for sheet in form.sheets
    ]
    first = _points_sheet(plan, department, found, where)
    title = f"{plan.settings.title} 修正依頼（{department}）"
    return replace(form, sheets=(first, *sheets), properties=replace(form.properties, title=title))


def _restated(guide: Sheet, version: int) -> Sheet:
    """記入要領 with the 提出区分 that the corrected return is to have."""
    answers = {SUBMISSION_KIND: KINDS[1], VERSION: f"第{version}回"}
    cells = dict(guide.cells)
    for (row, col), cell in guide.cells.items():
        if col == 0 and cell.value in answers:
            beside = guide.at(row, 1)
            cells[row, 1] = beside.with_value(answers[str(cell.value)])
    return replace(guide, cells=MappingProxyType(cells))


# --------------------------------------------------------------------------------------------------------------- marks
def _marks(found: Sequence[Point], where: Mapping[CellKey, Spot]) -> dict[str, dict[Position, list[Point]]]:
    marks: dict[str, dict[Position, list[Point]]] = {}
    for point in found:
        spot = where.get(point.key) if point.key else None
        if spot is not None:
            marks.setdefault(spot[0], {}).setdefault(spot[1], []).append(point)
    return marks


def _marked(sheet: Sheet, marks: Mapping[Position, Sequence[Point]]) -> Sheet:
    if not marks:
        return sheet
    cells, merged = dict(sheet.cells), sheet.merge_map()
    for position, found in marks.items():
        fault = any(point.finding.severity is Severity.ERROR for point in found)
        fill = FAULT if fault else QUESTION
        area = merged.get(position)
        covered = [at for at, other in merged.items() if other == area] if area else [position]
        for at in covered:
            cell = cells.get(at, Cell())
            cells[at] = replace(cell, style=replace(cell.style, fill=fill))
        cells[position] = replace(cells[position], note=_note(found, position))
    return replace(sheet, cells=MappingProxyType(cells))


def _note(found: Sequence[Point], position: Position) -> str:
    texts = []
    for point in found:
        message, remedy = _words(point, position)
        texts.append(f"【{point.finding.severity.label}】{message}\n直し方：{remedy}")
    return "\n\n".join(dict.fromkeys(texts)) + f"\n{NOTE_END}\n"


def _words(point: Point, position: Position | None) -> tuple[str, str]:
    """What is the matter and what to do, said to the department, with the cell's address in this form."""
    finding = point.finding
    remedy = _ASKED.get(finding.code)
    texts = (finding.message, remedy.format(**finding.details) if remedy else finding.remedy)
    if position is None or not point.place.cell:
        return texts
    before = re.compile(rf"(?<![A-Za-z0-9]){re.escape(point.place.cell)}(?![0-9])")
    message, remedy = (before.sub(a1(*position), text) for text in texts)
    return message, remedy


# --------------------------------------------------------------------------------------------------------- first sheet
def _points_sheet(plan: Plan, department: str, found: Sequence[Point], where: Mapping[CellKey, Spot]) -> Sheet:
    looks = looks_of(plan.settings)
    rows: list[list[Cell | str]] = []
    for number, point in enumerate(found, 1):
        spot = where.get(point.key) if point.key else None
        link = f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None
        fill = FAULT if point.finding.severity is Severity.ERROR else QUESTION
        head = replace(looks.cell, fill=fill)
        message, remedy = _words(point, spot[1] if spot else None)
        cell = Cell(a1(*spot[1]), looks.link, link=link) if spot else Cell("－", looks.cell)
        rows.append(
            [
                str(number),
                Cell(point.finding.severity.label, head),
                cell,
                point.place.number,
                point.place.column,
                message,
                point.now or _BLANK,
                point.issued or _BLANK,
                remedy,
            ]
        )
    sheet, _ = table(
        FINDINGS_SHEET,
        looks,
        f"{plan.settings.title}　修正のお願い（{department}）",
        _HEAD,
        rows,
        _WIDTHS,
        notes=_covering(plan, department, found),
        paper="A3",
    )
    return replace(sheet, tab_colour="#C00000")


def _covering(plan: Plan, department: str, found: Sequence[Point]) -> tuple[str, ...]:
    faults = len({id(p.finding) for p in found if p.finding.severity is Severity.ERROR})
    questions = len({id(p.finding) for p in found}) - faults
    counts = "、".join(
        f"{label}{count}件"
        for label, count in (("直していただく点が", faults), ("確かめていただく点が", questions))
        if count
    )
    # The division words the letter on the sheet 文面; what this workbook's colours mean is said whatever it writes.
    fields = {"ファイル": f"{department}.xlsx", "件数": str(faults + questions)}
    worded = write_letter(plan, RETURN, department, **fields).splitlines()
    return (
        *(line for line in worded if line.strip()),
        f"{counts}あります。下の一覧の「セル」を押すと、そのセルへ移ります。直していただくのは黄色のセルです。",
        "黄色以外のセルには、提出していただいた内容が入っています。",
        "記入対象でないセルの変更は、配布時の内容に戻してあります。変更が必要なときは「修正申出」シートに記入してください。",
    )
