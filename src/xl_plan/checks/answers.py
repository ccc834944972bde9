"""XP3: what the owned cells say, and what becomes of each: taken, held or blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from types import MappingProxyType

from xl_plan.checks.characters import (
    changed_for_print,
    long_vowels,
    odd_characters,
    surplus_blanks,
    widths,
    without_unprintable,
)
from xl_plan.checks.excelisms import Formats, oddities, unusable
from xl_plan.checks.figures import (
    doubts,
    filled_targets,
    newly_reached,
    percent_trap,
    still_pending,
    swapped,
    unit_missing,
)
from xl_plan.checks.prose import contradictions, unchanged, wrong_sums
from xl_plan.checks.ratings import without_measures
from xl_plan.checks.rows import Answer, narratives_of
from xl_plan.checks.struck import red_words, struck
from xl_plan.checks.years import year_slips
from xl_plan.findings import Finding, Place, Severity, found
from xl_plan.meaning.values import Kind, is_blank, meaning
from xl_plan.model import CellKey, Column, Plan, Programme, Returned, Role, Submission
from xl_plan.rules.values import FORMULA_ANSWER, NOT_AN_ANSWER, UNANSWERED

Owned = tuple[tuple[Programme, Column], ...]


class Verdict(StrEnum):
    TAKEN = "taken"
    BLANK = "blank"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission's owned cells: what each is worth. Cells whose row is missing are not among them.

    The submission's owned cells are as they are to be taken: without struck words and without what cannot be printed.
    """

    submission: Submission
    verdicts: Mapping[CellKey, Verdict]
    owned: int
    filled: int
    pending: int


def judge(submission: Submission, plan: Plan) -> tuple[Judged, tuple[Finding, ...]]:
    """Each owned cell's verdict, and a finding for what is wrong with it."""
    owned = plan.owned_by(submission.department)
    verdicts: dict[CellKey, Verdict] = {}
    findings: list[Finding] = []
    taken: list[Answer] = []
    resolved: dict[CellKey, Returned] = {}
    changed: list[tuple[Answer, Returned]] = []
    for answer in _answers(submission, plan, owned):
        key = (answer.programme.key, answer.column.key)
        opinion = _judge(answer)
        findings += opinion.findings
        verdicts[key] = opinion.verdict
        resolved[key] = opinion.answer.item
        if opinion.cleaned is not None:
            changed.append(opinion.cleaned)
        if opinion.verdict is Verdict.TAKEN:
            taken.append(opinion.answer)
    findings += _blank(submission, owned, verdicts)
    findings += changed_for_print(changed, submission.department)
    findings += _of_file(taken, submission.department)
    findings += _of_programmes(taken, submission, plan, findings)
    pending = sum(answer.meaning.kind is Kind.PENDING for answer in taken)
    filled = sum(verdict is not Verdict.BLANK for verdict in verdicts.values())
    as_taken = replace(submission, returned=MappingProxyType({**submission.returned, **resolved}))
    return Judged(as_taken, MappingProxyType(verdicts), len(owned), filled, pending), tuple(findings)


def _answers(submission: Submission, plan: Plan, owned: Owned) -> Iterator[Answer]:
    """Each owned cell that came back, in the plan's order."""
    formats, told = Formats(submission, plan), narratives_of(plan)
    for programme, column in owned:
        item = submission.returned.get((programme.key, column.key))
        if item is None:
            continue
        item = formats.restored(programme, column.key, item)
        place = Place(
            submission.file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key)
        )
        yield Answer(
            programme, column, item, place, submission.department, plan.settings.year, told.get(programme.key, "")
        )


def _blank(submission: Submission, owned: Owned, verdicts: Mapping[CellKey, Verdict]) -> Iterator[Finding]:
    places = [
        Place(submission.file, item.sheet, item.cell_name, programme.number, column.header, (programme.key, column.key))
        for programme, column in owned
        if verdicts.get((programme.key, column.key)) is Verdict.BLANK
        for item in (submission.returned[programme.key, column.key],)
    ]
    if places:
        yield found(UNANSWERED, *places, department=submission.department)


