"""Number formats taken apart: sections of tokens, as ECMA-376 Part 1, 18.8.31, describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/標準|標準)|(?P<half>AM/PM|A/P|午前/午後)|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+|g+|e+|a{3,4}|b{2,4})|(?P<digits>[0#?])|(?P<mark>[.,%/@;])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is literal, digit, point, comma, percent, exponent, slash, text, general, date, half or elapsed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    first_year: bool = False  # 元 for year 1 of an era ([$-ja-JP-x-gannen])

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    @property
    def dated(self) -> bool:
        return self.has("date", "elapsed", "half")


GENERAL = Section((Token("general", "General"),))
_MARKS = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}


@lru_cache(maxsize=4096)
def sections(number_format: str) -> tuple[Section, ...]:
    """The sections of a format, in the order written; colours and padding are gone, they show nothing."""
    found_sections: list[Section] = []
    tokens: list[Token] = []
    condition, gannen = None, False
    for match in _TOKEN.finditer(number_format or "General"):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "bracket":
            found = _CONDITION.fullmatch(text.strip())
            condition = (found[1], Decimal(found[2])) if found else condition
            gannen = gannen or "gannen" in text.lower()
            tokens += _bracket(text)
        elif text == ";" and kind == "mark":
            found_sections.append(Section(_settled(tokens), condition, gannen))
            tokens, condition, gannen = [], None, False
        else:
            tokens += _plain_token(kind, text)
    found_sections.append(Section(_settled(tokens), condition, gannen))
    return tuple(found_sections)


def _plain_token(kind: str, text: str) -> list[Token]:
    if kind in {"pad", "fill"}:
        return []
    if kind in {"quoted", "escaped", "other"}:
        return [Token("literal", text)] if text else []
    if kind == "mark":
        return [Token(_MARKS[text], text)]
    if kind == "digits":
        return [Token("digit", text)]
    return [Token(kind, text.lower() if kind == "date" else text)]


def _bracket(text: str) -> list[Token]:
    """[Red], [>=100] and [$-411] show nothing; [$¥-411] shows ¥, [h] elapsed hours."""
    if text.startswith("$"):
        symbol = text[1:].split("-", 1)[0]
        return [Token("literal", symbol)] if symbol else []
    return [Token("elapsed", text.lower())] if _ELAPSED.fullmatch(text) else []


def _settled(tokens: list[Token]) -> tuple[Token, ...]:
    """Neighbouring literals joined; m beside hours or seconds made minutes; marks without digits made literals."""
    numeric = any(token.kind == "digit" for token in tokens)
    dated = any(token.kind in {"date", "elapsed"} for token in tokens)
    out: list[Token] = []
    for token in tokens:
        kind = token.kind
        if kind in {"comma", "slash", "point"} and (not numeric or (dated and kind != "point")):
            kind = "literal"
        if kind == "literal" and out and out[-1].kind == "literal":
            out[-1] = Token("literal", out[-1].text + token.text)
        else:
            out.append(Token(kind, token.text))
    times = [index for index, token in enumerate(out) if token.kind in {"date", "elapsed"}]
    for index in times:
        if out[index].text in {"m", "mm"} and out[index].kind == "date" and _is_minute(out, times, index):
            out[index] = Token("date", "n" * len(out[index].text))
    return tuple(out)


def _is_minute(tokens: list[Token], times: list[int], index: int) -> bool:
    place = times.index(index)
    before = tokens[times[place - 1]].text[0] if place else ""
    after = tokens[times[place + 1]].text[0] if place + 1 < len(times) else ""
    return before == "h" or after == "s"
