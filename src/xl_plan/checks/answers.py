"""XP3: what the owned cells say, and what becomes of each: taken, held or blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from xl_plan.findings import Finding, Place, found
from xl_plan.model import CellKey, Column, Plan, Programme, Returned, Submission
from xl_plan.rules.values import (
    ERROR_VALUE,
    FORMULA_ANSWER,
    FORMULA_WITHOUT_RESULT,
    NOT_AN_ANSWER,
    UNANSWERED,
)
from xl_plan.values import Kind, is_blank, meaning


class Verdict(StrEnum):
    TAKEN = "taken"
    BLANK = "blank"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission's owned cells: what each is worth. Cells whose row is missing are not among them."""

    submission: Submission
    verdicts: Mapping[CellKey, Verdict]
    owned: int
    filled: int
    pending: int


def judge(submission: Submission, plan: Plan) -> tuple[Judged, tuple[Finding, ...]]:
    """Each owned cell's verdict, and a finding for what is wrong with it."""
    verdicts: dict[CellKey, Verdict] = {}
    findings: list[Finding] = []
    blank: list[Place] = []
    pending = 0
    owned = plan.owned_by(submission.department)
    for programme, column in owned:
        key = (programme.key, column.key)
        item = submission.returned.get(key)
        if item is None:
            continue
        place = Place(submission.file, item.sheet, item.cell_name, programme.number, column.header)
        verdict, faults = _judge(item, place, programme, column, submission.department)
        findings += faults
        verdicts[key] = verdict
        if verdict is Verdict.BLANK:
            blank.append(place)
        elif verdict is Verdict.TAKEN and meaning(item.text).kind is Kind.PENDING:
            pending += 1
    if blank:
        findings.append(found(UNANSWERED, *blank, department=submission.department))
    filled = sum(1 for verdict in verdicts.values() if verdict is not Verdict.BLANK)
    return Judged(submission, MappingProxyType(verdicts), len(owned), filled, pending), tuple(findings)


def _judge(
    item: Returned, place: Place, programme: Programme, column: Column, department: str
) -> tuple[Verdict, list[Finding]]:
    findings = list(_unusable(item, place, department))
    if findings:
        return Verdict.HELD, findings
    if is_blank(item.text):
        return Verdict.BLANK, []
    if meaning(item.text).kind is Kind.REFUSED:
        return Verdict.HELD, [found(NOT_AN_ANSWER, place, department=department, got=item.text)]
    if item.cell.formula is not None:
        formula = item.cell.formula
        return Verdict.TAKEN, [found(FORMULA_ANSWER, place, department=department, got=item.text, formula=formula)]
    return Verdict.TAKEN, []


def _unusable(item: Returned, place: Place, department: str) -> Iterator[Finding]:
    if item.cell.error:
        yield found(ERROR_VALUE, place, department=department, got=item.text)
    elif item.cell.formula is not None and item.cell.value is None:
        yield found(FORMULA_WITHOUT_RESULT, place, department=department, formula=item.cell.formula)
