"""Which fills count as blue.

Blue is a family, not one value: offices take it from the palette, from a theme with a tint, or mix it themselves.
"""

from __future__ import annotations

import colorsys

_HUES = (175.0, 262.0)  # degrees: from aqua (水色) to indigo; green-teal and violet stay outside
_CHROMA = 14  # of 255: below this a tint is white or grey to the eye

PALE_BLUE = "#DDEBF7"  # a cell to fill


def is_blue(fill: str | None) -> bool:
    """Whether a fill ``#RRGGBB`` is visibly blue; None (no fill) is not."""
    if fill is None:
        return False
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    if max(red, green, blue) - min(red, green, blue) < _CHROMA:
        return False
    hue, _, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    return _HUES[0] <= hue * 360 <= _HUES[1] and value > 0.15
