"""修正申出: what departments ask the division to change, and what the division decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xl_plan.cells import Book, Sheet
from xl_plan.layout.sheets import Looks, table
from xl_plan.meaning.numberformat import shown
from xl_plan.model import PROPOSAL_SHEET, Merged

_ASKED = ("部局", "番号", "項目", "現在の内容", "修正案", "理由")
_DECIDED = ("採否", "備考")
_HEAD = (*_ASKED, *_DECIDED, "ファイル", "行")
_WIDTHS = (18, 14, 14, 30, 30, 34, 8, 20, 28, 6)
_NOTE = "部局から申出のあった修正です。採否は取りまとめ部局が記入し、採用したものは計画の表を直してください。自動では反映しません。"

Decisions = Mapping[tuple[str, ...], tuple[str, ...]]  # what was asked → 採否, 備考, ファイル, 行


def proposals_sheet(merged: Merged, looks: Looks, decisions: Decisions) -> Sheet:
    """修正申出 with the 採否 and 備考 of the last output; what was decided stays listed when its file is gone."""
    left = dict(decisions)
    rows = []
    for p in merged.proposals:
        asked = (p.department, p.number, p.item, p.current, p.proposed, p.reason)
        decided = left.pop(asked, ("", ""))
        rows.append([*asked, *decided[:2], p.file, str(p.row)])
    rows += [[*asked, *decided] for asked, decided in left.items()]
    sheet, _ = table(PROPOSAL_SHEET, looks, "修正申出", _HEAD, rows, _WIDTHS, notes=(_NOTE,), paper="A3")
    return replace(sheet, tab_colour="#BF8F00")


def read_decisions(book: Book) -> Decisions:
    """What the division wrote beside the proposals of a consolidated workbook."""
    sheet = book.sheet(PROPOSAL_SHEET)
    decisions: dict[tuple[str, ...], tuple[str, ...]] = {}
    columns: dict[str, int] = {}
    for _, cells in sheet.rows() if sheet else ():
        texts = {col: shown(cell.value, cell.style.number_format) for col, cell in cells if not cell.blank}
        if not columns:
            heads = {text: col for col, text in texts.items()}
            columns = heads if all(name in heads for name in _HEAD) else {}
            continue
        line = {name: texts.get(columns[name], "") for name in _HEAD}
        if any(line[name].strip() for name in _DECIDED):
            decisions[tuple(line[n] for n in _ASKED)] = tuple(line[n] for n in (*_DECIDED, "ファイル", "行"))
    return decisions
