"""Where a round stands: each department's state, what it still owes, and reminders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from xl_plan.book.secondround import NO_SECOND_ROUND, SecondRound
from xl_plan.cells import Cell, Sheet
from xl_plan.layout.sheets import looks_of, table
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.meaning.values import Kind, meaning
from xl_plan.model import Entry, Merged, Plan, State
from xl_plan.office.letters import LATE_LIST, REMINDER, write_letter

BAR = 20  # cells of a bar


class Standing(StrEnum):
    """A department's state in the round, in Japanese as it is shown."""

    MISSING = "未提出"
    RETURNED = "修正依頼中"
    PARTIAL = "一部未記入"
    DONE = "提出済"


@dataclass(frozen=True, slots=True)
class Follow:
    """A department's line. ``pending``: (番号, what the cell says) of each answer still to follow (後日報告).
    ``open_cells``: (番号, column) of each owned cell without an answer."""

    department: str
    standing: Standing
    owned: int
    filled: int
    pending: tuple[tuple[str, str], ...] = ()
    open_cells: tuple[tuple[str, str], ...] = ()
    overdue: bool = False

    @property
    def late(self) -> bool:
        return self.standing is not Standing.DONE


def follow(merged: Merged) -> tuple[Follow, ...]:
    """A line for each department that has something to fill: overdue ones first, then by what they owe, then in the
    plan's order."""
    plan = merged.plan
    past = bool(plan.settings.as_of and plan.settings.deadline and plan.settings.as_of > plan.settings.deadline)
    lines = [_line(merged, d.name, past) for d in plan.departments if plan.owned_by(d.name)]
    rank = list(Standing)
    return tuple(sorted(lines, key=lambda line: (not line.overdue, rank.index(line.standing))))


def _line(merged: Merged, department: str, past: bool) -> Follow:
    owned = merged.plan.owned_by(department)
    entries = [(p, c, merged.entries.get((p.key, c.key), _NOTHING)) for p, c in owned]
    open_cells = tuple((p.number, c.header) for p, c, entry in entries if entry.state or not entry.text)
    pending = tuple((p.number, e.text) for p, _, e in entries if not e.state and meaning(e.text).kind is Kind.PENDING)
    states = {o.state for o in merged.outcomes if o.department == department}
    if department in merged.missing and len(open_cells) == len(owned):
        standing = Standing.MISSING
    elif states & {State.FAULTY, State.REFUSED}:
        standing = Standing.RETURNED
    else:
        standing = Standing.PARTIAL if open_cells else Standing.DONE
    overdue = past and standing is not Standing.DONE
    return Follow(department, standing, len(owned), len(owned) - len(open_cells), pending, open_cells, overdue)


_NOTHING = Entry(Cell(), "", state="未提出")


def bar(filled: int, owned: int) -> str:
    """``■■■■□`` as long as :data:`BAR`, filled as far as the work has come; full only when all is filled."""
    done = BAR if filled >= owned else filled * BAR // max(1, owned)
    return "■" * done + "□" * (BAR - done)


def follow_sheet(plan: Plan, lines: tuple[Follow, ...], later: SecondRound = NO_SECOND_ROUND) -> Sheet:
    """The sheet 提出状況 with a bar for each department."""
    looks = looks_of(plan.settings)
    number = replace(looks.cell, number_format="0", horizontal="right")
    rows: list[list[Cell | str]] = []
    for line in lines:
        waiting = "\n".join(f"{number_}：{text}" for number_, text in line.pending)
        rows.append(
            [
                line.department,
                line.standing.value + ("（期限超過）" if line.overdue else ""),
                Cell(line.filled, number),
                Cell(line.owned, number),
                bar(line.filled, line.owned),
                Cell(len(line.pending), number),
                waiting,
            ]
        )
    for column in later.columns:
        counts = (Cell(column.filled, number), Cell(column.owned, number))
        state = column.standing + ("（期限超過）" if later.past and column.open_rows else "")
        rows.append([column.name, state, *counts, bar(column.filled, column.owned), Cell(0, number), ""])
    done = sum(line.standing is Standing.DONE for line in lines)
    notes = [f"{len(lines)}部局のうち{done}部局が提出済みです。どの数も再掲を除きます。"]
    if plan.settings.deadline:
        notes.append(f"提出期限：{japanese_date(plan.settings.deadline)}")
    notes += [later.sentence] if later.sentence else []
    head = ("部局", "状況", "記入済み", "記入対象", "進み具合", "後日報告", "後日報告の内容")
    sheet, _ = table("提出状況", looks, "提出状況", head, rows, (26, 20, 10, 10, 40, 10, 34), notes=notes)
    return sheet


def reminder(plan: Plan, line: Follow) -> str:
    """What a department that is late is written: what is missing, until when."""
    if line.standing is Standing.MISSING:
        owes = f"　・調査票（{line.owned}か所）"
    else:
        owes = "\n".join(f"　・{number}　{header}" for number, header in line.open_cells)
    if line.standing is Standing.RETURNED:
        owes = "\n".join(t for t in ("　・修正依頼への回答", owes) if t)
    return write_letter(plan, REMINDER, line.department, 未記入=owes, 件数=str(len(line.open_cells)))


def late_list(plan: Plan, lines: tuple[Follow, ...]) -> str:
    """One message that names all that are late."""
    late = [line for line in lines if line.late]
    named = "\n".join(
        f"　・{line.department}　{line.standing.value}（{line.filled}/{line.owned}か所）" for line in late
    )
    return write_letter(plan, LATE_LIST, "各部局", 一覧=named, 件数=str(len(late)))
