"""Our own part of the package: the rows of every sheet and the texts they share.

The library makes the frame of a workbook (looks, columns, pages, rules, charts, notes, links) and gets no cell to
write. The rows come from :mod:`xl_plan.excel.write_rows`, since the library would

* give a formula's empty result no type, and its other results no escapes;
* take text of the form ``<r>…</r>`` for markup;
* escape ``_x0041_x0042_`` so that it reads back as other text, and escape rich text twice;
* round a number to 16 digits;
* take four times as long.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_plan.cells import Font
from xl_plan.excel.write_zip import Part, part, zipped

Frame = Mapping[str, bytes]  # the parts of a package by name

_ROWS = re.compile(r"<sheetData ?/>|<sheetData>.*?</sheetData>", re.DOTALL)
_LINKS = re.compile("</hyperlinks>|(?=<printOptions|<pageMargins)")  # the end of the library's, or where they go
_MERGES = re.compile("(?=<phoneticPr|<conditionalFormatting|<dataValidations|<hyperlinks|<printOptions|<pageMargins)")
_EXTENT = re.compile(r'<dimension ref="[^"]*" ?/>')
_STRINGS = "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NEEDS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
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
    """The shortest text that reads back as the same number; equal numbers have one text."""
    whole = int(number)
    return str(whole) if whole == number and abs(whole) < 10**15 else repr(float(number))


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


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet as XML in pieces, the area they take, and the links and merged areas in it."""

    xml: Sequence[bytes]
    extent: str
    links: str = ""
    merges: str = ""


class Strings:
    """The texts that the cells of a workbook share, in the order in which they were first met."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._items: list[str] = []
        self.used = 0

    def place(self, text: str) -> int:
        """Where a text stands. Raises KeyError for one that was never met."""
        return self._places[text]

    def meet(self, text: str) -> bool:
        """A text that a cell has; whether it is met for the first time."""
        self.used += 1
        new = text not in self._places
        if new:
            space = ' xml:space="preserve"' if text != text.strip() else ""
            self._items.append(f"<si><t{space}>{escape_text(text)}</t></si>")
            self._places[text] = len(self._items) - 1
        return new

    def xml(self) -> str:
        head = f'<sst xmlns="{_MAIN}" count="{self.used}" uniqueCount="{len(self._items)}">'
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{head}{"".join(self._items)}</sst>'


def first_rows(frame: Frame, sheet: int) -> str:
    """The rows that the library wrote into a sheet (numbered from 0)."""
    found = _ROWS.search(frame[_sheet_part(sheet)].decode("utf-8"))
    return found[0] if found else ""


def frame_parts(package: bytes) -> Frame:
    """The parts of the library's package in their order."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return {member.filename: source.read(member) for member in source.infolist()}


def sheet_part(frame: Frame, index: int, rows: Rows) -> Part:
    """The part of a sheet (numbered from 0), our rows in the library's frame."""
    name = _sheet_part(index)
    return part(name, _with_rows(frame[name].decode("utf-8"), rows))


def finished(frame: Frame, sheets: Sequence[Part], strings: Strings) -> bytes:
    """The package with our sheets in place and nothing in it that depends on the day or the machine."""
    ours = {each.name: each for each in (*sheets, part(_STRINGS, (strings.xml().encode("utf-8"),)))}
    missing = ours.keys() - frame.keys()
    if missing:
        raise RuntimeError(f"the library names its parts otherwise: no {', '.join(sorted(missing))}")
    return zipped([ours.get(name) or part(name, (content,)) for name, content in frame.items()])


def _sheet_part(index: int) -> str:
    return f"xl/worksheets/sheet{index + 1}.xml"


def _with_rows(frame: str, rows: Rows) -> Iterator[bytes]:
    """The library's frame of a sheet with our rows, links and merged areas in it, in pieces."""
    links = merges = 1
    if rows.links:
        frame, links = _LINKS.subn(lambda end: f"{'' if end[0] else '<hyperlinks>'}{rows.links}</hyperlinks>", frame, 1)
    if rows.merges:
        frame, merges = _MERGES.subn(lambda _: rows.merges, frame, count=1)
    frame, extents = _EXTENT.subn(lambda _: f'<dimension ref="{rows.extent}"/>', frame, count=1)
    around = _ROWS.split(frame, maxsplit=1)
    if (extents, len(around), links, merges) != (1, 2, 1, 1):
        raise RuntimeError("the library writes the frame of a sheet in another form")
    yield f"{around[0]}<sheetData>".encode()
    yield from rows.xml
    yield f"</sheetData>{around[1]}".encode()
