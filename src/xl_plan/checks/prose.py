"""Figures inside a narrative held against the cell they speak of.

Only what a narrative states outright is held against the cell: 目標６回に対し４回, the indicator by its name, a breakdown
(内訳), an enumeration of the very things that the indicator counts, a sum written out. Everything else is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from xl_plan.checks.figures import unchanged_narrative
from xl_plan.checks.rows import Answer, Row
from xl_plan.findings import Finding, found
from xl_plan.meaning.fiscal import FiscalYear, find_years
from xl_plan.meaning.text import Figure, fold, number_in_prose
from xl_plan.meaning.values import Kind, same_unit
from xl_plan.rules.values import CONTRADICTS, NARRATIVE_UNCHANGED, SWAPPED, WRONG_SUM

_SENTENCE = re.compile(r"[^。\n]*[。\n]?")
_TARGET_BEFORE = re.compile(r"目標(?:値|回数|件数|人数|数|の)?[はがのをで:：]?\s*[「（(]?$")
_AGAINST = re.compile(
    r"[」）)]?\s*(?:に対し(?:て|まして)?|に対する|に比べ(?:て)?|のところ)[、，,]?\s*"
    r"(?:(?:令和|R|Ｒ)?[0-9０-９元]*(?:年度)?(?:の)?実績(?:値)?[はがで:：]?|今年度は|結果は)?\s*約?$"
)
_IS = re.compile(
    r"(?:[はがもをで:：、，,=＝\s]|合計|総数|計|延べ|のべ|年間|全|「|（|\(){0,6}(?P<about>約|およそ|概ね)?"
)
_NOT_ALL = re.compile(
    r"\s*(?:以上|以下|未満|増|減|多|少|うち|を?目標|を?目指|アップ|ダウン|ずつ|上回|下回|[/／%％]|の増|の減|程度)"
)
_OTHER_TIME = re.compile(r"前年|昨年|前回|例年|当初|目標|計画値|見込|予定|目指|月平均|平均|[1１]日")
_PART = re.compile(r"うち|内訳|平均|目標|に対し|前年|昨年|前回|比べ|より|から|約|累計|予定|見込")
_BREAKDOWN = re.compile(r"(?<!主な)(?<!おもな)(?<!主たる)内訳[はがの:：]?")
_PLUS = re.compile(r"\s*[＋+]\s*")
_EQUALS = re.compile(r"\s*[＝=]\s*|(?:の|で|，|、|,)?\s*(?:合計|総計|計)(?:で)?\s*")
_NAME_END = re.compile(r"(?:数|率|者数|件数|回数|人数|割合)$")


def contradictions(actual: Answer, narratives: list[Answer]) -> Iterator[Finding]:
    """The first statement of the narratives that contradicts the actual value, with its quotation."""
    value = actual.meaning
    if (
        not (actual.is_actual and actual.of_round)
        or value.kind not in (Kind.NUMBER, Kind.PERCENT)
        or value.number is None
    ):
        return
    for narrative in narratives:
        for claim in _claims(narrative.text, actual):
            finding = _held_against(claim, actual, narrative)
            if finding is not None:
                yield finding
                return


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a narrative says of the actual value (or of its target)."""

    number: Decimal
    quote: str
    about: bool = False
    target: Decimal | None = None
    reckoned: str = ""


def _held_against(claim: _Claim, actual: Answer, narrative: Answer) -> Finding | None:
    number = actual.meaning.number or Decimal(0)
    at = {"department": actual.department, "got": actual.text}
    targets = [t.meaning.number for t in actual.row.targets if t.meaning.number is not None]
    if claim.target is not None and claim.target == number != claim.number:
        evidence = f"記述では「{claim.quote}」となっています。"
        return found(SWAPPED, actual.place, narrative.place, **at, target=actual.text, evidence=evidence)
    tolerance = abs(claim.number) / 10 if claim.about else Decimal(0)
    wrong_target = claim.target is not None and bool(targets) and claim.target not in targets
    if abs(claim.number - number) <= tolerance and not wrong_target:
        return None
    reckoned = claim.reckoned
    if wrong_target:
        stated = "、".join(f"{t.header}は{t.text}" for t in actual.row.targets)
        reckoned = f"（計画の{stated}）"
    return found(
        CONTRADICTS, actual.place, narrative.place, **at, expected=claim.quote, quote=claim.quote, reckoned=reckoned
    )


def _claims(text: str, actual: Answer) -> Iterator[_Claim]:
    figures = number_in_prose(text)
    if not figures:
        return
    unit = actual.meaning.unit or actual.row.unit
    for start, end in _sentences(text):
        mine = [f for f in figures if start <= f.start < end and _counts(f.unit, unit)]
        if not mine or _speaks_of_other_year(text[start:end], actual.year):
            continue
        sentence = _Sentence(text, start, end, mine)
        yield from _against_target(sentence)
        yield from _named(sentence, actual.row)
        yield from _summed(sentence, actual.row, len(mine) == sum(_counts(f.unit, unit) for f in figures))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of ``text`` with the figures in the value's unit that stand in it."""

    text: str
    start: int
    end: int
    figures: list[Figure]

    @property
    def own(self) -> str:
        return self.text[self.start : self.end]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(text):
        if match[0].strip():
            yield match.span()


def _counts(unit: str, expected: str) -> bool:
    return same_unit(unit, expected) or (not expected and unit in ("", "人"))


def _speaks_of_other_year(sentence: str, year: FiscalYear | None) -> bool:
    return year is not None and any(found_year != year for found_year, _, _ in find_years(sentence, near=year))


