"""Excel's four ways to name a colour, resolved to ``#RRGGBB``: RGB, theme with tint, palette index, automatic."""

from __future__ import annotations

import re
from collections.abc import Callable

from xl_plan.excel.package import Attributes, Package, truth

# The order of Excel's theme indices is that of the theme's part with its first two pairs swapped.
_SCHEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")
SCHEME = (*_SCHEME, "folHlink")
_TEXT = 1  # the index of dk1, the colour of writing

# What a workbook without a theme part is shown with: the theme of Office 2007.
_OFFICE = ("FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646")
OFFICE_THEME = (*_OFFICE, "0000FF", "800080")

_BASIC = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_REST = (
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"
)
DEFAULT_PALETTE = (*_BASIC, *_BASIC, *_REST.split())

_HLS = 240  # Excel reckons tints in Windows' integer hue, luminance and saturation
_RGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")

Triple = tuple[int, int, int]


class Colours:
    """The theme and the palette of one workbook."""

    def __init__(self) -> None:
        self.theme: tuple[str, ...] = OFFICE_THEME
        self.palette: tuple[str, ...] = DEFAULT_PALETTE
        self.text_is_automatic = True  # dk1 is the window's text colour, as in every theme of Office

    def read_theme(self, package: Package, part: str) -> None:
        """Take the first colour scheme of a theme part."""
        slots: dict[str, str] = {}
        system: set[str] = set()

        def slot(name: str) -> None:
            def rgb(attributes: Attributes) -> None:
                slots.setdefault(name, attributes.get("val", ""))

            def sys(attributes: Attributes) -> None:
                slots.setdefault(name, attributes.get("lastClr", ""))
                system.add(name)

            starts[f"{name}/srgbClr"] = rgb
            starts[f"{name}/sysClr"] = sys

        starts: dict[str, Callable[[Attributes], object]] = {}
        for name in SCHEME:
            slot(name)
        package.walk(part, starts)
        self.text_is_automatic = "dk1" in system
        self.theme = tuple(
            value.upper() if _RGB.fullmatch(value := slots.get(name, "")) else default
            for name, default in zip(SCHEME, OFFICE_THEME, strict=True)
        )

    def resolve(self, attributes: Attributes | None, writing: bool = False) -> str | None:
        """The colour of a colour element, None for automatic.

        For ``writing`` the theme's plain text colour is automatic too: programs name it either way.
        """
        if not attributes or truth(attributes, "auto"):
            return None
        base = self._base(attributes, writing)
        if base is None:
            return None
        tint = _number(attributes.get("tint", ""))
        return "#" + (tinted(base, tint) if tint else base)

    def _base(self, attributes: Attributes, writing: bool) -> str | None:
        if match := _RGB.fullmatch(attributes.get("rgb", "")):
            return match[1].upper()
        if (index := attributes.get("theme", "")).isdecimal():
            if writing and int(index) == _TEXT and self.text_is_automatic and not _number(attributes.get("tint", "")):
                return None
            return self.theme[int(index)] if int(index) < len(self.theme) else None
        if (index := attributes.get("indexed", "")).isdecimal() and int(index) < len(self.palette):
            return self.palette[int(index)]
        return None  # indices from 64 on are the system's own


def custom_palette(entries: list[str]) -> tuple[str, ...]:
    """The default palette with a file's own ``indexedColors`` in its place."""
    own = [match[1].upper() if (match := _RGB.fullmatch(entry)) else "000000" for entry in entries[:64]]
    return (*own, *DEFAULT_PALETTE[len(own) :])


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if -1.0 <= value <= 1.0 else 0.0


def mixed(front: str, back: str, share: float) -> str:
    """A pattern seen from afar: ``share`` of the front colour over the back one (both ``#RRGGBB``)."""
    pairs = zip(_triple(front[1:]), _triple(back[1:]), strict=True)
    return "#" + "".join(f"{round(fore * share + rear * (1 - share)):02X}" for fore, rear in pairs)


def tinted(rgb: str, tint: float) -> str:
    """A colour (``RRGGBB``) made darker (tint < 0) or lighter, to the digit as Excel shows it."""
    triple = _triple(rgb)
    if min(triple) == max(triple):  # greys are reckoned in full, not in 240 steps
        grey = triple[0] * (1 + tint) if tint < 0 else triple[0] * (1 - tint) + 255 * tint
        return f"{round(grey):02X}" * 3
    hue, luminance, saturation = _to_hls(triple)
    shade = luminance * (1 + tint) if tint < 0 else luminance * (1 - tint) + _HLS - _HLS * (1 - tint)
    return "".join(f"{part:02X}" for part in _to_rgb(hue, int(shade), saturation))


def _triple(rgb: str) -> Triple:
    return int(rgb[0:2], 16), int(rgb[2:4], 16), int(rgb[4:6], 16)


def _to_hls(rgb: Triple) -> Triple:
    high, low = max(rgb), min(rgb)
    span, total = high - low, high + low
    luminance = (total * _HLS + 255) // 510
    room = total if luminance <= _HLS // 2 else 510 - total
    saturation = (span * _HLS + room // 2) // room
    red, green, blue = (((high - part) * (_HLS // 6) + span // 2) // span for part in rgb)
    if rgb[0] == high:
        hue = blue - green
    elif rgb[1] == high:
        hue = _HLS // 3 + red - blue
    else:
        hue = 2 * _HLS // 3 + green - red
    return hue % _HLS, luminance, saturation


def _to_rgb(hue: int, luminance: int, saturation: int) -> Triple:
    if luminance <= _HLS // 2:
        high = (luminance * (_HLS + saturation) + _HLS // 2) // _HLS
    else:
        high = luminance + saturation - (luminance * saturation + _HLS // 2) // _HLS
    low = 2 * luminance - high
    third = _HLS // 3
    return _channel(low, high, hue + third), _channel(low, high, hue), _channel(low, high, hue - third)


def _channel(low: int, high: int, hue: int) -> int:
    hue %= _HLS
    sixth = _HLS // 6
    if hue < sixth:
        value = low + ((high - low) * hue + sixth // 2) // sixth
    elif hue < _HLS // 2:
        value = high
    elif hue < 2 * _HLS // 3:
        value = low + ((high - low) * (2 * _HLS // 3 - hue) + sixth // 2) // sixth
    else:
        value = low
    return min(max((value * 255 + _HLS // 2) // _HLS, 0), 255)
