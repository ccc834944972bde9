"""Excel's number formats: what a constant shows, and which unit a format writes behind it.

After ECMA-376 Part 1, 18.8.31 (numFmts), and Excel's own behaviour where that is silent: 15 significant digits,
rounding half away from zero on the decimal digits, General in 11 characters. Values are compared as shown, because
programs write one format in several ways (``#,##0"件"``, ``#,##0\\件``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from xl_plan.cells import Scalar
from xl_plan.datecodes import moment, render

_EXACT = Context(prec=60)
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_TOO_NARROW = "########"  # what Excel shows of a date or a number that the format cannot show

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/標準|標準)|(?P<half>AM/PM|A/P|午前/午後)|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+|g+|e+|a{3,4}|b{2,4})|(?P<digits>[0#?])|(?P<mark>[.,%/@;])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {"<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq}
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind`` is literal, digit, point, comma, percent, exponent, slash, text, general, date, half or elapsed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None = None
    first_year: bool = False  # 元 for year 1 of an era ([$-ja-JP-x-gannen])

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    @property
    def dated(self) -> bool:
        return self.has("date", "elapsed", "half")


_MARKS = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}


@lru_cache(maxsize=4096)
def _sections(number_format: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[_Token] = []
    condition, gannen = None, False
    for match in _TOKEN.finditer(number_format or "General"):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "bracket":
            found = _CONDITION.fullmatch(text.strip())
            condition = (found[1], Decimal(found[2])) if found else condition
            gannen = gannen or "gannen" in text.lower()
            tokens += _bracket(text)
        elif text == ";" and kind == "mark":
            sections.append(_Section(_settled(tokens), condition, gannen))
            tokens, condition, gannen = [], None, False
        else:
            tokens += _plain_token(kind, text)
    sections.append(_Section(_settled(tokens), condition, gannen))
    return tuple(sections)


def _plain_token(kind: str, text: str) -> list[_Token]:
    if kind in {"pad", "fill"}:
        return []
    if kind in {"quoted", "escaped", "other"}:
        return [_Token("literal", text)] if text else []
    if kind == "mark":
        return [_Token(_MARKS[text], text)]
    if kind == "digits":
        return [_Token("digit", text)]
    return [_Token(kind, text.lower() if kind == "date" else text)]


def _bracket(text: str) -> list[_Token]:
    """[Red], [>=100] and [$-411] show nothing; [$¥-411] shows ¥, [h] elapsed hours."""
    if text.startswith("$"):
        symbol = text[1:].split("-", 1)[0]
        return [_Token("literal", symbol)] if symbol else []
    return [_Token("elapsed", text.lower())] if _ELAPSED.fullmatch(text) else []


def _settled(tokens: list[_Token]) -> tuple[_Token, ...]:
    """Neighbouring literals joined; m beside hours or seconds made minutes; marks without digits made literals."""
    numeric = any(token.kind == "digit" for token in tokens)
    dated = any(token.kind in {"date", "elapsed"} for token in tokens)
    out: list[_Token] = []
    for token in tokens:
        kind = token.kind
        if kind in {"comma", "slash", "point"} and (not numeric or (dated and kind != "point")):
            kind = "literal"
        if kind == "literal" and out and out[-1].kind == "literal":
            out[-1] = _Token("literal", out[-1].text + token.text)
        else:
            out.append(_Token(kind, token.text))
    times = [index for index, token in enumerate(out) if token.kind in {"date", "elapsed"}]
    for index in times:
        if out[index].text in {"m", "mm"} and out[index].kind == "date" and _is_minute(out, times, index):
            out[index] = _Token("date", "n" * len(out[index].text))
    return tuple(out)


def _is_minute(tokens: list[_Token], times: list[int], index: int) -> bool:
    place = times.index(index)
    before = tokens[times[place - 1]].text[0] if place else ""
    after = tokens[times[place + 1]].text[0] if place + 1 < len(times) else ""
    return before == "h" or after == "s"


def shown(value: Scalar, number_format: str, date1904: bool = False) -> str:
    """What Excel shows of a constant in a column wide enough: ``shown(4049, '#,##0"件"') == "4,049件"``.

    Dates are serial numbers, of the 1904 system where ``date1904``. Colours, alignment padding (``_x``) and fills
    (``*x``) show nothing; fractions (``# ?/?``) are shown as General. None is "", a truth value TRUE or FALSE.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return _shown_text(value, number_format)
    return _shown_number(value, number_format, date1904)


def _shown_text(text: str, number_format: str) -> str:
    if not text or ("@" not in number_format and number_format.count(";") < 3):
        return text
    sections = _sections(number_format)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and not section.has("text"):
        return text
    return "".join(text if t.kind == "text" else "" if t.kind == "general" else t.text for t in section.tokens)


@lru_cache(maxsize=65_536, typed=True)
def _shown_number(value: int | float, number_format: str, date1904: bool) -> str:
    number = _decimal(value)
    if number is None:
        return "#NUM!"
    section, bare = _choose(number, _sections(number_format))
    if section is None:
        return _TOO_NARROW
    if section.dated:
        return _shown_date(-number if bare else number, section, date1904)
    if section.has("general", "slash") or (section.has("text") and not section.has("digit")):
        return _around(section, _general(abs(number) if bare else number))
    if not section.has("digit"):
        sign = "-" if number < 0 and not bare and section.tokens else ""
        return sign + "".join(token.text for token in section.tokens)
    body = _scientific(abs(number), section) if section.has("exponent") else _fixed(abs(number), section)
    return "-" + body if number < 0 and not bare else body


def _decimal(value: int | float) -> Decimal | None:
    """The number in the 15 digits that Excel keeps; None for infinities and NaN."""
    number = Decimal(repr(value))
    if not number.is_finite():
        return None
    return _FIFTEEN.plus(number)


def _choose(number: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section | None, bool]:
    """The section for a number, and whether it shows the number without its sign."""
    parts = [section for section in sections[:4] if not section.has("text") or len(sections) == 1][:3]
    if len(sections) == 1 and parts[0].condition is None:
        return parts[0], False
    if not parts:
        return _Section((_Token("general", "General"),)), False
    if all(section.condition is None for section in parts):
        index = 1 if number < 0 and len(parts) > 1 else 2 if number == 0 and len(parts) > 2 else 0
        return parts[index], index == 1
    default = [(">" if len(parts) > 2 else ">=", Decimal(0)), ("<", Decimal(0)), None]
    for index, section in enumerate(parts):
        last = index == len(parts) - 1 and index > 0
        condition = section.condition or (None if last else default[index])
        if condition is None or _TESTS[condition[0]](number, condition[1]):
            return section, _negative_only(condition, parts, index)
    return (_Section((_Token("general", "General"),)), False) if len(parts) == 1 else (None, False)


def _negative_only(condition: tuple[str, Decimal] | None, parts: list[_Section], index: int) -> bool:
    """Whether only negative numbers reach this section, so that the sign is its own affair."""
    if condition is not None:
        return (condition[0] == "<" and condition[1] <= 0) or (condition[0] in {"<=", "="} and condition[1] < 0)
    first = parts[0].condition
    return index == 1 and first is not None and first[0] in {">", ">="} and first[1] == 0


def _around(section: _Section, body: str) -> str:
    """Literals of the section around a number shown as General."""
    if section.has("slash"):
        literals = section.tokens[0].text if section.tokens[0].kind == "literal" else ""
        tail = section.tokens[-1].text if section.tokens[-1].kind == "literal" else ""
        return literals + body + tail
    return "".join(token.text if token.kind == "literal" else body for token in section.tokens)


def _general(number: Decimal) -> str:
    """A number in the format General, at most 11 characters beside its sign."""
    sign, size = ("-" if number < 0 else ""), abs(number)
    if size == 0:
        return "0"
    power = size.adjusted()
    if -10 < power < 11:
        room = 10 - power - 1 if power >= 0 else 9  # digits behind the point
        plain = _rounded(size, max(room, 0))
        if plain and plain.adjusted() < 11:
            text = f"{plain:f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            if power >= -4 or Decimal(text) == size:
                return sign + text
    digits = Context(prec=6, rounding=ROUND_HALF_UP).plus(size)
    mantissa = f"{digits.scaleb(-digits.adjusted()):f}"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{sign}{mantissa}E{digits.adjusted():+03d}"


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT) if number.adjusted() < 40 else number


