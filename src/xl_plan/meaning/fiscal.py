"""Japanese fiscal years as people write them.

A fiscal year runs from 1 April to 31 March. A date belongs to the fiscal year it lies in: ``R6.2月現在`` is fiscal
2023 (R5). A year without a month (``令和5年``, ``平成15年末見込``) is taken for the fiscal year of that number.
Fiscal 2019 is 令和元年度 throughout, as the cabinet ruled on 2 April 2019 for the national budget.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from xl_plan.meaning.numerals import kanji_value, narrow, to_kanji

# letter, word, square character, western year of year 1, last year of its own
_ERAS = (
    ("R", "令和", "㋿", 2019, 99),
    ("H", "平成", "㍻", 1989, 31),
    ("S", "昭和", "㍼", 1926, 64),
    ("T", "大正", "㍽", 1912, 15),
    ("M", "明治", "㍾", 1868, 45),
)
_FIRST_YEAR = {name: first for letter, word, square, first, _ in _ERAS for name in (letter, word, square)}
_COLUMN = {name: column for letter, word, square, _, _ in _ERAS for column, name in enumerate((letter, word, square))}
_MIDDLE = 2025  # a bare 5年度 with nothing near it is read towards this year; merging reads no clock
_SPAN = (1868, 2117)


@dataclass(frozen=True, slots=True, order=True)
class FiscalYear:
    """A fiscal year by the western year of its 1 April."""

    year: int

    @property
    def _era(self) -> tuple[str, str, str, int]:
        for letter, word, square, first, _ in _ERAS:
            if self.year >= first + (letter in "STM"):  # 1926 is 大正15年度: 昭和 began on its 25 December
                return letter, word, square, self.year - first + 1
        return _ERAS[-1][0], _ERAS[-1][1], _ERAS[-1][2], self.year - _ERAS[-1][3] + 1

    @property
    def era_label(self) -> str:
        """``R5``, ``H29``, ``R1``."""
        letter, _, _, number = self._era
        return f"{letter}{number}"

    @property
    def japanese(self) -> str:
        """``令和5年度``, ``令和元年度``."""
        _, word, _, number = self._era
        return f"{word}{'元' if number == 1 else number}年度"

    @property
    def western(self) -> str:
        """``2023年度``."""
        return f"{self.year}年度"

    def __str__(self) -> str:
        return self.era_label

    def next(self) -> FiscalYear:
        return self.plus(1)

    def plus(self, years: int) -> FiscalYear:
        return FiscalYear(self.year + years)


_CIRCLES = {chr(0x2460 + n): n + 1 for n in range(20)} | {chr(0x3251 + n): n + 21 for n in range(15)}
_DIGITS = r"元|[0-9]{1,2}(?![0-9]|,[0-9]{3})|[①-⑳㉑-㉟]"
_TWELVE = r"1[0-2]|0?[1-9]"


def _month(tag: str) -> str:
    """年2月, 年2月1日, .2, .2月, .2.1, /2/1 after a year's number; the group is named by ``tag``."""
    return (
        rf"(?:\s*年\s*(?P<{tag}a>{_TWELVE})\s*月(?:\s*[0-9]{{1,2}}\s*日)?"
        rf"|\.(?P<{tag}b>{_TWELVE})(?![0-9%]|[.,][0-9]{{3}})(?:月|\.[0-9]{{1,2}}(?![0-9]))?"
        rf"|/(?P<{tag}c>{_TWELVE})/[0-9]{{1,2}}(?![0-9]))"
    )


