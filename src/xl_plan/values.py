"""What a cell's text means: number with unit, percentage, none, pending, direction, bound, milestone, refusal.

The text itself is never altered; a :class:`Meaning` stands beside it. What is read is what the cell *shows*
(:func:`xl_plan.numberformat.shown`). Nothing is guessed: what fits no reading is :attr:`Kind.TEXT`, and ratings
(◎○△×, A-D) are TEXT too, since their scale is a setting of the plan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from xl_plan.fiscal import find_years
from xl_plan.numerals import UNIT_PATTERN, narrow, read_number, same_unit, unit_family
from xl_plan.text import fold
from xl_plan.words import DIRECTIONS, MILESTONE, NONE, PENDING, REFUSED, expected_date

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
    "lower_is_better",
    "meaning",
    "reached",
    "row_unit",
    "same_unit",
]

UNSUBMITTED = "〔未提出〕"
UNANSWERED = "〔未記入〕"
HELD = "〔保留〕"
RESERVED = frozenset({UNSUBMITTED, UNANSWERED, HELD})


class Kind(StrEnum):
    """What sort of answer a text is."""

    BLANK = "blank"
    NONE = "none"  # －, なし: answered, there is none
    PENDING = "pending"  # 集計中: answered, to follow
    NUMBER = "number"
    PERCENT = "percent"
    SEVERAL = "several"
    DIRECTION = "direction"  # 増加
    BOUND = "bound"  # 90%以上
    MILESTONE = "milestone"  # 設置
    REFUSED = "refused"  # 同上: not an answer
    TEXT = "text"


class Remark(StrEnum):
    """What is odd about the way a text is written, though it is understood (or why it is not)."""

    APPROXIMATE = "approximate"  # 約200人, 200人程度
    PROVISIONAL = "provisional"  # 速報値, 見込み
    KANJI_NUMERAL = "kanji-numeral"  # 十名
    ZERO_LOOK_ALIKE = "zero-look-alike"  # 1○件, O件
    LONG_VOWEL_DASH = "long-vowel-dash"  # ー for －
    MIXED_WIDTH = "mixed-width"  # １2件
    E_NOTATION = "e-notation"  # 1.3E+07
    ODD_GROUPING = "odd-grouping"  # 12,3456: TEXT, since a digit may be missing or too many
    DATE_LIKE = "date-like"  # 1月10日, 2024/1/10, 1-10: TEXT, since Excel may have changed it


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means. Fields that do not apply are None or empty.

    ``number``     of NUMBER, PERCENT and BOUND; percentages in per cent (87.20% is 87.20).
    ``unit``       as typed, full-width ASCII made half-width; 年2回 and ２回／年 are both ``回/年``; of SEVERAL the one
                   unit its parts have.
    ``note``       what stands in parentheses or behind ※, as typed; several joined by a space.
    ``parts``      of SEVERAL, in order, each with its ``label`` (男性).
    ``direction``  of DIRECTION, and of a number such as 5%増.
    ``bound``      of BOUND: 以上 is min, 以下 is max; ``strict`` for 未満 and 超.
    ``expected``   of PENDING: when, as typed (9月).
    ``label``      words before the number (延べ, 利用者); of NONE, PENDING, DIRECTION and MILESTONE the wording.
    """

    kind: Kind
    number: Decimal | None = None
    unit: str = ""
    note: str = ""
    parts: tuple[Meaning, ...] = ()
    direction: Literal["up", "down", "keep", ""] = ""
    bound: Literal["min", "max", ""] = ""
    expected: str = ""
    label: str = ""
    strict: bool = False
    remarks: tuple[Remark, ...] = ()


_BLANK = Meaning(Kind.BLANK)
_INVISIBLE = " \t\r\n\v\f\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff\u00ad"
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
    if is_blank(text):
        return _BLANK
    core = text.strip(_INVISIBLE)
    return Meaning(Kind.TEXT) if len(core) > _LONGEST else _read(core)


@lru_cache(maxsize=65_536)
def _read(text: str) -> Meaning:
    flat = narrow(text)
    body, note = _without_notes(flat, text)
    found = _worded(body) or _quantity(body) or _several(flat) or _labelled(body) or _worded(flat) or _milestone(body)
    if found is None:
        return Meaning(Kind.TEXT, remarks=_oddities(body))
    if found.kind is Kind.PENDING:
        found = replace(found, expected=expected_date(text))
    if note and found.kind is not Kind.SEVERAL:
        found = replace(found, note=f"{found.note} {note}".strip())
        found = _unit_from_note(found)
    return replace(found, remarks=found.remarks + _writing(text, found))


# ---- notes -----------------------------------------------------------------------------------------------------

