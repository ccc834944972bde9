"""Reading numbers with their units, notes and labels out of a value, one or several.

All functions work on narrowed text (:func:`xl_plan.meaning.numerals.narrow`), character for character the typed one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from xl_plan.meaning.fiscal import find_years
from xl_plan.meaning.kinds import Kind, Meaning, Remark
from xl_plan.meaning.numerals import known_unit, known_units, read_number, unit_family
from xl_plan.meaning.words import worded

# ---- notes -----------------------------------------------------------------------------------------------------

_PAIRS = {")": "(", "]": "[", "】": "【", "〕": "〔", "〉": "〈", "》": "《"}
_CLOSERS = {opener: closer for closer, opener in _PAIRS.items()}
_FOOTNOTE = re.compile(r"(?<=.)\s*(?:※|\*|(?:うち|内訳|但し|ただし|なお)(?=.))(?P<note>.+)$", re.DOTALL)


def without_notes(flat: str, typed: str) -> tuple[str, str]:
    """The narrowed text without what stands in brackets at its ends or behind ※, and those notes as typed."""
    notes: list[str] = []
    start, end = 0, len(flat)
    while True:
        while end > start and flat[end - 1].isspace():
            end -= 1
        opening = _opening(flat, start, end)
        if opening <= start:
            break
        notes.insert(0, typed[opening + 1 : end - 1].strip())
        end = opening
    if flat[start] in _CLOSERS and (close := flat.find(_CLOSERS[flat[start]], start, end)) not in {-1, end - 1}:
        notes.insert(0, typed[start + 1 : close].strip())
        start = close + 1
    if foot := _FOOTNOTE.search(flat[start:end]):
        cut = start + foot.start()
        notes.insert(0, typed[cut:end].strip().lstrip("※*＊ 　"))
        end = cut
    return flat[start:end].strip(), " ".join(note for note in notes if note)


def _opening(flat: str, start: int, end: int) -> int:
    """Where the bracket opens that closes at ``end``, -1 for none."""
    if end <= start or flat[end - 1] not in _PAIRS:
        return -1
    closer, depth = flat[end - 1], 0
    for index in range(end - 1, start - 1, -1):
        depth += (flat[index] == closer) - (flat[index] == _PAIRS[closer])
        if depth == 0:
            return index
    return -1


# ---- numbers ---------------------------------------------------------------------------------------------------

_PREFIX = re.compile(
    r"\s*(?:(?P<label>[^0-9]{0,6}?[0-9]+[万千百]?(?:人|件|回|世帯|団体|施設|箇所|か所|日|校|台|km2|ha)?(?:当たり|あたり|当り|につき)の?"
    r"|延べ?|のべ|合計|総計|累計|通算|平均|総数|計|全|実)[:]?(?=[^a-z])"
    r"|(?P<approximate>約|およそ|おおよそ|概ね|おおむね|ほぼ|凡そ|推計)"
    r"|(?P<provisional>速報値?|見込み?|暫定値?)[:]?"
    r"|(?P<per>年間|各年度?|毎年度?|月間|毎月|各月|毎週|毎日"
    r"|[0-9]{1,2}(?:年|か月|週)に(?=[0-9])|[年月週](?=に?[約延の0-9〇一二三四五六七八九十])|1日(?=[0-9約延平]))に?"
    r"|(?P<bound>最低|少なくとも|最小)|(?P<yen>[¥￥]))\s*"
)
_PER = {"年": "年", "各": "年", "月": "月", "週": "週", "1": "日"}
_SIGN = re.compile(r"(?P<minus>[▲△]|-|ー(?=[0-9])|マイナス)\s*|(?:\+|±|プラス)\s*")
_GENERIC = r"[一-鿿々ァ-ヺーA-Za-z%‰°℃㎡㎥㎞㎏/・かヶｦ-ﾟ]{1,10}?"
_PER_WORD = r"(?:/|毎)(?:[0-9]?(?:年度?間?|か?月間?|週間?|日間?|時間|人|団体|件|回|施設|箇所|km2|ha|世帯))"
_MODIFIERS = (
    ("min", r"以上|を上回る|を?超える|超過?"),
    ("max", r"以下|未満|以内|を下回る|まで"),
    ("approximate", r"程度|前後|ほど|くらい|ぐらい|あまり|余り|[強弱余]"),
    ("provisional", r"見込み?|予定|速報値?|暫定値?|概算値?|推計値?"),
    ("up", r"増加?|アップ|UP|上昇|向上|拡大"),
    ("down", r"減少?|ダウン|DOWN|低下|縮小|削減|低減"),
    ("keep", r"維持|継続"),
    ("filler", r"を?(?:目指す|目標)|とする|にする|する|です|である|を|に|の|達成|実施|開催|済み?|[.。]|\s"),
)
_MODIFIER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MODIFIERS))
_ANY = "|".join(f"(?:{pattern})" for _, pattern in _MODIFIERS)
_TAIL = re.compile(rf"(?P<per>{_PER_WORD})?(?P<modifiers>(?:{_ANY})*+)(?P<late>{_PER_WORD})?")
_REST = re.compile(rf"\s*(?P<unit>{_GENERIC})??(?P<per>{_PER_WORD})?(?P<modifiers>(?:{_ANY})*+)")
_NO_UNITS = frozenset({"月", "期", "号", "番", "条", "年度", "回目", "年目", "番目"})  # 5月, 3号: names, not amounts
_NAMED = re.compile(r"[月期]|年度")
# Counters behind a kanji numeral; with others it is a word (一部, 十分, 一般).
_COUNTED = frozenset(
    (
        *("件", "人", "回", "箇所", "か月", "か国", "か年", "団体", "地域", "地区", "世帯", "施設", "校", "園", "円"),
        *("台", "冊", "本", "枚", "個", "社", "組", "時間", "種類", "事業", "講座", "%"),
    )
)
_ZERO = re.compile(r"(?<=[0-9])[〇○◯OoＯ](?=[0-9件人名回箇か%〇○◯]|$)|(?<=[0-9.,])[〇○◯O](?=[0-9])")
_EXPONENT = re.compile(r"([0-9](?:\.[0-9]+)?)E\+?(-?[0-9]{1,2})(?![0-9])", re.IGNORECASE)


def quantity(body: str) -> Meaning | None:
    """One number with its unit, filling the whole text; None for anything else."""
    body, remarks = _mended(body)
    position, words = 0, {}
    while prefix := _PREFIX.match(body, position):
        words[prefix.lastgroup or ""] = prefix[prefix.lastgroup or 0].strip()
        position = prefix.end()
    sign = _SIGN.match(body, position)
    number = read_number(body, sign.end() if sign else position)
    if number is None or (number.kanji and body.startswith("〇", number.end - 1) and not number.value):
        return None  # 〇件 is a form's placeholder as often as it is a zero
    rest = _rest(body, number.end)
    if rest is None:
        return None
    unit, per, modifiers = rest
    if unit in _NO_UNITS or is_year(number.value, unit) or (number.kanji and unit_family(unit) not in _COUNTED):
        return None
    value = -number.value if sign and sign["minus"] else number.value
    unit = (unit or ("円" if "yen" in words else "")) + _per(per, words.get("per", ""))
    found = Meaning(Kind.NUMBER, value, "%" if unit_family(unit) == "%" else unit, label=words.get("label", ""))
    if number.kanji:
        remarks += (Remark.KANJI_NUMERAL,)
    remarks += tuple(Remark(name) for name in ("approximate", "provisional") if name in words)
    return _modified(replace(found, remarks=remarks), modifiers, "bound" in words)


def is_year(number: Decimal, unit: str) -> bool:
    """Whether 2023年 is meant and no span of years."""
    return unit == "年" and 1868 <= number <= 2117


def _rest(body: str, start: int) -> tuple[str, str, str] | None:
    """What follows a number as (unit, per what, modifiers): 人, "", 以上. None where it is something else."""
    while body.startswith((" ", "\n", "\r", "\t"), start):
        start += 1
    for unit in known_units(body, start):
        if tail := _TAIL.fullmatch(body, start + len(unit)):
            return unit, tail["per"] or tail["late"] or "", tail["modifiers"]
    match = _REST.fullmatch(body, start)
    if match is None or (match["per"] and not match["unit"]) or _NAMED.match(match["unit"] or ""):
        return None  # 3/5回, 3月策定予定
    return match["unit"] or "", match["per"] or "", match["modifiers"]


def _mended(body: str) -> tuple[str, tuple[Remark, ...]]:
    """The text with E-notation and look-alike zeros made digits, and remarks on that."""
    remarks: tuple[Remark, ...] = ()
    body = re.sub(r"(?<=[0-9]),\s+(?=[0-9]{3})", ",", body)
    if _ZERO.search(body):
        body, remarks = _ZERO.sub("0", body), (Remark.ZERO_LOOK_ALIKE,)
    if match := _EXPONENT.match(body):
        plain = f"{Decimal(match[1]).scaleb(int(match[2])):f}"
        body, remarks = plain + body[match.end() :], (*remarks, Remark.E_NOTATION)
    return body, remarks


def _per(behind: str, before: str) -> str:
    """``/年`` of ``2回/年`` and of ``年2回``."""
    if behind:
        unit = re.sub(r"^(?:/|毎)1?|度|間$", "", behind)
        return f"/{unit}"
    if before[:1].isdecimal() and not before.startswith("1日"):
        return "/" + before.removesuffix("に")
    letter = before.removeprefix("毎")[:1]
    return f"/{_PER.get(letter, letter)}" if letter else ""


def _modified(found: Meaning, modifiers: str, least: bool) -> Meaning:
    names = {match.lastgroup: match[0] for match in _MODIFIER.finditer(modifiers)}
    if found.unit == "%":
        found = replace(found, kind=Kind.PERCENT)
    if "min" in names or "max" in names or least:
        bound: Literal["min", "max"] = "max" if "max" in names else "min"
        strict = names.get(bound, "") not in {"以上", "以下", "以内", "まで", ""}
        found = replace(found, kind=Kind.BOUND, bound=bound, strict=strict)
    direction: Literal["up", "down", "keep", ""] = (
        "up" if "up" in names else "down" if "down" in names else "keep" if "keep" in names else ""
    )
    remarks = tuple(Remark(name) for name in ("approximate", "provisional") if name in names)
    return replace(found, direction=direction, remarks=found.remarks + remarks)


# ---- several ---------------------------------------------------------------------------------------------------

_STARTS_LABEL = re.compile(r"[^0-9]")
_HAS_DIGIT = re.compile(r"[0-9]")
_BREAKS = re.compile(r"[\r\n]+|[/;|・→]|(?<![0-9])[,、]|[,、](?![0-9]{3}(?![0-9]))|\s+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_LABELLED = re.compile(r"(?P<label>[^0-9▲△+\-±]{1,30}?)(?P<gap>[\s:=]*)(?P<value>[▲△+\-±]?\.?[0-9].*)", re.DOTALL)
_RUN = re.compile(r"[^0-9]{1,15}?[0-9][0-9,.]*")


def _chunks(flat: str) -> list[str]:
    """The text cut at line breaks, slashes, commas and blanks outside brackets, and behind units: 男性12人女性8人."""
    hidden = _BRACKETED.sub(lambda match: "\x00" * len(match[0]), flat)
    cuts = [0, *(edge for match in _BREAKS.finditer(hidden) for edge in match.span()), len(flat)]
    chunks = [flat[cuts[i] : cuts[i + 1]] for i in range(0, len(cuts), 2)]
    out: list[str] = []
    for chunk in chunks:
        start = 0
        while "(" not in chunk and (match := _RUN.match(chunk, start)):
            end = match.end() + len(known_unit(chunk, match.end()))
            if end == match.end() or not _HAS_DIGIT.search(chunk, end) or not _STARTS_LABEL.match(chunk, end):
                break
            out.append(chunk[start:end])
            start = end
        out.append(chunk[start:])
    return [chunk.strip() for chunk in out if chunk.strip()]


_TITLED = re.compile(r"[(\[【〈]([^()\[\]【】〈〉0-9]{1,15})[)\]】〉][\s:]*([^()\[\]【】〈〉]+?)\s*(?=$|[(\[【〈])")
_RANGE = re.compile(
    r"(?P<low>[^~]*?[0-9][^~\-]*?)\s*(?:~|から|-(?=[0-9.,]+[^0-9.,/\-]))\s*(?P<high>[0-9].*)", re.DOTALL
)


def several(flat: str) -> Meaning | None:
    """Two or more values, each perhaps with a label: ``利用者\\n59.9%\\n家族\\n59.8%``; or one with a label.

    ``10~20人`` is two values without labels. None where anything in the text is no value and no label.
    """
    titled = _TITLED.findall(flat)
    if len(titled) > 1 and "".join(_TITLED.sub("", flat).split()) == "":
        flat = "\n".join(f"{label.strip()}\n{value}" for label, value in titled)
    parts = _range(flat) or _parts(_chunks(flat))
    numeric = [part for part in parts or () if part.number is not None]
    if not parts or not numeric:
        return None
    lines = not re.search(r"[/ ,、・;|]", flat.strip())
    if not all(part.unit or part.label for part in numeric) and not (lines and len(parts) > 1):
        return None
    if len(parts) == 1:
        return parts[0]
    units = {unit_family(part.unit) for part in numeric}
    return Meaning(Kind.SEVERAL, unit=numeric[0].unit if len(units) == 1 else "", parts=tuple(parts))


def _parts(chunks: list[str]) -> list[Meaning] | None:
    """The values of the chunks, each with the labels that stand before it."""
    parts: list[Meaning] = []
    label = ""
    for chunk in chunks:
        part = _part(chunk)
        if part is not None:
            parts.append(replace(part, label=f"{label} {part.label}".strip()) if label else part)
            label = ""
        elif len(chunk) > 20 or (_HAS_DIGIT.search(chunk) and not _is_year(chunk)):
            return None
        else:
            label = f"{label} {chunk.rstrip(':=')}".strip()
    return None if label else parts


def _is_year(chunk: str) -> bool:
    years = find_years(chunk)
    return len(years) == 1 and years[0][1] == 0 and not _HAS_DIGIT.search(chunk, years[0][2])


def _range(flat: str) -> list[Meaning] | None:
    """``10~20人``, ``5-6回``: both ends, the unit of the second for both."""
    match = _RANGE.fullmatch(flat)
    if match is None or find_years(flat):
        return None
    low, high = quantity(match["low"]), quantity(match["high"])
    if low and high and low.unit[:1] == "/":  # 月1~2回
        high = replace(high, unit=high.unit + low.unit)
        low = replace(low, unit="")
    if low is None or high is None or not high.unit or (low.unit and unit_family(low.unit) != unit_family(high.unit)):
        return None
    return [replace(low, unit=high.unit, kind=high.kind if low.kind is Kind.NUMBER else low.kind), high]


def _part(chunk: str) -> Meaning | None:
    body, note = without_notes(chunk, chunk)
    found = worded(body) or quantity(body) or labelled(body)
    if found is None or found.kind is Kind.REFUSED:
        return None
    is_worded = found.kind in {Kind.NONE, Kind.PENDING, Kind.DIRECTION}
    return replace(found, note=note, label="" if is_worded else found.label)


def labelled(body: str) -> Meaning | None:
    """One number behind a label: ``満足度:85%``, ``利用者\\n62.6%``, ``R5 120件``. 柱2 is a name, not a value."""
    years = find_years(body)
    if years and years[0][1] == 0:
        label, gap, value = body[: years[0][2]], True, body[years[0][2] :].lstrip(" :=\r\n")
        if find_years(value) or value[:1] in {"~", "-", "・"}:
            return None
    else:
        match = _LABELLED.fullmatch(body)
        if match is None or years or re.search(r"[。第]|[A-Za-z]$", match["label"]):
            return None
        label, gap, value = match["label"], bool(match["gap"]), match["value"].strip()
    found = quantity(value)
    if found is None or (not found.unit and not gap):
        return None
    return replace(found, label=f"{label.strip()} {found.label}".strip())