_YEAR = r"\s*年度?"
_MENTION = re.compile(
    r"(?=[令平昭大明㋿㍻㍼㍽㍾RHSrhF0-9元])(?:"  # at most characters no year begins, and this tells it fastest
    rf"(?P<word>令和|平成|昭和|大正|明治|[㋿㍻㍼㍽㍾])\s*(?P<wn>{_DIGITS}|[〇一二三四五六七八九十]{{1,3}})(?:{_month('m')}|{_YEAR})?"
    rf"|(?<![A-Za-z0-9])(?P<letter>[RHSrh])[.]?\s?(?P<ln>{_DIGITS})(?![A-Za-z])(?:{_month('n')}|{_YEAR})?"
    rf"|(?<![0-9.,])(?P<fy>FY\s*)?(?P<west>(?:18|19|20)[0-9]{{2}})(?![0-9])"
    rf"(?(fy)(?:{_YEAR})?|(?:{_month('w')}|{_YEAR}|(?=\s*[)]\s*年度)|(?=\s*[-~・]\s*(?:19|20)[0-9]{{2}}(?![0-9]))))"
    r"|(?<![A-Za-z])FY(?P<short>[0-9]{2})(?![0-9])"
    r"|(?<![0-9A-Za-z.,第])(?P<bare>元(?=年度)|[0-9]{1,2})\s*年度(?!間|目))"
)
_MONTHS = tuple(tag + way for tag in "mnw" for way in "abc")
_WHOLE = re.compile(
    r"\s*(?:FY\s*)?(?:(?P<west>(?:19|20)[0-9]{2})|(?P<bare>[0-9]{1,2})年(?!間|目|以|[0-9]))"
    r"\s*(?P<rest>[(（]?[^0-9]*)",
    re.DOTALL,
)
_MORE = re.compile(r"\s*(?:[・~,、]|-)\s*[0-9]{1,2}(?![0-9]|月|日|回|件|人|名|%|\.|,[0-9])")


class _Mention(NamedTuple):
    """One year as written in narrowed text. ``number`` is where its digits stand; ``month`` 0 for none."""

    year: FiscalYear
    start: int
    end: int
    era: str
    number: tuple[int, int]
    month: int


def parse_year(text: str, *, near: FiscalYear | None = None) -> FiscalYear | None:
    """The one fiscal year that stands in the text, None where none or several different ones stand.

    ``31年度`` and ``元年度`` without an era are the reading closest to ``near``. ``2023年度(令和5年度)`` is one year.
    """
    found = find_years(text, near=near)
    flat = narrow(text)
    if not found:
        return _whole(flat, near)
    if len({year for year, _, _ in found}) != 1 or _MORE.match(flat, found[-1][2]):
        return None
    return found[0][0]


def _whole(flat: str, near: FiscalYear | None) -> FiscalYear | None:
    """A year that only a header would write so: ``2019``, ``2019実績``, ``23年実績`` (given ``near``)."""
    match = _WHOLE.fullmatch(flat)
    if match is None:
        return None
    if match["west"]:
        rest = match["rest"].strip()
        return FiscalYear(int(match["west"])) if not rest or rest[0] in "実目値計(見予（" else None
    return _closest(int(match["bare"]), near.year) if near else None


@lru_cache(maxsize=4096)
def find_years(text: str, *, near: FiscalYear | None = None) -> tuple[tuple[FiscalYear, int, int], ...]:
    """Every year mention inside a header or prose, as (year, start, end), in order.

    A bare ``4年度`` is read towards the mention before it (令和5年度は4年度に比べ), else towards ``near``.
    A bare four-digit number is a year only before 年 or 年度, in a date or in a range of years.
    """
    return tuple((mention.year, mention.start, mention.end) for mention in _mentions(narrow(text), near))


def _mentions(flat: str, near: FiscalYear | None = None) -> Iterator[_Mention]:
    around = near.year if near else _MIDDLE
    for match in _MENTION.finditer(flat):
        mention = _mention(match, around)
        if mention is not None:
            around = mention.year.year
            yield mention


def _mention(match: re.Match[str], around: int) -> _Mention | None:
    group = next(name for name in ("wn", "ln", "west", "short", "bare") if match[name])
    number = _value(match[group])
    month = next((int(match[name]) for name in _MONTHS if match[name]), 0)
    era = match["word"] or (match["letter"] or "").upper()
    if number is None or (number == 0 and group != "short"):
        return None
    if group == "west":
        western = number
    elif group == "short":
        western = 2000 + number
    elif group == "bare":
        western = _closest(number, around).year
    else:
        western = _FIRST_YEAR[era] + number - 1
    if not _SPAN[0] <= western <= _SPAN[1]:
        return None
    year = FiscalYear(western - (0 < month < 4 and not _calendar(match)))
    return _Mention(year, match.start(), match.end(), era, match.span(group), month)


