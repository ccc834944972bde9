"""Table → strips → sheet: a plan sheet, or a part of one, laid out again.

Whatever is written in the plan's layout (the round's plan workbook, a form, a return, the consolidated workbook) is
made here from the sheet as it was read: its bands in their order, some left out, some cells replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from xl_plan.book.beside import HEAD, WIDTH, Beside
from xl_plan.book.look import Look, Scene
from xl_plan.cells import Area, Cell, Page, Position, Sheet, Style
from xl_plan.hand.handwork import NO_LAYOUT, HandLayout
from xl_plan.layout.folding import paper_widths
from xl_plan.layout.strips import Strip, StripKind
from xl_plan.layout.typeset import Fit, Flow, Request, fit_scale, flow_all, tied
from xl_plan.model import Band, BandKind, Block, Programme, Role, Spot, Table
from xl_plan.shares import ONE_BY_ONE, Shares
from xl_plan.tables.references import reference

_PLAN_PAGE = Page("A3", landscape=True)

_WORTH_SHARING = 15_000  # cells; fewer are laid out before another process has begun

_KINDS = {
    BandKind.TITLE: StripKind.TITLE,
    BandKind.SECTION: StripKind.HEADING,
    BandKind.SUBSECTION: StripKind.SUBHEADING,
    BandKind.HEADER: StripKind.HEADER,
    BandKind.BLOCK: StripKind.BLOCK,
    BandKind.NOTE: StripKind.NOTE,
}


def _all(_: Block) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Draft:
    """One sheet to be laid out: which blocks, and what differs from the sheet as read (positions as read).

    ``edits``   cells that replace what stands there.
    ``reserve`` room for so many full-width characters in cells not yet written.
    ``after``   a block's first row → a line of notice below it.
    ``folded``  columns of old years that are folded away.
    ``hand``    what a person changed in the layout.
    ``beside``  the column 評価 to the right of the table.
    """

    table: Table
    programmes: Mapping[int, Programme]  # block.first → programme
    name: str = ""
    edits: Mapping[Position, Cell] = field(default_factory=lambda: MappingProxyType({}))
    keep: Callable[[Block], bool] = _all
    look: Look | None = None
    reserve: Mapping[Position, int] = field(default_factory=lambda: MappingProxyType({}))
    after: Mapping[int, Cell] = field(default_factory=lambda: MappingProxyType({}))
    twins: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    page: Page = _PLAN_PAGE
    folded: frozenset[int] = frozenset()
    hand: HandLayout = NO_LAYOUT
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """A sheet laid out, where each cell as read stands in it now, and how its relisted rows fit on a page."""

    sheet: Sheet
    where: Mapping[Position, tuple[Position, ...]]
    fits: Mapping[str, Fit]


def compose(drafts: Sequence[Draft], shares: Shares = ONE_BY_ONE) -> tuple[Composed, ...]:
    """Lay out sheets that belong to one workbook. ``shares`` does the work: several lay out each sheet alone, and those
    that have then to be divided at the same lines are laid out again together."""
    if shares.hands < 2 or sum(len(draft.table.sheet.cells) for draft in drafts) < _WORTH_SHARING:
        return _together(drafts)
    composed = list(shares.done(_alone, drafts, range(len(drafts))))
    for sheets in tied([item.fits for item in composed]):
        for n, item in zip(sheets, _together([drafts[n] for n in sheets]), strict=True):
            composed[n] = item
    return tuple(composed)


def _alone(drafts: Sequence[Draft], n: int) -> Composed:
    return _together((drafts[n],))[0]


def _together(drafts: Sequence[Draft]) -> tuple[Composed, ...]:
    made = [_strips(draft) for draft in drafts]
    requests = []
    for draft, (strips, _) in zip(drafts, made, strict=True):
        widths = paper_widths(
            {**draft.table.sheet.widths, **({draft.beside.col: WIDTH} if draft.beside else {}), **draft.hand.widths},
            _hidden(draft),
            draft.page,
            narrow=draft.look is not None and not draft.look.settings.keep_format,
        )
        page = replace(draft.page, scale=fit_scale(widths, draft.page), fit=None)
        header = next((strip for strip in strips if strip.kind is StripKind.HEADER), None)
        requests.append(Request(draft.name or draft.table.sheet.name, strips, widths, page, header))
    return tuple(
        _composed(draft, flow, origins)
        for draft, flow, (_, origins) in zip(drafts, flow_all(requests), made, strict=True)
    )


def _hidden(draft: Draft) -> frozenset[int]:
    """The columns that are not shown: those that the office hid, and those that are folded now."""
    read = draft.table.sheet
    return (read.hidden_columns - read.outline_columns) | draft.folded


def _composed(draft: Draft, flow: Flow, origins: Sequence[Mapping[Position, Position]]) -> Composed:
    read = draft.table.sheet
    sheet = replace(
        flow.sheet,
        tab_colour=read.tab_colour,
        widths=MappingProxyType(
            {col: width or read.widths.get(col, width) for col, width in flow.sheet.widths.items()}
        ),
        hidden_columns=_hidden(draft),
        outline_columns=draft.folded,
        gridlines=False,
    )
    where = {
        origin: places
        for strip, origin_map in zip(flow.places, origins, strict=True)
        for relative, places in strip.items()
        if (origin := origin_map.get(relative)) is not None
    }
    return Composed(sheet, MappingProxyType(where), flow.fits)


def refer(composed: Sequence[Composed], links: Mapping[Spot, Spot], names: Mapping[str, int]) -> tuple[Sheet, ...]:
    """The sheets with live references put in: each copy's cell refers to its original's, part to part.

    ``links``: copy → original, positions as read; ``names``: sheet name → index in ``composed``. A copy's cell keeps
    its value as the cached result. Where copy and original were divided differently, the constant stays.
    """
    sheets = [dict(item.sheet.cells) for item in composed]
    for (copy_sheet, copy), (sheet, original) in links.items():
        to, fro = composed[names[copy_sheet]], composed[names[sheet]]
        copies, originals = to.where.get(copy, ()), fro.where.get(original, ())
        if len(copies) != len(originals):
            continue
        for mine, other in zip(copies, originals, strict=True):
            cells = sheets[names[copy_sheet]]
            source = fro.sheet.at(*other)
            formula = reference(fro.sheet.name, other, to.sheet.name)
            value = "" if source.value is None else source.value
            cells[mine] = replace(cells[mine], value=value, formula=formula, runs=())
    return tuple(
        replace(item.sheet, cells=MappingProxyType(cells)) for item, cells in zip(composed, sheets, strict=True)
    )


# ------------------------------------------------------------------------------------------------ strips of a table
class _Rows:
    """A sheet's cells and merged areas by row, so that a strip costs what it holds and not what the sheet holds; only of
    the bands that are laid out, since a form has few of a plan's rows."""

    def __init__(self, table: Table, edits: Mapping[Position, Cell], bands: Sequence[Band]) -> None:
        sheet = table.sheet
        rows = {row for band in bands for row in range(band.first, band.last + 1)}
        self.lines: dict[int, list[Block]] = {}
        for block in table.blocks:
            self.lines.setdefault(block.first, []).append(block)
        self.columns: dict[int, list[int]] = {}
        for row, col in sorted({place for places in (sheet.cells, edits) for place in places if place[0] in rows}):
            self.columns.setdefault(row, []).append(col)
        self.merges: dict[int, list[Area]] = {}
        for area in sheet.merges:
            if area.top in rows:
                self.merges.setdefault(area.top, []).append(area)

    def merged(self, first: int, last: int) -> dict[Position, Area]:
        return {
            (row, col): area
            for top in range(first, last + 1)
            for area in self.merges.get(top, ())
            for row in range(area.top, area.bottom + 1)
            for col in range(area.left, area.right + 1)
        }

    def begins(self, row: int, covered: Mapping[Position, Area]) -> bool:
        """Whether some cell begins in a row; rows that only continue merged cells were added for height alone."""
        columns = self.columns.get(row, [])
        starts = [c for c in columns if (row, c) not in covered or covered[row, c].top == row]
        return bool(starts) or not any((row, c) in covered for c in columns)


