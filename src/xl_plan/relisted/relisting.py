"""再掲: which rows are one programme.

Rows whose marks refer to one another are one group: the union of the references between rows that are present, so that
chains and incomplete lists close by themselves. Its original is the row without a mark. Numbers that are not in the
plan join no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import a1
from xl_plan.findings import Finding, Place, Rule, found
from xl_plan.model import CellKey, Group, Plan, Programme, Relisting
from xl_plan.relisted.citations import Cited, Register
from xl_plan.remembered import once_for_each
from xl_plan.rules.relisting import (
    MARK_UNRESOLVED,
    NO_ORIGINAL,
    NUMBER_NOT_FOUND,
    ORIGINAL_ELSEWHERE,
    ORIGINAL_LATER,
    ORIGINAL_OF_GROUP_ELSEWHERE,
    TWO_ORIGINALS,
)

_LATER = re.compile(r"~(\d+)$")  # in the key of a row whose number stood before


def relist(programmes: Sequence[Programme], file: str = "") -> tuple[Relisting, tuple[Finding, ...]]:
    """The groups of relisted rows, and what is wrong with the references.

    Every row that is in no group, or is the original of one, is filled like any other.
    """
    references = _references(programmes)
    found_groups, findings = _Found(file), []
    joined = {*references.targets, *(row for rows in references.targets.values() for row in rows)}
    for rows in _components([p for p in programmes if p.key in joined], references.targets):
        findings += _judge(rows, references, found_groups)
    groups = sorted(found_groups.groups, key=lambda group: references.order[group.original])
    outside = {p.key: found_groups.outside[p.key] for p in programmes if p.key in found_groups.outside}
    return Relisting(tuple(groups), MappingProxyType(outside)), tuple(findings)


@dataclass(frozen=True, slots=True)
class _References:
    """``targets``: copy → the rows that it repeats; ``copies`` carry a mark, or an original's mark names them."""

    order: Mapping[str, int]
    cited: Mapping[str, Cited]
    targets: Mapping[str, tuple[str, ...]]
    copies: frozenset[str]


@dataclass(slots=True)
class _Found:
    file: str
    groups: list[Group] = field(default_factory=list)
    outside: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _references(programmes: Sequence[Programme]) -> _References:
    register = Register(programmes)
    cited = {}
    targets: dict[str, list[str]] = {}
    copies = set()
    for programme in programmes:
        if programme.marked:
            cited[programme.key] = register.cited(programme, programme.cited, marked=True)
            targets.setdefault(programme.key, []).extend(cited[programme.key].rows)
            if not cited[programme.key].asked:
                copies.add(programme.key)
        if programme.listed_in:
            for copy in register.cited(programme, programme.listed_in, marked=False).rows:
                targets.setdefault(copy, []).append(programme.key)
                copies.add(copy)
    order = {programme.key: index for index, programme in enumerate(programmes)}
    return _References(order, cited, {key: tuple(rows) for key, rows in targets.items()}, frozenset(copies))


def _components(
    programmes: Sequence[Programme], targets: Mapping[str, Iterable[str]]
) -> tuple[tuple[Programme, ...], ...]:
    """The rows joined by references, each row in one component, in the plan's order."""
    parent = {programme.key: programme.key for programme in programmes}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for copy, rows in targets.items():
        for target in rows:
            parent[root(copy)] = root(target)
    members: dict[str, list[Programme]] = {}
    for programme in programmes:
        members.setdefault(root(programme.key), []).append(programme)
    return tuple(tuple(rows) for rows in members.values())


def _judge(rows: Sequence[Programme], references: _References, result: _Found) -> list[Finding]:
    """One component: its group, and what is wrong with it."""
    copies = [row for row in rows if row.key in references.copies]
    originals = [row for row in rows if row.key not in references.copies]
    absent = {row.key: references.cited[row.key].absent for row in copies if row.key in references.cited}
    away = [row for row in copies if absent.get(row.key)]
    findings = [
        _at(NUMBER_NOT_FOUND, row, result, "、".join(mistyped)) for row, mistyped in _mistyped(away, references)
    ]
    if len(rows) == 1:
        return findings + _alone(rows[0], references, absent, result)
    if len(originals) == 1:
        return findings + _grouped(originals[0], copies, references, result)
    if originals:
        return findings + _several_originals(originals, copies, references, result)
    if not away:
        places = [place(row, result.file) for row in rows]
        return [*findings, found(NO_ORIGINAL, *places, got="、".join(row.number for row in rows))]
    stand_in = _first_in_number([row for row in away if not references.targets.get(row.key)] or away)
    others = [row for row in rows if row is not stand_in]
    result.groups.append(Group(stand_in.key, tuple(row.key for row in others)))
    result.outside[stand_in.key] = absent[stand_in.key]
    got = "、".join(dict.fromkeys(number for row in away for number in absent[row.key]))
    finding = found(
        ORIGINAL_OF_GROUP_ELSEWHERE,
        *(place(row, result.file) for row in (stand_in, *others)),
        got=got,
        rows="、".join(row.number for row in others),
    )
    return [*findings, finding]