def _against_target(sentence: _Sentence) -> Iterator[_Claim]:
    """目標６回に対し４回: both figures are stated outright."""
    text = sentence.text
    for first, second in pairwise(sentence.figures):
        if _TARGET_BEFORE.search(text[sentence.start : first.start]) and _AGAINST.fullmatch(
            text[first.end : second.start]
        ):
            start = text.rfind("目標", sentence.start, first.start)
            about = text[second.start - 1] == "約"
            yield _Claim(second.value, text[start : second.end], about, first.value)


def _named(sentence: _Sentence, row: Row) -> Iterator[_Claim]:
    """The indicator by its name and a figure right behind it: 相談支援件数は15,107件."""
    text = sentence.text
    for figure in sentence.figures:
        before = text[sentence.start : figure.start]
        name = _name_before(before, row.indicator)
        behind = text[figure.end : figure.end + 4]
        if (
            name is None
            or _NOT_ALL.match(behind)
            or _OTHER_TIME.search(before)
            or behind.startswith(("から", "→", "～", "〜"))
        ):
            continue
        start = sentence.start + name[0]
        yield _Claim(figure.value, text[start : figure.end], name[1])


def _name_before(before: str, indicator: str) -> tuple[int, bool] | None:
    """Where the indicator's name begins that stands right before the figure, and whether 約 follows it."""
    core = re.sub(r"[（(][^（）()]*[)）]", "", indicator).strip()
    if len(core) < 3 or not _NAME_END.search(core):
        return None
    for length in range(len(core), 3 if len(core) > 3 else 2, -1):
        tail = core[-length:]
        at = before.rfind(tail)
        if at < 0:
            continue
        between = _IS.fullmatch(before[at + len(tail) :])
        narrower = (
            at > 0
            and length < len(core)
            and not re.search(r"[、，,。・（(「\s]|年度の|年度|の総|全体の$", before[at - 1 : at])
        )
        if between is None or narrower or (at > 0 and re.search(r"(?<!年度)の$|[一-鿿ァ-ヺー]$", before[:at])):
            return None
        return at, bool(between["about"])
    return None


def _summed(sentence: _Sentence, row: Row, whole: bool) -> Iterator[_Claim]:
    """A breakdown, or an enumeration of the very things the indicator counts."""
    text, figures = sentence.text, sentence.figures
    breakdown = _BREAKDOWN.search(text, sentence.start, sentence.end)
    if breakdown is not None:
        figures = [f for f in figures if f.start >= breakdown.end()]
        rest = text[breakdown.end() : sentence.end]
        if len(figures) < 2 or re.search(r"うち|平均|ほか|他|など|等[，、,]", rest) or _has_total(figures):
            return
    elif not whole or len(figures) < 2 or _PART.search(sentence.own) or not _enumerates(sentence, row):
        return
    total = sum((f.value for f in figures), Decimal(0))
    parts = "＋".join(f.text for f in figures)
    start = breakdown.start() if breakdown else _label_start(text, sentence.start, figures[0].start)
    yield _Claim(total, text[start : figures[-1].end], reckoned=f"（{parts}＝{total:,}{figures[0].unit}）")


def _has_total(figures: list[Figure]) -> bool:
    """Whether one of the figures is the sum of the others."""
    total = sum((f.value for f in figures), Decimal(0))
    return any(2 * f.value == total for f in figures)


def _label_start(text: str, start: int, end: int) -> int:
    label = re.search(r"[^、，,。\s]*$", text[start:end])
    return start + (label.start() if label else 0)


def _enumerates(sentence: _Sentence, row: Row) -> bool:
    """小会議を15回，中会議を8回，大会議を1回, where the indicator counts 会議."""
    labels = []
    position = sentence.start
    for figure in sentence.figures:
        label = re.search(r"([一-鿿ァ-ヺー]{2,})[をはがの:：]?\s*$", sentence.text[position : figure.start])
        if label is None:
            return False
        labels.append(label[1])
        position = figure.end
    suffix = labels[0]
    for other in labels[1:]:
        while suffix and not other.endswith(suffix):
            suffix = suffix[1:]
    return len(suffix) >= 2 and fold(suffix) in fold(row.indicator) and len(set(labels)) == len(labels)


def unchanged(narrative: Answer) -> Iterator[Finding]:
    """A narrative that is last year's, word for word."""
    if unchanged_narrative(narrative):
        at = {"department": narrative.department, "expected": narrative.told, "got": narrative.text}
        yield found(NARRATIVE_UNCHANGED, narrative.place, **at)


# -------------------------------------------------------------------------------------------------------- written sums
def wrong_sums(narrative: Answer) -> Iterator[Finding]:
    """904件＋945件＝1,894件: a sum that is written out and does not come out."""
    text = narrative.text
    if "＋" not in text and "+" not in text:
        return
    figures = number_in_prose(text.replace("＋", "・").replace("+", "・"))
    index = 0
    while index < len(figures):
        last = index
        while last + 1 < len(figures) and _PLUS.fullmatch(text[figures[last].end : figures[last + 1].start]):
            last += 1
        if last > index and last + 1 < len(figures):
            result = figures[last + 1]
            total = sum((f.value for f in figures[index : last + 1]), Decimal(0))
            if _EQUALS.fullmatch(text[figures[last].end : result.start]) and total != result.value:
                quote = text[figures[index].start : result.end]
                at = {"department": narrative.department, "got": narrative.text, "quote": quote}
                yield found(WRONG_SUM, narrative.place, **at, expected=f"{total:,}{result.unit}")
        index = last + 1
