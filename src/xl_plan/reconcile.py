"""Plan + judged submissions → the merged plan.

Each cell is decided on its own. A blank never supersedes an answer; of several answers the one of the later issue or
later 差し替え counts; where that does not decide, the cell is held and both are quoted. Relisted rows take their
original's value and are never filled from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Cell
from xl_plan.checks.answers import Judged, Verdict
from xl_plan.checks.ownership import NOT_TO_FILL, plain
from xl_plan.findings import Finding, Place, Severity, found
from xl_plan.model import CellKey, Column, Entry, Merged, Outcome, Plan, Programme, Returned, State, Submission
from xl_plan.rules.ownership import RELISTED_ROW_FILLED, RESUBMITTED, TWO_ANSWERS
from xl_plan.values import HELD, UNANSWERED, UNSUBMITTED, is_blank

UNSUBMITTED_STATE, UNANSWERED_STATE, HELD_STATE = "未提出", "未記入", "保留"
_RESERVED = {UNSUBMITTED_STATE: UNSUBMITTED, UNANSWERED_STATE: UNANSWERED, HELD_STATE: HELD}


def reconcile(
    plan: Plan, judged: Sequence[Judged], others: Iterable[Outcome] = (), found_before: Iterable[Finding] = ()
) -> tuple[Merged, tuple[Finding, ...]]:
    """The merged plan and what is to be said of it.

    ``judged`` in the order of their file names; ``others`` are the files that are no submission; ``found_before`` the
    findings of the files, from which each one's state follows.
    """
    findings: list[Finding] = []
    entries: dict[CellKey, Entry] = {}
    by_department: dict[str, list[Judged]] = {}
    for item in judged:
        by_department.setdefault(item.submission.department, []).append(item)
    superseded = _identical(judged)
    for department in plan.departments:
        mine = [j for j in by_department.get(department.name, []) if j.submission.file not in superseded]
        for programme, column in plan.owned_by(department.name):
            entry, faults = _decide(plan, programme, column, mine)
            entries[programme.key, column.key] = entry
            findings += faults
    entries |= _unowned(plan, entries)
    findings += _relisted(plan, entries, judged)
    faulty = {f.place.file for f in (*found_before, *findings) if f.severity is Severity.ERROR}
    outcomes = [_outcome(item, superseded, faulty) for item in judged]
    missing = tuple(d.name for d in plan.departments if d.name not in by_department and plan.owned_by(d.name))
    proposals = tuple(p for item in judged if item.submission.file not in superseded for p in item.submission.proposals)
    merged = Merged(
        plan,
        MappingProxyType(entries),
        tuple(sorted((*outcomes, *others), key=lambda o: o.file)),
        missing,
        proposals,
    )
    return merged, tuple(findings)


def _identical(judged: Sequence[Judged]) -> frozenset[str]:
    """Files that are byte for byte another file: they count once."""
    first: dict[str, str] = {}
    copies = set()
    for item in judged:
        if item.submission.sha256 in first:
            copies.add(item.submission.file)
        else:
            first[item.submission.sha256] = item.submission.file
    return frozenset(copies)


def _outcome(item: Judged, superseded: frozenset[str], faulty: set[str]) -> Outcome:
    submission = item.submission
    if submission.file in superseded:
        state = State.SUPERSEDED
    elif submission.file in faulty:
        state = State.FAULTY
    else:
        state = State.COMPLETE if item.filled >= item.owned else State.PARTIAL
    return Outcome(
        submission.file, submission.sha256, submission.department, state, item.owned, item.filled, item.pending
    )


# ------------------------------------------------------------------------------------------------------- owned cells
def _decide(plan: Plan, programme: Programme, column: Column, mine: Sequence[Judged]) -> tuple[Entry, list[Finding]]:
    key = (programme.key, column.key)
    answers = [(j.submission, j.submission.returned[key]) for j in mine if j.verdicts.get(key) is Verdict.TAKEN]
    if not answers:
        return _without_answer(programme, column, mine), []
    texts = list(dict.fromkeys(item.text for _, item in answers))
    if len(texts) == 1:
        return _taken(programme, column, *answers[0]), []
    answers.sort(key=lambda a: _order(a[0]))
    places = [Place(s.file, i.sheet, i.cell_name, programme.number, column.header) for s, i in answers]
    latest = [a for a in answers if _order(a[0]) == _order(answers[-1][0])]
    if len({item.text for _, item in latest}) > 1:
        entry = _reserved(programme, column, HELD_STATE)
        got = " / ".join(f"{item.text}（{submission.file}）" for submission, item in answers)
        return entry, [found(TWO_ANSWERS, *places, department=answers[0][0].department, got=got)]
    finding = found(
        RESUBMITTED,
        *reversed(places),
        department=answers[0][0].department,
        expected=answers[-2][1].text if answers[-2][1].text != latest[0][1].text else texts[0],
        got=latest[0][1].text,
    )
    return _taken(programme, column, *latest[0]), [finding]


def _order(submission: Submission) -> tuple[int, int, int]:
    """Which of several answers is later: the issue of the form, then 提出区分."""
    issue = submission.issued.issue if submission.issued else 0
    return issue, int(submission.kind.startswith("差")), submission.version


def _without_answer(programme: Programme, column: Column, mine: Sequence[Judged]) -> Entry:
    key = (programme.key, column.key)
    if any(j.verdicts.get(key) is Verdict.HELD for j in mine):
        return _reserved(programme, column, HELD_STATE)
    standing = _standing(programme, column)
    if standing is not None:
        return standing
    if not mine:
        return _reserved(programme, column, UNSUBMITTED_STATE)
    lost = not any(key in j.submission.returned for j in mine)
    return _reserved(programme, column, HELD_STATE if lost else UNANSWERED_STATE)


def _standing(programme: Programme, column: Column) -> Entry | None:
    """What the plan workbook itself already says in a cell of the round."""
    text = programme.text(column.key)
    return None if is_blank(text) else Entry(programme.cell(column.key), text)


def _taken(programme: Programme, column: Column, submission: Submission, item: Returned) -> Entry:
    """A department's answer in the plan's look: its characters, or its number under the plan's format."""
    style = programme.cell(column.key).style
    number = isinstance(item.cell.value, (int, float)) and not isinstance(item.cell.value, bool)
    if number and style.number_format in ("General", "@"):
        style = replace(style, number_format=item.cell.style.number_format)
    cell = Cell(item.cell.value, style, runs=item.cell.runs)
    return Entry(cell, item.text, submission.file, submission.sha256, item.sheet, item.cell_name)