def _mistyped(away: Sequence[Programme], references: _References) -> list[tuple[Programme, tuple[str, ...]]]:
    return [(row, references.cited[row.key].mistyped) for row in away if references.cited[row.key].mistyped]


def _alone(
    row: Programme, references: _References, absent: Mapping[str, tuple[str, ...]], result: _Found
) -> list[Finding]:
    cited = references.cited.get(row.key)
    if cited is not None and cited.asked:
        return [_at(MARK_UNRESOLVED, row, result, row.name)]
    numbers = absent.get(row.key, ())
    if not numbers:
        return []
    result.outside[row.key] = numbers
    if cited is not None and len(cited.mistyped) == len(numbers):
        return []  # its numbers are wrong, which is said
    return [_at(ORIGINAL_ELSEWHERE, row, result, "、".join(n for n in numbers if cited and n not in cited.mistyped))]


def _at(rule: Rule, row: Programme, result: _Found, got: str) -> Finding:
    return found(rule, place(row, result.file), department=row.responsible, got=got)


def _grouped(
    original: Programme, copies: Sequence[Programme], references: _References, result: _Found
) -> list[Finding]:
    result.groups.append(Group(original.key, tuple(row.key for row in copies)))
    earlier = [row for row in copies if references.order[row.key] < references.order[original.key]]
    if not earlier:
        return []
    places = [place(row, result.file) for row in (original, *earlier)]
    return [found(ORIGINAL_LATER, *places, got="、".join(row.number for row in earlier))]


def _several_originals(
    originals: Sequence[Programme], copies: Sequence[Programme], references: _References, result: _Found
) -> list[Finding]:
    """Copies whose references lead to one original stay its copies; those that lead to several are copies of none."""
    reached = _reached(originals, copies, references)
    findings = []
    for original in originals:
        mine = [row for row in copies if reached.get(row.key) == {original.key}]
        if mine:
            findings += _grouped(original, mine, references, result)
    ambiguous = [row for row in copies if len(reached.get(row.key, ())) != 1]
    got = "、".join(row.number for row in originals)
    rows = "、".join(row.number for row in ambiguous)
    return [*findings, found(TWO_ORIGINALS, *(place(row, result.file) for row in ambiguous), got=got, rows=rows)]


def _reached(
    originals: Sequence[Programme], copies: Sequence[Programme], references: _References
) -> dict[str, set[str]]:
    """Row → the originals that its references lead to, at most two of them, so that every row is visited twice."""
    sources: dict[str, list[str]] = {}
    waiting = [(row.key, row.key) for row in originals]
    seen: dict[str, set[str]] = {}
    for row in copies:
        for target in references.targets.get(row.key, ()):
            sources.setdefault(target, []).append(row.key)
    while waiting:
        key, original = waiting.pop()
        leads = seen.setdefault(key, set())
        if original in leads or len(leads) > 1:
            continue
        leads.add(original)
        waiting += [(copy, original) for copy in sources.get(key, ())]
    return seen


_DIGITS = re.compile(r"[0-9]+")


def _first_in_number(rows: Sequence[Programme]) -> Programme:
    """The row with the lowest number: the same whatever the order of the rows."""
    return min(rows, key=lambda row: (_DIGITS.sub(lambda digits: digits[0].zfill(8), row.key), row.key))


def place(programme: Programme, file: str, column: str = "name") -> Place:
    """Where a programme's cell of a column stands in the plan."""
    position = programme.place(column)
    header = programme.column(column)
    cell, text = a1(*position) if position else "", header.header if header else ""
    return Place(file, programme.sheet, cell, programme.number, text, (programme.key, column))


def nth(key: str) -> str:
    """``〔2〕`` of the second row of a number, "" of the first."""
    later = _LATER.search(key)
    return f"〔{later[1]}〕" if later else ""


def row_label(programme: Programme) -> str:
    """A row's number as the plan has it, and which of them where several rows have it."""
    return programme.number + nth(programme.key)


def meant(plan: Plan, at: Place) -> CellKey | None:
    """The plan's cell that a finding speaks of; None where its number and header name none, or several."""
    if all(at.key):
        return at.key
    rows = [plan.programme(at.key[0])] if at.key[0] else _by_number(plan).get(at.number, ())
    cells = [(row.key, c.key) for row in rows if row is not None for c in row.block.columns if c.header == at.column]
    return cells[0] if len(cells) == 1 else None


def meant_row(plan: Plan, at: Place) -> Programme | None:
    """The plan's row that a finding speaks of; None where its number names none, or several."""
    if at.key[0]:
        return plan.programme(at.key[0])
    rows = _by_number(plan).get(at.number, ())
    return rows[0] if len(rows) == 1 else None


@once_for_each
def _by_number(plan: Plan) -> Mapping[str, Sequence[Programme]]:
    rows: dict[str, list[Programme]] = {}
    for programme in plan.programmes:
        rows.setdefault(programme.number, []).append(programme)
    return rows
