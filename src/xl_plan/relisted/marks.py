"""再掲 marks: what a cell says about the other places where its programme stands.

A mark is 【再掲】, （再掲）, [再掲], ※再掲, 再掲 or 再：, in the name cell, in the remarks or in a column of its own. It
points back to the original (【再掲】柱2(1)①ア, 柱2(1)①アの再掲) or, on the original, forward to where the programme
stands again (基本目標3に再掲).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xl_plan.meaning.text import fold
from xl_plan.meaning.values import Kind, meaning

_OPEN, _CLOSE = "【（(［[〔《〈「<＜", "】）)］]〕》〉」>＞"
# 再掲を除く and 再掲分 speak of counting; 再掲示 is another word.
_WORD = re.compile(
    r"再掲(?P<aim>元|先)?(?!示|載|出|を除|を含|含|除|分|数|の?事業[はをもが]|[はをもが])"
    r"|(?<![^\s【（(\[［〔※])再(?=[：:])|(?<=[【（(\[［〔])再(?=[】）)\]］〕])"
)
_SIGN = "再"  # stands in every mark
_STARS = "※＊*"
_TIE = re.compile(r"(?P<number>\S.*?)(?P<particle>の|にも|に|へも|へ|より|から)\s*$")
_FORWARD = frozenset({"に", "にも", "へ", "へも"})
_STRONG = re.compile(r"[\n、，,；;／/＆&]+|及び|および|並びに|ならびに")
_LEADING = re.compile(r"^(?:[\s：:→⇒➡=＝・･\-]+|元は?|先は?|番号|no\.?)+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:を?参照|に(?:も)?(?:記載|掲載)|と(?:同じ|重複)|の?再掲|の?事業)+$")
_NO_ROW = re.compile(  # fiscal years and pages
    r"(?:令和|平成|昭和|[RHSrhs])(?:[0-9]+|元)(?:年度?)?$|[0-9]{4}年度?$|[Pp]{1,2}\.?[0-9]+|[0-9]+(?:ページ|頁)"
)

_COMPONENT = re.compile(
    r"(?P<paren>\((?:[0-9]+|[一二三四五六七八九十]+|[ァ-ヺぁ-んa-zA-Z])\))|(?P<circled>[①-⑳㉑-㉟])|(?P<digits>[0-9]+)"
    r"|(?P<letter>(?<![ァ-ヺー])[ァ-ヺ](?![ァ-ヺー])|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))|(?P<sep>[-.・_~:])"
    r"|(?P<word>(?:(?![0-9()①-⑳㉑-㉟\-.・_~:]).)+?(?=[0-9()①-⑳㉑-㉟\-.・_~:]|(?<![ァ-ヺー])[ァ-ヺ](?![ァ-ヺー])|$))|."
)
Components = tuple[tuple[str, str], ...]  # kind, text


@dataclass(frozen=True, slots=True)
class Mark:
    """``name`` is the cell's text without the mark; ``cited`` the numbers that it names as the programme's other
    places, as written; ``listed_in`` those that an original says it is listed in again."""

    name: str = ""
    marked: bool = False
    cited: tuple[str, ...] = ()
    listed_in: tuple[str, ...] = ()

    def joined(self, other: Mark) -> Mark:
        """This mark with what another cell of the row adds."""
        return Mark(
            self.name,
            self.marked or other.marked,
            tuple(dict.fromkeys((*self.cited, *other.cited))),
            tuple(dict.fromkeys((*self.listed_in, *other.listed_in))),
        )


def read_marks(name: str, remarks: Iterable[str] = (), own: Iterable[tuple[str, str]] = ()) -> Mark:
    """What a row's cells say together; ``own`` are columns for the mark alone, header and text."""
    mark = read_mark(name)
    for text in remarks:
        mark = mark.joined(read_mark(text))
    for header, text in own:
        mark = mark.joined(_own_column(header, text))
    return mark


