"""The look of the printed book: font, borders, alignment, and what a cell's state looks like.

What an office chose stays where it carries meaning (blue, red or struck words, bold words, number formats); its fonts,
borders and alignments are replaced, unless 設定 says 書式＝原本. The look of a cell follows from what it is and what it
says, never from the look it had: what one command marked, the next unmarks where the reason is gone.

No state is told by colour alone: 〔未提出〕 is bracketed and bold, 〔保留〕 also underlined, 集計中 italic, a relisted row
italic, the filling department bold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from xl_plan.cells import EMPTY, Area, Border, Cell, Font, Position, Style
from xl_plan.meaning.kinds import HELD, RESERVED
from xl_plan.meaning.values import is_pending
from xl_plan.model import BandKind, Column, Role, Settings
from xl_plan.remembered import ByIdentity
from xl_plan.tables.colours import is_blue

THIN, HAIR = "thin", "hair"
HEAD_TINT = "#F2F2F2"
UNANSWERED_FILL = "#EDEDED"
HELD_FILL = "#D9D9D9"
RELISTED_INK = "#595959"
NOT_TO_FILL = "記入不要"  # how a form begins the cells that this department leaves
_PENDING = "集計中"
_LONGEST_PENDING = 60  # characters
_MARK_FILLS = frozenset({UNANSWERED_FILL, HELD_FILL, HEAD_TINT})
_SIZES = (9.0, 10.5, 12.0)  # whole pixels at 96 dpi, so that screen and print agree
_CENTRED = frozenset({Role.NUMBER, Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING, Role.UNIT, Role.DEPARTMENT})
_LEFT = frozenset({Role.NAME, Role.DESCRIPTION, Role.NARRATIVE, Role.REMARKS, Role.INDICATOR})
_LONG = frozenset({Role.NARRATIVE, Role.REMARKS})
# Size and least height of a heading: a section stands clear of the table before it.
_HEADINGS = {BandKind.TITLE: (12.0, 19.5), BandKind.SECTION: (10.5, 18.0), BandKind.SUBSECTION: (10.5, 16.5)}


_Told = tuple[BandKind, Role, bool, str]  # what a cell's look follows from besides the look it had


@dataclass(frozen=True, slots=True)
class Scene:
    """A strip about to be dressed: its cells and merged areas, relative to it; ``columns`` says what a cell is,
    ``span`` the first and last column of the table; ``relisted`` that the row only repeats another."""

    kind: BandKind
    rows: int
    merges: Sequence[Area]
    columns: Mapping[Position, Column]
    span: tuple[int, int]
    relisted: bool = False


class Look:
    """How the cells of a plan's sheets look. ``relisted``: keys of the rows that only repeat another."""

    def __init__(self, settings: Settings, relisted: frozenset[str] = frozenset()) -> None:
        self.settings = settings
        self.relisted = relisted
        # A plan has few looks and many cells: each look is worked out once.
        self._fonts: dict[tuple[Font, BandKind], Font] = {}
        styles: dict[Style, dict[_Told, Style]] = {}
        self._styles = ByIdentity[Style, dict[_Told, Style]](lambda style: styles.setdefault(style, {}))
        self._bordered = ByIdentity[Style, dict[Border, Style]](lambda _: {})

    def dress(self, cells: Mapping[Position, Cell], scene: Scene) -> dict[Position, Cell]:
        """The cells of a strip as they are to look; in a table every position gets its borders."""
        if self.settings.keep_format:
            return {place: cell.in_style(replace(cell.style, shrink=False)) for place, cell in cells.items()}
        if scene.kind in (BandKind.BLOCK, BandKind.HEADER):
            return self._table(cells, scene)
        return {place: cell.in_style(self._loose(cell.style, scene.kind)) for place, cell in cells.items()}

    def least(self, kind: BandKind) -> Mapping[int, float]:
        """The least heights of a strip's rows: a heading's line, and a section's clear of the table before it."""
        if self.settings.keep_format or kind not in _HEADINGS:
            return MappingProxyType({})
        return MappingProxyType({0: _HEADINGS[kind][1]})

    def _loose(self, style: Style, kind: BandKind) -> Style:
        font = self._font(style.font, kind)
        if kind not in _HEADINGS:
            return replace(style, font=font, shrink=False, vertical="center")
        font = replace(font, size=_HEADINGS[kind][0], bold=True)
        return replace(style, font=font, shrink=False, vertical="center", wrap=False)

    def _table(self, cells: Mapping[Position, Cell], scene: Scene) -> dict[Position, Cell]:
        covered = {
            (row, col): area
            for area in scene.merges
            for row in range(area.top, area.bottom + 1)
            for col in range(area.left, area.right + 1)
        }
        left, right = scene.span
        places = {(row, col) for row in range(scene.rows) for col in range(left, right + 1)} | cells.keys()
        styles: dict[Position, Style] = {}
        dressed = {}
        for place in sorted(places):
            area = covered.get(place)
            anchor = (area.top, area.left) if area is not None else place
            if anchor not in styles:
                styles[anchor] = self._cell_style(cells.get(anchor, EMPTY), anchor, scene)
            style = styles[anchor]
            if left <= place[1] <= right:
                style = self._with_border(style, _border(place, area, scene))
            dressed[place] = cells.get(place, EMPTY).in_style(style)
        return dressed

    def _with_border(self, style: Style, border: Border) -> Style:
        bordered = self._bordered(style)
        known = bordered.get(border)
        if known is None:
            known = bordered[border] = replace(style, border=border)
        return known

    def _cell_style(self, cell: Cell, place: Position, scene: Scene) -> Style:
        column = scene.columns.get(place)
        role = column.role if column is not None else Role.OTHER
        told = (scene.kind, role, scene.relisted, "" if scene.kind is BandKind.HEADER else _state(cell))
        styles = self._styles(cell.style)
        known = styles.get(told)
        if known is None:
            known = styles[told] = self._new_style(cell.style, *told)
        return known

    def _new_style(self, style: Style, kind: BandKind, role: Role, relisted: bool, state: str) -> Style:
        style = replace(style, font=self._font(style.font, kind), wrap=True, shrink=False)
        if kind is BandKind.HEADER:
            return _header_style(style)
        if style.fill in _MARK_FILLS:
            # An earlier look said that there was no answer: its marks go with it, or are made again below.
            style = replace(style, fill=None, font=replace(style.font, bold=False, underline=False))
        style = _aligned(style, role)
        if role is Role.DEPARTMENT:
            return replace(style, font=replace(style.font, bold=is_blue(style.fill)))
        if relisted:
            style = replace(style, font=replace(style.font, italic=True, colour=style.font.colour or RELISTED_INK))
        return _state_style(style, state)

    def _font(self, font: Font, kind: BandKind) -> Font:
        """The plan's font in the nearest of the measured sizes, without the marks of an earlier look."""
        key = (font, kind)
        if key not in self._fonts:
            ours = font.colour == RELISTED_INK
            self._fonts[key] = replace(
                font,
                name=self.settings.font,
                size=min(_SIZES, key=lambda usual: abs(usual - font.size)),
                italic=False,
                colour=None if ours else font.colour,
            )
        return self._fonts[key]


