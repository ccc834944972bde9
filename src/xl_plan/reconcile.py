"""Plan + judged submissions → the merged plan.

Each cell is decided on its own; which of several answers counts is decided in :mod:`xl_plan.precedence`. Relisted rows
take their original's value (:mod:`xl_plan.relisted_answers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.book.secondround import later_entries
from xl_plan.cells import Cell, Style
from xl_plan.checks.answers import Judged
from xl_plan.comparison import usual_format
from xl_plan.findings import Finding, Severity
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import HELD, UNANSWERED, UNSUBMITTED, is_blank
from xl_plan.model import (
    CellKey,
    Column,
    Entry,
    Merged,
    Outcome,
    Plan,
    Programme,
    Proposal,
    Returned,
    Sharing,
    State,
    Submission,
)
from xl_plan.precedence import decide, identical, overtaken
from xl_plan.relisted_answers import fill_copies
from xl_plan.remembered import ByIdentity

UNSUBMITTED_STATE, UNANSWERED_STATE, HELD_STATE = "未提出", "未記入", "保留"
_RESERVED = {UNSUBMITTED_STATE: UNSUBMITTED, UNANSWERED_STATE: UNANSWERED, HELD_STATE: HELD}


def reconcile(
    plan: Plan, judged: Sequence[Judged], others: Iterable[Outcome] = (), found_before: Iterable[Finding] = ()
) -> tuple[Merged, tuple[Finding, ...]]:
    """The merged plan and what is to be said of it.

    ``judged`` in the order of their file names; ``others`` are the files that are no submission; ``found_before`` the
    findings of the files that still stand, from which each file's state follows.
    """
    findings: list[Finding] = []
    entries: dict[CellKey, Entry] = {}
    copies = identical(judged)
    by_department: dict[str, list[Judged]] = {}
    for item in judged:
        if item.submission.file not in copies:
            by_department.setdefault(item.submission.department, []).append(item)
    for department in plan.departments:
        mine = by_department.get(department.name, [])
        for programme, column in plan.owned_by(department.name):
            entry, faults = _entry(programme, column, mine)
            entries[programme.key, column.key] = entry
            findings += faults
    entries |= _unowned(plan, entries)
    entries |= later_entries(plan)
    heard = (item.submission for mine in by_department.values() for item in mine)
    copied, faults = fill_copies(plan, entries, heard, _taken, _reserved)
    entries |= copied
    findings += faults
    outcomes = _outcomes(judged, by_department, (*found_before, *findings))
    missing = tuple(d.name for d in plan.departments if d.name not in by_department and plan.owned_by(d.name))
    merged = Merged(
        plan,
        MappingProxyType(entries),
        tuple(sorted((*outcomes, *others), key=lambda o: o.file)),
        missing,
        _proposals(item for mine in by_department.values() for item in mine),
    )
    return merged, tuple(findings)


def _outcomes(
    judged: Sequence[Judged], by_department: Mapping[str, Sequence[Judged]], findings: Iterable[Finding]
) -> list[Outcome]:
    faulty = {place.file for f in findings if f.severity is Severity.ERROR for place in f.places}
    superseded = {*identical(judged), *(file for mine in by_department.values() for file in overtaken(mine))}
    outcomes = []
    for item in judged:
        submission = item.submission
        if submission.file in superseded:
            state = State.SUPERSEDED
        elif submission.file in faulty:
            state = State.FAULTY
        elif not item.owned:
            state = State.IGNORED
        else:
            state = State.COMPLETE if item.filled >= item.owned else State.PARTIAL
        counts = (item.owned, item.filled, item.pending)
        outcomes.append(Outcome(submission.file, submission.sha256, submission.department, state, *counts))
    return outcomes


def _proposals(judged: Iterable[Judged]) -> tuple[Proposal, ...]:
    """What the departments ask to change, the same request of two files once."""
    once: dict[tuple[str, ...], Proposal] = {}
    for item in sorted(judged, key=lambda j: j.submission.file):
        for p in item.submission.proposals:
            once.setdefault((p.department, p.number, p.item, p.current, p.proposed, p.reason), p)
    return tuple(sorted(once.values(), key=lambda p: (p.file, p.row)))


# ------------------------------------------------------------------------------------------------------- owned cells
def _entry(programme: Programme, column: Column, mine: Sequence[Judged]) -> tuple[Entry, Sequence[Finding]]:
    decision = decide(programme, column, mine)
    if decision.held:
        return _reserved(programme, column, HELD_STATE), decision.findings
    if decision.answer is None:
        return _without_answer(programme, column, mine), decision.findings
    answer = decision.answer
    return _taken(programme, column, answer.submission, answer.item), decision.findings


def _without_answer(programme: Programme, column: Column, mine: Sequence[Judged]) -> Entry:
    key = (programme.key, column.key)
    standing = _standing(programme, column)
    if standing is not None:
        return standing
    if not mine:
        return _reserved(programme, column, UNSUBMITTED_STATE)
    lost = not any(key in j.verdicts for j in mine)
    return _reserved(programme, column, HELD_STATE if lost else UNANSWERED_STATE)


def _standing(programme: Programme, column: Column) -> Entry | None:
    """What the plan workbook itself already says in a cell of the round."""
    text = programme.text(column.key)
    return None if is_blank(text) else Entry(programme.cell(column.key), text)


def _taken(programme: Programme, column: Column, submission: Submission, item: Returned) -> Entry:
    """A department's answer: its characters, a number under the plan's format where that shows the same."""
    style = programme.cell(column.key).style
    formats = (style.number_format, usual_format(programme, column, style.number_format), item.cell.style.number_format)
    same = (code for code in formats if shown(item.cell.value, code) == item.text)
    code = next(same, item.cell.style.number_format)
    style = style if code == style.number_format else replace(style, number_format=code)
    cell = Cell(item.cell.value, style, runs=item.cell.runs)
    return Entry(cell, item.text, submission.file, submission.sha256, item.sheet, item.cell_name)


def _reserved(programme: Programme, column: Column, state: str) -> Entry:
    text = _RESERVED[state]
    return Entry(Cell(text, _reserving(programme.cell(column.key).style)), text, state=state)


@ByIdentity
def _reserving(style: Style) -> Style:
    return replace(style, font=replace(style.font, bold=True, italic=True), fill="#F2F2F2")


def _unowned(plan: Plan, entries: Mapping[CellKey, Entry]) -> dict[CellKey, Entry]:
    """Cells of the round that nobody owns yet because the plan does not say who fills."""
    originals = plan.relisting.originals()
    rest = {}
    for programme in plan.programmes:
        for column in plan.round_columns(programme):
            if programme.key in originals and column.sharing is not Sharing.OWN:
                continue
            key = (programme.key, column.key)
            if key not in entries:
                rest[key] = _standing(programme, column) or _reserved(programme, column, UNSUBMITTED_STATE)
    return rest