_PAIRS = {")": "(", "]": "[", "】": "【", "〕": "〔", "〉": "〈", "》": "《"}
_CLOSERS = {opener: closer for closer, opener in _PAIRS.items()}
_FOOTNOTE = re.compile(r"(?<=.)\s*(?:※|\*|(?:うち|内訳|但し|ただし|なお)(?=.))(?P<note>.+)$", re.DOTALL)


def _without_notes(flat: str, typed: str) -> tuple[str, str]:
    """The narrowed text without what stands in brackets at its ends or behind ※, and those notes as typed."""
    notes: list[str] = []
    start, end = 0, len(flat)
    while True:
        while end > start and flat[end - 1].isspace():
            end -= 1
        opening = _opening(flat, start, end)
        if opening <= start:
            break
        notes.insert(0, typed[opening + 1 : end - 1].strip())
        end = opening
    if flat[start] in _CLOSERS and (close := flat.find(_CLOSERS[flat[start]], start, end)) not in {-1, end - 1}:
        notes.insert(0, typed[start + 1 : close].strip())
        start = close + 1
    if foot := _FOOTNOTE.search(flat[start:end]):
        cut = start + foot.start()
        notes.insert(0, typed[cut:end].strip().lstrip("※*＊ 　"))
        end = cut
    return flat[start:end].strip(), " ".join(note for note in notes if note)


def _opening(flat: str, start: int, end: int) -> int:
    """Where the bracket opens that closes at ``end``, -1 for none."""
    if end <= start or flat[end - 1] not in _PAIRS:
        return -1
    closer, depth = flat[end - 1], 0
    for index in range(end - 1, start - 1, -1):
        depth += (flat[index] == closer) - (flat[index] == _PAIRS[closer])
        if depth == 0:
            return index
    return -1


# ---- words -----------------------------------------------------------------------------------------------------


def _worded(body: str) -> Meaning | None:
    """－, 集計中, 同上, 増加: answers that are words alone."""
    if len(body) > 60:
        return None
    key = fold(body).rstrip(".")
    if NONE.fullmatch(key):
        long_vowel = "ー" in body and not key.strip("-")
        return Meaning(Kind.NONE, label=body, remarks=(Remark.LONG_VOWEL_DASH,) if long_vowel else ())
    if REFUSED.fullmatch(key):
        return Meaning(Kind.REFUSED, label=body)
    if PENDING.fullmatch(key):
        return Meaning(Kind.PENDING, label=body)
    for direction, pattern in DIRECTIONS:
        if pattern.fullmatch(key):
            return Meaning(Kind.DIRECTION, direction=direction, label=body)
    return None


def _milestone(body: str) -> Meaning | None:
    key = fold(body).rstrip(".")
    return Meaning(Kind.MILESTONE, label=body) if len(key) <= 25 and MILESTONE.fullmatch(key) else None


# ---- numbers ---------------------------------------------------------------------------------------------------

_PREFIX = re.compile(
    r"\s*(?:(?P<label>延べ?|のべ|合計|総計|累計|通算|平均|総数|計|全|実)[:]?(?=[^a-z])"
    r"|(?P<approximate>約|およそ|おおよそ|概ね|おおむね|ほぼ|凡そ|推計)"
    r"|(?P<provisional>速報値?|見込み?|暫定値?)[:]?"
    r"|(?P<per>年間|各年度?|毎年度?|月間|毎月|各月|毎週|毎日|[年月週](?=[約延の0-9〇一二三四五六七八九十])|1日(?=[0-9]))に?"
    r"|(?P<bound>最低|少なくとも|最小))\s*"
)
_PER = {"年": "年", "各": "年", "月": "月", "週": "週", "1": "日"}
_SIGN = re.compile(r"(?P<minus>[▲△]|-|ー(?=[0-9])|マイナス)\s*|(?:\+|±|プラス)\s*")
_GENERIC = r"[一-鿿々ァ-ヺーA-Za-z%‰°℃㎡㎥㎞㎏/・かヶｦ-ﾟ]{1,10}?"
_PER_WORD = r"(?:/|毎)(?:1?(?:年度?間?|か?月間?|週間?|日間?|時間|人|団体|件|回|施設|箇所|km2|ha|世帯))"
_MODIFIERS = (
    ("min", r"以上|を上回る|超過?|超える|を超え?る?"),
    ("max", r"以下|未満|以内|を下回る|まで"),
    ("approximate", r"程度|前後|ほど|くらい|ぐらい|[強弱余]|あまり|余り"),
    ("provisional", r"見込み?|予定|速報値?|暫定値?|概算値?|推計値?"),
    ("up", r"増加?|アップ|UP|上昇|向上|拡大"),
    ("down", r"減少?|ダウン|DOWN|低下|縮小|削減|低減"),
    ("keep", r"維持|継続"),
    ("filler", r"を?(?:目指す|目標)|を|に|の|とする|にする|する|です|である|達成|実施|開催|済み?|\.|\s"),
)
_MODIFIER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MODIFIERS))
_ANY = "|".join(f"(?:{pattern})" for _, pattern in _MODIFIERS)
_REST = re.compile(rf"\s*(?P<unit>(?:{UNIT_PATTERN})|{_GENERIC})??(?P<per>{_PER_WORD})?(?P<modifiers>(?:{_ANY})*)")
_KNOWN_REST = re.compile(rf"\s*(?P<unit>{UNIT_PATTERN})(?P<per>{_PER_WORD})?(?P<modifiers>(?:{_ANY})*)")
_ZERO = re.compile(r"(?<=[0-9])[〇○◯OoＯ](?=[0-9件人名回箇か%〇○◯]|$)|(?<=[0-9.,])[〇○◯O](?=[0-9])")
_EXPONENT = re.compile(r"([0-9](?:\.[0-9]+)?)E\+?(-?[0-9]{1,2})(?![0-9])", re.IGNORECASE)
_NAMED = re.compile(r"[月日期号番条](?![0-9間])|[/:\-][0-9]|月[0-9]|年度")