_TO_DECEMBER = re.compile(r"月?\s*[~\-]\s*12月")


def _calendar(match: re.Match[str]) -> bool:
    """``R5年1月～12月``: a calendar year, taken for the fiscal year of its number."""
    return _TO_DECEMBER.match(match.string, match.end()) is not None


def _value(digits: str) -> int | None:
    if digits == "元":
        return 1
    if digits in _CIRCLES:
        return _CIRCLES[digits]
    return int(digits) if digits.isdecimal() else kanji_value(digits)


def _closest(number: int, around: int) -> FiscalYear:
    """The year ``number`` of 令和, 平成 or 昭和 (while each lasted) that lies closest to a western year.

    No reading lies more than twenty years after it while there is an earlier one: no plan looks so far ahead.
    """
    readings = [first + number - 1 for _, _, _, first, last in _ERAS[:3] if number <= last]
    return FiscalYear(min(readings, key=lambda year: (year > around + 20, abs(year - around), year)))


def shift_years(text: str, by: int) -> str:
    """The text with every year mention moved, width and manner of writing kept: ``Ｒ5取り組み`` → ``Ｒ6取り組み``.

    Past the end of an era the next one is written (``Ｈ30`` → ``Ｒ1``, ``平成30年度`` → ``令和元年度``); a date keeps
    平成 until April 2019. 元 is written in words of eras (令和元年度), R1 with letters.
    """
    if by == 0:
        return text
    pieces, position = [], 0
    for mention in _mentions(narrow(text)):
        pieces += [text[position : mention.start], _moved(text, mention, by)]
        position = mention.end
    return "".join((*pieces, text[position:]))


def _moved(text: str, mention: _Mention, by: int) -> str:
    start, end = mention.number
    digits, written = text[start:end], _value(narrow(text[start:end])) or 0
    before, after = text[mention.start : start], text[end : mention.end]
    if not mention.era:
        bare = written < 100 and "FY" not in narrow(before)
        number = mention.year.plus(by)._era[3] if bare else written + by
        return before + _written(number, digits, words=bare) + after
    western = _FIRST_YEAR[mention.era] + written - 1 + by
    letter, word, square, number = FiscalYear(western)._era
    if western == 2019 and 0 < mention.month < 5:
        letter, word, square, number = "H", "平成", "㍻", 31
    name = (letter, word, square)[_COLUMN[mention.era]]
    typed = before[: len(mention.era)]
    if len(name) == 1 and name.isascii():
        name = _as_typed(name, typed)
    words = _COLUMN[mention.era] > 0
    return name + before[len(mention.era) :] + _written(number, digits, words=words) + after


def _as_typed(letter: str, typed: str) -> str:
    """The letter in the width and case of what stood there."""
    letter = letter.lower() if typed.islower() else letter
    return letter if typed.isascii() else chr(ord(letter) + 0xFEE0)


def _written(number: int, like: str, *, words: bool) -> str:
    """The number in the manner of ``like``: full width, circled, kanji, with a leading zero."""
    flat = narrow(like)
    if number == 1 and words and not like.startswith("0"):
        return "元"
    if like in _CIRCLES and number <= 35:
        return next(circle for circle, value in _CIRCLES.items() if value == number)
    if kanji_value(flat) is not None and not flat.isdecimal() and flat != "元":
        return to_kanji(number)
    digits = str(number).zfill(len(like)) if flat.startswith("0") else str(number)
    full = like != flat
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits) if full else digits


def japanese_date(iso: str) -> str:
    """``2024年5月31日`` of ``2024-05-31``, "" of ""."""
    if not iso:
        return ""
    year, month, day = (int(part) for part in iso.split("-"))
    return f"{year}年{month}月{day}日"