def _split(section: _Section) -> tuple[list[_Token], list[_Token], list[_Token], int, bool]:
    """A section as (before the point, behind it, the rest), the scale in powers of ten, grouped by thousands."""
    tokens = list(section.tokens)
    digits = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    scale = 2 * sum(token.kind == "percent" for token in tokens)
    grouped = any(token.kind == "comma" and digits[0] < i < digits[-1] for i, token in enumerate(tokens))
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), None)
    last = digits[-1] if point is None else max([i for i in digits if i < point], default=digits[-1])
    for run in (last, digits[-1]):
        index = run + 1
        while index < len(tokens) and tokens[index].kind == "comma":
            scale -= 3
            tokens[index] = _Token("skip", "")
            index += 1
        if last == digits[-1]:
            break
    grouped = grouped and any(t.kind == "comma" for t in tokens)
    tokens = [_Token("skip", "") if t.kind == "comma" else t for t in tokens]
    if point is None:
        return tokens[: last + 1], [], tokens[last + 1 :], scale, grouped
    return tokens[:point], tokens[point + 1 :], [], scale, grouped


def _fixed(number: Decimal, section: _Section) -> str:
    """A number that is not negative in a section of digit placeholders."""
    whole, behind, rest, scale, grouped = _split(section)
    places = sum(token.kind == "digit" for token in behind)
    rounded = _rounded(number.scaleb(scale, _EXACT), places)
    ahead, _, fraction = f"{rounded:f}".partition(".")
    text = _whole_part(whole, ahead.lstrip("0"), grouped)
    if section.has("point"):
        text += "." + _fraction_part(behind, fraction)
    return text + "".join(token.text for token in rest)