# ------------------------------------------------------------------------------------------------------------ one cell
@dataclass(frozen=True, slots=True)
class _Opinion:
    """``answer`` with the cell as it is to be taken; ``cleaned`` what it was before unprintable characters went."""

    verdict: Verdict
    answer: Answer
    findings: tuple[Finding, ...] = ()
    cleaned: tuple[Answer, Returned] | None = None


def _judge(answer: Answer) -> _Opinion:
    resolved, finding = struck(answer)
    findings = [finding] if finding is not None else []
    if finding is not None and finding.severity is Severity.ERROR:
        return _Opinion(Verdict.HELD, answer, tuple(findings))
    before = answer if resolved is answer.item else replace(answer, item=resolved)
    cleaned = without_unprintable(resolved)
    answer = before if cleaned is resolved else replace(answer, item=cleaned)
    change = (before, cleaned) if cleaned is not resolved else None
    held = _held(answer)
    if held is not None:
        return _Opinion(Verdict.HELD, answer, (*findings, held), change)
    if is_blank(answer.text):
        return _Opinion(Verdict.BLANK, answer, tuple(findings), change)
    if answer.item.cell.formula is not None:
        at = {"department": answer.department, "got": answer.text, "formula": answer.item.cell.formula}
        findings.append(found(FORMULA_ANSWER, answer.place, **at))
    findings += oddities(answer) if answer.is_value else ()
    return _Opinion(Verdict.TAKEN, answer, tuple(findings), change)


def _held(answer: Answer) -> Finding | None:
    """The one reason for which a cell is not taken."""
    finding = unusable(answer) or percent_trap(answer)
    if finding is None and meaning(answer.text).kind is Kind.REFUSED:
        return found(NOT_AN_ANSWER, answer.place, department=answer.department, got=answer.text)
    return finding


# ------------------------------------------------------------------------------------------- a file and its programmes
def _of_file(taken: list[Answer], department: str) -> list[Finding]:
    """What is said once for a file, however many cells it holds."""
    return [
        *odd_characters(((answer.text, answer.place) for answer in taken), department),
        *surplus_blanks(taken),
        *long_vowels(taken),
        *widths(taken),
        *unit_missing(taken),
        *still_pending(taken),
        *red_words(taken),
    ]


def _of_programmes(
    taken: list[Answer], submission: Submission, plan: Plan, findings: list[Finding]
) -> Iterator[Finding]:
    """The doubts about each programme's answers, value and narrative together."""
    asked = {f.place for f in findings if f.severity is Severity.WARNING}
    rows: dict[str, list[Answer]] = {}
    for answer in taken:
        rows.setdefault(answer.programme.key, []).append(answer)
    for key, answers in rows.items():
        narratives = [a for a in answers if a.column.role is Role.NARRATIVE]
        targets = filled_targets(answers[0].programme, lambda c, k=key: submission.returned.get((k, c)))  # type: ignore[misc]
        for answer in answers:
            if answer.is_actual:
                yield from _of_actual(answer, narratives, targets, asked)
        for narrative in narratives:
            yield from unchanged(narrative)
            yield from wrong_sums(narrative)
            yield from year_slips(narrative)
        yield from without_measures(plan, answers, narratives)


def _of_actual(
    answer: Answer, narratives: list[Answer], targets: dict[int, Returned], asked: set[Place]
) -> Iterator[Finding]:
    """One cause, one finding: what is swapped or contradicts the narrative is not also said to be too large."""
    doubt = swapped(answer, targets)
    if doubt is None and answer.place not in asked:
        doubt = next(chain(contradictions(answer, narratives), doubts(answer, narratives)), None)
    if doubt is not None:
        yield doubt
    elif (note := newly_reached(answer)) is not None:
        yield note
