"""What changed between two plan workbooks: rows matched by identity, texts compared as shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from xl_plan.cells import Cell, Sheet, a1
from xl_plan.layout.sheets import Looks, looks_of, table
from xl_plan.meaning.text import fold
from xl_plan.meaning.values import is_blank
from xl_plan.meaning.wordmarks import marked
from xl_plan.model import Column, Plan, Programme, Role


class ChangeKind(StrEnum):
    CHANGED = "変更"
    ADDED = "追加"
    REMOVED = "削除"
    MOVED = "移動"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``plan`` is True where the plan itself changed (its rows, names, indicators, targets, departments),
    False where a value of a past or present round did. ``cell`` is the place in the new workbook, else in the old."""

    kind: ChangeKind
    plan: bool
    sheet: str
    cell: str
    number: str
    name: str
    item: str
    old: str
    new: str


_VALUES = (Role.ACTUAL, Role.NARRATIVE, Role.RATE, Role.RATING, Role.REMARKS)


def compare(old: Plan, new: Plan) -> tuple[Change, ...]:
    """The changes from ``old`` to ``new`` in the new plan's order, removed rows last. What is only laid out or
    formatted differently is no change; blank and 〔未提出〕 are the same."""
    pairs = _pairs(old, new)
    before = {p.key: p for p in old.programmes}
    moved = _moved([pairs[p.key] for p in new.programmes if p.key in pairs], [p.key for p in old.programmes])
    changes: list[Change] = [*_settings(old, new), *_columns(old, new)]
    for programme in new.programmes:
        if programme.key not in pairs:
            changes.append(_row_change(ChangeKind.ADDED, programme, "", _summary(programme)))
            continue
        was = before[pairs[programme.key]]
        if was.key in moved or was.sheet != programme.sheet:
            changes.append(_row_change(ChangeKind.MOVED, programme, _standing(was), _standing(programme)))
        changes += _cells(was, programme)
    kept = set(pairs.values())
    changes += [_row_change(ChangeKind.REMOVED, p, _summary(p), "") for p in old.programmes if p.key not in kept]
    return tuple(changes)


def _pairs(old: Plan, new: Plan) -> dict[str, str]:
    """New key → old key: the same 番号, else the same 事業名 and 評価指標 where that names one row on each side."""
    old_keys = {p.key for p in old.programmes}
    pairs = {p.key: p.key for p in new.programmes if p.key in old_keys}
    rest_old = _by_name([p for p in old.programmes if p.key not in pairs])
    rest_new = _by_name([p for p in new.programmes if p.key not in pairs])
    for name, rows in rest_new.items():
        if len(rows) == 1 and len(rest_old.get(name, ())) == 1:
            pairs[rows[0].key] = rest_old[name][0].key
    return pairs


def _by_name(programmes: Sequence[Programme]) -> dict[tuple[str, str], list[Programme]]:
    rows: dict[tuple[str, str], list[Programme]] = {}
    for p in programmes:
        rows.setdefault((fold(p.name), fold(p.text("indicator"))), []).append(p)
    return rows


def _moved(order: Sequence[str], old_order: Sequence[str]) -> frozenset[str]:
    """The fewest rows whose moving explains the new order: all but a longest increasing subsequence."""
    rank = {key: i for i, key in enumerate(old_order)}
    tails: list[int] = []
    last: list[int] = []
    chain: list[int | None] = []
    for index, key in enumerate(order):
        place = bisect_left(tails, rank[key])
        tails[place : place + 1] = [rank[key]]
        last[place : place + 1] = [index]
        chain.append(last[place - 1] if place else None)
    stay = set()
    index_: int | None = last[-1] if last else None
    while index_ is not None:
        stay.add(order[index_])
        index_ = chain[index_]
    return frozenset(order) - stay


def _row_change(kind: ChangeKind, programme: Programme, old: str, new: str) -> Change:
    place = programme.place("number") or programme.place("name") or (programme.block.first, 0)
    return Change(kind, True, programme.sheet, a1(*place), programme.number, programme.name, "行", old, new)


def _summary(programme: Programme) -> str:
    indicator = programme.text("indicator")
    return f"{programme.number}　{programme.name}" + (f"（{indicator}）" if indicator else "")


def _standing(programme: Programme) -> str:
    headings = "　".join(h.strip() for h in programme.block.headings if h.strip())
    return f"{programme.sheet}　{headings}　{programme.number}"


