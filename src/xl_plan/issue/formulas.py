"""What a form says about its own cells: formulas for Excel and LibreOffice, each with the result it has as issued.

Only functions that both have had for long, no array formulas to be entered specially, and nothing that depends on the
language of the program. The Python beside each formula does the same with the cell's value, so that the result written
with the formula is the one that a recalculation gives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from xl_plan.cells import Scalar
from xl_plan.issue.formwords import DONE, MISSING, NO_CONTENT, OVER, TOO_LONG, WRONG_UNIT
from xl_plan.meaning.numerals import narrow, spellings
from xl_plan.ratings import Scale

PENDING = ("集計中", "調査中", "未集計", "未確定")
NO_ANSWERS = ("同上", "〃", "別紙のとおり", "前年度と同じ")

_DIGITS = "0123456789０１２３４５６７８９"
_FIGURE = _DIGITS + ",.，．、-－~～約延べのべ計 　"  # what may stand in a figure without a unit
_MOST = 60  # letters of a figure that are looked at

Way = Literal["over", "under", "up", "down"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without ``=``, and its result for what stands in the sheet now."""

    text: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Measure:
    """What an actual is held against. Numbers are as the cell stores them: 87.2% is 0.872.

    ``unit``   of the row, "" where it is not known; ``percent`` for a cell that shows per cent.
    ``most``   the largest value so far; ``last`` that of the year before.
    ``aim``    the number that 達成率 is reckoned from; ``way`` how.
    """

    unit: str = ""
    percent: bool = False
    most: Decimal | None = None
    last: Decimal | None = None
    aim: Decimal | None = None
    way: Way = "over"


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def array(texts: Sequence[str]) -> str:
    """An array constant: one that a function counts over without any special entering."""
    return "{" + ",".join(quoted(text) for text in texts) + "}"


def plain(number: Decimal | float) -> str:
    """A number inside a formula, without an exponent."""
    return f"{Decimal(str(number)):f}"


# -------------------------------------------------------------------------------------------------------------- status
def _visible(ref: str) -> str:
    return f'TRIM(SUBSTITUTE({ref}&"","　",""))'


def _text(value: Scalar) -> str:
    return "" if value is None else str(value)


def _trimmed(value: Scalar) -> str:
    return _text(value).replace("　", "").strip(" ")


def narrative_status(ref: str, value: Scalar, limit: int) -> Formula:
    """未入力, no content, how long it is where it is long, else 記入済み."""
    refused = f"OR({','.join(f'{_visible(ref)}={quoted(word)}' for word in NO_ANSWERS)})"
    long = f'IF(LEN({ref})>{limit},LEN({ref})&"{TOO_LONG}（{limit}字が目安）","{DONE}")'
    text = f'IF({_visible(ref)}="","{MISSING}",IF({refused},"{NO_CONTENT}",{long}))'
    length = len(_text(value).encode("utf-16-le")) // 2
    said = f"{length}{TOO_LONG}（{limit}字が目安）" if length > limit else DONE
    return Formula(text, _judged(value, said))


def _judged(value: Scalar, said: str) -> str:
    core = _trimmed(value)
    return MISSING if not core else NO_CONTENT if core in NO_ANSWERS else said


def figure_status(ref: str, value: Scalar, measure: Measure) -> Formula:
    """The same for a figure, and whether it is in the row's unit."""
    refused = f"OR({','.join(f'{_visible(ref)}={quoted(word)}' for word in NO_ANSWERS)})"
    too_much = measure.percent and measure.most is not None and measure.most <= 1
    number = f'IF({ref}>1,"{OVER}","{DONE}")' if too_much else f'"{DONE}"'
    said = f"{WRONG_UNIT}（{measure.unit}）"
    text = f'IF({_wrong_unit(ref, measure)},{quoted(said)},"{DONE}")' if measure.unit else f'"{DONE}"'
    formula = f'IF({_visible(ref)}="","{MISSING}",IF({refused},"{NO_CONTENT}",IF(ISNUMBER({ref}),{number},{text})))'
    return Formula(formula, _judged(value, _figure_said(value, measure, said, too_much=too_much)))


def _figure_said(value: Scalar, measure: Measure, said: str, *, too_much: bool) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return OVER if too_much and value > 1 else DONE
    return said if measure.unit and _is_wrong(_text(value), measure) else DONE


