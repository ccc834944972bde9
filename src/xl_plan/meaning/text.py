"""Texts compared, cleaned for print and searched for characters that only look right.

Nothing here changes a text on the way to the output except :func:`printable`, which changes only what no printer and
no XML file can hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from functools import lru_cache

from xl_plan.meaning.exchange import exchanging
from xl_plan.meaning.fiscal import find_years
from xl_plan.meaning.numerals import known_unit, narrow, read_number

_CIRCLED = re.compile(
    r"([\u2460-\u2473\u24ea-\u24ff\u2776-\u277f\u2780-\u2793\u3251-\u325f\u32b1-\u32bf\u3280-\u3289])"
)

_made_same = exchanging(
    {
        **dict.fromkeys("、，､﹐", ","),
        **dict.fromkeys("。．｡", "."),
        **dict.fromkeys("･•‧·∙", "・"),
        **dict.fromkeys("〜∼∿〰˜", "~"),
        **dict.fromkeys("‐‑‒–—―−ー─━﹣⁻", "-"),
        **dict.fromkeys("“”„‟〝〞〟″", '"'),
        **dict.fromkeys("‘’‛′`´", "'"),
        **dict.fromkeys("〔［【〖", "["),
        **dict.fromkeys("〕］】〗", "]"),
        "⁄": "/",
        "∕": "/",
        "〇": "○",
        "◯": "○",
    }
)
_BLANKS = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """A form for comparing, never for output: width, kana, spaces, line breaks and punctuation variants made one.

    NFKC, with circled numbers kept (① is not 1); radicals from PDFs become the characters they look like; ，、, are
    one, ．。. are one, and so are the dashes with ー, the brackets, the quotation marks and ○〇◯. Idempotent.
    """
    if text.isascii():
        return _made_same(_BLANKS.sub("", text))
    pieces = _CIRCLED.split(_as_written(text))
    pieces[::2] = [_BLANKS.sub("", _made_same(unicodedata.normalize("NFKC", piece))) for piece in pieces[::2]]
    return unicodedata.normalize("NFC", "".join(pieces))


def fold_number(text: str) -> str:
    """The canonical form of a 番号: ``柱２（１）①ｱ`` is ``柱2(1)①ア``. ① stays apart from (1) and 1.

    Full-width parentheses and digits, half-width kana, spaces and the ideographs for (1) such as ⑴ are made one.
    """
    return fold(text)


def same_but_width(first: str, second: str) -> bool:
    """Whether two texts differ at most in width, spaces, line breaks and the kind of punctuation."""
    return first == second or fold(first) == fold(second)


# CJK radicals that NFKC leaves alone, with the character a reader takes them for. PDF text layers are full of them.
_RADICALS = {
    0x2E81: "厂",
    0x2E8B: "卩",
    0x2E92: "巳",
    0x2E93: "幺",
    0x2E9F: "母",
    0x2EA0: "民",
    0x2EA9: "王",
    0x2EAB: "罒",
    0x2EAC: "示",
    0x2EAD: "礻",
    0x2EAE: "竹",
    0x2EAF: "糸",
    0x2EB6: "羊",
    0x2EBB: "聿",
    0x2EBC: "月",
    0x2EBD: "臼",
    0x2EC1: "虎",
    0x2EC3: "覀",
    0x2EC4: "西",
    0x2EC5: "见",
    0x2EC6: "角",
    0x2ED1: "長",
    0x2ED7: "雨",
    0x2ED8: "青",
    0x2EDD: "食",
    0x2EDF: "飠",
    0x2EE4: "鬼",
    0x2EE8: "麦",
    0x2EE9: "黄",
    0x2EEB: "斉",
    0x2EED: "歯",
    0x2EEF: "竜",
    0x2EF2: "亀",
    0x2EF3: "龟",
}
_as_written = exchanging({chr(code): character for code, character in _RADICALS.items()})


class LookAlikeKind(StrEnum):
    """Why a character is named."""

    KANGXI = "kangxi"  # ⽂ U+2F42 for 文
    RADICAL = "radical"  # ⻑ U+2ED1 for 長
    COMPATIBILITY = "compatibility"  # 福 U+FA1B for 福
    PRIVATE = "private"  # 外字: another machine shows another glyph or none
    HALF_KANA = "half-kana"
    DECOMPOSED = "decomposed"  # か + U+3099 for が
    CONTROL = "control"
    ZERO_WIDTH = "zero-width"
    DIRECTION = "direction"  # bidirectional controls
    VARIATION = "variation"
    DAMAGED = "damaged"  # U+FFFD, lone surrogates, noncharacters


@dataclass(frozen=True, slots=True)
class LookAlike:
    """One place: ``character`` (two where a sound mark follows) at ``index``, and what it should be, "" if unknown."""

    index: int
    character: str
    kind: LookAlikeKind
    suggestion: str

    @property
    def code(self) -> str:
        """``U+2F42``, several joined by a space."""
        return " ".join(f"U+{ord(letter):04X}" for letter in self.character)


_KINDS = (
    (LookAlikeKind.KANGXI, r"[\u2f00-\u2fd5]"),
    (LookAlikeKind.RADICAL, r"[\u2e80-\u2ef3]"),
    # The twelve of FA0E-FA29 left out are unified ideographs (髙, 﨑 and kin are rightly typed so).
    (
        LookAlikeKind.COMPATIBILITY,
        r"[\uf900-\ufa0d\ufa10\ufa12\ufa15-\ufa1e\ufa20\ufa22\ufa25\ufa26\ufa2a-\ufad9\U0002f800-\U0002fa1d]",
    ),
    (LookAlikeKind.PRIVATE, r"[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"),
    (LookAlikeKind.HALF_KANA, r"[\uff61-\uff9f][\uff9e\uff9f]?"),
    (LookAlikeKind.DECOMPOSED, r"[\u3041-\u30ff][\u3099\u309a]"),
    (LookAlikeKind.CONTROL, r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]"),
    (LookAlikeKind.ZERO_WIDTH, r"[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb]"),
    (LookAlikeKind.DIRECTION, r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"),
    (LookAlikeKind.VARIATION, r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]"),
    (LookAlikeKind.DAMAGED, r"[\ufffd\ufffe\uffff\ud800-\udfff]"),
)
_SUSPECT = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2e80-\u2fd5\u3099\u309a"
    r"\ud800-\ufadf\ufe00-\ufe0f\ufeff\uff61-\uff9f\ufff9-\uffff\U0002f800-\U0002fa1d\U000e0100-\U0010ffff]"
)
_LOOK_ALIKE = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_KINDS)))


def look_alikes(text: str) -> tuple[LookAlike, ...]:
    """Every character that looks like another, shows differently elsewhere, or cannot be seen; in order of place."""
    if _SUSPECT.search(text) is None:
        return ()
    found = []
    for match in _LOOK_ALIKE.finditer(text):
        kind = _KINDS[int((match.lastgroup or "k0")[1:])][0]
        if not (kind is LookAlikeKind.CONTROL and match[0] == "\r" and text.startswith("\n", match.end())):
            found.append(LookAlike(match.start(), match[0], kind, _suggestion(match[0], kind)))
    return tuple(found)


def _suggestion(character: str, kind: LookAlikeKind) -> str:
    if kind is LookAlikeKind.DECOMPOSED:
        return unicodedata.normalize("NFC", character)
    if kind in {LookAlikeKind.KANGXI, LookAlikeKind.RADICAL, LookAlikeKind.COMPATIBILITY, LookAlikeKind.HALF_KANA}:
        plain = unicodedata.normalize("NFKC", _as_written(character))
        return "" if plain == character else plain
    return ""


def edge_blanks(text: str) -> tuple[str, str]:
    """The blanks (full-width ones too) before and after the text, as typed."""
    core = text.strip()
    if not core:
        return text, ""
    start = text.index(core)
    return text[:start], text[start + len(core) :]


_EMOJI = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_UNPRINTABLE = re.compile(
    r"(?P<line>\r\n?|[\x0b\x0c\x85\u2028\u2029])|(?P<tab>\t)"
    rf"|(?P<joiner>(?<={_EMOJI})\u200d(?={_EMOJI}))"
    r"|[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text with only what cannot be printed changed; the same object where nothing is to do.

    Line ends of every kind (Word's soft break U+000B too) become ``\\n``, a tab a space; other controls, zero-width
    and direction marks, lone surrogates and noncharacters go. The joiner inside an emoji, variation selectors,
    radicals and private-use characters stay: they print.
    """
    if _SUSPECT.search(text) is None or _UNPRINTABLE.search(text) is None:
        return text
    clean = _UNPRINTABLE.sub(_printed, text)
    return text if clean == text else clean