def _strips(draft: Draft) -> tuple[list[Strip], list[Mapping[Position, Position]]]:
    strips: list[Strip] = []
    origins: list[Mapping[Position, Position]] = []
    blocks = {block.first: block for block in reversed(draft.table.blocks)}
    kept = _kept(draft, blocks)
    rows = _Rows(draft.table, draft.edits, kept)
    _put_in(draft, -1, -1, strips, origins)
    for band in kept:
        strip, origin = _strip(draft, rows, band, blocks.get(band.first) if band.kind is BandKind.BLOCK else None)
        strips.append(strip)
        origins.append(origin)
        if band.kind is BandKind.BLOCK and band.first in draft.after:
            strips.append(_notice(draft, draft.after[band.first]))
            origins.append({})
        _put_in(draft, band.first, band.last, strips, origins)
    return strips, origins


def _put_in(
    draft: Draft, first: int, last: int, strips: list[Strip], origins: list[Mapping[Position, Position]]
) -> None:
    """The rows that a person put in below a band."""
    for at in sorted(draft.hand.added):
        if first <= at <= last:
            for rows in draft.hand.added[at]:
                strips.append(Strip(StripKind.NOTE, rows.rows, rows.cells, rows.merges, minimum=rows.heights))
                origins.append({})


def _kept(draft: Draft, blocks: Mapping[int, Block]) -> list[Band]:
    """The bands that are laid out: kept blocks, and headings and headers that have one below them."""
    table = draft.table
    kept: list[Band] = []
    everything = all(draft.keep(block) for block in table.blocks)
    waiting: list[Band] = []
    rank = {BandKind.SECTION: 0, BandKind.SUBSECTION: 1, BandKind.HEADER: 2}
    for band in table.bands:
        if band.kind is BandKind.BLOCK:
            block = blocks.get(band.first)
            if block is not None and draft.keep(block):
                kept += [*waiting, band]
                waiting = []
        elif band.repeated:
            continue
        elif band.kind in rank:
            if not everything:
                waiting = [w for w in waiting if rank[w.kind] < rank[band.kind]]
            waiting.append(band)
        elif band.kind is BandKind.TITLE or everything:
            kept += [*waiting, band] if everything else [band]
            waiting = [] if everything else waiting
    return kept + (waiting if everything else [])