def _header_style(style: Style) -> Style:
    blue = is_blue(style.fill)
    return replace(
        style,
        font=replace(style.font, bold=blue),
        fill=style.fill or HEAD_TINT,
        horizontal="center",
        vertical="center",
    )


def _aligned(style: Style, role: Role) -> Style:
    """Figures in the middle, texts from the left. Long texts and what is typed begin at the top: where a program draws
    more lines than were reckoned with, a centred text would lose both its ends."""
    typed = not style.locked and role not in _CENTRED
    style = replace(style, vertical="top" if typed or role in _LONG else "center")
    if role in _CENTRED:
        return replace(style, horizontal="center", indent=0)
    return replace(style, horizontal="left", indent=0) if role in _LEFT else style


def _state(cell: Cell) -> str:
    """What a cell says of its own state: a reserved text, 記入不要, 集計中; "" for any other."""
    text = cell.value if isinstance(cell.value, str) else ""
    if text in RESERVED:
        return text
    if text.startswith(NOT_TO_FILL):
        return NOT_TO_FILL
    return _PENDING if text and len(text) <= _LONGEST_PENDING and is_pending(text) else ""


def _state_style(style: Style, state: str) -> Style:
    """Cells without an answer, held cells and 集計中 can be told from the others, also in grey."""
    if state in RESERVED:
        held = state == HELD
        font = replace(style.font, bold=True, italic=True, underline=held)
        return replace(style, font=font, fill=HELD_FILL if held else UNANSWERED_FILL)
    if state == NOT_TO_FILL:
        return replace(style, font=replace(style.font, italic=True, colour=RELISTED_INK))
    if state == _PENDING:
        return replace(style, font=replace(style.font, italic=True))
    return style


def _border(place: Position, area: Area | None, scene: Scene) -> Border:
    """Thin around a programme and a header, hair inside; nothing inside a merged area."""
    (row, col), (left, right) = place, scene.span
    inner = THIN if scene.kind is BandKind.HEADER else HAIR
    top, first, bottom, last = area or (row, col, row, col)
    return _border_of(
        "" if col > first else THIN if col == left else inner,
        "" if col < last else THIN if col == right else inner,
        "" if row > top else THIN if row == 0 else inner,
        "" if row < bottom else THIN if row == scene.rows - 1 else inner,
    )


@cache
def _border_of(left: str, right: str, top: str, bottom: str) -> Border:
    """One of the few borders that there are."""
    return Border(left, right, top, bottom)
