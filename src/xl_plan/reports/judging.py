"""Whether a programme has reached its target, as a formula over the plan's cells and as the value it gives.

Formula and value are made by one description, so that what a reader without calculation sees is what a program that
calculates finds. Where the meaning of a text is beyond a formula (several figures, a milestone), the formula says the
verdict as long as both texts stand as they were judged, and leaves any other text to people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from xl_plan.cells import Cell, Scalar
from xl_plan.meaning.kinds import RESERVED, Kind, Meaning
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.values import lower_is_better, meaning, reached, same_unit

_FIGURE = re.compile(r"[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NARROW = str.maketrans("０１２３４５６７８９．％，", "0123456789.%,")
_PENDING = ("集計中", "調査中", "未集計")
_NONE = ("－", "-", "−", "―", "‐", "ー", "なし", "該当なし")
_LONGEST = 200  # characters of a text that a formula may compare


class Verdict(StrEnum):
    """How a programme stands against its target."""

    REACHED = "達成"
    MISSED = "未達成"
    PENDING = "後日報告"
    UNANSWERED = "未回答"
    UNJUDGED = "判定なし"


class Way(StrEnum):
    """How the actual is held against the target."""

    AT_LEAST = "以上"
    MORE = "超"
    AT_MOST = "以下"
    LESS = "未満"
    UP = "初回より増"
    DOWN = "初回より減"
    KEEP = "初回と同じ"
    PEOPLE = "人が判断"
    NONE = "目標なし"

    @property
    def moves(self) -> bool:
        return self in (Way.UP, Way.DOWN, Way.KEEP)


_COMPARE = {
    Way.AT_LEAST: ">=",
    Way.MORE: ">",
    Way.AT_MOST: "<=",
    Way.LESS: "<",
    Way.UP: ">",
    Way.DOWN: "<",
    Way.KEEP: "=",
}


RATED = frozenset({Way.AT_LEAST, Way.MORE, Way.AT_MOST, Way.LESS})  # the ways in which 達成率 has a meaning


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell's number as a formula finds it: the text without ``before`` and ``after``, if that is a number."""

    cell: Cell
    text: str
    before: str = ""
    after: str = ""

    @property
    def value(self) -> float | None:
        """What :meth:`formula` gives, None for its empty text."""
        value = self.cell.value
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return float(value)
        text = str(value or "")
        for part in (self.before, self.after):
            text = text.replace(part, "") if part else text
        text = text.translate(_NARROW).replace(",", "")
        plain = text.replace("%", "")
        if not _PLAIN.fullmatch(plain):
            return None
        return float(plain) / 100 if "%" in text else float(plain)

    def formula(self, address: str) -> str:
        """The number of the cell at ``address``, else an empty text."""
        text = address
        for part in (self.before, self.after):
            text = f'SUBSTITUTE({text},{quoted(part)},"")' if part else text
        text = f'SUBSTITUTE(SUBSTITUTE({text},",",""),"，","")'
        plain = f'SUBSTITUTE(ASC({text}),"%","")'
        # E0 behind the digits keeps 1/2 and 1-10 from being taken for dates
        number = f'VALUE({plain}&"E0")/IF(ISNUMBER(FIND("%",ASC({text}))),100,1)'
        return f'IF(ISNUMBER({address}),{address},IFERROR({number},""))'


def figure(cell: Cell, unit: str) -> Figure:
    """How a formula reads a cell; a text without a figure is read by the row's unit, should it be replaced."""
    text = shown(cell.value, cell.style.number_format)
    found = [] if isinstance(cell.value, int | float) else list(_FIGURE.finditer(text))
    if len(found) == 1:
        before, after = text[: found[0].start()], text[found[0].end() :]
        after = after.replace("％", "").replace("%", "") if after[:1] in "％%" else after
        if len(before) <= 50 and len(after) <= 50:
            return Figure(cell, text, before, after)
    return Figure(cell, text, "", unit if unit != "%" else "")


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


