"""What a relisted row says against what its original says: the same, written differently, worded differently, or
another figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xl_plan.meaning.numerals import narrow
from xl_plan.meaning.text import fold, number_in_prose, segments
from xl_plan.meaning.values import is_blank, meaning
from xl_plan.model import Column, Plan, Programme, Role


class Degree(StrEnum):
    """How far two texts are apart."""

    WRITING = "writing"  # width, spaces, punctuation, 4049 for 4,049
    WORDING = "wording"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A shared column in which a relisted row differs from its original."""

    copy: Programme
    original: Programme
    column: Column  # the copy's
    degree: Degree

    @property
    def expected(self) -> str:
        return self.original.text(self.column.key)

    @property
    def got(self) -> str:
        return self.copy.text(self.column.key)


def degree(original: str, copy: str) -> Degree | None:
    """How far a copy's text is from its original's; None when they are the same."""
    if _lines(original) == _lines(copy) or (is_blank(original) and is_blank(copy)):
        return None
    if is_blank(original) or is_blank(copy):
        return Degree.WORDING
    if fold(original) == fold(copy) or _ungrouped(original) == _ungrouped(copy):
        return Degree.WRITING
    return Degree.FIGURES if _figures(original) != _figures(copy) else Degree.WORDING


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


def _ungrouped(text: str) -> str:
    """The folded text with every number written one way: 4,049件 and 4049件, 87.2% and 87.20%."""
    plain = _NUMBER.sub(lambda match: _bare_number(match[0]), narrow(text))
    return fold(plain)


def _bare_number(text: str) -> str:
    digits = text.replace(",", "")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _figures(text: str) -> tuple[str, ...]:
    """The figures that a text states, in order of size; in prose, years and dates are none."""
    found = meaning(text)
    parts = found.parts or (found,)
    numbers = [part.number for part in parts if part.number is not None]
    if not numbers:
        numbers = [figure.value for figure in number_in_prose(text)]
    return tuple(str(number.normalize()) for number in sorted(numbers))


def disagreements(plan: Plan) -> Iterator[Disagreement]:
    """Every shared cell of a relisted row that differs from its original's, in the plan's order."""
    originals = plan.relisting.originals()
    for copy in plan.programmes:
        original = plan.programme(originals.get(copy.key, ""))
        if original is None:
            continue
        for column in shared_columns(plan, copy, original):
            apart = degree(original.text(column.key), copy.text(column.key))
            if apart is not None:
                yield Disagreement(copy, original, column, apart)


def shared_columns(plan: Plan, copy: Programme, original: Programme) -> Iterator[Column]:
    """The columns that a relisted row has from its original: shared, and in both rows."""
    for column in copy.block.columns:
        if column.role is Role.DEPARTMENT or plan.original_of(copy, column) is not original:
            continue
        if copy.place(column.key) is not None and original.place(column.key) is not None:
            yield column


def filled_this_round(plan: Plan, original: Programme, column_key: str) -> bool:
    """Whether a column is one that the round fills, so that a relisted row refers to it and has no constant there."""
    column = original.column(column_key)
    return plan.settings.given and column is not None and plan.asked(original, column) is not None


_MOST = 5
_LONGEST = 60


def in_words(original: str, copy: str) -> str:
    """What differs, in words: 元「相談支援件数」→「相談件数」."""
    if is_blank(copy):
        return "再掲の行が空欄"
    if is_blank(original):
        return "元の行が空欄"
    pieces = segments(_lines(original), _lines(copy))
    places = [index for index, (before, after) in enumerate(pieces) if before != after]
    said = [_piece(pieces, index) for index in places[:_MOST]]
    rest = f"、ほか{len(places) - _MOST}か所" if len(places) > _MOST else ""
    return "、".join(said) + rest


def _piece(pieces: Sequence[tuple[str, str]], index: int) -> str:
    """One difference with two characters on each side, so that it can be found on the page."""
    head = pieces[index - 1][0][-2:] if index else ""
    tail = pieces[index + 1][0][:2] if index + 1 < len(pieces) else ""
    before, after = (f"{head}{text}{tail}" for text in pieces[index])
    return f"元{_quoted(before)}→{_quoted(after)}"


def _quoted(text: str) -> str:
    shown = text.replace("\n", "⏎")
    return f"「{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}」"


def both(original: str, copy: str) -> str:
    """Both texts for a message, where they are short enough to read there."""
    if max(len(original), len(copy)) > _LONGEST or is_blank(original) or is_blank(copy):
        return ""
    return f"元の行は{_quoted(original)}、この行は{_quoted(copy)}です。"


def marked_pieces(original: str, copy: str) -> tuple[tuple[str, str], ...]:
    """Both texts in step, long equal stretches cut in the middle: for showing a difference in its surroundings."""
    return tuple((_cut(a), _cut(b)) if a == b else (a, b) for a, b in segments(original, copy))


def _cut(text: str, around: int = 15) -> str:
    return text if len(text) <= 2 * around + 10 else f"{text[:around]} … {text[-around:]}"