def _cells(was: Programme, now: Programme) -> list[Change]:
    changes = []
    for column in now.block.columns:
        if column.role is Role.DEPARTMENT:
            continue
        old_column = was.column(column.key)
        if old_column is None:
            continue
        changes += _text_change(was.text(column.key), now.text(column.key), now, column)
    departments = [[(d.name, d.name == p.responsible) for d in p.departments] for p in (was, now)]
    if departments[0] != departments[1]:
        department = next(iter(now.with_role(Role.DEPARTMENT)), None)
        old, new = (_named(p) for p in (was, now))
        if department is not None:
            changes.append(replace(_change(now, department, old, new), plan=True))
    return changes


def _named(programme: Programme) -> str:
    return "、".join(d.name + ("（記入）" if d.name == programme.responsible else "") for d in programme.departments)


def _text_change(old: str, new: str, now: Programme, column: Column) -> list[Change]:
    same = old == new or (is_blank(old) and is_blank(new))
    return [] if same else [_change(now, column, "" if is_blank(old) else old, "" if is_blank(new) else new)]


def _change(now: Programme, column: Column, old: str, new: str) -> Change:
    kind = ChangeKind.CHANGED if old and new else ChangeKind.ADDED if new else ChangeKind.REMOVED
    place = now.place(column.key) or (now.block.first, column.left)
    plan = column.role not in _VALUES
    return Change(kind, plan, now.sheet, a1(*place), now.number, now.name, column.header, old, new)


def _columns(old: Plan, new: Plan) -> list[Change]:
    before = {c.key: c.header for t in old.tables for c in t.columns}
    after = {c.key: c.header for t in new.tables for c in t.columns}
    changes = [Change(ChangeKind.ADDED, True, "", "", "", "", "列", "", after[k]) for k in after if k not in before]
    changes += [Change(ChangeKind.REMOVED, True, "", "", "", "", "列", before[k], "") for k in before if k not in after]
    changes += [
        Change(ChangeKind.CHANGED, True, "", "", "", "", "列見出し", before[k], after[k])
        for k in after
        if k in before and before[k] != after[k]
    ]
    return changes


def _settings(old: Plan, new: Plan) -> list[Change]:
    if not (old.settings.given and new.settings.given):
        return []
    lines = (
        ("計画名", old.settings.title, new.settings.title),
        ("実績年度", str(old.settings.year or ""), str(new.settings.year or "")),
        ("提出期限", old.settings.deadline, new.settings.deadline),
        ("事務局・会議の期限", old.settings.later_deadline, new.settings.later_deadline),
        ("取りまとめ部局", old.settings.division, new.settings.division),
    )
    return [
        Change(ChangeKind.CHANGED, True, "設定", "", "", "", item, was, now) for item, was, now in lines if was != now
    ]


# ------------------------------------------------------------------------------------------------------------- sheets
_HEAD = ("No", "区分", "番号", "事業名", "項目", "旧（変更前）", "新（変更後）", "シート・セル")
_WIDTHS = (5, 8, 15, 26, 24, 52, 52, 14)


def change_sheets(plan: Plan, changes: Sequence[Change]) -> tuple[Sheet, ...]:
    """修正箇所一覧 of the values, and 新旧対照表 where the plan itself changed."""
    looks = looks_of(plan.settings)
    values = [change for change in changes if not change.plan]
    rows = [change for change in changes if change.plan]
    sheets = []
    if values or not rows:
        sheets.append(_sheet("修正箇所一覧", looks, values))
    if rows:
        sheets.append(_sheet("新旧対照表", looks, rows))
    return tuple(sheets)


def _sheet(name: str, looks: Looks, changes: Sequence[Change]) -> Sheet:
    lines: list[list[Cell | str]] = []
    for index, change in enumerate(changes, 1):
        old, new = marked(change.old, change.new)
        line: list[Cell | str] = [str(index), change.kind.value, change.number, change.name, change.item]
        line += [Cell(change.old or None, looks.cell, runs=old), Cell(change.new or None, looks.cell, runs=new)]
        lines.append([*line, f"{change.sheet} {change.cell}".strip()])
    note = "消えた言葉は取り消し線、加わった言葉は下線で示しています。" if lines else "変更はありません。"
    return table(name, looks, name, _HEAD, lines, _WIDTHS, notes=(note,), paper="A3")[0]