def _quantity(body: str) -> Meaning | None:
    """One number with its unit, filling the whole text; None for anything else."""
    body, remarks = _mended(body)
    position, words = 0, {}
    while prefix := _PREFIX.match(body, position):
        words[prefix.lastgroup or ""] = prefix[prefix.lastgroup or 0].strip()
        position = prefix.end()
    sign = _SIGN.match(body, position)
    number = read_number(body, sign.end() if sign else position)
    if number is None:
        return None
    rest = _KNOWN_REST.fullmatch(body, number.end) or _REST.fullmatch(body, number.end)
    if rest is None or (number.kanji and not rest["unit"]) or rest["unit"] in {"月", "期", "号", "年度"}:
        return None
    value = -number.value if sign and sign["minus"] else number.value
    unit = (rest["unit"] or "") + _per(rest["per"], words.get("per", ""))
    found = Meaning(Kind.NUMBER, value, "%" if unit_family(unit) == "%" else unit, label=words.get("label", ""))
    if number.kanji:
        remarks += (Remark.KANJI_NUMERAL,)
    remarks += tuple(Remark(name) for name in ("approximate", "provisional") if name in words)
    return _modified(replace(found, remarks=remarks), rest["modifiers"], "bound" in words)


def _mended(body: str) -> tuple[str, tuple[Remark, ...]]:
    """The text with E-notation and look-alike zeros made digits, and remarks on that."""
    remarks: tuple[Remark, ...] = ()
    body = re.sub(r"(?<=[0-9]),\s+(?=[0-9]{3})", ",", body)
    if _ZERO.search(body):
        body, remarks = _ZERO.sub("0", body), (Remark.ZERO_LOOK_ALIKE,)
    if match := _EXPONENT.match(body):
        plain = f"{Decimal(match[1]).scaleb(int(match[2])):f}"
        body, remarks = plain + body[match.end() :], (*remarks, Remark.E_NOTATION)
    return body, remarks


def _per(behind: str | None, before: str) -> str:
    """``/年`` of ``2回/年`` and of ``年2回``."""
    if behind:
        unit = re.sub(r"^(?:/|毎)1?|度|間$", "", behind)
        return f"/{unit}"
    letter = before.removeprefix("毎")[:1]
    return f"/{_PER.get(letter, letter)}" if letter else ""


def _modified(found: Meaning, modifiers: str, least: bool) -> Meaning:
    names = {match.lastgroup: match[0] for match in _MODIFIER.finditer(modifiers)}
    if found.unit == "%":
        found = replace(found, kind=Kind.PERCENT)
    if "min" in names or "max" in names or least:
        bound: Literal["min", "max"] = "max" if "max" in names else "min"
        strict = names.get(bound, "") not in {"以上", "以下", "以内", "まで", ""}
        found = replace(found, kind=Kind.BOUND, bound=bound, strict=strict)
    direction: Literal["up", "down", "keep", ""] = (
        "up" if "up" in names else "down" if "down" in names else "keep" if "keep" in names else ""
    )
    remarks = tuple(Remark(name) for name in ("approximate", "provisional") if name in names)
    return replace(found, direction=direction, remarks=found.remarks + remarks)


# ---- several ---------------------------------------------------------------------------------------------------

