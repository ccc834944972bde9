"""修正申出: what departments ask the division to change."""

from __future__ import annotations

from dataclasses import replace

from xl_plan.cells import Sheet
from xl_plan.model import PROPOSAL_SHEET, Merged
from xl_plan.sheets import Looks, table


def proposals_sheet(merged: Merged, looks: Looks) -> Sheet:
    rows = [
        [p.department, p.number, p.item, p.current, p.proposed, p.reason, "", "", p.file, str(p.row)]
        for p in merged.proposals
    ]
    head = ("部局", "番号", "項目", "現在の内容", "修正案", "理由", "採否", "備考", "ファイル", "行")
    note = "部局から申出のあった修正です。採否は取りまとめ部局が記入し、採用したものは計画の表を直してください。自動では反映しません。"
    widths = (18, 14, 14, 30, 30, 34, 8, 20, 28, 6)
    sheet, _ = table(PROPOSAL_SHEET, looks, "修正申出", head, rows, widths, notes=(note,), paper="A3")
    return replace(sheet, tab_colour="#BF8F00")