def _printed(match: re.Match[str]) -> str:
    if match["line"]:
        return "\n"
    if match["tab"]:
        return " "
    return match["joiner"] or ""


_WORD = re.compile(r"[0-9０-９]+(?:[,，.．][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヺー]+|.", re.DOTALL)
_MOST_STEPS = 4_000_000  # pairs of words beyond which the middle is given as one difference


def segments(first: str, second: str) -> tuple[tuple[str, str], ...]:
    """Both texts cut into pieces in step: equal pieces (x, x) and different ones (in first, in second).

    The firsts joined are ``first``, the seconds ``second``. Numbers, Latin and katakana words are never cut.
    """
    a, b = _WORD.findall(first), _WORD.findall(second)
    if len(a) * len(b) > _MOST_STEPS:
        return _coarse(a, b)
    steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return tuple(("".join(a[i:j]), "".join(b[k:m])) for _, i, j, k, m in steps)


def _coarse(a: list[str], b: list[str]) -> tuple[tuple[str, str], ...]:
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    tail = next((i for i in range(shorter - head) if a[-1 - i] != b[-1 - i]), shorter - head)
    cuts = (
        (0, head, 0, head),
        (head, len(a) - tail, head, len(b) - tail),
        (len(a) - tail, len(a), len(b) - tail, len(b)),
    )
    pieces = (("".join(a[i:j]), "".join(b[k:m])) for i, j, k, m in cuts)
    return tuple(piece for piece in pieces if piece != ("", ""))