_BREAKS = re.compile(r"[\r\n]+|[/;|・→]|(?<![0-9])[,、]|[,、](?![0-9]{3}(?![0-9]))|\s+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_LABELLED = re.compile(r"(?P<label>[^0-9▲△+\-±]{1,30}?)(?P<gap>[\s:=]*)(?P<value>[▲△+\-±]?\.?[0-9].*)", re.DOTALL)
_RUN = re.compile(rf"[^0-9]{{1,15}}?[0-9][0-9,.]*(?:{UNIT_PATTERN})(?=[^0-9])")


def _chunks(flat: str) -> list[str]:
    """The text cut at line breaks, slashes, commas and blanks outside brackets, and behind units: 男性12人女性8人."""
    hidden = _BRACKETED.sub(lambda match: "\x00" * len(match[0]), flat)
    cuts = [0, *(edge for match in _BREAKS.finditer(hidden) for edge in match.span()), len(flat)]
    chunks = [flat[cuts[i] : cuts[i + 1]] for i in range(0, len(cuts), 2)]
    out: list[str] = []
    for chunk in chunks:
        rest = chunk
        while match := _RUN.match(rest):
            if not re.search(r"[0-9]", rest[match.end() :]) or "(" in rest:
                break
            out.append(match[0])
            rest = rest[match.end() :]
        out.append(rest)
    return [chunk.strip() for chunk in out if chunk.strip()]


def _several(flat: str) -> Meaning | None:
    """Two or more values, each perhaps with a label: ``利用者\\n59.9%\\n家族\\n59.8%``; or one with a label."""
    if find_years(flat) and not _BREAKS.search(flat):
        return None
    parts: list[Meaning] = []
    label = ""
    for chunk in _chunks(flat):
        part = _part(chunk)
        if part is None and (re.search(r"[0-9]", chunk) or len(chunk) > 20):
            return None
        if part is None:
            label = f"{label} {chunk.rstrip(':=')}".strip()
        else:
            parts.append(replace(part, label=f"{label} {part.label}".strip()) if label else part)
            label = ""
    numeric = [part for part in parts if part.number is not None]
    if label or not numeric or not any(part.unit or part.label for part in numeric):
        return None
    if len(parts) == 1:
        return parts[0]
    units = {unit_family(part.unit) for part in numeric}
    return Meaning(Kind.SEVERAL, unit=numeric[0].unit if len(units) == 1 else "", parts=tuple(parts))


def _part(chunk: str) -> Meaning | None:
    body, note = _without_notes(chunk, chunk)
    found = _worded(body) or _quantity(body) or _labelled(body)
    if found is None or found.kind is Kind.REFUSED:
        return None
    worded = found.kind in {Kind.NONE, Kind.PENDING, Kind.DIRECTION}
    return replace(found, note=note, label="" if worded else found.label)


def _labelled(body: str) -> Meaning | None:
    """One number behind a label: ``満足度：85%``, ``利用者\\n62.6%``. Names that end in a number (柱2) are none."""
    match = _LABELLED.fullmatch(body)
    if match is None or find_years(body) or re.search(r"[。第]|[A-Za-z]$", match["label"]):
        return None
    found = _quantity(match["value"].strip())
    if found is None or (not found.unit and not match["gap"]):
        return None
    return replace(found, label=f"{match['label'].strip()} {found.label}".strip())


# ---- manner of writing -----------------------------------------------------------------------------------------

_FULL = re.compile(r"[０-９]")
_HALF = re.compile(r"[0-9]")
_PROVISIONAL = re.compile(r"速報|見込|暫定|概算|推計|予定")
_ODD = re.compile(r"[0-9][,、][0-9]")
_DATE = re.compile(r"[0-9]{1,4}[/\-][0-9]{1,2}(?:[/\-][0-9]{1,2})?|(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日")


def _writing(text: str, found: Meaning) -> tuple[Remark, ...]:
    remarks = []
    if _FULL.search(text) and _HALF.search(text):
        remarks.append(Remark.MIXED_WIDTH)
    numeric = found.number is not None
    if numeric and Remark.PROVISIONAL not in found.remarks and _PROVISIONAL.search(found.note):
        remarks.append(Remark.PROVISIONAL)
    return tuple(remarks)


def _oddities(body: str) -> tuple[Remark, ...]:
    if _DATE.fullmatch(body):
        return (Remark.DATE_LIKE,)
    return (Remark.ODD_GROUPING,) if len(body) <= 20 and _ODD.search(body) else ()


def _unit_from_note(found: Meaning) -> Meaning:
    """``5(箇所)``: the counter in parentheses."""
    if found.kind is Kind.NUMBER and not found.unit and re.fullmatch(UNIT_PATTERN, narrow(found.note)):
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
    firsts = {fold(part.label): part for part in first.parts} if first else {}
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
