"""確認事項: the findings as staff read and settle them, and what they settled read back.

対応, 対応者, 日付 and 理由 belong to people: the next merge keeps them at the finding they were written for. A finding is
known again by what it says of which cells, not by its address or its file's name: when a cell changes again, its
finding is a new one and stands open. What was settled and is no longer found stays at the end of the sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Area, Book, Cell, Sheet, Style, Validation, a1
from xl_plan.findings import Finding, Place
from xl_plan.layout.sheets import Looks, table
from xl_plan.meaning.numberformat import shown
from xl_plan.model import FINDINGS_SHEET, CellKey, Plan, Spot
from xl_plan.relisted.relisting import meant, meant_row, nth

ACTIONS = ("採用", "保留", "問題なし")
SETTLED = ("採用", "問題なし")
_ABOUT = ("No", "区分", "コード", "部局", "番号・列（本書のセルへ）", "内容", "直し方", "ファイル", "提出物のセル")
_OURS = ("対応", "対応者", "日付", "理由")
_KEY = "照合番号"
HEAD = (*_ABOUT, *_OURS, _KEY)
_WIDTHS = (5, 8, 7, 13, 20, 42, 33, 18, 11, 9, 9, 10, 16, 11)  # as wide as A3 holds at 8 points
_GONE = "解消済み"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What staff wrote beside a finding, cell by cell, and the line as it stood."""

    given: tuple[Cell, ...]
    line: tuple[str, ...]

    @property
    def action(self) -> str:
        return _text(self.given[0]).strip()


Settlements = Mapping[str, Settlement]
NOTHING: Settlements = MappingProxyType({})


def finding_key(finding: Finding) -> str:
    """The same for the same thing said of the same cells, whatever the file is called and wherever its cells stand."""
    cells = [f"{_row(place)}\t{place.column}" for place in finding.places if place.number]
    where = cells or [f"{place.file}\t{place.sheet}\t{place.cell}" for place in finding.places]
    parts = (finding.code, finding.department, *where, finding.expected or "", finding.got or "")
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:10]


def _row(place: Place) -> str:
    """The row's number, and which of them where several rows have it."""
    return place.number + nth(place.key[0])


def settle(findings: Iterable[Finding], settlements: Settlements) -> tuple[Finding, ...]:
    """The findings, each with the 対応 that staff gave it."""
    return tuple(
        replace(finding, settled=known.action) if known and known.action in SETTLED else finding
        for finding in findings
        for known in [settlements.get(finding_key(finding))]
    )


# ---------------------------------------------------------------------------------------------------------- read back
def read_settlements(book: Book) -> Settlements:
    """What staff wrote in 確認事項 of the last output, by the finding it was written for."""
    sheet = book.sheet(FINDINGS_SHEET)
    if sheet is None:
        return NOTHING
    columns: dict[str, int] = {}
    settlements: dict[str, Settlement] = {}
    for _, cells in sheet.rows():
        texts = {col: _text(cell).strip() for col, cell in cells}
        if not columns:
            if {_KEY, *_OURS} <= set(texts.values()):
                columns = {text: col for col, text in sorted(texts.items(), reverse=True)}
            continue
        key = texts.get(columns[_KEY], "")
        at = dict(cells)
        given = tuple(at.get(columns[name], Cell()) for name in _OURS)
        if key and any(_text(cell).strip() for cell in given):
            line = tuple(texts.get(columns[name], "") if name in columns else "" for name in _ABOUT)
            settlements[key] = Settlement(given, line)
    return MappingProxyType(settlements)


def _text(cell: Cell) -> str:
    return "" if cell.value is None else shown(cell.value, cell.style.number_format)


# ------------------------------------------------------------------------------------------------------------- written
def findings_sheet(
    plan: Plan, findings: Sequence[Finding], where: Mapping[CellKey, Spot], looks: Looks, settlements: Settlements
) -> Sheet:
    """確認事項: open findings, then settled ones, then what was settled and is no longer found."""
    rows: list[list[Cell | str]] = []
    keyed = [(finding_key(finding), finding) for finding in findings]
    for key, finding in sorted(keyed, key=lambda item: bool(item[1].settled)):
        link = _link(plan, finding.place, where)
        rows.append(_line(len(rows) + 1, finding, link, key, settlements.get(key), looks))
    known = {key for key, _ in keyed}
    for key, settlement in settlements.items():
        if key not in known:
            rows.append(_gone_line(len(rows) + 1, key, settlement, looks))
    notes = (
        "「要修正」の値は取りまとめに入れていません。「要確認」の値は入れてあります。",
        "「対応」（採用・保留・問題なし）、「対応者」、「日付」、「理由」は取りまとめ部局の記録で、次の取りまとめでも残ります。",
        "「採用」「問題なし」としたものは対応済みとして下に並べ、セルの内容が変わると、あらためて一覧に出ます。",
        "値を直すときは、表のセルを直接直してください。「番号・列」から表のセルへ、表の番号からここへ移れます。",
    )
    sheet, first = table(FINDINGS_SHEET, looks, "確認事項", HEAD, rows, _WIDTHS, notes=notes, paper="A3")
    column = HEAD.index(_OURS[0])
    last = max((row for row, _ in sheet.cells), default=first)
    choices = Validation((Area(first, column, max(last, first), column),), "list", ACTIONS, error_style="information")
    return replace(sheet, tab_colour="#C00000", validations=(choices,) if rows else ())


def _link(plan: Plan, place: Place, where: Mapping[CellKey, Spot]) -> str | None:
    programme = meant_row(plan, place)
    if programme is None:
        return None
    spot = where.get(meant(plan, place) or (programme.key, "number")) or where.get((programme.key, "number"))
    return f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None


def _line(
    number: int, finding: Finding, link: str | None, key: str, settlement: Settlement | None, looks: Looks
) -> list[Cell | str]:
    place = finding.place
    target = f"{place.number} {place.column}".strip() or "－"
    label = f"{finding.severity.label}\n対応済み" if finding.settled else finding.severity.label
    return [
        str(number),
        label,
        finding.code,
        finding.department,
        Cell(target, looks.link if link else looks.cell, link=link),
        finding.message,
        finding.remedy,
        place.file,
        " ".join(text for text in (place.sheet, place.cell) if text),
        *_given(settlement, looks),
        Cell(key, _pale(looks)),
    ]


def _gone_line(number: int, key: str, settlement: Settlement, looks: Looks) -> list[Cell | str]:
    about = [Cell(text or None, _pale(looks)) for text in settlement.line[2:]]
    return [str(number), Cell(_GONE, _pale(looks)), *about, *_given(settlement, looks), Cell(key, _pale(looks))]


def _given(settlement: Settlement | None, looks: Looks) -> list[Cell | str]:
    """The four cells of the division as it filled them, dates under their own format."""
    if settlement is None:
        return ["" for _ in _OURS]
    cells: list[Cell | str] = []
    for cell in settlement.given:
        style = replace(looks.cell, number_format=cell.style.number_format)
        cells.append(Cell(cell.value, style, runs=cell.runs))
    return cells


def _pale(looks: Looks) -> Style:
    return replace(looks.cell, font=replace(looks.cell.font, colour="#7F7F7F"))
