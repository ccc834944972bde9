"""The styles part: cell formats by index, resolved to :class:`Style` when a cell first asks for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from xl_plan.cells import DEFAULT_STYLE, Border, Font, Run, Style
from xl_plan.excel.colours import Colours, custom_palette, mixed
from xl_plan.excel.package import Attributes, Package, truth
from xl_plan.excel.richtext import Marks, RichString, unescape

# Formats that a file names by number only. Dates stand as Japanese Excel shows them: 14 is "the short date of the
# place", and 27–36 and 50–58 exist in East Asia alone.
_BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "¥#,##0;¥-#,##0",
    6: "¥#,##0;[Red]¥-#,##0",
    7: "¥#,##0.00;¥-#,##0.00",
    8: "¥#,##0.00;[Red]¥-#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"',
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((27, 36, 50, 57), "[$-411]ge.m.d"),
    **dict.fromkeys((28, 29, 51, 54, 58), '[$-411]ggge"年"m"月"d"日"'),
    **dict.fromkeys((34, 52, 55), 'yyyy"年"m"月"'),
    **dict.fromkeys((35, 53, 56), 'm"月"d"日"'),
}

# How much of a patterned cell is ink.
_INK = {
    "darkGray": 0.75,
    "mediumGray": 0.5,
    "lightGray": 0.25,
    "gray125": 0.125,
    "gray0625": 0.0625,
}
_INK_OF_LINES = {True: 0.5, False: 0.25}  # dark and light stripes, grids and trellises

T = TypeVar("T")
Parts = dict[str, Attributes]  # the children of an element by name

_CHILDREN = {
    "font": ("b", "i", "strike", "u", "sz", "name", "color"),
    "fill": ("patternFill", "gradientFill"),
    "patternFill": ("fgColor", "bgColor"),
    "stop": ("color",),
    "border": ("left", "right", "start", "end", "top", "bottom"),
    "xf": ("alignment", "protection"),
}


class Styles:
    """The formats of one workbook."""

    def __init__(self) -> None:
        self.colours = Colours()
        self._codes: dict[str, str] = {}
        self._fonts: list[Parts] = []
        self._fills: list[Parts] = []
        self._borders: list[Parts] = []
        self._formats: list[Parts] = []
        self._resolved: dict[str, Style] = {}
        self._known_fonts: dict[str, Font] = {}
        self._known_fills: dict[str, str | None] = {}
        self._known_borders: dict[str, Border] = {}
        self._looks: dict[tuple[Style, Run], Style] = {}

    def style(self, index: str) -> Style:
        """The style of a cell's ``s`` attribute; the default one where the file has none."""
        known = self._resolved.get(index)
        if known is None:
            known = self._resolve(_index(index))
            self._resolved[index] = known
        return known

    def _resolve(self, index: int) -> Style:
        parts = _pick(self._formats, index)
        if parts is None:
            return DEFAULT_STYLE
        main, alignment = parts["xf"], parts.get("alignment", {})
        horizontal = alignment.get("horizontal", "")
        return Style(
            number_format=self._code(main.get("numFmtId", "0")),
            font=_once(self._known_fonts, main.get("fontId", "0"), self._font),
            fill=_once(self._known_fills, main.get("fillId", "0"), self._fill),
            border=_once(self._known_borders, main.get("borderId", "0"), self._border),
            horizontal="" if horizontal == "general" else horizontal,
            vertical=alignment.get("vertical", ""),
            wrap=truth(alignment, "wrapText"),
            shrink=truth(alignment, "shrinkToFit"),
            indent=max(_index(alignment.get("indent", "0")), 0),
            rotation=_rotation(_index(alignment.get("textRotation", "0"))),
            locked=truth(parts.get("protection", {}), "locked", True),
        )

    def _code(self, number: str) -> str:
        return self._codes.get(number) or _BUILT_IN.get(_index(number), "General")

    def _font(self, index: str) -> Font:
        parts = _pick(self._fonts, _index(index))
        if parts is None:
            return Font()
        marks = self._run(parts)
        try:
            size = float(_value(parts, "sz", "11"))
        except ValueError:
            size = 11.0
        return Font(
            name=_value(parts, "name", "Calibri"),
            size=size if 0 < size <= 409 else 11.0,
            bold=marks.bold,
            italic=_on(parts, "i"),
            underline=marks.underline,
            strike=marks.strike,
            colour=marks.colour,
        )

    def _fill(self, index: str) -> str | None:
        parts = _pick(self._fills, _index(index))
        if parts is None:
            return None
        if "gradientFill" in parts:
            return self.colours.resolve(parts.get("color"))
        pattern = parts.get("patternFill", {}).get("patternType", "none")
        front, back = self.colours.resolve(parts.get("fgColor")), self.colours.resolve(parts.get("bgColor"))
        if pattern in {"", "none"}:
            return None
        if pattern == "solid":
            return front
        ink = _INK.get(pattern) or _INK_OF_LINES[pattern.startswith("dark")]
        return mixed(front or "#000000", back or "#FFFFFF", ink)

    def _border(self, index: str) -> Border:
        parts = _pick(self._borders, _index(index)) or {}

        def line(*names: str) -> str:
            style = next((parts[name].get("style", "") for name in names if name in parts), "")
            return "" if style == "none" else style

        # The strict dialect says start and end where the other says left and right.
        return Border(left=line("left", "start"), right=line("right", "end"), top=line("top"), bottom=line("bottom"))

    def _run(self, marks: Marks) -> Run:
        return Run(
            "",
            strike=_on(marks, "strike"),
            colour=self.colours.resolve(marks.get("color"), writing=True),
            bold=_on(marks, "b"),
            underline="u" in marks and _value(marks, "u", "single") != "none",
        )

    def dress(self, rich: RichString, style: Style) -> tuple[Style, tuple[Run, ...]]:
        """The runs of a text in a cell of that style; a text of one piece puts its marks into the style instead."""
        plain = _as_run(style.font)
        pieces: list[tuple[Run, list[str]]] = []
        for text, marks in rich.stretches:
            look = plain if marks is None else self._run(marks)
            if pieces and _same_look(pieces[-1][0], look):
                pieces[-1][1].append(text)
            else:
                pieces.append((look, [text]))
        runs = [replace(look, text="".join(texts)) for look, texts in pieces]
        if len(runs) > 1:
            return style, tuple(runs)
        if not runs or _same_look(runs[0], plain):
            return style, ()
        look = replace(runs[0], text="")
        known = self._looks.get((style, look))
        if known is None:
            font = replace(style.font, strike=look.strike, colour=look.colour, bold=look.bold, underline=look.underline)
            known = self._looks[style, look] = replace(style, font=font)
        return known, ()

    def read(self, package: Package, part: str) -> None:
        """Take the styles part in. Colours are resolved later, when the theme is known."""
        palette: list[str] = []
        here: Parts = {}  # the children of the element that is open

        def opens(owners: list[Parts] | None, name: str = "") -> Callable[[Attributes], None]:
            def start(attributes: Attributes) -> None:
                nonlocal here
                here = {name: attributes} if name else {}
                if owners is not None:
                    owners.append(here)

            return start

        def number_format(attributes: Attributes) -> None:
            self._codes[attributes.get("numFmtId", "")] = unescape(attributes.get("formatCode", ""))

        starts: dict[str, Callable[[Attributes], object]] = {
            "numFmts/numFmt": number_format,
            "fonts/font": opens(self._fonts),
            "fills/fill": opens(self._fills),
            "borders/border": opens(self._borders),
            "cellXfs/xf": opens(self._formats, "xf"),
            # Named styles and differential formats have children of the same names: those go nowhere.
            "cellStyleXfs/xf": opens(None),
            "dxfs/dxf": opens(None),
            "indexedColors/rgbColor": lambda attributes: palette.append(attributes.get("rgb", "")),
        }

        def keeps(child: str) -> Callable[[Attributes], object]:
            return lambda attributes: here.setdefault(child, attributes)

        for owner, children in _CHILDREN.items():
            starts.update({f"{owner}/{child}": keeps(child) for child in children})
        package.walk(part, starts)
        if palette:
            self.colours.palette = custom_palette(palette)