def _strip(draft: Draft, source: _Rows, band: Band, block: Block | None) -> tuple[Strip, Mapping[Position, Position]]:
    sheet = draft.table.sheet
    first, last = block.parts[0] if block else (band.first, band.last)
    covered = source.merged(first, last)
    rows = [row for row in range(first, last + 1) if row == first or source.begins(row, covered)]
    index = {row: i for i, row in enumerate(rows)}
    whole = _whole_texts(draft, block)
    cells, origin, reserve = {}, {}, {}
    for row in rows:
        for col in source.columns.get(row, ()):
            place = (row, col)
            cell = draft.edits.get(place) or whole.get(place) or sheet.at(row, col)
            cells[index[row], col] = cell
            origin[index[row], col] = (row, col)
            if (row, col) in draft.reserve:
                reserve[index[row], col] = draft.reserve[row, col]
    merges = tuple(
        merged for area in dict.fromkeys(covered.values()) if not (merged := _squeezed(area, rows, index)).single
    )
    if draft.beside is not None and band.kind in (BandKind.BLOCK, BandKind.HEADER):
        merges += _put_beside(draft.beside, band, rows, cells, origin)
    repeat = tuple((index[r], c) for r, c in _repeat_places(block) if r in index)
    twin = draft.twins.get(band.first, "") if block else ""
    begins = bool(draft.hand.starts & set(range(band.first, band.last + 1)))
    strip = Strip(_KINDS[band.kind], len(rows), cells, merges, reserve, repeat, twin, begins_page=begins)
    strip = _dressed(draft, strip, band, index, source.lines.get(band.first, ()))
    return _higher(strip, draft.hand, index), origin