def differing(first: str, second: str) -> tuple[tuple[str, str], ...]:
    """The differences word by word: ``differing("相談支援件数", "相談件数") == (("支援", ""),)``."""
    if first == second:
        return ()
    return tuple(piece for piece in segments(first, second) if piece[0] != piece[1])


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure inside prose; ``text`` as typed, from ``start`` to ``end`` with its sign and unit."""

    value: Decimal
    unit: str
    start: int
    end: int
    text: str


_FIGURE = re.compile(
    r"(?=[▲△+\-±.0-9])"  # at most characters no figure begins, and this tells it fastest
    r"(?<![0-9A-Za-z.])(?P<sign>(?<![0-9人件回名月日年度%)])[▲△+\-]|±)?(?=\.?[0-9])"
)
_NO_COUNT = re.compile(r"月|期(?!間)|条|項(?!目)|号|番|[)）]|[-/:][0-9]")
_FOREIGN = re.compile(r"[一-鿿々ァ-ヺー]{1,3}|[A-Za-z]+")


def number_in_prose(text: str) -> tuple[Figure, ...]:
    """The figures that a narrative holds, in order, full- or half-width, with their units.

    Left out: years (令和5年度), dates, ordinals (第５期), list numbers ((1), 1.), parts of words (ＤＸ2). An unknown
    counter is given by its first letters, so that 5類 is not taken for a bare 5.
    """
    flat = narrow(text)
    years = [(start, end) for _, start, end in find_years(text)]
    found: list[Figure] = []
    position = 0
    while match := _FIGURE.search(flat, position):
        number = read_number(flat, match.end())
        if number is None:
            position = match.end() + 1
            continue
        position = number.end
        if any(start <= match.end() < end for start, end in years) or _ordinal(flat, match.start(), number.end):
            continue
        unit = known_unit(flat, number.end)
        if not unit and (other := _FOREIGN.match(flat, number.end)):
            unit = other[0]
        value = -number.value if match["sign"] in {"▲", "△", "-"} else number.value
        position = number.end + len(unit)
        found.append(Figure(value, unit, match.start(), position, text[match.start() : position]))
    return tuple(found)


def _ordinal(flat: str, start: int, end: int) -> bool:
    """Whether the number names something (第５期, 5月, (1), 1-2) and counts nothing."""
    before = flat[max(start - 1, 0) : start]
    if before == "月" and flat.startswith("日", end):
        return True
    if before == "第" or (_NO_COUNT.match(flat, end) is not None and not flat.startswith("番目", end)):
        return True
    return before in {"", "\n"} and flat.startswith((". ", ".", "　"), end)


def near_name(name: str, among: Iterable[str]) -> str:
    """The name that somebody may have meant, as a message adds it; "" where none is like it.

    >>> near_name("福祉制策課", ["福祉政策課", "広報広聴課"])
    '（もしかして：福祉政策課）'
    """
    known = {fold(each): each for each in among if each}
    wanted = fold(name)
    near = get_close_matches(wanted, known, 1, 0.6) if wanted else []
    near = near or [each for each in known if wanted and wanted in each][:1]
    return f"（もしかして：{known[near[0]]}）" if near else ""
