"""Merged plan + findings → the consolidated workbook as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xl_plan.cells import Cell, Sheet, a1
from xl_plan.compose import Spot
from xl_plan.findings import Finding, ordered
from xl_plan.model import (
    PROPOSAL_SHEET,
    SOURCES_SHEET,
    STATUS_SHEET,
    CellKey,
    Merged,
    Outcome,
    Sharing,
    State,
)
from xl_plan.planbook import PlanBook, all_columns, plan_book
from xl_plan.relisted_sheet import relisted_sheet
from xl_plan.settlement import NOTHING, Settlements, findings_sheet
from xl_plan.sheets import Looks, looks_of, table

_STATES = {
    State.COMPLETE: "提出済",
    State.PARTIAL: "一部未記入",
    State.FAULTY: "要修正",
    State.REFUSED: "受取不可",
    State.SUPERSEDED: "同じ内容の重複",
    State.IGNORED: "読み飛ばし",
}


def consolidated(merged: Merged, findings: Sequence[Finding], settlements: Settlements = NOTHING) -> PlanBook:
    """The consolidated workbook: the plan with the round filled in, and the report sheets."""
    plan = merged.plan
    edits: dict[Spot, Cell] = {}
    for (programme_key, column_key), entry in merged.entries.items():
        programme = plan.programme(programme_key)
        place = programme.place(column_key) if programme else None
        if programme is not None and place is not None:
            edits[programme.sheet, place] = entry.cell
    links = _links(merged)
    drawn = plan_book(plan, plan.settings, all_columns(plan), edits, links=links)
    report = _report(merged, ordered(findings), drawn.where, settlements)
    return PlanBook(replace(drawn.book, sheets=(*drawn.book.sheets, *report)), drawn.where)


def _links(merged: Merged) -> dict[Spot, Spot]:
    """Copy → original, for each shared cell of the round."""
    links: dict[Spot, Spot] = {}
    for (key, column_key), entry in merged.entries.items():
        copy, original = merged.plan.programme(key), merged.plan.programme(entry.original)
        if copy is None or original is None:
            continue
        column = copy.column(column_key)
        mine, theirs = copy.place(column_key), original.place(column_key)
        if column is not None and column.sharing is Sharing.SHARED and mine and theirs:
            links[copy.sheet, mine] = (original.sheet, theirs)
    return links


def _report(
    merged: Merged, findings: Sequence[Finding], where: Mapping[CellKey, Spot], settlements: Settlements
) -> tuple[Sheet, ...]:
    looks = looks_of(merged.plan.settings)
    return (
        _status_sheet(merged, looks),
        findings_sheet(merged.plan, findings, where, looks, settlements),
        _proposals_sheet(merged, looks),
        relisted_sheet(merged, where, looks),
        _sources_sheet(merged, where, looks),
    )


# ------------------------------------------------------------------------------------------------------------ sheets
def _status_sheet(merged: Merged, looks: Looks) -> Sheet:
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
    rows += [["（不明）", o.file, _STATES[o.state], "", "", ""] for o in merged.outcomes if not o.department]
    head = ("部局", "ファイル", "状況", "記入対象", "記入済み", "うち後日報告")
    note = "「記入済み」には「－」と「集計中」を含みます。「うち後日報告」は「集計中」などの数です。どの数も再掲を除きます。"
    sheet, _ = table(STATUS_SHEET, looks, "提出状況", head, rows, (26, 46, 16, 11, 11, 14), notes=(note,))
    return replace(sheet, tab_colour="#548235")


def _proposals_sheet(merged: Merged, looks: Looks) -> Sheet:
    rows = [
        [p.department, p.number, p.item, p.current, p.proposed, p.reason, "", "", p.file, str(p.row)]
        for p in merged.proposals
    ]
    head = ("部局", "番号", "項目", "現在の内容", "修正案", "理由", "採否", "備考", "ファイル", "行")
    note = "部局から申出のあった修正です。採否は取りまとめ部局が記入し、採用したものは計画の表を直してください。自動では反映しません。"
    widths = (18, 14, 14, 30, 30, 34, 8, 20, 28, 6)
    sheet, _ = table(PROPOSAL_SHEET, looks, "修正申出", head, rows, widths, notes=(note,), paper="A3")
    return replace(sheet, tab_colour="#BF8F00")


def _sources_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks) -> Sheet:
    rows: list[list[Cell | str]] = []
    for programme in merged.plan.programmes:
        for column in programme.block.columns:
            key = (programme.key, column.key)
            entry = merged.entries.get(key)
            spot = where.get(key)
            if entry is None or spot is None or not entry.text:
                continue
            here = f"{spot[0]} {a1(*spot[1])}"
            link = Cell(here, looks.link, link=f"#'{spot[0]}'!{a1(*spot[1])}")
            original = merged.plan.programme(entry.original)
            if entry.state:
                source = f"（{entry.state}）"
            elif entry.source:
                source = entry.source
            else:
                source = "（計画の表に入っていた値）"
            via = f"再掲：{original.number}から" if original else ""
            rows.append(
                [
                    programme.number,
                    column.header,
                    link,
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


def status_label(state: State) -> str:
    """How a file's state is called in Japanese."""
    return _STATES[state]
