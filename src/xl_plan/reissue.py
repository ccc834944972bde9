"""A corrected plan after issuing: which departments' forms changed, and what changed in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from xl_plan.meaning.text import fold
from xl_plan.model import Column, Department, Plan, Programme
from xl_plan.relisted.relisting import row_label

Told = tuple[str, str, str]  # what changed, old, new


@dataclass(frozen=True, slots=True)
class Reissue:
    """``changed``: department → the lines that its form tells of; ``unchanged`` keep theirs; ``dropped`` had a form and
    have none any more."""

    changed: Mapping[str, tuple[Told, ...]]
    unchanged: tuple[str, ...]
    dropped: tuple[str, ...]


def reissue(old: Plan, new: Plan) -> Reissue:
    """The departments whose forms are not the same in both plans, in the new plan's order."""
    changed: dict[str, tuple[Told, ...]] = {}
    unchanged = []
    for department in new.departments:
        was = _before(old, department)
        before = dict(_form(old, was)) if was else {}
        now = dict(_form(new, department.name))
        if not now:
            continue
        if before == now:
            unchanged.append(department.name)
        else:
            changed[department.name] = tuple(_told(before, now)) if before else (("調査票", "なし", "新しく配布"),)
    dropped = [d.name for d in old.departments if _has_form(old, d.name) and not _now(new, d)]
    return Reissue(MappingProxyType(changed), tuple(unchanged), tuple(dropped))


def _before(old: Plan, department: Department) -> str:
    """The name that a department had in the old plan."""
    names = {fold(name) for name in department.names}
    return next((d.name for d in old.departments if fold(d.name) in names), "")


def _now(new: Plan, department: Department) -> bool:
    names = {fold(name) for name in department.names}
    same = (d for d in new.departments if names & {fold(name) for name in d.names})
    return any(_has_form(new, d.name) for d in same)


def _has_form(plan: Plan, department: str) -> bool:
    return any(True for _ in _rows(plan, department))


def _rows(plan: Plan, department: str) -> Iterator[Programme]:
    return (p for p in plan.programmes if any(d.name == department for d in p.departments))


_Line = tuple[str, str]  # row, what of it


def _form(plan: Plan, department: str) -> Iterator[tuple[_Line, str]]:
    """All that a department's form says, piece by piece; nothing for a department without a form."""
    rows = list(_rows(plan, department))
    owned = {(p.key, c.key) for p, c in plan.owned_by(department)}
    copies = plan.relisting.originals()
    if rows:
        yield ("", "提出期限"), plan.settings.deadline
        yield ("", "提出先"), plan.settings.division
    for programme in rows:
        row = row_label(programme)
        yield (row, "担当部局"), _departments(programme)
        original = plan.programme(copies.get(programme.key, ""))
        yield (row, "再掲の元"), original.number if original else ""
        yield (row, "見出し"), "　".join(text.strip() for text in programme.block.headings if text.strip())
        for column, header in _named(programme.block.columns):
            if column.key in programme.texts:
                yield (row, header), programme.text(column.key)
            asked = plan.asked(programme, column) is not None
            filled = "この部局" if (programme.key, column.key) in owned else "記入不要" if asked else ""
            yield (row, f"{header}の記入"), filled


def _named(columns: Sequence[Column]) -> Iterator[tuple[Column, str]]:
    """Each column with a name of its own: where several have one header, by their order."""
    count, nth = Counter(column.header for column in columns), Counter[str]()
    for column in columns:
        nth[column.header] += 1
        several = count[column.header] > 1
        yield column, f"{column.header}（{nth[column.header]}列目）" if several else column.header


def _departments(programme: Programme) -> str:
    names = dict.fromkeys(d.name for d in programme.departments)
    return "、".join(name + ("（記入）" if name == programme.responsible else "") for name in names)


def _told(before: Mapping[_Line, str], now: Mapping[_Line, str]) -> Iterator[Told]:
    """What changed, for people: rows that came or went in one line, else each text old and new."""
    rows_before, rows_now = ({number for number, _ in lines if number} for lines in (before, now))
    for number in dict.fromkeys(n for n, _ in (*now, *before) if n):
        if number not in rows_before:
            yield f"{number}の行", "なし", "加わりました"
        elif number not in rows_now:
            yield f"{number}の行", "あり", "なくなりました"
    both = (rows_before & rows_now) | {""}
    for line in dict.fromkeys((*now, *before)):
        number, what = line
        old, new = before.get(line, ""), now.get(line, "")
        if number in both and old != new:
            yield f"{number}　{what}".strip(), old or "（空欄）", new or "（空欄）"


def told_lines(changes: Sequence[Told]) -> tuple[str, ...]:
    """The changes as lines of a letter."""
    return tuple(f"　・{what}：「{old}」→「{new}」" for what, old, new in changes)