def _put_beside(
    column: Beside, band: Band, rows: Sequence[int], cells: dict[Position, Cell], origin: dict[Position, Position]
) -> tuple[Area, ...]:
    """The head of the column 評価, or its marks, put into a strip; the areas they fill. What a person typed there
    stays."""
    if band.kind is BandKind.HEADER:
        style = next((cell.style for _, cell in sorted(cells.items()) if not cell.blank), Style())
        cells[0, column.col] = Cell(HEAD, replace(style, fill=None, horizontal="center"))
        whole = Area(0, column.col, len(rows) - 1, column.col)
        return () if whole.single else (whole,)
    index = {row: n for n, row in enumerate(rows)}
    areas = []
    for area, mark in column.within(band.first, band.last):
        if area.top not in index:
            continue
        now = _squeezed(area, rows, index)
        place = (now.top, now.left)
        beside = [cell.style for (row, _), cell in sorted(cells.items()) if row == now.top and not cell.blank]
        style = replace(beside[0] if beside else Style(), fill=None, number_format="General", horizontal="center")
        typed = cells.get(place)
        value = typed.value if typed is not None and not typed.blank else mark
        cells[place] = Cell(value, style)
        origin[place] = (area.top, area.left)
        areas += [] if now.single else [now]
    return tuple(areas)


def _higher(strip: Strip, hand: HandLayout, index: Mapping[int, int]) -> Strip:
    """The strip with the rows that a person made higher."""
    least = {index[row]: height for row, height in hand.heights.items() if row in index}
    if not least:
        return strip
    both = {n: max(least.get(n, 0.0), strip.minimum.get(n, 0.0)) for n in {*least, *strip.minimum}}
    return replace(strip, minimum=MappingProxyType(both))


def _dressed(draft: Draft, strip: Strip, band: Band, index: Mapping[int, int], lines: Sequence[Block]) -> Strip:
    """The strip in the look of the printed book; ``lines`` are the blocks that begin in its first row."""
    look = draft.look
    if look is None:
        return strip
    lines = lines if band.kind is BandKind.BLOCK else ()
    columns = {
        (index[row], col): column
        for line in lines
        for column in line.columns
        for row, col in line.places.get(column.key, ())
        if row in index
    }
    spanned = lines[0].columns if lines else band.columns or draft.table.columns
    right = draft.beside.col if draft.beside is not None else max((c.right for c in spanned), default=0)
    span = (min((c.left for c in spanned), default=0), right)
    programme = draft.programmes.get(band.first) if lines else None
    relisted = programme is not None and programme.key in look.relisted
    scene = Scene(band.kind, strip.rows, strip.merges, columns, span, relisted)
    return replace(strip, cells=look.dress(strip.cells, scene), minimum=look.least(band.kind))


def _squeezed(area: Area, rows: Sequence[int], index: Mapping[int, int]) -> Area:
    inside = [index[row] for row in range(area.top, area.bottom + 1) if row in index]
    return Area(inside[0], area.left, inside[-1], area.right)


def _whole_texts(draft: Draft, block: Block | None) -> dict[Position, Cell]:
    """The whole text of every cell that was divided over pages."""
    programme = draft.programmes.get(block.first) if block else None
    if block is None or programme is None or len(block.parts) < 2:
        return {}
    return {
        block.places[column.key][0]: programme.cell(column.key)
        for column in block.columns
        if column.role is not Role.DEPARTMENT and len(block.places[column.key]) > 1
    }


def _repeat_places(block: Block | None) -> tuple[Position, ...]:
    """番号 and 事業名 of a block: they stand again where it is divided."""
    if block is None:
        return ()
    wanted = [c for role in (Role.NUMBER, Role.NAME) for c in block.columns if c.role is role]
    return tuple(place for column in wanted for place in block.places[column.key][:1])


def _notice(draft: Draft, cell: Cell) -> Strip:
    right = max((column.right for column in draft.table.columns), default=0)
    merges = (Area(0, 0, 0, right),) if right else ()
    return Strip(StripKind.NOTE, 1, {(0, 0): cell}, merges)
