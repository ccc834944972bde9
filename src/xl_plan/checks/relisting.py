"""XP4 on the plan itself: rows of one programme that say different things, and rows that look like one programme."""

from __future__ import annotations

from xl_plan.cells import a1
from xl_plan.findings import Finding, Rule, found
from xl_plan.meaning.values import is_blank
from xl_plan.model import Plan, Programme
from xl_plan.relisted.agreement import Degree, Disagreement, both, disagreements, filled_this_round, in_words
from xl_plan.relisted.duplicates import Suspicion, suspicions
from xl_plan.relisted.relisting import place
from xl_plan.rules.relisting import (
    FIGURES_DIFFER,
    SAME_ABSENT_ORIGINAL,
    TYPED_OVER,
    UNMARKED_DUPLICATE,
    WIDTH_DIFFERS,
    WORDING_DIFFERS,
)

_RULES: dict[Degree, Rule] = {
    Degree.WRITING: WIDTH_DIFFERS,
    Degree.WORDING: WORDING_DIFFERS,
    Degree.FIGURES: FIGURES_DIFFER,
}


def relisting_findings(plan: Plan, file: str = "") -> tuple[Finding, ...]:
    """Everything that the plan's relisted rows disagree in, and every row that looks relisted without a mark."""
    return (
        *(finding for item in disagreements(plan) if (finding := _disagreement(plan, item, file)) is not None),
        *(_suspicion(item, file) for item in suspicions(plan)),
    )


def _disagreement(plan: Plan, item: Disagreement, file: str) -> Finding | None:
    """A constant that differs; in a column of the round, a value typed over the reference."""
    rule = _RULES[item.degree]
    if filled_this_round(plan, item.original, item.column.key):
        if is_blank(item.got):
            return None
        rule = TYPED_OVER
    return found(
        rule,
        place(item.copy, file, item.column.key),
        expected=item.expected,
        got=item.got,
        original=item.original.number,
        original_cell=_address(item.original, item.column.key),
        difference=in_words(item.expected, item.got),
        texts=both(item.expected, item.got),
    )


def _suspicion(item: Suspicion, file: str) -> Finding:
    if item.absent:
        return found(
            SAME_ABSENT_ORIGINAL,
            place(item.later, file),
            got=item.absent,
            other=item.first.number,
            reasons="・".join(item.reasons),
        )
    return found(
        UNMARKED_DUPLICATE,
        place(item.later, file),
        programme=item.later.name,
        other=item.first.number,
        other_cell=_address(item.first, "name"),
        reasons="・".join(item.reasons),
    )


def _address(programme: Programme, column: str) -> str:
    position = programme.place(column)
    return f"{programme.sheet} {a1(*position)}" if position else programme.sheet