def _once(known: dict[str, T], index: str, resolve: Callable[[str], T]) -> T:
    """What a font, fill or border of that index is: formats share them."""
    if index not in known:
        known[index] = resolve(index)
    return known[index]


def _rotation(degrees: int) -> int:
    """Excel's 91–180 are downwards: -1 to -90. 255 (upright letters one below the other) is 270 for the writer."""
    if degrees == 255:
        return 270
    return 90 - degrees if 90 < degrees <= 180 else max(min(degrees, 90), 0)


def _as_run(font: Font) -> Run:
    return Run("", strike=font.strike, colour=font.colour, bold=font.bold, underline=font.underline)


def _same_look(one: Run, other: Run) -> bool:
    # Black and automatic are one ink: programs name it either way when they save a file again.
    return (one.strike, one.bold, one.underline) == (other.strike, other.bold, other.underline) and (
        (one.colour or "#000000") == (other.colour or "#000000")
    )


def _on(parts: Parts, name: str) -> bool:
    return name in parts and truth(parts[name], "val", True)


def _value(parts: Parts, name: str, default: str) -> str:
    return parts[name].get("val", default) if name in parts else default


def _pick(items: list[Parts], index: int) -> Parts | None:
    return items[index] if 0 <= index < len(items) else None


def _index(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1
