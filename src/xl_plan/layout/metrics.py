"""Font metrics: how many lines a text needs and how high its cell must be, without asking a spreadsheet program.

Neither Excel's nor LibreOffice's exact rules of line breaking are taken for granted. The *strict* rule set forbids a
break wherever any known rule does; greedy breaking under it needs at least as many lines as under any laxer rule set
and any greater width, as long as every unbreakable stretch fits on a line. Where one does not (a long URL in a narrow
column), that order is lost: then all rule sets and all widths are tried, and the one that needs most lines counts.

Widths are counted in half ems for fixed-pitch fonts and in eighths of an em for the others.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate, pairwise, product, repeat
from operator import attrgetter
from typing import NamedTuple

from xl_plan.cells import Font

COLUMN_PADDING = 5  # pixels of a column that hold no text
CELL_PADDING = 3.0  # points above and below the text of a cell
LINE_PADDING = 4  # pixels between the ems of two lines: Excel's 3 and one for safety
WIDENING = 1.05  # glyphs may come out this much wider than the metrics say
DOUBT = 15  # a line more for so many that no rule set surely bounds: programs mix the rules from line to line
LEAST_STEP = 0.75  # points of a pixel: Excel knows no finer row height

# One or half an em for every glyph; the others are measured by a stand-in with more margin.
_FIXED = re.compile(r"(BIZ UD|MS )(ゴシック|Gothic|明朝|Mincho)( Medium)?")
# These set lines about 40 % taller than their em.
_TALL = re.compile(r"(游|Yu ?|YU ?)(ゴシック|明朝|Gothic|Mincho)|メイリオ|Meiryo", re.IGNORECASE)
_OWN_BOLD = re.compile(r"BIZ UD")

_NEWLINE = re.compile(r"\r\n|\r|\n")

_NO_START = frozenset(
    "、。，．・：；？！゛゜´｀¨ヽヾゝゞ〃仝々ー―‐／～〜∥｜…‥’”）〕］｝〉》」』】°′″℃％‰ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
    "｡､｣･ｰﾞﾟｧｨｩｪｫｯｬｭｮ—–)]}!?,.:;%/-~|'\"¢゠〟〙〗｠»"
)
_NO_END = frozenset("‘“（〔［｛〈《「『【￥＄￡＠§〒♯＃([{$£¥\\#｢〝〘〖｟«№")
_OPENING = frozenset("‘“（〔［｛〈《「『【([{｢〝〘〖｟«")
_SPACES = frozenset(" \t\u3000\u2002\u2003\u2009")
_BREAKERS = frozenset("/-?!|")
_HOLDING = frozenset("、。，．：；・､｡･’”）〕］｝〉》」』】｣〙〗｠»")
_GLUE = frozenset("\u00a0\u202f\u2060\ufeff")
_TAB = 8  # half ems: LibreOffice's default stop is about that far
_PICTURES = 0x1F000  # from here on characters may be wider than an em
_WITHIN_AN_EM = re.compile(rf"[ -{chr(_PICTURES - 1)}]*")  # no line break, no tab, no picture


class _Glyph(NamedTuple):
    """What breaking needs to know of one character."""

    units: int
    no_start: bool
    no_end: bool
    opening: bool
    run: bool  # holds together with its like: letters, digits and whatever is not surely full-width
    space: bool
    symbol: bool  # a run may break after it under the laxer rule sets
    breaker: bool  # a run may break after it, but not before a digit
    slash: bool
    digit: bool
    holding: bool  # holds a run that follows: LibreOffice takes 。A and 」A for one word


_UNITS, _SLASH = attrgetter("units"), attrgetter("slash")


class _Rules(NamedTuple):
    """One rule set of line breaking."""

    kinsoku: bool
    runs: int  # 0 whole, 1 break after the slashes of an address, 2 after any symbol, 3 anywhere
    fresh: bool  # a stretch longer than the line begins on a new line
    back: bool = False  # where a line would end with a slash it ends with the last space before it, as in LibreOffice


_STRICT = _Rules(kinsoku=True, runs=0, fresh=True)
_RULES = tuple(_Rules(*choice) for choice in product((True, False), (0, 1, 2, 3), (True, False)))
_BACK = tuple(_Rules(kinsoku, 1, fresh, back=True) for kinsoku, fresh in product((True, False), (True, False)))


class _Face(NamedTuple):
    """The metrics of a font at a size."""

    em: float  # pixels
    proportional: bool
    widening: float


def column_pixels(chars: float) -> int:
    """Pixels of a column of so many characters, as Excel draws it where a digit of Normal is 7 pixels wide; a column of
    no width is not drawn."""
    return int(chars * 7) + 5 if chars > 0 else 0


def text_pixels(columns: int) -> int:
    """Pixels left for text in a (merged) area that is so many pixels wide."""
    return max(1, columns - COLUMN_PADDING)


@lru_cache(maxsize=1024)
def line_pitch(size: float, name: str = "") -> float:
    """Points from one line to the next, with a pixel of safety."""
    em = int(size * 96 / 72 + 0.5)
    pixels = em + LINE_PADDING
    if _TALL.match(_plain(name)):
        pixels = math.ceil(max(pixels * 1.4, em * 1.7 + 1))
    elif name and not _FIXED.fullmatch(_plain(name)):
        pixels = math.ceil(max(pixels, em * 1.25 + LINE_PADDING))
    return pixels * 0.75


def line_count(text: str, width: int, font: Font) -> int:
    """How many lines a text takes at most in an area with so many pixels for text."""
    if stands_on_a_line(text, sure_characters(width, font)):
        return 1
    lines = _broken(text, width, font.size, font.name, font.bold)
    return len(lines.starts) + lines.doubtful // DOUBT


def break_lines(text: str, width: int, font: Font) -> tuple[str, ...]:
    """The breaking that :func:`line_count` counted. A typed line break stands at the end of its line, so the lines
    joined with nothing between them are the text."""
    starts = (*_broken(text, width, font.size, font.name, font.bold).starts, len(text))
    return tuple(text[a:b] for a, b in pairwise(starts))


def text_height(text: str, width: int, font: Font) -> float:
    """Points a cell needs to show the whole text."""
    return lines_height(line_count(text, width, font), font)


def lines_height(lines: int, font: Font) -> float:
    """Points a cell needs for so many lines."""
    return lines * line_pitch(font.size, font.name) + CELL_PADDING


def text_width(text: str, font: Font) -> float:
    """Pixels of the longest typed line, never broken, glyphs at their widest."""
    face = _face(font.size, font.name, font.bold)
    longest = max(sum(_glyph(ch, face.proportional).units for ch in part) for part in _NEWLINE.split(text))
    return longest * _unit(face) * face.widening


def stands_on_a_line(text: str, characters: int) -> bool:
    """Whether a text surely needs one line where so many characters stand on it, be each of them an em wide; one for which
    this is false may need one too."""
    return len(text) <= characters and _WITHIN_AN_EM.fullmatch(text) is not None


def sure_characters(width: int, font: Font) -> int:
    """How many characters stand on one line, be each of them an em wide."""
    return _sure_characters(width, font.size, font.name, font.bold)


@lru_cache(maxsize=4096)
def _sure_characters(width: int, size: float, name: str, bold: bool) -> int:
    face = _face(size, name, bold)
    return _least_units(width, face) // (8 if face.proportional else 2)


def full_width_units(width: int, font: Font) -> int:
    """How many full-width characters surely stand on one line."""
    face = _face(font.size, font.name, font.bold)
    return max(1, int(width / (face.em * face.widening)))


# --- fonts


@cache
def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


@cache
def _face(size: float, name: str, bold: bool) -> _Face:
    exact = size * 96 / 72
    plain = _plain(name)
    widening = WIDENING
    if bold and not _OWN_BOLD.match(plain):
        widening += 0.08  # a bold that the program makes up is a pixel wider a glyph
    return _Face(max(exact, int(exact + 0.5)), _FIXED.fullmatch(plain) is None, widening)


def _unit(face: _Face) -> float:
    return face.em / (8 if face.proportional else 2)


@cache
def _glyph(ch: str, proportional: bool) -> _Glyph:
    """The properties of a character; full-width unless it is surely not."""
    wide = unicodedata.east_asian_width(ch)
    zero = unicodedata.category(ch) in {"Mn", "Me", "Cf"} and ch not in "\u3099\u309a"  # these may stand alone
    full = wide in "WF"
    glue = zero or ch in _GLUE
    return _Glyph(
        units=0 if zero else _units(ch, wide, proportional),
        no_start=glue or ch in _NO_START,
        no_end=ch in _GLUE or ch in _NO_END,
        opening=ch in _OPENING,
        run=not full and ch not in _SPACES,
        space=ch in _SPACES,
        symbol=ch.isascii() and not ch.isalnum(),
        breaker=ch in _BREAKERS,
        slash=ch == "/",
        digit=ch.isascii() and ch.isdigit(),
        holding=ch in _HOLDING,
    )


def _units(ch: str, wide: str, proportional: bool) -> int:
    if ch == "\t":
        return _TAB * (4 if proportional else 1)
    if ord(ch) >= _PICTURES:  # they come from a font of their own
        return 12 if proportional else 3
    if wide in "WFA" or (wide == "N" and ord(ch) >= 0x180):
        return 8 if proportional else 2
    if not proportional:
        return 1
    return 7 if ch.isupper() or ch in "mw@%&" else 5


def _least_units(width: int, face: _Face) -> int:
    """The units that stand on a line where every glyph comes out at its widest."""
    return max(1, int(width / _unit(face) / face.widening + 1e-9))


# --- breaking


class _Paragraph(NamedTuple):
    """A typed line: its glyphs and the running sum of their widths."""

    glyphs: tuple[_Glyph, ...]
    sums: tuple[int, ...]


class _Lines(NamedTuple):
    """Where each line begins in the text, and how many of the lines no rule set surely bounds."""

    starts: tuple[int, ...]
    doubtful: int


@lru_cache(maxsize=16_384)
def _broken(text: str, width: int, size: float, name: str, bold: bool) -> _Lines:
    face = _face(size, name, bold)
    most, least = width / _unit(face), _least_units(width, face)
    found: list[int] = []
    begin = doubtful = 0
    for match in (*_NEWLINE.finditer(text), None):
        end = match.start() if match else len(text)
        glyphs = tuple(map(_glyph, text[begin:end], repeat(face.proportional)))
        paragraph = _Paragraph(glyphs, tuple(accumulate(map(_UNITS, glyphs), initial=0)))
        starts, sure = _worst(paragraph, least, max(least, int(most * 1.07)))
        found += [begin + start for start in starts]
        doubtful += 0 if sure else len(starts)
        begin = match.end() if match else end
    return _Lines(tuple(found), doubtful)


def _worst(paragraph: _Paragraph, least: int, most: int) -> tuple[list[int], bool]:
    """The breaking with most lines, and whether no other can have more. ``most`` goes past the nominal width:
    LibreOffice's columns are wider than Excel's, and a wider line may need more lines when a stretch is longer than
    either."""
    if paragraph.sums[-1] <= least:
        return [0], True
    strict = _allowed(paragraph, _STRICT)
    ends = [*strict, len(paragraph.glyphs)]
    fits = max(paragraph.sums[b] - paragraph.sums[a] for a, b in zip([0, *strict], ends, strict=True)) <= least
    worst = _greedy(paragraph, strict, least, _STRICT)
    if fits and not any(map(_SLASH, paragraph.glyphs)):
        return worst, True
    for rules in _BACK if fits else (*_RULES, *_BACK):
        allowed = _allowed(paragraph, rules)
        for capacity in _capacities(least, most):
            worst = max(worst, _greedy(paragraph, allowed, capacity, rules), key=len)
    return worst, False


def _capacities(least: int, most: int) -> Iterator[int]:
    """A dozen line widths at most, from the widest glyphs to the widest column."""
    return iter(range(least, most + 1, max(1, (most - least) // 12)))


def _allowed(paragraph: _Paragraph, rules: _Rules) -> list[int]:
    """The places before which a line may break."""
    glyphs = paragraph.glyphs
    return [i for i in range(1, len(glyphs)) if _breaks(glyphs, i, rules)]


def _breaks(glyphs: tuple[_Glyph, ...], i: int, rules: _Rules) -> bool:
    here, before = glyphs[i], glyphs[i - 1]
    if here.units == 0 or (here.space and rules.kinsoku):
        return False
    if rules.runs < 3 and here.run and before.holding:
        return False
    if here.run and before.run and not _run_breaks(before, here, rules.runs):
        return False
    if not rules.kinsoku:
        return True
    if here.no_start or before.no_end or (before.run and here.opening):
        return False
    if before.space:  # an opening bracket holds what follows, even behind spaces
        k = i - 1
        while k >= 0 and glyphs[k].space:
            k -= 1
        return k < 0 or not glyphs[k].opening
    return True


def _run_breaks(before: _Glyph, here: _Glyph, runs: int) -> bool:
    if runs == 1:
        return before.breaker and not here.digit
    return runs == 3 or (runs == 2 and before.symbol)


def _greedy(paragraph: _Paragraph, allowed: list[int], capacity: int, rules: _Rules) -> list[int]:
    """Where each line begins when every line takes as much as it can."""
    sums, count = paragraph.sums, len(paragraph.glyphs)
    starts = [0]
    while True:
        start = starts[-1]
        fits = bisect_right(sums, sums[start] + capacity, start) - 1
        if fits >= count:
            return starts
        nth = bisect_right(allowed, fits)
        place = allowed[nth - 1] if nth else 0
        if place <= start:
            place = max(fits, start + 1)
        elif rules.back and paragraph.glyphs[place - 1].slash:
            place = _behind_space(paragraph, start, place)
        elif not rules.fresh:
            after = allowed[nth] if nth < len(allowed) else count
            if sums[after] - sums[place] > capacity:
                place = fits
        starts.append(place)


def _behind_space(paragraph: _Paragraph, start: int, place: int) -> int:
    """The place behind the last space of a line; where it has none, the place it would have had."""
    spaces = (i + 1 for i in range(place - 1, start, -1) if paragraph.glyphs[i].space)
    return next(spaces, place)
