"""Our own part of the package: cells that the library cannot write rightly, and a zip without clock or machine.

The library writes such a cell as the formula ``XLPLAN(n)``; here that is replaced by the n-th of the cells that we
rendered ourselves. It is needed where the library would

* give a formula's empty result no type, and its other results no escapes;
* take text of the form ``<r>…</r>`` for markup;
* escape ``_x0041_x0042_`` so that it reads back as other text, and escape rich text twice;
* round a number to 16 digits.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from xl_plan.cells import Font

PLACEHOLDER = "XLPLAN"
_PLACED = re.compile(
    rf'<c (r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?><f>{PLACEHOLDER}\(([0-9]+)\)</f><v>[^<]*</v></c>'
)
_SHEET = re.compile(r"xl/worksheets/sheet[0-9]+\.xml")
_NEEDS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
_JAPANESE_FONT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uff00-\uffef]|^(?:BIZ UD|Meiryo|Yu |MS |Noto .*JP)")


@dataclass(frozen=True, slots=True)
class RawCell:
    """The type attribute and the content of a cell element."""

    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class RawRun:
    """A stretch of rich text with the whole font it is shown in."""

    text: str
    font: Font


def is_plain(text: str) -> bool:
    """Whether the library may write this text: it needs no escape and cannot be taken for markup."""
    return not (_NEEDS_ESCAPE.search(text) or (text.startswith("<r>") and text.endswith("</r>")))


def escape_controls(text: str) -> str:
    """Excel's own escapes: control characters, and the underscore of text that looks like an escape."""
    return _NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def escape_text(text: str) -> str:
    """Text as it stands between tags."""
    return escape_controls(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def font_family(name: str) -> int:
    """Windows' font families: a substitute is chosen by it where the font is missing. 1 roman, 2 swiss, 3 modern."""
    if "明朝" in name or "Mincho" in name:
        return 1
    return 3 if "ゴシック" in name or "Gothic" in name else 2


def font_charset(name: str) -> int:
    """128 (Japanese) makes Windows choose a Japanese substitute; 0 elsewhere."""
    return 128 if _JAPANESE_FONT.search(name) else 0


def number_text(number: int | float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(number)


def raw_text(text: str) -> RawCell:
    return RawCell("inlineStr", f'<is><t xml:space="preserve">{escape_text(text)}</t></is>')


def raw_rich(runs: Sequence[RawRun]) -> RawCell:
    parts = [
        f'<r><rPr>{_font_xml(run.font)}</rPr><t xml:space="preserve">{escape_text(run.text)}</t></r>' for run in runs
    ]
    return RawCell("inlineStr", f"<is>{''.join(parts)}</is>")


def _font_xml(font: Font) -> str:
    marks = (("b", font.bold), ("i", font.italic), ("strike", font.strike), ("u", font.underline))
    xml = "".join(f"<{tag}/>" for tag, on in marks if on)
    xml += f'<sz val="{font.size:g}"/>'
    if font.colour:
        xml += f'<color rgb="FF{font.colour[1:].upper()}"/>'
    name = escape_text(font.name).replace('"', "&quot;")
    xml += f'<rFont val="{name}"/><family val="{font_family(font.name)}"/>'
    charset = font_charset(font.name)
    return xml + (f'<charset val="{charset}"/>' if charset else "")


def raw_number(number: int | float) -> RawCell:
    return RawCell("n", f"<v>{number_text(number)}</v>")


def raw_error(value: str) -> RawCell:
    return RawCell("e", f"<v>{escape_text(value)}</v>")


def raw_formula(formula: str, result: str | int | float | bool | None, error: bool) -> RawCell:
    """A formula with its last result; without one it has an empty text, never 0."""
    f = f"<f>{escape_text(formula)}</f>"
    if isinstance(result, bool):
        return RawCell("b", f"{f}<v>{int(result)}</v>")
    if isinstance(result, int | float):
        return RawCell("n", f"{f}<v>{number_text(result)}</v>")
    return RawCell("e" if error and result else "str", f"{f}<v>{escape_text(result or '')}</v>")


def finished(package: bytes, raw: Sequence[RawCell]) -> bytes:
    """The package with our own cells in place and nothing in it that depends on the day or the machine."""
    placed = 0

    def place(match: re.Match[str]) -> str:
        nonlocal placed
        placed += 1
        cell = raw[int(match[2])]
        return f'<c {match[1]} t="{cell.kind}">{cell.body}</c>'

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w") as result:
        for member in source.infolist():
            content = source.read(member)
            if raw and _SHEET.fullmatch(member.filename):
                content = _PLACED.sub(place, content.decode("utf-8")).encode("utf-8")
            info = zipfile.ZipInfo(member.filename, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # zipfile would say whether this is Windows
            result.writestr(info, content, compresslevel=6)
    if placed != len(raw):
        raise RuntimeError(f"{len(raw) - placed} cells not placed: the library writes cells in another form")
    return target.getvalue()
