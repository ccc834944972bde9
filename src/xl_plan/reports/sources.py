"""転記元一覧: the file, sheet and cell that every value of the round comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xl_plan.book.secondround import LATER_FILLERS
from xl_plan.cells import Cell, Sheet
from xl_plan.layout.sheets import Looks, table
from xl_plan.model import SOURCES_SHEET, CellKey, Merged, Spot
from xl_plan.relisted.relisting import row_label
from xl_plan.reports.rows import leading_to


def sources_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks) -> Sheet:
    rows: list[list[Cell | str]] = []
    for programme in merged.plan.programmes:
        for column in programme.block.columns:
            key = (programme.key, column.key)
            entry = merged.entries.get(key)
            spot = where.get(key)
            if entry is None or spot is None or not entry.text:
                continue
            original = merged.plan.programme(entry.original)
            by = merged.plan.asked(programme, column)
            if entry.by_hand and by in LATER_FILLERS and by is not None:
                source = f"（取りまとめのブックに{by.value}が記入）"
            elif entry.by_hand:
                source = f"（事務局修正。提出は{entry.source}）" if entry.source else "（事務局修正）"
            elif entry.state:
                source = f"（{entry.state}）"
            elif entry.source:
                source = entry.source
            else:
                source = "（計画の表に入っていた値）"
            via = f"再掲：{original.number}から" if original else ""
            rows.append(
                [
                    row_label(programme),
                    column.header,
                    leading_to(spot, looks),
                    via,
                    source,
                    entry.sha256,
                    f"{entry.source_sheet} {entry.source_cell}".strip(),
                ]
            )
    head = ("番号", "列", "本書のセル", "再掲", "転記元のファイル", "SHA-256", "転記元のセル")
    widths = (14, 30, 12, 20, 38, 68, 14)
    sheet, _ = table(SOURCES_SHEET, looks, "転記元一覧", head, rows, widths, paper="A3")
    return replace(sheet, tab_colour="#7F7F7F")
