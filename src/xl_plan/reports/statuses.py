"""提出状況: what every department sent, and how much of it is filled."""

from __future__ import annotations

from dataclasses import replace

from xl_plan.book.secondround import WORKBOOK, second_round
from xl_plan.cells import Cell, Sheet
from xl_plan.layout.sheets import Looks, table
from xl_plan.model import STATUS_SHEET, Merged, Outcome, State

_STATES = {
    State.COMPLETE: "提出済",
    State.PARTIAL: "一部未記入",
    State.FAULTY: "要修正",
    State.REFUSED: "受取不可",
    State.SUPERSEDED: "同じ内容の重複",
    State.IGNORED: "読み飛ばし",
}


def status_sheet(merged: Merged, looks: Looks) -> Sheet:
    rows: list[list[Cell | str]] = []
    number = replace(looks.cell, number_format="0", horizontal="right")
    for department in merged.plan.departments:
        owned = len(merged.plan.owned_by(department.name))
        mine = [o for o in merged.outcomes if o.department == department.name]
        if not mine and owned:
            mine = [Outcome("", "", department.name, State.IGNORED, owned)]
        for outcome in mine:
            state = _STATES[outcome.state] if outcome.file else "未提出"
            counts = [Cell(n, number) for n in (outcome.owned, outcome.filled, outcome.pending)]
            rows.append([department.name, outcome.file, state, *counts])
        if not owned and not mine:
            rows.append([department.name, "", "記入する事業なし", *(Cell(0, number) for _ in range(3))])
    later = second_round(merged)
    for line in later.columns:
        rows.append([line.name, WORKBOOK, line.standing, Cell(line.owned, number), Cell(line.filled, number), ""])
    rows += [["（不明）", o.file, _STATES[o.state], "", "", ""] for o in merged.outcomes if not o.department]
    head = ("部局", "ファイル", "状況", "記入対象", "記入済み", "うち後日報告")
    note = "「記入済み」には「－」と「集計中」を含みます。「うち後日報告」は「集計中」などの数です。どの数も再掲を除きます。"
    notes = (note, later.sentence) if later.sentence else (note,)
    sheet, _ = table(STATUS_SHEET, looks, "提出状況", head, rows, (26, 46, 16, 11, 11, 14), notes=notes)
    return replace(sheet, tab_colour="#548235")


def status_label(state: State) -> str:
    """How a file's state is called in Japanese."""
    return _STATES[state]
