"""The sheet 事務局修正: what the division changed by hand in the consolidated workbook, old and new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xl_plan.cells import Cell, Run, Sheet
from xl_plan.hand.handwork import Revision
from xl_plan.layout.sheets import Looks, table
from xl_plan.meaning.wordmarks import marked
from xl_plan.model import REVISIONS_SHEET, CellKey, Plan, Spot
from xl_plan.reports.rows import leading_to

_HEAD = (
    "部局",
    "番号",
    "列",
    "本書のセル",
    "修正前",
    "修正後",
    "提出物の現在の内容（違うとき）",
    "部局への確認（文面）",
)
_WIDTHS = (15, 13, 20, 11, 38, 38, 26, 32)
_ASKED = (
    "{number}「{column}」の回答を、取りまとめに当たり「修正前」から「修正後」のとおりに直しました。"
    "差し支えがないかご確認のうえ、{division}へお知らせください。"
)
_NOT_ASKED = "（部局の回答ではないため、確認は不要です）"


def revisions_sheet(plan: Plan, revisions: Sequence[Revision], where: Mapping[CellKey, Spot], looks: Looks) -> Sheet:
    """事務局修正, the departments' own cells first."""
    ordered = sorted(revisions, key=lambda revision: not revision.answer)
    rows = [_row(plan, revision, where.get(revision.item), looks) for revision in ordered]
    notes = (
        "取りまとめのブックで手で直したセルです。次の取りまとめでも、直した内容を残します。",
        "修正をやめるときは、セルを「修正前」の内容に戻すか、「提出物の現在の内容」を入れてください。",
    )
    sheet, _ = table(REVISIONS_SHEET, looks, REVISIONS_SHEET, _HEAD, rows, _WIDTHS, notes=notes, paper="A3")
    return replace(sheet, tab_colour="#C55A11")


def _row(plan: Plan, revision: Revision, spot: Spot | None, looks: Looks) -> list[Cell | str]:
    old, new = marked(revision.before, revision.after)
    here: Cell | str = f"{revision.sheet}"
    if spot is not None:
        here = leading_to(spot, looks)
    asked = _NOT_ASKED
    if revision.answer:
        division = plan.settings.division or "取りまとめ部局"
        asked = _ASKED.format(number=revision.number, column=revision.column, division=division)
    return [
        revision.department,
        revision.number,
        revision.column,
        here,
        _quoted(revision.before, old, looks),
        _quoted(revision.after, new, looks),
        revision.submitted if revision.conflict else "",
        asked,
    ]


def _quoted(text: str, runs: tuple[Run, ...], looks: Looks) -> Cell:
    return Cell(text, looks.cell, runs=runs) if text else Cell("（空欄）", looks.cell)
