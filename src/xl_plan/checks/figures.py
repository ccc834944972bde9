"""A value against its row: the unit, the percentage, the magnitude, last year's value, the target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from xl_plan.checks.rows import NUMERIC, Answer, Past, Row
from xl_plan.findings import Finding, found
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.text import fold, same_but_width
from xl_plan.meaning.values import Kind, Meaning, is_blank, meaning, reached, same_unit
from xl_plan.model import Programme, Returned, Role
from xl_plan.rules.values import (
    MAGNITUDE,
    NOT_A_FIGURE,
    PERCENT_OVER,
    PERCENT_TOO_LARGE,
    PERCENT_UNCLEAR,
    REPEATED,
    SAME_AS_LAST_YEAR,
    STILL_PENDING,
    SWAPPED,
    TARGET_REACHED,
    UNIT_DIFFERS,
    UNIT_MISSING,
    ZERO_OR_NONE,
)

_LEAP = Decimal("6.5")  # times larger or smaller than the year before: a digit too many or too few
_HUNDRED = Decimal(100)
_PROSE = 10  # characters: a shorter narrative may well be the same again


# -------------------------------------------------------------------------------------------------- held, not guessed
def percent_trap(answer: Answer) -> Finding | None:
    """A bare 87.2 or 0.872 where the row is in per cent, or 8720%: a question, never a guess."""
    value = answer.meaning
    if not answer.is_value or value.number is None or not answer.row.in_percent:
        return None
    row = answer.row
    at = {"department": answer.department, "got": answer.text, "history": row.history}
    if value.kind is Kind.NUMBER and not value.unit:
        return found(PERCENT_UNCLEAR, answer.place, **at)
    if value.kind is Kind.PERCENT and _hundredfold(value.number, row):
        return found(PERCENT_TOO_LARGE, answer.place, **at)
    return None


def _hundredfold(number: Decimal, row: Row) -> bool:
    known = [p.meaning.number for p in (*row.figures, *row.targets) if p.meaning.number is not None]
    if number < 1000 or not known or max(known) > _HUNDRED:
        return False
    return number / _HUNDRED <= max(_HUNDRED, *known)


# ---------------------------------------------------------------------------------------------------- taken and asked
def doubts(answer: Answer, narratives: list[Answer]) -> Iterator[Finding]:
    """The first doubt about a value: one cause, one finding."""
    if not answer.is_actual or not answer.row.actuals:
        return
    for check in _DOUBTS:
        finding = check(answer)
        if finding is not None:
            yield finding
            return
    if not any(unchanged_narrative(n) for n in narratives) and (finding := _repeated(answer)) is not None:
        yield finding


def _doubt(answer: Answer) -> dict[str, str]:
    return {"department": answer.department, "got": answer.text, "history": answer.row.history}


def _not_a_figure(answer: Answer) -> Finding | None:
    wordy = answer.meaning.kind in (Kind.TEXT, Kind.DIRECTION, Kind.BOUND, Kind.MILESTONE)
    past = [p.meaning.kind for p in answer.row.actuals if p.meaning.kind not in (Kind.NONE, Kind.PENDING)]
    if not wordy or answer.meaning.remarks or not past or not NUMERIC.issuperset(past):
        return None
    return found(NOT_A_FIGURE, answer.place, **_doubt(answer))


def _unit(answer: Answer) -> Finding | None:
    unit, value = answer.row.unit, answer.meaning
    if not unit or not value.unit or same_unit(unit, value.unit) or value.kind not in NUMERIC:
        return None
    known = {p.meaning.unit for p in answer.row.actuals if p.meaning.unit}
    if any(same_unit(value.unit, other) for other in known):
        return None  # the row has counted so before
    return found(UNIT_DIFFERS, answer.place, **_doubt(answer), unit=unit)


def _zero_or_none(answer: Answer) -> Finding | None:
    past = answer.row.actuals[-2:]
    if len(past) < 2 or any(p.meaning.kind not in NUMERIC or p.meaning.number == 0 for p in past):
        return None
    if answer.meaning.kind is Kind.NONE:
        return found(ZERO_OR_NONE, answer.place, **_doubt(answer))
    large = all((p.meaning.number or 0) >= 10 for p in past)
    never = all(p.meaning.number != 0 for p in answer.row.figures)
    return (
        found(ZERO_OR_NONE, answer.place, **_doubt(answer)) if answer.meaning.number == 0 and large and never else None
    )


def _over_hundred(answer: Answer) -> Finding | None:
    value, row = answer.meaning, answer.row
    if value.kind is not Kind.PERCENT or value.number is None or value.number <= _HUNDRED or not row.figures:
        return None
    known = [p.meaning.number for p in (*row.figures, *row.targets) if p.meaning.number is not None]
    return None if max(known) > _HUNDRED else found(PERCENT_OVER, answer.place, **_doubt(answer))


def _magnitude(answer: Answer) -> Finding | None:
    pairs = _pairs(answer.meaning, answer.row)
    return found(MAGNITUDE, answer.place, **_doubt(answer)) if any(leaps(*pair) for pair in pairs) else None


def _pairs(value: Meaning, row: Row) -> list[tuple[Decimal, list[Decimal]]]:
    """Each number of the value with its own past, the latest last: parts of several are held against equal labels."""
    if value.number is not None:
        comparable = same_unit(value.unit, row.unit) or not value.unit
        numbers = [p.meaning.number for p in row.figures if p.meaning.number is not None]
        return [(value.number, numbers)] if comparable and numbers else []
    pairs = []
    for part in value.parts:
        before = [
            other.number
            for past in row.actuals
            for other in past.meaning.parts
            if other.number is not None and fold(other.label) == fold(part.label) and same_unit(other.unit, part.unit)
        ]
        if part.number is not None and before:
            pairs.append((part.number, before))
    return pairs


def leaps(number: Decimal, past: list[Decimal]) -> bool:
    """Whether a digit seems lost or added: many times the last value, and outside twice the range ever seen."""
    known = [n for n in past if n > 0]
    if number <= 0 or not known:
        return False
    last = known[-1]
    larger, smaller = max(number, last), min(number, last)
    if larger < 10 or larger < smaller * _LEAP:
        return _shorter(number, known)
    return not min(known) / 2 <= number <= max(known) * 2


def _shorter(number: Decimal, known: list[Decimal]) -> bool:
    """A digit less than ever before, and less than a third of the least: 1,849 typed as 189."""
    digits = {len(str(int(n))) for n in known}
    return len(known) > 1 and len(str(int(number))) < min(digits) and min(digits) > 1 and number * 3 < min(known)


def _repeated(answer: Answer) -> Finding | None:
    last, value = answer.row.last, answer.meaning
    if last is None or not _same_figure(value, last.meaning):
        return None
    seen = [p.meaning.number for p in answer.row.actuals if p.meaning.number is not None]
    if value.number is None or len(set(seen)) < len(seen) or value.number in (0, _HUNDRED):
        return None  # a row that repeats itself, or is as full as can be
    digits = significant(value.number)
    if digits < 2:
        return None
    rule = REPEATED if digits > 2 else SAME_AS_LAST_YEAR
    return found(rule, answer.place, **_doubt(answer), last=last.header)


def significant(number: Decimal) -> int:
    """Digits without the zeros at the end: 1,849 has four, 1,500 has two."""
    return len(number.normalize().as_tuple().digits)


def _same_figure(value: Meaning, other: Meaning) -> bool:
    return value.number is not None and value.number == other.number and same_unit(value.unit, other.unit)


def unchanged_narrative(narrative: Answer) -> bool:
    """Whether a narrative of some length says word for word what it said the year before."""
    return len(narrative.text) >= _PROSE and same_but_width(narrative.text, narrative.told)


_DOUBTS: tuple[Callable[[Answer], Finding | None], ...] = (
    _not_a_figure,
    _unit,
    _zero_or_none,
    _over_hundred,
    _magnitude,
)


def unit_missing(answers: list[Answer]) -> list[Finding]:
    """Figures that are shown without the unit of their row: one finding for the file."""
    bare = [
        a
        for a in answers
        if a.is_actual
        and a.meaning.kind is Kind.NUMBER
        and a.meaning.number != 0
        and not a.meaning.unit
        and not a.meaning.remarks
        and a.row.figures
        and a.row.unit
        and all(p.meaning.unit for p in a.row.figures)
    ]
    if not bare:
        return []
    first = bare[0]
    places = [a.place for a in bare]
    return [found(UNIT_MISSING, *places, department=first.department, got=first.text, unit=first.row.unit)]


def still_pending(answers: list[Answer]) -> list[Finding]:
    """集計中 for a year whose last year's value is still 集計中 too."""
    return [
        found(STILL_PENDING, a.place, department=a.department, got=a.text)
        for a in answers
        if a.is_actual and a.meaning.kind is Kind.PENDING and a.row.last and a.row.last.meaning.kind is Kind.PENDING
    ]


