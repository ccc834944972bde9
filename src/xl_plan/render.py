"""Findings and results in words and as JSON: the last step before a person or a program reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xl_plan.book.secondround import SecondRound
from xl_plan.findings import Finding, Severity, short, tally
from xl_plan.model import Outcome, Plan
from xl_plan.relisted.agreement import Disagreement

Naming = Callable[[str], str]


def finding_json(finding: Finding, naming: Naming) -> dict[str, Any]:
    """A finding with the fields of the contract."""
    place = finding.place
    return {
        "code": finding.code,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "department": finding.department or None,
        "file": naming(place.file) if place.file else None,
        "sheet": place.sheet or None,
        "cell": place.cell or None,
        "number": place.number or None,
        "column": place.column or None,
        "expected": finding.expected,
        "got": finding.got,
        "cells": [
            {"sheet": p.sheet or None, "cell": p.cell or None, "number": p.number or None, "column": p.column or None}
            for p in finding.places
            if p.sheet or p.cell or p.number
        ],
        "message": finding.message,
        "remedy": finding.remedy,
        "settled": finding.settled or None,
    }


def outcome_json(outcome: Outcome, naming: Naming) -> dict[str, Any]:
    return {
        "file": naming(outcome.file),
        "sha256": outcome.sha256 or None,
        "department": outcome.department or None,
        "state": outcome.state.value,
        "owned": outcome.owned,
        "filled": outcome.filled,
        "pending": outcome.pending,
    }


def second_json(later: SecondRound) -> dict[str, Any]:
    """The second round: what the division or a meeting fills, n of m cells and what is still open."""
    return {
        "owned": later.owned,
        "filled": later.filled,
        "deadline": later.deadline or None,
        "overdue": later.overdue,
        "columns": [
            {
                "column": column.header,
                "by": column.by.value,
                "owned": column.owned,
                "filled": column.filled,
                "open": [{"number": number, "name": name} for number, name in column.open_rows],
            }
            for column in later.columns
        ],
    }


def second_lines(later: SecondRound) -> Iterable[str]:
    """The second round for a terminal: none for a plan without one."""
    if later.sentence:
        yield later.sentence
    for column in later.columns:
        yield f"　{column.by.value}　{short(column.header)}　{column.filled}/{column.owned}　{column.standing}"


def aligned_json(item: Disagreement) -> dict[str, str]:
    """A relisted cell that was made to say what its original says."""
    about = {"number": item.copy.number, "column": item.column.header, "original": item.original.number}
    return {**about, "old": item.got, "new": item.expected}


def aligned_lines(changes: Sequence[Disagreement], most: int = 10) -> Iterable[str]:
    """The same for a terminal, old → new; at most so many."""
    for item in changes[:most]:
        old, new = (" ".join(text.split()) or "（空欄）" for text in (item.got, item.expected))
        yield f"　{item.copy.number}　{short(item.column.header)}：「{_clipped(old)}」→「{_clipped(new)}」"
    if len(changes) > most:
        yield f"　ほか{len(changes) - most}セル"


def _clipped(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.settings.title,
        "year": str(plan.settings.year) if plan.settings.year else None,
        "programmes": len(plan.programmes),
        "departments": len(plan.departments),
    }


def finding_lines(findings: Sequence[Finding], most: int | None = 20) -> Iterable[str]:
    """The findings for a terminal, gravest first; at most so many, all for None."""
    for finding in findings[:most]:
        yield f"【{finding.severity.label}】{finding.code} {finding.message}"
        yield f"　　→ {finding.remedy}"
    if most is not None and len(findings) > most:
        yield f"　ほか{len(findings) - most}件"


def tally_line(findings: Iterable[Finding]) -> str:
    counts: Mapping[Severity, int] = tally(findings)
    return "　".join(f"{severity.label} {counts[severity]}件" for severity in Severity)
