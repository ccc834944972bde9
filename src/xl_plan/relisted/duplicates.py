"""Rows that look like one programme without saying so: the same name, or the same indicator and history.

No two rows are compared that do not share a name, an indicator or a history: rows are put into buckets by what they
would have in common, and each is held against the first of its bucket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_plan.meaning.numerals import unit_family
from xl_plan.meaning.text import fold, fold_number
from xl_plan.meaning.values import Kind, is_blank, meaning
from xl_plan.model import Plan, Programme, Role
from xl_plan.remembered import once_for_each


@dataclass(frozen=True, slots=True)
class Suspicion:
    """``later`` may be the same programme as ``first``; ``reasons`` name what they have in common. ``absent`` is the
    number that both cite, when it is not in the plan."""

    first: Programme
    later: Programme
    reasons: tuple[str, ...]
    absent: str = ""


@dataclass(frozen=True, slots=True)
class _Traits:
    """What a row is known by. ``name`` is folded to one way of writing; ``history`` the values of past years."""

    programme: Programme
    name: str
    indicator: str
    history: tuple[tuple[str, str], ...]
    telling_name: bool
    weight: int  # of the history: figures that are unlikely to be equal by chance
    absent: tuple[str, ...]
    run: int  # rows of one name that follow one another


@once_for_each
def suspicions(plan: Plan) -> tuple[Suspicion, ...]:
    """Each row that looks like an earlier one, once, in the plan's order. Relisted rows stand behind their originals."""
    traits: list[_Traits] = []
    for programme in plan.counted():
        traits.append(_traits(plan, programme, traits[-1] if traits else None))
    found: dict[str, Suspicion] = {}
    for first, later in _pairs(traits):
        suspicion = _suspicion(first, later)
        if suspicion is not None:
            found.setdefault(later.programme.key, suspicion)
    return tuple(found[t.programme.key] for t in traits if t.programme.key in found)


def _pairs(traits: Sequence[_Traits]) -> Iterator[tuple[_Traits, _Traits]]:
    """Rows that share something, the surest bucket first; each row with the earliest of its bucket."""
    yield from _bucketed(traits, lambda t: [(number, t.name) for number in t.absent] if t.name else [])
    yield from _bucketed(traits, lambda t: [(t.name,)] if t.name else [])
    yield from _bucketed(traits, lambda t: [(t.indicator, t.history)] if t.weight else [])
    yield from _bucketed(traits, lambda t: [t.history] if t.weight >= _RICH else [])
    yield from _nearly_named(traits)


def _bucketed(
    traits: Iterable[_Traits], buckets: Callable[[_Traits], Sequence[Hashable]]
) -> Iterator[tuple[_Traits, _Traits]]:
    firsts: dict[Hashable, _Traits] = {}
    for row in traits:
        for bucket in buckets(row):
            first = firsts.setdefault(bucket, row)
            if first is not row:
                yield first, row


def _nearly_named(traits: Sequence[_Traits]) -> Iterator[tuple[_Traits, _Traits]]:
    """Rows of one indicator whose names differ in one or two characters: they share the name less one character."""
    by_indicator: dict[str, list[_Traits]] = {}
    for row in traits:
        if row.indicator and row.telling_name:
            by_indicator.setdefault(row.indicator, []).append(row)
    for rows in by_indicator.values():
        if len(rows) > 1:
            yield from _bucketed(rows, lambda t: [t.name, *_less_one(t.name)])


def _less_one(name: str) -> list[str]:
    short = name[:40]
    return list(dict.fromkeys(short[:i] + short[i + 1 :] + name[40:] for i in range(len(short))))


# --------------------------------------------------------------------------------------------------------- judgement
_RICH = 10


def _suspicion(first: _Traits, later: _Traits) -> Suspicion | None:
    if fold_number(first.programme.number) == fold_number(later.programme.number):
        return None  # lines of one programme, or a number that stands twice, which is said elsewhere
    same_name = bool(first.name) and first.name == later.name
    same_indicator = bool(first.indicator) and first.indicator == later.indicator
    same_history = first.history == later.history and first.weight > 0
    absent = next((number for number in first.absent if number in later.absent), "")
    if not _enough(first, later, same_name, same_indicator, same_history, bool(absent)):
        return None
    reasons = [
        word
        for word, holds in (
            ("事業名", same_name),
            ("評価指標", same_indicator),
            (f"過去の実績値（{len(first.history)}年分）", same_history),
            ("記述", _same_narrative(first.programme, later.programme)),
        )
        if holds
    ]
    if not same_name and _near(first.name, later.name):
        reasons.insert(0, "事業名（書き方が少し違います）")
    return Suspicion(first.programme, later.programme, tuple(reasons), absent)


def _enough(
    first: _Traits, later: _Traits, same_name: bool, same_indicator: bool, same_history: bool, same_absent: bool
) -> bool:
    """Whether what two rows have in common is more than chance."""
    contrary = _contradict(first.history, later.history)
    if same_name:
        if same_absent or same_history:
            return True
        if _one_programme_measured_twice(first, later):
            return False
        return first.telling_name or (same_indicator and not contrary and bool(first.weight or later.weight))
    if same_history and (same_indicator or not (first.indicator and later.indicator)):
        return True
    if same_history and first.weight >= _RICH and _near(first.name, later.name):
        return True
    return same_indicator and not contrary and _near(first.name, later.name)


