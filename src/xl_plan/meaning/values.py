"""What a cell's text means: number with unit, percentage, none, pending, direction, bound, milestone, refusal.

The text itself is never altered; a :class:`Meaning` stands beside it. What is read is what the cell *shows*
(:func:`xl_plan.meaning.numberformat.shown`). Nothing is guessed: what fits no reading is :attr:`Kind.TEXT`, and ratings
(◎○△×, A-D) are TEXT too, since their scale is a setting of the plan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from xl_plan.meaning.kinds import HELD, RESERVED, UNANSWERED, UNSUBMITTED, Kind, Meaning, Remark
from xl_plan.meaning.numerals import UNITS, known_unit, may_hold_number, narrow, same_unit, unit_family
from xl_plan.meaning.quantity import is_year, labelled, quantity, several, without_notes
from xl_plan.meaning.text import fold
from xl_plan.meaning.words import expected_date, may_be_pending, milestone, worded

__all__ = [
    "HELD",
    "RESERVED",
    "UNANSWERED",
    "UNSUBMITTED",
    "Kind",
    "Meaning",
    "Remark",
    "is_answer",
    "is_blank",
    "is_pending",
    "lower_is_better",
    "meaning",
    "reached",
    "row_unit",
    "same_unit",
]

_BLANK = Meaning(Kind.BLANK)
_INVISIBLE = (
    " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\xad\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_LONGEST = 200  # characters; a longer text is prose


def is_blank(text: str) -> bool:
    """Nothing visible, or one of the reserved texts 〔未提出〕 〔未記入〕 〔保留〕."""
    core = text.strip(_INVISIBLE)
    return not core or core in RESERVED


def is_answer(text: str) -> bool:
    """Filled: － and 集計中 are answers, and so is a text that will be refused."""
    return not is_blank(text)


def meaning(text: str) -> Meaning:
    """The meaning of a text as shown in a cell; never raises."""
    core = text.strip(_INVISIBLE)
    if is_blank(core):
        return _BLANK
    return Meaning(Kind.TEXT) if len(core) > _LONGEST else _read(core)


def is_pending(text: str) -> bool:
    """Whether the meaning of a text is that the answer follows (集計中)."""
    return may_be_pending(text) and meaning(text).kind is Kind.PENDING


# By far the most cells: 4,049件, 87.20%, 5.
_PLAIN = re.compile(r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?P<unit>[^0-9.,]{0,8})")


@lru_cache(maxsize=65_536)
def _read(text: str) -> Meaning:
    flat = narrow(text)
    if plain := _PLAIN.fullmatch(flat):
        unit = plain["unit"]
        number = Decimal(plain["digits"].replace(",", ""))
        if (unit in UNITS and not is_year(number, unit)) or not unit:
            kind, unit = (Kind.PERCENT, "%") if unit_family(unit) == "%" else (Kind.NUMBER, unit)
            return Meaning(kind, number, unit, remarks=_mixed(text))
    body, note = without_notes(flat, text)
    found = worded(body) or _numbered(body, flat) or worded(flat) or milestone(body)
    if found is None and body.startswith(("(", "[", "【", "〔")):
        found = worded(body[1:-1])  # （集計中）
    if found is None:
        return Meaning(Kind.TEXT, remarks=_oddities(body))
    if found.kind is Kind.PENDING:
        found = replace(found, expected=expected_date(text))
    if found.label == body:
        start = flat.find(body)
        found = replace(found, label=text[start : start + len(body)])
    if note and found.kind is not Kind.SEVERAL and found.note != note:
        found = _unit_from_note(replace(found, note=f"{found.note} {note}".strip()))
    return replace(found, remarks=found.remarks + _writing(text, found))


def _numbered(body: str, flat: str) -> Meaning | None:
    """One number or several; most prose has not even a digit."""
    return (quantity(body) or several(flat) or labelled(body)) if may_hold_number(flat) else None


# ---- manner of writing -----------------------------------------------------------------------------------------

_FULL = re.compile(r"[０-９]")
_HALF = re.compile(r"[0-9]")
_PROVISIONAL = re.compile(r"速報|見込|暫定|概算|推計|予定")
_ODD = re.compile(r"(?<![0-9,、])(?!(?:[0-9]{1,3}(?:[,、][0-9]{3})+)(?![0-9,、]))[0-9]+[,、][0-9]")
_PLACEHOLDER = re.compile(r"[〇○◯]+")
_DATE = re.compile(r"[0-9]{1,4}[/\-][0-9]{1,2}(?:[/\-][0-9]{1,2})?|(?:[0-9]{4}年)?[0-9]{1,2}月(?:[0-9]{1,2}日)?")


def _mixed(text: str) -> tuple[Remark, ...]:
    return (Remark.MIXED_WIDTH,) if _FULL.search(text) and _HALF.search(text) else ()


def _writing(text: str, found: Meaning) -> tuple[Remark, ...]:
    provisional = found.number is not None and _PROVISIONAL.search(found.note)
    if provisional and Remark.PROVISIONAL not in found.remarks:
        return (*_mixed(text), Remark.PROVISIONAL)
    return _mixed(text)


def _oddities(body: str) -> tuple[Remark, ...]:
    if _DATE.fullmatch(body):
        return (Remark.DATE_LIKE,)
    if (circles := _PLACEHOLDER.match(body)) and known_unit(body, circles.end()):
        return (Remark.ZERO_LOOK_ALIKE,)
    return (Remark.ODD_GROUPING,) if len(body) <= 20 and _ODD.search(body) else ()


def _unit_from_note(found: Meaning) -> Meaning:
    """``5(箇所)``: the counter in parentheses."""
    if found.kind is Kind.NUMBER and not found.unit and narrow(found.note) in UNITS:
        unit = narrow(found.note)
        kind = Kind.PERCENT if unit == "%" else Kind.NUMBER
        return replace(found, kind=kind, unit=unit, note="")
    return found


# ---- a row's values --------------------------------------------------------------------------------------------


def row_unit(texts: Sequence[str]) -> str:
    """The unit a row counts in: the commonest of its five latest values that hold a number, ties to the latest.

    ``texts`` from the oldest to the latest; spellings of one unit (か所, 箇所) count together and the latest is given.
    """
    units = [found.unit for text in texts if (found := meaning(text)).number is not None or found.parts][-5:]
    if not units:
        return ""
    votes = Counter(unit_family(unit) for unit in units)
    latest = {unit_family(unit): (index, unit) for index, unit in enumerate(units)}
    return max(latest.items(), key=lambda item: (votes[item[0]], item[1][0]))[1][1]


def lower_is_better(target: Meaning) -> bool:
    """Only where the target itself says so: 減少 or 以下 (未満, 以内). Nothing else is inferred."""
    if target.kind is Kind.SEVERAL:
        return bool(target.parts) and all(lower_is_better(part) for part in target.parts)
    return target.direction == "down" or target.bound == "max"


def reached(actual: Meaning, target: Meaning, first: Meaning | None) -> bool | None:
    """Whether the target is reached, None where that cannot be told.

    A plain number is reached by as much or more; 増加 and 減少 are held against ``first``, the earliest actual; 維持 is
    reached by the same value, and any other is for people to judge. Different units are never compared.
    """
    if target.kind is Kind.SEVERAL or actual.kind is Kind.SEVERAL:
        return _all_reached(actual, target, first)
    if target.kind is Kind.MILESTONE:
        return _milestone_reached(actual, target)
    if actual.number is None:
        return None
    if target.kind is Kind.DIRECTION:
        return _moved(actual, target, first)
    if target.number is None or not _comparable(actual, target) or target.direction in {"up", "down"}:
        return None
    compare: Callable[[Decimal], bool] = target.number.__lt__ if target.strict else target.number.__le__
    if target.bound == "max":
        compare = target.number.__gt__ if target.strict else target.number.__ge__
    return compare(actual.number)


def _comparable(one: Meaning, other: Meaning) -> bool:
    return same_unit(one.unit, other.unit) or ("%" not in one.unit + other.unit and not (one.unit and other.unit))


def _moved(actual: Meaning, target: Meaning, first: Meaning | None) -> bool | None:
    if first is None or first.number is None or actual.number is None or not _comparable(actual, first):
        return None
    if target.direction == "keep":
        return True if actual.number == first.number else None
    return actual.number > first.number if target.direction == "up" else actual.number < first.number


def _all_reached(actual: Meaning, target: Meaning, first: Meaning | None) -> bool | None:
    """Part by part under equal labels; one target holds for every part. True or False only where all agree."""
    actuals = actual.parts or (actual,)
    targets = {fold(part.label): part for part in target.parts}
    firsts = {fold(part.label): part for part in first.parts or (first,) if part.label} if first else {}
    verdicts = {
        reached(part, targets[key] if targets else target, firsts.get(key, first if not firsts else None))
        for part in actuals
        if (key := fold(part.label)) in targets or not targets
    }
    return verdicts.pop() if len(verdicts) == 1 and len(actuals) >= len(targets) else None


def _milestone_reached(actual: Meaning, target: Meaning) -> bool | None:
    if actual.kind is not Kind.MILESTONE:
        return None
    done, aim = fold(actual.label), fold(target.label)
    if re.search(r"未|予定|検討|準備|途中|中$", done):
        return False
    return True if done in {aim, aim + "済", aim + "済み", aim + "完了", "完了", "達成"} else None