def _whole_part(tokens: list[_Token], digits: str, grouped: bool) -> str:
    """Digits put into placeholders from the right; those left over stand before the first placeholder."""
    out: list[str] = []
    left, count = list(digits), 0
    first = next((index for index, token in enumerate(tokens) if token.kind == "digit"), -1)

    def put(digit: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0:
            out.append("," if digit != " " else " ")
        out.append(digit)
        count += 1

    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind != "digit":
            out.append(token.text[::-1])
            continue
        if left:
            put(left.pop())
        elif token.text != "#":
            put("0" if token.text == "0" else " ")
        while index == first and left:
            put(left.pop())
    if first < 0:
        out += left[::-1]
    return "".join(out)[::-1]


def _fraction_part(tokens: list[_Token], digits: str) -> str:
    """Digits behind the point, zeros at the end dropped under ``#`` and blank under ``?``."""
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    shown_digits = dict(zip(places, digits.ljust(len(places), "0"), strict=False))
    for index in reversed(places):
        if shown_digits[index] != "0" or tokens[index].text == "0":
            break
        shown_digits[index] = "" if tokens[index].text == "#" else " "
    return "".join(shown_digits.get(index, token.text) for index, token in enumerate(tokens))


def _scientific(number: Decimal, section: _Section) -> str:
    """``0.00E+00``; several placeholders before the point keep the exponent a multiple of their number."""
    index = next(i for i, token in enumerate(section.tokens) if token.kind == "exponent")
    mantissa, tail = _Section(section.tokens[:index]), section.tokens[index + 1 :]
    point = next((i for i, token in enumerate(mantissa.tokens) if token.kind == "point"), len(mantissa.tokens))
    step = max(sum(token.kind == "digit" for token in mantissa.tokens[:point]), 1)
    places = sum(token.kind == "digit" for token in mantissa.tokens[point:])
    power = 0
    if number:
        power = number.adjusted() // step * step
        if _rounded(number.scaleb(-power, _EXACT), places) >= 10**step:
            power += step
    digits = sum(token.kind == "digit" for token in tail)
    sign = "-" if power < 0 else "+" if section.tokens[index].text[1] == "+" else ""
    rest = "".join(token.text for token in tail if token.kind == "literal")
    return f"{_fixed(number.scaleb(-power, _EXACT), mantissa)}E{sign}{abs(power):0{digits}d}{rest}"


def _shown_date(serial: Decimal, section: _Section, date1904: bool) -> str:
    """A serial number in a section of date codes; decimals of seconds stand as digits behind a point."""
    places = sum(token.kind == "digit" for token in section.tokens)
    seconds = any(token.text[0] == "s" for token in section.tokens if token.kind in {"date", "elapsed"})
    at = moment(serial, date1904, places if seconds else None)
    if at is None:
        return _TOO_NARROW
    codes: list[tuple[str, str]] = []
    digits = f"{at.seconds % 1:.9f}"[2:]
    for token in section.tokens:
        if token.kind == "digit":
            codes.append(("literal", digits[:1]))
            digits = digits[1:]
        else:
            codes.append((token.kind, token.text))
    return render(codes, at, half_day=section.has("half"), first_year=section.first_year)


@lru_cache(maxsize=4096)
def unit_of(number_format: str) -> str:
    """The unit a format writes behind a number: 件 of ``#,##0"件"`` and ``#,##0\\件``, ``%``, 円 of ¥, else ""."""
    section = _sections(number_format)[0]
    if section.dated:
        return ""
    if section.has("percent"):
        return "%"
    numeric = [i for i, token in enumerate(section.tokens) if token.kind in {"digit", "general", "exponent", "comma"}]
    if not numeric:
        return ""
    behind = "".join(token.text for token in section.tokens[numeric[-1] + 1 :] if token.kind in {"literal", "slash"})
    if behind.strip(" )-"):
        return behind.strip().strip(")-") if "(" not in behind else behind.strip()
    before = "".join(token.text for token in section.tokens[: numeric[0]] if token.kind == "literal")
    return "円" if before.strip() in {"¥", "￥"} else ""


@lru_cache(maxsize=4096)
def is_date(number_format: str) -> bool:
    """Whether a number in this format is shown as a date or a time."""
    return _sections(number_format)[0].dated


def format_for(unit: str, decimals: int = 0) -> str:
    """The format that writes a unit: ``件`` → ``#,##0"件"``, ``%`` with 2 decimals → ``0.00%``, "" → ``#,##0``."""
    point = "." + "0" * decimals if decimals > 0 else ""
    if unit in {"%", "％"}:
        return f"0{point}%"
    quoted = '\\"'.join(f'"{part}"' if part else "" for part in unit.split('"'))
    return f"#,##0{point}{quoted}"


_PROBES: tuple[Scalar, ...] = (
    *(0, 1, -1, 5, 12, -12, 123, 999, 1000, 4049, -4049, 1234567, -1234567, 13980306, 45383, 43585, 43586, 60),
    *(0.5, -0.5, 0.125, 0.872, 0.8725, 1.005, 87.2, -87.25, 12.3456, 0.000012, 1e12, 1.5e20, 45383.75, 0.999988),
    "文",
)


@lru_cache(maxsize=4096)
def equivalent(first: str, second: str) -> bool:
    """Whether two formats show the same: ``#,##0"件"`` and ``#,##0\\件``, whatever colours and padding they carry.

    Decided by structure, else by what both show of some thirty values; formats with conditions only by structure.
    """
    if first == second or _sections(first) == _sections(second):
        return True
    if any(section.condition for section in (*_sections(first), *_sections(second))):
        return False
    return all(shown(probe, first) == shown(probe, second) for probe in _PROBES)