def _names(measure: Measure) -> tuple[str, ...]:
    """The unit's spellings, the longest first, since 件 is also a part of 件数."""
    names = ("%", "％", "パーセント") if measure.percent else spellings(measure.unit)
    return tuple(sorted(dict.fromkeys(names), key=lambda name: -len(name)))


def _body(ref: str) -> str:
    """What stands before a note in parentheses."""
    return f'LEFT({ref},FIND("(",SUBSTITUTE({ref},"（","(")&"(")-1)'


def _wrong_unit(ref: str, measure: Measure) -> str:
    """There is a digit, none of the unit's spellings, and more than a bare figure (which a percentage may not be)."""
    digit = f"SUMPRODUCT(--ISNUMBER(FIND({array(tuple(_DIGITS))},{_body(ref)})))>0"
    unit = f"SUMPRODUCT(--ISNUMBER(FIND({array((*_names(measure), *PENDING))},{ref})))=0"
    letters = f'MID({_body(ref)}&REPT("0",{_MOST}),ROW($1:${_MOST}),1)'
    more = f"SUMPRODUCT(--ISNUMBER(FIND({letters},{quoted(_FIGURE)})))<{_MOST}"
    return f"AND({digit},{unit})" if measure.percent else f"AND({digit},{unit},{more})"


def _is_wrong(text: str, measure: Measure) -> bool:
    body = text.replace("（", "(").partition("(")[0]
    if not any(digit in body for digit in _DIGITS) or any(n in text for n in (*_names(measure), *PENDING)):
        return False
    return measure.percent or any(letter not in _FIGURE for letter in body[:_MOST])


# -------------------------------------------------------------------------------------------------------------- figures
def number_read(ref: str, value: Scalar, measure: Measure) -> Formula:
    """The number that a cell holds, also where it was typed as text with its unit; empty for any other text."""
    names = _names(measure) if measure.unit and not measure.percent else ()
    bare = _body(ref)
    for name in names:
        bare = f"SUBSTITUTE({bare},{quoted(name)},{quoted('')})"
    formula = f'IF(ISNUMBER({ref}),{ref},IFERROR(VALUE(SUBSTITUTE(ASC({bare}),",","")),""))'
    return Formula(formula, _number(value, names))


def _number(value: Scalar, names: Sequence[str]) -> Scalar:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    body = _text(value).replace("（", "(").partition("(")[0]
    for name in names:
        body = body.replace(name, "")
    flat = unicodedata.normalize("NFKC", narrow(body)).replace(",", "").strip()
    if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?%?", flat):
        return ""
    return float(Decimal(flat[:-1]) / 100) if flat.endswith("%") else float(Decimal(flat))


def year_on_year(ref: str, value: Scalar, measure: Measure) -> Formula | None:
    """The number as a share of last year's; of percentages the difference in points."""
    last = measure.last
    if last is None or (last == 0 and not measure.percent):
        return None
    compared = f"({ref}-{plain(last)})*100" if measure.percent else f"{ref}/{plain(last)}"
    done = isinstance(value, int | float)
    reckoned = _reckoned(float(value) if done else 0.0, float(last), "points" if measure.percent else "over")  # type: ignore[arg-type]
    return Formula(f'IF({ref}="","",{compared})', reckoned if done else "")


def achieved(ref: str, value: Scalar, measure: Measure) -> Formula | None:
    """How far the number has come towards the aim, as a share of one."""
    aim = measure.aim
    if not aim:
        return None
    done = isinstance(value, int | float)
    number, against = float(value) if done else 0.0, float(aim)  # type: ignore[arg-type]
    if measure.way in ("over", "up"):
        share: Scalar = _reckoned(number, against, "over")
        formula = f"{ref}/{plain(aim)}"
    else:
        share = _reckoned(against, number, "over") if number else ""
        formula = f'IF({ref}=0,"",{plain(aim)}/{ref})'
    return Formula(f'IF({ref}="","",{formula})', share if done else "")


def _reckoned(number: float, other: float, how: Literal["over", "points"]) -> float:
    return (number - other) * 100 if how == "points" else number / other


def rated(ref: str, value: Scalar, scale: Scale) -> Formula:
    """The mark that a share gives."""
    share = Decimal(repr(value)) if isinstance(value, int | float) else None
    return Formula(scale.formula(ref), scale.mark(share))