def _reserved(programme: Programme, column: Column, state: str) -> Entry:
    text = _RESERVED[state]
    style = programme.cell(column.key).style
    font = replace(style.font, bold=True, italic=True)
    return Entry(Cell(text, replace(style, font=font, fill="#F2F2F2")), text, state=state)


def _unowned(plan: Plan, entries: Mapping[CellKey, Entry]) -> dict[CellKey, Entry]:
    """Cells of the round that nobody owns yet because the plan does not say who fills."""
    originals = plan.relisting.originals()
    rest = {}
    for programme in plan.programmes:
        if programme.key in originals:
            continue
        for column in plan.round_columns(programme):
            key = (programme.key, column.key)
            if key not in entries:
                rest[key] = _standing(programme, column) or _reserved(programme, column, UNSUBMITTED_STATE)
    return rest


# ----------------------------------------------------------------------------------------------------- relisted rows
def _relisted(plan: Plan, entries: dict[CellKey, Entry], judged: Sequence[Judged]) -> list[Finding]:
    """Copies filled from their originals; a finding where a file says something else in a copy."""
    findings = []
    for copy, original in plan.relisting.originals().items():
        mine, theirs = plan.programme(copy), plan.programme(original)
        if mine is None or theirs is None:
            continue
        for column in plan.round_columns(mine):
            source = entries.get((original, column.key))
            if source is None:
                continue
            look = mine.cell(column.key).style
            style = replace(
                look,
                number_format=source.cell.style.number_format,
                font=replace(source.cell.style.font, name=look.font.name, size=look.font.size),
                fill=source.cell.style.fill if source.state else look.fill,
            )
            entries[copy, column.key] = replace(
                source, cell=replace(source.cell, style=style, runs=()), original=original
            )
            findings += _filled_copies(mine, theirs, column, source, judged)
    return findings


def _filled_copies(
    copy: Programme, original: Programme, column: Column, source: Entry, judged: Sequence[Judged]
) -> list[Finding]:
    findings = []
    for item in judged:
        returned = item.submission.returned.get((copy.key, column.key))
        if returned is None or is_blank(returned.text) or returned.text.startswith(NOT_TO_FILL):
            continue
        if plain(returned.text) in (plain(source.text), plain(copy.text(column.key))):
            continue
        place = Place(item.submission.file, returned.sheet, returned.cell_name, copy.number, column.header)
        findings.append(
            found(
                RELISTED_ROW_FILLED,
                place,
                department=item.submission.department,
                expected=source.text,
                got=returned.text,
                original=original.number,
            )
        )
    return findings