def _contradict(first: Sequence[tuple[str, str]], later: Sequence[tuple[str, str]]) -> bool:
    """Whether two histories state different figures for one year."""
    known = dict(first)
    return any(
        known.get(year, value) != value and bool(_FIGURES.search(known[year]) and _FIGURES.search(value))
        for year, value in later
    )


def _one_programme_measured_twice(first: _Traits, later: _Traits) -> bool:
    """Rows that follow one another with an indicator each: a programme with several indicators."""
    return first.run == later.run and bool(first.indicator and later.indicator) and first.indicator != later.indicator


_CONTRASTS = frozenset("東西南北上下左右前後大中小高低新旧男女父母内外第一二三四五六七八九十甲乙丙市県国公民幼保")


def _near(first: str, later: str) -> bool:
    """Names that differ in at most two characters, none of them a figure or one that tells programmes apart."""
    if first == later or abs(len(first) - len(later)) > 2 or min(len(first), len(later)) < 6:
        return False
    head = next((i for i, (a, b) in enumerate(zip(first, later, strict=False)) if a != b), min(len(first), len(later)))
    first, later = first[head:], later[head:]
    shorter = min(len(first), len(later))
    tail = next((i for i in range(shorter) if first[-1 - i] != later[-1 - i]), shorter)
    rest = first[: len(first) - tail] + "|" + later[: len(later) - tail]
    changed = rest.replace("|", "")
    return (
        max(map(len, rest.split("|"))) <= 2
        and not any(ch in _CONTRASTS or ch.isdigit() or ch.isascii() for ch in changed)
        and not re.search(r"[①-⑳]", changed)
    )


def _same_narrative(first: Programme, later: Programme) -> bool:
    texts = [next((p.text(c.key) for c in p.with_role(Role.NARRATIVE)), "") for p in (first, later)]
    return not is_blank(texts[0]) and len(texts[0]) > 5 and fold(texts[0]) == fold(texts[1])


# ------------------------------------------------------------------------------------------------------------ traits
_SYNONYMS: Mapping[str, str] = {
    "障がい": "障害",
    "障碍": "障害",
    "子供": "子ども",
    "こども": "子ども",
    "取り組み": "取組",
    "取組み": "取組",
    "見守り": "見守",
    "手引き": "手引",
    "および": "及び",
    "ならびに": "並びに",
}
_SYNONYM = re.compile("|".join(_SYNONYMS))
_PARTICLES = re.compile(r"及び|並びに|事業|(?<=[一-鿿ァ-ヺ])(?:の|と|等)(?=[一-鿿ァ-ヺ])")
_GENERAL = re.compile(
    "研修|広報|啓発|普及|周知|相談|支援|活動|推進|実施|充実|強化|促進|整備|開催|講座|教室|会議|情報|提供|発信|連携"
    "|体制|職員|市民|地域|計画|運営|管理|育成|人材|向上|確保|検討|調査|窓口|事務|各種|関係|団体|交流|の|を|に"
)


def _traits(plan: Plan, programme: Programme, before: _Traits | None) -> _Traits:
    name = name_key(programme.name)
    indicator = next((programme.text(c.key) for c in programme.with_role(Role.INDICATOR)), "")
    if meaning(indicator).kind in (Kind.NONE, Kind.BLANK):
        indicator = ""
    history = tuple(_history(programme))
    telling = len(name) >= 7 and len(_GENERAL.sub("", name)) >= 3
    absent = tuple(fold_number(number) for number in plan.relisting.outside.get(programme.key, ()))
    same = before is not None and before.name == name and before.programme.block.headings == programme.block.headings
    run = 0 if before is None else before.run + (not same)
    return _Traits(programme, name, fold(indicator), history, telling, _weight(history), absent, run)


def name_key(name: str) -> str:
    """A name folded further than for comparing texts: signs, の, 事業 and spellings that vary are made one."""
    text = _SYNONYM.sub(lambda match: _SYNONYMS[match[0]], fold(name))
    letters = "".join(ch for ch in text if ch.isalnum() or ch == "-")
    return _PARTICLES.sub("", letters).lower()


def _history(programme: Programme) -> Iterator[tuple[str, str]]:
    """The actuals of past years, each with its meaning in one way of writing."""
    for column in programme.with_role(Role.ACTUAL):
        if column.filler is not None or is_blank(programme.text(column.key)):
            continue
        found = meaning(programme.text(column.key))
        if found.number is not None and not found.parts:
            yield column.key, f"{found.number.normalize()}{unit_family(found.unit)}"
        else:
            yield column.key, fold(programme.text(column.key))


_FIGURES = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _weight(history: Sequence[tuple[str, str]]) -> int:
    """How unlikely a history is to be another's by chance: the digits of its different figures, 0 for a trivial one."""
    values = {Decimal(text) for _, value in history for text in _FIGURES.findall(value)}
    digits = sum(len(value.normalize().as_tuple().digits) for value in values)
    return digits if len(values) > 1 and digits >= 5 else 0
