"""Characters that only look right, that may not print, or that cannot: named for a file at a time.

Only what cannot be printed is changed, and that is listed with both forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from xl_plan.checks.rows import Answer
from xl_plan.findings import Finding, Place, Rule, found
from xl_plan.meaning.numerals import narrow
from xl_plan.meaning.text import LookAlike, LookAlikeKind, edge_blanks, look_alikes, printable
from xl_plan.meaning.values import Remark
from xl_plan.model import Returned
from xl_plan.rules.writing import (
    CHANGED_FOR_PRINT,
    CHARACTER_FORM,
    DIGIT_WIDTHS,
    LONG_VOWEL_DASH,
    LOOK_ALIKE,
    OUTER_BLANKS,
    UNSAFE_CHARACTER,
)

_MOST = 5  # examples that one message shows
_RULES: tuple[tuple[Rule, frozenset[LookAlikeKind]], ...] = (
    (LOOK_ALIKE, frozenset({LookAlikeKind.KANGXI, LookAlikeKind.RADICAL})),
    (UNSAFE_CHARACTER, frozenset({LookAlikeKind.PRIVATE, LookAlikeKind.DAMAGED})),
    (
        CHARACTER_FORM,
        frozenset(
            {
                LookAlikeKind.COMPATIBILITY,
                LookAlikeKind.HALF_KANA,
                LookAlikeKind.DECOMPOSED,
                LookAlikeKind.VARIATION,
            }
        ),
    ),
)
# On a Macintosh the numbers of Windows (①②③) became the days of the week in parentheses; at the head of a line, or
# behind a comma, nothing else is meant.
_DAMAGED_NUMBERS = dict(zip("㈰㈪㈫㈬㈭㈮㈯", "①②③④⑤⑥⑦", strict=True))
_DAMAGED_NUMBER = re.compile(r"(?m)(?:(?<=[、，,。・：:])|^)\s*([㈰㈪㈫㈬㈭㈮㈯])")


def without_unprintable(item: Returned) -> Returned:
    """The cell with what no printer and no file can hold taken out; the same object where there is nothing."""
    if printable(item.text) == item.text:
        return item
    runs = tuple(replace(run, text=printable(run.text)) for run in item.cell.runs)
    value = "".join(run.text for run in runs) if runs else item.cell.value
    cell = replace(item.cell, value=printable(value) if isinstance(value, str) else value, runs=runs)
    return replace(item, cell=cell, text=printable(item.text))


def visible(text: str) -> str:
    """The text with each character that cannot be seen written as 〔U+200B〕."""
    return "".join(ch if ch == "\n" or printable(ch) == ch else f"〔U+{ord(ch):04X}〕" for ch in text)


def changed_for_print(pairs: Iterable[tuple[Answer, Returned]], department: str) -> list[Finding]:
    """One finding for all cells of which a character was taken out: each place before and after."""
    changed = [(a, now) for a, now in pairs if a.text.replace("\r\n", "\n") != now.text]
    if not changed:
        return []
    first, now = changed[0]
    quote = "、".join(f"{_excerpt(a.text)}→{_excerpt(a.text, printable)}" for a, _ in changed)
    places = [a.place for a, _ in changed]
    return [found(CHANGED_FOR_PRINT, *places, department=department, expected=now.text, got=first.text, quote=quote)]


def _excerpt(text: str, form: Callable[[str], str] = visible) -> str:
    """「…福祉〔U+200B〕課…」 around each character that cannot be printed."""
    at = [i for i, ch in enumerate(text) if ch != "\n" and printable(ch) != ch]
    pieces: list[tuple[int, int]] = []
    for index in at:
        start, end = max(0, index - 5), min(len(text), index + 6)
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    return "／".join(f"「{form(text[start:end])}」" for start, end in pieces)


def odd_characters(cells: Iterable[tuple[str, Place]], department: str = "") -> list[Finding]:
    """For texts and their places: one finding for each sort of odd character, naming all cells."""
    seen: dict[str, tuple[Rule, list[Place], dict[str, None], str]] = {}
    for text, place in cells:
        for rule, example in _odd(text):
            _, places, examples, _ = seen.setdefault(rule.code, (rule, [], {}, text))
            if place not in places[-1:]:
                places.append(place)
            examples[example] = None
    return [
        found(rule, *places, department=department, got=text, quote=_some(list(examples)))
        for rule, places, examples, text in seen.values()
    ]


def has_odd_characters(text: str) -> bool:
    return any(True for _ in _odd(text))


def _odd(text: str) -> Iterable[tuple[Rule, str]]:
    for alike in look_alikes(text):
        for rule, kinds in _RULES:
            if alike.kind in kinds:
                yield rule, _named(alike)
    for match in _DAMAGED_NUMBER.finditer(text):
        yield UNSAFE_CHARACTER, f"「{match[1]}」は「{_DAMAGED_NUMBERS[match[1]]}」か"


def _named(alike: LookAlike) -> str:
    shown = visible(alike.character) if alike.kind is not LookAlikeKind.DAMAGED else ""
    return f"「{shown}」{alike.code}" + (f"→「{alike.suggestion}」" if alike.suggestion else "")


def _some(examples: list[str]) -> str:
    more = f"ほか{len(examples) - _MOST}種類" if len(examples) > _MOST else ""
    return "、".join(examples[:_MOST]) + more


# ------------------------------------------------------------------------------------------------- blanks and widths
_HALF_WIDTH, _FULL_WIDTH = re.compile("[0-9]"), re.compile("[０-９]")
_INNER_BLANK = re.compile(r"[0-9０-９][\s　]+[^\s　]")


def surplus_blanks(answers: list[Answer]) -> list[Finding]:
    """Blanks around a text, and full-width or other blanks inside a value. A paragraph's indent is none."""
    odd = [answer for answer in answers if _has_surplus(answer)]
    if not odd:
        return []
    return [found(OUTER_BLANKS, *(a.place for a in odd), department=odd[0].department, got=odd[0].text)]


def _has_surplus(answer: Answer) -> bool:
    before, after = edge_blanks(answer.text)
    if not answer.is_value:
        return bool(after) or "\n" in before
    single = answer.meaning.number is not None and "\n" not in answer.text.strip()
    return bool(before or after) or (single and not answer.meaning.note and bool(_INNER_BLANK.search(answer.text)))


def long_vowels(answers: list[Answer]) -> list[Finding]:
    return [
        found(LONG_VOWEL_DASH, a.place, department=a.department, got=a.text)
        for a in answers
        if a.is_value and Remark.LONG_VOWEL_DASH in a.meaning.remarks
    ]


def digit_width(text: str) -> str:
    """``full``, ``half``, ``both``, or "" where no digit stands."""
    half, full = _HALF_WIDTH.search(text), _FULL_WIDTH.search(text)
    return "both" if half and full else "full" if full else "half" if half else ""


def widths(answers: list[Answer]) -> list[Finding]:
    """Values whose digits have another width than the row had throughout: one finding for the file."""
    odd = [answer for answer in answers if answer.is_value and _other_width(answer)]
    if not odd:
        return []
    first = odd[0]
    last = next((p.text for p in reversed(first.row.actuals) if digit_width(p.text)), narrow(first.text))
    quote = f"{last}　{first.text}"
    return [found(DIGIT_WIDTHS, *(a.place for a in odd), department=first.department, got=first.text, quote=quote)]


def _other_width(answer: Answer) -> bool:
    mine = digit_width(answer.text)
    if answer.meaning.number is None or not mine:
        return False
    row = {digit_width(past.text) for past in answer.row.figures}
    return mine == "both" or (len(row) == 1 and mine not in row)
