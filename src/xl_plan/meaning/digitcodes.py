"""A number written into the digit placeholders of a number format, or as General."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from xl_plan.meaning.formatcodes import Section, Token

_EXACT = Context(prec=60)
FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)  # the digits that Excel keeps of a number


def general(number: Decimal) -> str:
    """A number in the format General, at most 11 characters beside its sign."""
    sign, size = ("-" if number < 0 else ""), abs(number)
    if size == 0:
        return "0"
    power = size.adjusted()
    if -10 < power < 11:
        room = 10 - power - 1 if power >= 0 else 9  # digits behind the point
        plain = rounded(size, max(room, 0))
        if plain and plain.adjusted() < 11:
            text = f"{plain:f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            if power >= -4 or Decimal(text) == size:
                return sign + text
    digits = Context(prec=6, rounding=ROUND_HALF_UP).plus(size)
    mantissa = f"{digits.scaleb(-digits.adjusted()):f}"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{sign}{mantissa}E{digits.adjusted():+03d}"


def rounded(number: Decimal, places: int) -> Decimal:
    """Rounded half away from zero on the decimal digits, as Excel does: 2.5 → 3."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT) if number.adjusted() < 40 else number


def _split(section: Section) -> tuple[list[Token], list[Token], list[Token], int, bool]:
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
            tokens[index] = Token("skip", "")
            index += 1
        if last == digits[-1]:
            break
    grouped = grouped and any(t.kind == "comma" for t in tokens)
    tokens = [Token("skip", "") if t.kind == "comma" else t for t in tokens]
    if point is None:
        return tokens[: last + 1], [], tokens[last + 1 :], scale, grouped
    return tokens[:point], tokens[point + 1 :], [], scale, grouped


def fixed(number: Decimal, section: Section) -> str:
    """A number that is not negative in a section of digit placeholders."""
    whole, behind, rest, scale, grouped = _split(section)
    places = sum(token.kind == "digit" for token in behind)
    digits = rounded(number.scaleb(scale, _EXACT), places)
    ahead, _, fraction = f"{digits:f}".partition(".")
    text = _whole_part(whole, ahead.lstrip("0"), grouped)
    if section.has("point"):
        text += "." + _fraction_part(behind, fraction)
    return text + "".join(token.text for token in rest)


def _whole_part(tokens: list[Token], digits: str, grouped: bool) -> str:
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


def _fraction_part(tokens: list[Token], digits: str) -> str:
    """Digits behind the point, zeros at the end dropped under ``#`` and blank under ``?``."""
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    shown_digits = dict(zip(places, digits.ljust(len(places), "0"), strict=False))
    for index in reversed(places):
        if shown_digits[index] != "0" or tokens[index].text == "0":
            break
        shown_digits[index] = "" if tokens[index].text == "#" else " "
    return "".join(shown_digits.get(index, token.text) for index, token in enumerate(tokens))


def scientific(number: Decimal, section: Section) -> str:
    """``0.00E+00``; several placeholders before the point keep the exponent a multiple of their number."""
    index = next(i for i, token in enumerate(section.tokens) if token.kind == "exponent")
    mantissa, tail = Section(section.tokens[:index]), section.tokens[index + 1 :]
    point = next((i for i, token in enumerate(mantissa.tokens) if token.kind == "point"), len(mantissa.tokens))
    step = max(sum(token.kind == "digit" for token in mantissa.tokens[:point]), 1)
    places = sum(token.kind == "digit" for token in mantissa.tokens[point:])
    power = 0
    if number:
        power = number.adjusted() // step * step
        if rounded(number.scaleb(-power, _EXACT), places) >= 10**step:
            power += step
    digits = sum(token.kind == "digit" for token in tail)
    sign = "-" if power < 0 else "+" if section.tokens[index].text[1] == "+" else ""
    rest = "".join(token.text for token in tail if token.kind == "literal")
    return f"{fixed(number.scaleb(-power, _EXACT), mantissa)}E{sign}{abs(power):0{digits}d}{rest}"