_BLANK_QUOTED = tuple(quoted(text) for text in ("", *sorted(RESERVED)))
_PENDING_QUOTED = tuple(quoted(word) for word in _PENDING)
_NONE_QUOTED = tuple(quoted(text) for text in _NONE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A programme's actual held against a target. ``first`` is the earliest actual."""

    actual: Figure
    target: Figure
    first: Figure
    way: Way
    meant: Verdict

    @property
    def other(self) -> Figure:
        """What the actual is compared with."""
        return self.first if self.way.moves else self.target

    @property
    def rate(self) -> float | None:
        """What :meth:`rate_formula` gives."""
        mine, aim = self.actual.value, self.target.value
        if self.way not in RATED or mine is None or aim is None:
            return None
        over, under = (aim, mine) if self.way in (Way.AT_MOST, Way.LESS) else (mine, aim)
        return over / under if under else None

    def rate_formula(self, actual: str, other: str) -> str:
        """達成率 from the two number cells; empty where it has no meaning."""
        if self.way not in RATED:
            return '""'
        over, under = (other, actual) if self.way in (Way.AT_MOST, Way.LESS) else (actual, other)
        return f'IF(OR({over}="",{under}=""),"",IF({under}=0,"",{over}/{under}))'

    @property
    def verdict(self) -> Verdict:
        """What :meth:`formula` gives."""
        return self.meant

    def formula(self, actual: str, target: str, mine: str, other: str) -> str:
        """The verdict, from the shown actual and target and the two number cells."""
        general = self._general(actual, mine, other)
        if self._by_formula() is self.meant:
            return general
        texts = (self.actual.cell.value, self.target.cell.value)
        if any(isinstance(text, str) and len(text) > _LONGEST for text in texts):
            return quoted(self.meant.value)
        stands = f"AND({actual}={_literal(texts[0])},{target}={_literal(texts[1])})"
        return f"IF({stands},{quoted(self.meant.value)},{general})"

    def _general(self, actual: str, mine: str, other: str) -> str:
        blank = ",".join(f"{actual}={text}" for text in _BLANK_QUOTED)
        pending = ",".join(f"ISNUMBER(SEARCH({word},{actual}))" for word in _PENDING_QUOTED)
        none = ",".join(f"{actual}={text}" for text in _NONE_QUOTED)
        unjudged = quoted(Verdict.UNJUDGED.value)
        rule = unjudged
        if self.way in _COMPARE:
            missed = unjudged if self.way is Way.KEEP else quoted(Verdict.MISSED.value)
            held = f"IF({mine}{_COMPARE[self.way]}{other},{quoted(Verdict.REACHED.value)},{missed})"
            rule = f'IF(OR({mine}="",{other}=""),{unjudged},{held})'
        return (
            f"IF(OR({blank}),{quoted(Verdict.UNANSWERED.value)},"
            f"IF(OR({pending}),{quoted(Verdict.PENDING.value)},IF(OR({none}),{unjudged},{rule})))"
        )

    def _by_formula(self) -> Verdict:
        """What the general formula gives."""
        value = self.actual.cell.value
        text = str(value or "") if not isinstance(value, int | float) else ""
        if value is None or value == "" or text in RESERVED:
            return Verdict.UNANSWERED
        if any(word in text for word in _PENDING):
            return Verdict.PENDING
        mine, other = self.actual.value, self.other.value
        if text in _NONE or self.way not in _COMPARE or mine is None or other is None:
            return Verdict.UNJUDGED
        holds = {">=": mine >= other, ">": mine > other, "<=": mine <= other, "<": mine < other, "=": mine == other}
        if holds[_COMPARE[self.way]]:
            return Verdict.REACHED
        return Verdict.UNJUDGED if self.way is Way.KEEP else Verdict.MISSED


def _literal(value: Scalar) -> str:
    if isinstance(value, int | float):
        return repr(value)
    return quoted(str(value or ""))


def judge(actual: Cell, target: Cell, first: Cell, unit: str) -> Judgement:
    """The judgement of one row from its cells."""
    mine, aim, begun = (figure(cell, unit) for cell in (actual, target, first))
    meant, aimed, started = meaning(mine.text), meaning(aim.text), meaning(begun.text)
    way = _way(meant, aimed)
    return Judgement(mine, aim, begun, way, _meant(meant, aimed, started))


def _meant(actual: Meaning, target: Meaning, first: Meaning) -> Verdict:
    if actual.kind is Kind.BLANK:
        return Verdict.UNANSWERED
    if actual.kind is Kind.PENDING:
        return Verdict.PENDING
    verdict = reached(actual, target, first)
    if verdict is None:
        return Verdict.UNJUDGED
    return Verdict.REACHED if verdict else Verdict.MISSED


def _way(actual: Meaning, target: Meaning) -> Way:
    if target.kind in (Kind.BLANK, Kind.NONE):
        return Way.NONE
    if target.kind is Kind.DIRECTION:
        return {"up": Way.UP, "down": Way.DOWN}.get(target.direction, Way.KEEP)
    unlike = actual.number is not None and actual.unit and target.unit and not same_unit(actual.unit, target.unit)
    if target.number is None or target.direction in {"up", "down"} or unlike:
        return Way.PEOPLE
    if lower_is_better(target):
        return Way.LESS if target.strict else Way.AT_MOST
    return Way.MORE if target.strict else Way.AT_LEAST