def read_mark(text: str) -> Mark:
    """The mark in one cell, with the numbers that stand by it."""
    found = _WORD.search(text) if _SIGN in text else None
    while found is not None and not _stands_alone(text, found):
        found = _WORD.search(text, found.end())
    if found is None:
        return Mark(text.strip())
    begin, end, before, inside = _extent(text, found)
    tie = _TIE.match(before)
    numbers = tuple(_numbers(tie["number"] if tie else before))
    forward = found["aim"] == "先" or bool(tie and tie["particle"] in _FORWARD and numbers)
    following = tuple(_numbers(inside))
    name = text[:begin].strip()
    rest = text[end:].lstrip(" 　")
    if rest and rest[0] in _OPEN:  # 再掲（柱2(1)①ア）
        end = _closing(rest, 1)
        following += tuple(_numbers(rest[1:end]))
        rest = rest[end + 1 :]
    if name:
        following += tuple(_numbers(rest))
    else:
        pieces = _STRONG.split(rest.strip())
        words = [piece for piece in pieces if piece.strip() and not _is_number(piece)]
        following += tuple(n for piece in pieces if _is_number(piece) for n in _numbers(piece))
        name = words[0].strip() if words else ""
    cited = (*numbers, *following)
    if forward:
        return Mark(name, False, (), cited)
    return Mark(name, True, cited)


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether the word is a mark: in brackets, behind ※ or a blank, first or last in its line, or behind a number."""
    line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    rest = text[found.end() :].split("\n", 1)[0].strip()
    if not line.strip() or line[-1] in _STARS + _OPEN or line[-1].isspace():
        return True
    opening = _opening(line)
    before = line[opening + 1 :].strip().lstrip(_STARS)
    tie = _TIE.match(before)
    if any(_numbers(tie["number"] if tie else before)) or before == "一部":
        return True
    return opening < 0 and line[-1] not in "はをがもと、，。" and (not rest or rest[0] in "：:" + _OPEN)


def _opening(line: str) -> int:
    """Where the bracket opens that is still open at the end of ``line``; -1 when none is."""
    depth = 0
    for index in range(len(line) - 1, -1, -1):
        if line[index] in _CLOSE:
            depth += 1
        elif line[index] in _OPEN:
            if depth == 0:
                return index
            depth -= 1
    return -1


def _extent(text: str, found: re.Match[str]) -> tuple[int, int, str, str]:
    """(begin, end, what stands before the word inside the mark, what stands behind it inside)."""
    start = text.rfind("\n", 0, found.start()) + 1
    line = text[start : found.start()]
    opening = _opening(line)
    if opening >= 0:
        end = _closing(text, found.end())
        return start + opening, min(end + 1, len(text)), line[opening + 1 :], text[found.end() : end]
    begin = found.start()
    while begin > start and text[begin - 1] in _STARS:
        begin -= 1
    bare = line.strip().lstrip(_STARS)
    tie = _TIE.match(bare)
    if any(_numbers(tie["number"])) if tie else _is_number(bare):
        return start, found.end(), bare, ""
    return begin, found.end(), "", ""


def _closing(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        if text[index] in _OPEN:
            depth += 1
        elif text[index] in _CLOSE:
            if depth == 0:
                return index
            depth -= 1
    return len(text)


def _own_column(header: str, text: str) -> Mark:
    """A column for the mark: numbers, or a sign such as ○ that says only that the row is relisted."""
    if meaning(text).kind in (Kind.BLANK, Kind.NONE) or fold(text) in ("×", "無", "いいえ"):
        return Mark()
    inner = read_mark(text)
    cited = inner.cited or inner.listed_in or tuple(_numbers(text))
    if "先" in header or inner.listed_in:
        return Mark("", False, (), cited)
    return Mark("", True, cited)


def is_mark_column(header: str) -> bool:
    """Whether a header names a column for the mark alone."""
    return fold(header).startswith("再掲") and len(header) <= 12


# ----------------------------------------------------------------------------------------------------------- numbers
def _numbers(text: str) -> Iterator[str]:
    """The numbers in a text as written; prose between them is passed over."""
    for piece in _STRONG.split(text):
        parts = piece.split("・") if "・" in piece else piece.split()
        if len(parts) > 1 and all(map(_is_number, parts)) and _begin_alike(parts):
            yield from map(_bare, parts)
        elif _is_number(piece):
            yield _bare(piece)
        else:
            yield from (_bare(word) for word in piece.split() if _is_number(word))


def _begin_alike(pieces: Sequence[str]) -> bool:
    """Whether pieces are numbers of their own (①ア ②ア) and not one number written with blanks (柱2 (1) ①ア)."""
    return len({components(fold(_bare(piece)))[0][0] for piece in pieces}) == 1


def _bare(piece: str) -> str:
    text = _LEADING.sub("", piece.strip().lstrip(_STARS))
    while text and text[0] in _OPEN and _closing(text, 1) == len(text) - 1 and _opening(text[:-1]) == 0:
        inner = text[1:-1].strip()
        if not re.search(r"[(（①-⑳\-－]|\D\d", inner):
            break
        text = inner
    return _TRAILING.sub("", text.strip()).strip(" 　.。・")


def _is_number(piece: str) -> bool:
    """Whether a piece reads as a row's number or a heading's: it ends in a figure, a circled one or a single letter."""
    folded = fold(_bare(piece))
    if not folded or len(folded) > 40 or _NO_ROW.fullmatch(folded):
        return False
    parts = components(_without_note(folded))
    if not parts or parts[-1][0] in ("sep", "word", ""):
        return False
    if len(parts) == 1 and parts[0][0] == "letter":
        return True
    words = [text for kind, text in parts if kind in ("word", "")]
    return any(kind in ("digits", "circled", "paren") for kind, _ in parts) and all(len(word) <= 10 for word in words)


_NOTE = re.compile(r"\((?![0-9]+\)|[一二三四五六七八九十]+\)|[ァ-ヺa-zA-Z]\))[^()]*\)$")


def _without_note(folded: str) -> str:
    """The number without a remark in parentheses behind it: 柱2(1)①ア(一部)."""
    return _NOTE.sub("", folded)


def components(folded: str) -> Components:
    """A folded number cut into its parts: 柱2(1)①ア → 柱, 2, (1), ①, ア."""
    return tuple((match.lastgroup or "", match[0]) for match in _COMPONENT.finditer(folded))


def completed(folded: str, base: Components) -> str:
    """An abbreviated number completed from the one before it: ②ア behind 柱2(1)①ア is 柱2(1)②ア; "" where it is whole."""
    parts = components(folded)
    kinds = tuple(kind for kind, _ in parts)
    if not 0 < len(parts) < len(base) or tuple(kind for kind, _ in base[-len(parts) :]) != kinds:
        return ""
    return "".join(text for _, text in (*base[: -len(parts)], *parts))


def spelled(number: str) -> tuple[str, ...]:
    """The folded forms in which a written number may stand in the plan, likeliest first."""
    folded = fold(number)
    bare = _without_note(folded)
    return (folded,) if folded == bare else (folded, bare)


def in_hiragana(folded: str) -> str:
    """Kana and case made one, for numbers written あ for ア."""
    return "".join(chr(ord(ch) - 0x60) if "ァ" <= ch <= "ヶ" else ch for ch in folded).lower()
