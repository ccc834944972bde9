"""Style → the library's format, one for each distinct look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xl_plan.cells import DEFAULT_STYLE, Font, Style
from xl_plan.excel.write_limits import UnwritableCell, check_colour, check_text
from xl_plan.excel.write_package import font_charset, font_family

# The Normal font whatever font cells use: column widths count in its digits. Those of BIZ UDゴシック 10.5 are 7 pixels
# wide as Calibri 11's are, and LibreOffice then draws columns as wide as Excel does; for Calibri it puts in another
# font where it has none, and columns come out up to a third wider. Without a scheme, since Japanese Excel would put
# the theme's Japanese font in its place.
NORMAL_FONT: dict[str, Any] = {"font_name": "BIZ UDゴシック", "font_size": 10.5, "font_scheme": "none"}

_BORDERS = (
    "",
    "thin",
    "medium",
    "dashed",
    "dotted",
    "thick",
    "double",
    "hair",
    "mediumDashed",
    "dashDot",
    "mediumDashDot",
    "dashDotDot",
    "mediumDashDotDot",
    "slantDashDot",
)
_HORIZONTAL = {
    "left": "left",
    "center": "center",
    "right": "right",
    "fill": "fill",
    "justify": "justify",
    "centerContinuous": "center_across",
    "distributed": "distributed",
}
_VERTICAL = {
    "top": "top",
    "center": "vcenter",
    "bottom": "bottom",
    "justify": "vjustify",
    "distributed": "vdistributed",
}


class Formats:
    """The formats of one workbook."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[Style, Any] = {}

    def of(self, style: Style, sheet: str, cell: str) -> Any:
        """The format of a style; None for the default look, which needs none."""
        if style == DEFAULT_STYLE:
            return None
        if style not in self._made:
            self._made[style] = self._workbook.add_format(_properties(style, sheet, cell))
        return self._made[style]

    @property
    def all(self) -> tuple[Any, ...]:
        """Every format made for a style, in the order of their making."""
        return tuple(self._made.values())

    def attributes(self, found: Sequence[str]) -> Mapping[Style, str]:
        """Style → the attribute that says a cell's look, when the formats of ``all`` have got these; the default look
        has none."""
        return dict(zip(self._made, found, strict=True))

    def of_highlight(self, sheet: str, cell: str, fill: str | None, colour: str | None, bold: bool) -> Any:
        """The partial format of a conditional format: only what changes, and no font name."""
        properties: dict[str, Any] = {}
        if fill:
            # Excel reads the fill of a conditional format from the background colour.
            properties["bg_color"] = check_colour(sheet, cell, fill)
        if colour:
            properties["font_color"] = check_colour(sheet, cell, colour)
        if bold:
            properties["bold"] = True
        return self._workbook.add_format(properties)


def _properties(style: Style, sheet: str, cell: str) -> dict[str, Any]:
    number_format = style.number_format or "General"
    if number_format != "General":
        check_text(sheet, cell, number_format, 255, "style")
    properties: dict[str, Any] = {"num_format": number_format, "locked": style.locked}
    properties |= _font(style.font, sheet, cell)
    if style.fill:
        properties |= {"pattern": 1, "fg_color": check_colour(sheet, cell, style.fill)}
    sides = style.border
    for side, line in (("left", sides.left), ("right", sides.right), ("top", sides.top), ("bottom", sides.bottom)):
        if line and line != "none":
            properties[side] = _BORDERS.index(_known(line, _BORDERS, sheet, cell))
    return properties | _alignment(style, sheet, cell)


def _font(font: Font, sheet: str, cell: str) -> dict[str, Any]:
    from xlsxwriter.color import Color

    if not (font.name and 1 <= font.size <= 409):
        raise UnwritableCell(sheet, cell, "style", f"font {font.name} {font.size}")
    properties: dict[str, Any] = {
        "font_name": check_text(sheet, cell, font.name, 31, "style"),
        # A whole size as int, since 11 and 11.0 are equal and must give the same bytes.
        "font_size": int(font.size) if font.size == int(font.size) else font.size,
        "font_family": font_family(font.name),
        "font_charset": font_charset(font.name),
        # None would be written as the theme's text colour, which is something else than automatic.
        "font_color": check_colour(sheet, cell, font.colour) if font.colour else Color.automatic(),
    }
    marks = (("bold", font.bold), ("italic", font.italic), ("underline", font.underline))
    properties |= {name: 1 for name, on in (*marks, ("font_strikeout", font.strike)) if on}
    return properties


def _alignment(style: Style, sheet: str, cell: str) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if style.horizontal and style.horizontal != "general":
        properties["align"] = _HORIZONTAL[_known(style.horizontal, _HORIZONTAL, sheet, cell)]
    if style.vertical:
        properties["valign"] = _VERTICAL[_known(style.vertical, _VERTICAL, sheet, cell)]
    if style.wrap:
        properties["text_wrap"] = 1
    if style.shrink:
        properties["shrink"] = 1
    if style.indent:
        properties["indent"] = int(style.indent)
    if style.rotation:
        properties["rotation"] = _rotation(style.rotation, sheet, cell)
    return properties


def _rotation(rotation: int, sheet: str, cell: str) -> int:
    """The library's angle: -90 to 90, or 270 (255 in a file) for letters one below another; 91-180 as files have it."""
    if rotation in {255, 270}:
        return 270
    if 90 < rotation <= 180:
        return 90 - rotation
    if -90 <= rotation <= 90:
        return int(rotation)
    raise UnwritableCell(sheet, cell, "style", f"rotation {rotation}")


def _known(name: str, names: Any, sheet: str, cell: str) -> str:
    if name not in names:
        raise UnwritableCell(sheet, cell, "style", name)
    return name
