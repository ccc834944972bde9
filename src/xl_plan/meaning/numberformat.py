"""Excel's number formats: what a constant shows, and which unit a format writes behind it.

After ECMA-376 Part 1, 18.8.31 (numFmts), and Excel's own behaviour where that is silent: 15 significant digits,
rounding half away from zero on the decimal digits, General in 11 characters. Values are compared as shown, because
programs write one format in several ways (``#,##0"件"``, ``#,##0\\件``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from xl_plan.cells import Scalar
from xl_plan.meaning.datecodes import moment, render
from xl_plan.meaning.digitcodes import FIFTEEN, fixed, general, rounded, scientific
from xl_plan.meaning.formatcodes import GENERAL, Section
from xl_plan.meaning.formatcodes import sections as sections_of

_TOO_NARROW = "########"  # what Excel shows of a date or a number that the format cannot show

_LEAVING_TEXT = ("General", "@")  # what most texts stand in

_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {"<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq}


def shown(value: Scalar, number_format: str, date1904: bool = False) -> str:
    """What Excel shows of a constant in a column wide enough: ``shown(4049, '#,##0"件"') == "4,049件"``.

    Dates are serial numbers, of the 1904 system where ``date1904``. Colours, alignment padding (``_x``) and fills
    (``*x``) show nothing; fractions (``# ?/?``) are shown as General. None is "", a truth value TRUE or FALSE.
    """
    if isinstance(value, str):
        return value if number_format in _LEAVING_TEXT else _shown_text(value, number_format)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return _shown_number(value, number_format, date1904)


def _shown_text(text: str, number_format: str) -> str:
    if not text or number_format == "@" or ("@" not in number_format and number_format.count(";") < 3):
        return text
    section = _text_section(number_format)
    if section is None:
        return text
    return "".join(text if t.kind == "text" else "" if t.kind == "general" else t.text for t in section.tokens)


@lru_cache(maxsize=4096)
def _text_section(number_format: str) -> Section | None:
    """The section of a format that texts are shown by; None where it leaves them as they are."""
    sections = sections_of(number_format)
    section = sections[3] if len(sections) > 3 else sections[-1]
    return None if len(sections) < 4 and not section.has("text") else section


@lru_cache(maxsize=65_536, typed=True)
def _shown_number(value: int | float, number_format: str, date1904: bool) -> str:
    if value >= 0 and (simple := _simple(number_format)) and abs(value) < 1e14:
        return _quick(value, simple)
    number = _decimal(value)
    if number is None:
        return "#NUM!"
    section, bare = _choose(number, sections_of(number_format))
    if section is None:
        return _TOO_NARROW
    if section.dated:
        return _shown_date(-number if bare else number, section, date1904)
    if section.has("general", "slash") or (section.has("text") and not section.has("digit")):
        return _around(section, general(abs(number) if bare else number))
    if not section.has("digit"):
        sign = "-" if number < 0 and not bare and section.tokens else ""
        return sign + "".join(token.text for token in section.tokens)
    body = scientific(abs(number), section) if section.has("exponent") else fixed(abs(number), section)
    return "-" + body if number < 0 and not bare else body


class _Simple(NamedTuple):
    """A format like ``"年"#,##0.0"件"``: what stands around, decimals, grouped by thousands, powers of ten."""

    before: str
    behind: str
    places: int
    grouped: bool
    scale: int


_DIGIT_RUN = re.compile(r"(#,##|#*)0(?:\.(0+))?")


@lru_cache(maxsize=4096)
def _simple(number_format: str) -> _Simple | None:
    """The plain reading of a format's section for numbers from 0, None where it is not so plain."""
    sections = sections_of(number_format)
    tokens = sections[0].tokens
    if any(section.condition for section in sections) or len(sections) > 2 or sections[0].dated:
        return None
    kinds = [token.kind in {"digit", "comma", "point"} for token in tokens]
    if True not in kinds or any(token.kind not in _SIMPLE_KINDS for token in tokens):
        return None
    start, end = kinds.index(True), len(kinds) - kinds[::-1].index(True)
    match = _DIGIT_RUN.fullmatch("".join(token.text for token in tokens[start:end])) if all(kinds[start:end]) else None
    if match is None:
        return None
    before, behind = ("".join(t.text for t in part) for part in (tokens[:start], tokens[end:]))
    scale = 2 * sum(token.kind == "percent" for token in tokens)
    return _Simple(before, behind, len(match[2] or ""), "," in match[1], scale)


_SIMPLE_KINDS = frozenset({"digit", "comma", "point", "literal", "percent"})


def _quick(value: int | float, simple: _Simple) -> str:
    number: int | Decimal = (
        value if isinstance(value, int) and not simple.scale else FIFTEEN.create_decimal(repr(value))
    )
    if isinstance(number, Decimal):
        number = rounded(number.scaleb(simple.scale), simple.places)
        digits = f"{number:,f}" if simple.grouped else f"{number:f}"
    else:
        digits = f"{number:,}" if simple.grouped else str(number)
        digits += "." + "0" * simple.places if simple.places else ""
    return simple.before + digits + simple.behind


def _decimal(value: int | float) -> Decimal | None:
    """The number in the 15 digits that Excel keeps; None for infinities and NaN."""
    number = Decimal(repr(value))
    if not number.is_finite():
        return None
    return FIFTEEN.plus(number)


def _choose(number: Decimal, sections: tuple[Section, ...]) -> tuple[Section | None, bool]:
    """The section for a number, and whether it shows the number without its sign."""
    parts = [section for section in sections[:4] if not section.has("text") or len(sections) == 1][:3]
    if len(sections) == 1 and parts[0].condition is None:
        return parts[0], False
    if not parts:
        return GENERAL, False
    if all(section.condition is None for section in parts):
        index = 1 if number < 0 and len(parts) > 1 else 2 if number == 0 and len(parts) > 2 else 0
        return parts[index], index == 1
    default = [(">" if len(parts) > 2 else ">=", Decimal(0)), ("<", Decimal(0)), None]
    for index, section in enumerate(parts):
        last = index == len(parts) - 1 and index > 0
        condition = section.condition or (None if last else default[index])
        if condition is None or _TESTS[condition[0]](number, condition[1]):
            return section, _negative_only(condition, parts, index)
    return (GENERAL, False) if len(parts) == 1 else (None, False)


def _negative_only(condition: tuple[str, Decimal] | None, parts: list[Section], index: int) -> bool:
    """Whether only negative numbers reach this section, so that the sign is its own affair."""
    if condition is not None:
        return (condition[0] == "<" and condition[1] <= 0) or (condition[0] in {"<=", "="} and condition[1] < 0)
    first = parts[0].condition
    return index == 1 and first is not None and first[0] in {">", ">="} and first[1] == 0


def _around(section: Section, body: str) -> str:
    """Literals of the section around a number shown as General."""
    if section.has("slash"):
        ends = (section.tokens[0], section.tokens[-1])
        return body.join(token.text if token.kind == "literal" else "" for token in ends)
    return "".join(token.text if token.kind == "literal" else body for token in section.tokens)


def _shown_date(serial: Decimal, section: Section, date1904: bool) -> str:
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
    section = sections_of(number_format)[0]
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
    return sections_of(number_format)[0].dated


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
    if first == second or sections_of(first) == sections_of(second):
        return True
    if any(section.condition for section in (*sections_of(first), *sections_of(second))):
        return False
    return all(shown(probe, first) == shown(probe, second) for probe in _PROBES)
