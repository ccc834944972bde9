"""修正依頼: a department's form rendered fresh with its values, the cells to settle marked, and a first sheet that says why.

The form itself is drawn as when it was issued, so that whatever became of the returned file's rows, columns and locks is
repaired; here its faulty cells get a fill and a note, and 確認事項 is put in front, one line a cell, each linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Position, Sheet, a1
from xl_plan.comparison import expected_text
from xl_plan.compose import Spot
from xl_plan.findings import Finding, Place, Severity
from xl_plan.guide import KINDS, SUBMISSION_KIND, VERSION
from xl_plan.issued import issued_sheet, read_issued
from xl_plan.model import FINDINGS_SHEET, GUIDE_SHEET, CellKey, Plan, Submission
from xl_plan.remarks import NOTE_END
from xl_plan.sheets import looks_of, table

FAULT = "#FFD966"  # a cell to correct
QUESTION = "#FFF2CC"  # a cell to look at
_BLANK = "（空欄）"
_HEAD = ("No", "区分", "セル", "番号", "列", "内容", "現在の値", "配布時の値", "直し方")
_WIDTHS = (5, 8, 10, 14, 18, 44, 28, 28, 40)


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
    keys = {(p.number, c.header): (p.key, c.key) for p in plan.programmes for c in p.block.columns}
    by_key = {p.key: p for p in plan.programmes}
    files = {s.file: s for s in submissions}
    texts = {(s.file, i.sheet, i.cell_name): i.text for s in submissions for i in s.returned.values()}
    result: dict[tuple[int, object], Point] = {}
    for number, finding in enumerate(findings):
        alone = len({(p.number, p.column) for p in finding.places}) == 1
        for place in finding.places:
            key = keys.get((place.number, place.column))
            programme = by_key[key[0]] if key else None
            submission = files.get(place.file)
            now = finding.got if alone else texts.get((place.file, place.sheet, place.cell))
            issued = ""
            if key and programme:
                issued = expected_text(submission.issued if submission else None, programme, key[1])
            result.setdefault((number, key or place), Point(finding, place, key, now or "", issued))
    return tuple(result.values())


def return_book(
    plan: Plan, department: str, form: Book, where: Mapping[CellKey, Spot], found: Sequence[Point], version: int
) -> Book:
    """The form as a return. ``form`` holds the department's values, ``where`` says where each cell stands in it;
    ``version`` is the 第n回 that the corrected return will state."""
    marks = _marks(found, where)
    sheets = []
    for sheet in form.sheets:
        issued = read_issued(sheet)
        if issued is not None:
            sheets.append(issued_sheet(replace(issued[0], kind="return"), issued[1]))
        elif sheet.name == GUIDE_SHEET:
            sheets.append(_restated(sheet, version))
        else:
            sheets.append(_marked(sheet, marks.get(sheet.name, {})))
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
def _marks(found: Sequence[Point], where: Mapping[CellKey, Spot]) -> dict[str, dict[Position, list[Finding]]]:
    marks: dict[str, dict[Position, list[Finding]]] = {}
    for point in found:
        spot = where.get(point.key) if point.key else None
        if spot is not None:
            marks.setdefault(spot[0], {}).setdefault(spot[1], []).append(point.finding)
    return marks


def _marked(sheet: Sheet, marks: Mapping[Position, Sequence[Finding]]) -> Sheet:
    if not marks:
        return sheet
    cells, merged = dict(sheet.cells), sheet.merge_map()
    for position, findings in marks.items():
        fault = any(f.severity is Severity.ERROR for f in findings)
        fill = FAULT if fault else QUESTION
        area = merged.get(position)
        covered = [at for at, other in merged.items() if other == area] if area else [position]
        for at in covered:
            cell = cells.get(at, Cell())
            cells[at] = replace(cell, style=replace(cell.style, fill=fill))
        cells[position] = replace(cells[position], note=_note(findings))
    return replace(sheet, cells=MappingProxyType(cells))


def _note(findings: Sequence[Finding]) -> str:
    texts = [f"【{f.severity.label}】{f.message}\n直し方：{f.remedy}" for f in findings]
    return "\n\n".join(dict.fromkeys(texts)) + f"\n{NOTE_END}\n"


# --------------------------------------------------------------------------------------------------------- first sheet
def _points_sheet(plan: Plan, department: str, found: Sequence[Point], where: Mapping[CellKey, Spot]) -> Sheet:
    looks = looks_of(plan.settings)
    rows: list[list[Cell | str]] = []
    for number, point in enumerate(found, 1):
        spot = where.get(point.key) if point.key else None
        link = f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None
        fill = FAULT if point.finding.severity is Severity.ERROR else QUESTION
        head = replace(looks.cell, fill=fill)
        cell = Cell(a1(*spot[1]), looks.link, link=link) if spot else Cell("－", looks.cell)
        rows.append(
            [
                str(number),
                Cell(point.finding.severity.label, head),
                cell,
                point.place.number,
                point.place.column,
                point.finding.message,
                point.now or _BLANK,
                point.issued or _BLANK,
                point.finding.remedy,
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
    return (
        f"{department}　御中",
        f"提出していただいた調査票に、{counts}あります。下の一覧の「セル」を押すと、そのセルへ移ります。",
        f"このブックの黄色のセルを直し、{plan.settings.division or '取りまとめ部局'}へ提出してください。",
        "黄色以外のセルには、提出していただいた内容が入っています。",
        "記入対象でないセルの変更は、配布時の内容に戻してあります。変更が必要なときは「修正申出」シートに記入してください。",
    )