# ------------------------------------------------------------------------------------------------------------ targets
def target_for(row: Row, year: FiscalYear | None) -> Past | None:
    """The target that an actual of ``year`` is held against: the earliest of that year or later."""
    return next((t for t in row.targets if t.year is not None and year is not None and t.year >= year), None)


def swapped(answer: Answer, returned_targets: dict[int, Returned]) -> Finding | None:
    """The actual says what the plan has as target while the returned target says something else."""
    if not answer.is_actual or answer.meaning.kind not in NUMERIC:
        return None
    for target in answer.row.targets:
        if not _same_figure(answer.meaning, target.meaning):
            continue
        theirs = returned_targets.get(target.year.year) if target.year else None
        if theirs is not None and not is_blank(theirs.text) and not _same_figure(meaning(theirs.text), target.meaning):
            evidence = f"目標値の欄（{theirs.cell_name}）は「{theirs.text}」になっています。"
        elif significant(target.meaning.number or Decimal(0)) > 2 and target.text not in _texts(answer.row):
            evidence = f"端数まで一致しています（{answer.row.history}）。"
        else:
            continue
        at = {"department": answer.department, "got": answer.text, "target": target.text}
        return found(SWAPPED, answer.place, **at, evidence=evidence)
    return None


def _texts(row: Row) -> list[str]:
    return [past.text for past in row.actuals]


def newly_reached(answer: Answer) -> Finding | None:
    """A note where this year's value is the first to reach the target."""
    target = target_for(answer.row, answer.column.year)
    if not answer.is_actual or target is None or not has_reached(answer.meaning, target.meaning):
        return None
    if any(has_reached(p.meaning, target.meaning) for p in answer.row.actuals[-1:]):
        return None
    return found(
        TARGET_REACHED,
        answer.place,
        department=answer.department,
        expected=target.text,
        got=answer.text,
        actual_column=answer.column.header,
        actual=answer.text,
        target_column=target.header,
        target=target.text,
    )


def has_reached(actual: Meaning, target: Meaning) -> bool:
    """Reached, where the target is a figure: 増加 has no end that could be reached."""
    figure = target.kind in (Kind.NUMBER, Kind.PERCENT, Kind.BOUND, Kind.SEVERAL)
    return figure and reached(actual, target, None) is True


def filled_targets(programme: Programme, returned: Callable[[str], Returned | None]) -> dict[int, Returned]:
    """The targets of a row as a file returns them, by year."""
    found_targets = {}
    for column in programme.with_role(Role.TARGET):
        item = returned(column.key)
        if item is not None and column.year is not None:
            found_targets[column.year.year] = item
    return found_targets
