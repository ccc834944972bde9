"""The one plan-workbook format, written: Plan + changed cells → Book.

The round's plan workbook, the consolidated workbook and next year's plan all come from here, so that what one command
writes every other command reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from xl_plan.book.beside import beside
from xl_plan.book.compose import Composed, Draft, compose, refer
from xl_plan.book.look import Look
from xl_plan.cells import Book, Cell, Font, Position, Properties, Sheet
from xl_plan.hand.handwork import NO_HANDWORK, NO_LAYOUT, HandLayout, HandWork
from xl_plan.layout.folding import folded_columns
from xl_plan.layout.pages import plan_page
from xl_plan.meaning.text import fold
from xl_plan.model import BandKind, CellKey, Column, Plan, Programme, Settings, Spot
from xl_plan.office.history import history_sheet, key_of
from xl_plan.office.letters import letters_sheet
from xl_plan.office.reading import reading
from xl_plan.office.settings import settings_sheet
from xl_plan.shares import ONE_BY_ONE, Shares

BLUE = "#BDD7EE"  # header of a column that is filled this round


@dataclass(frozen=True, slots=True)
class PlanBook:
    """The workbook, and where each cell of the plan stands in it: (sheet, position) by programme and column; ``marks``
    where the mark beside a programme stands, by its key."""

    book: Book
    where: Mapping[CellKey, Spot]
    marks: Mapping[str, Spot] = field(default_factory=lambda: MappingProxyType({}))


def plan_book(
    plan: Plan,
    settings: Settings,
    columns: Sequence[Column],
    edits: Mapping[Spot, Cell],
    *,
    links: Mapping[Spot, Spot] = MappingProxyType({}),
    report: Sequence[Sheet] = (),
    hand: HandWork = NO_HANDWORK,
    marks: Mapping[str, str] | None = None,
    shares: Shares = ONE_BY_ONE,
) -> PlanBook:
    """Lay the plan's sheets out with ``edits`` in place (positions as read) and put the book together.

    ``columns`` are the lines of 設定; ``links`` live references copy → original; ``report`` sheets that follow;
    ``hand`` what a person changed, which goes before all else; ``marks`` the ratings printed beside the programmes;
    ``shares`` does the work.
    """
    drafts = with_marks(plan, plan_drafts(plan, settings, {**edits, **hand.cells}, hand.layouts), marks)
    composed = compose(drafts, shares)
    names = {table.sheet.name: i for i, table in enumerate(plan.tables)}
    sheets = refer(composed, links, names)
    now = {(t.sheet.name, at): to[0] for t, c in zip(plan.tables, composed, strict=True) for at, to in c.where.items()}
    history = (history_sheet(plan.history, settings),) if plan.history else ()
    beside = {sheet.name: sheet for sheet in sheets_beside(plan, settings, columns, now)} | dict(hand.sheets)
    book = Book(
        sheets=(*sheets, *beside.values(), *history, *report),
        properties=Properties(title=settings.title, subject=_subject(settings), author=settings.division),
    )
    return PlanBook(book, MappingProxyType(_where(plan, composed, names)), _marks(drafts, composed))


def sheets_beside(
    plan: Plan,
    settings: Settings,
    columns: Sequence[Column],
    now: Mapping[Spot, Position] = MappingProxyType({}),
) -> tuple[Sheet, ...]:
    """The sheets that stand beside the pillars and are edited by people: the office's own, 設定 and 文面.

    ``now``: where the cells of the pillars stand now, by their places as read.
    """
    read = reading(plan.tables, plan.programmes, now)
    asked = _asked_now(plan, settings)
    return (*plan.others, settings_sheet(settings, columns, read, asked), letters_sheet(settings, plan.letters))


def _asked_now(plan: Plan, settings: Settings) -> list[str]:
    """What each cell that is asked again shows."""
    rows = {p.key: p for p in plan.programmes}
    shown = []
    for line in settings.asked_again:
        programme = rows.get(key_of(line.number))
        same = (c for c in programme.block.columns if fold(c.header) == fold(line.header)) if programme else ()
        shown.append(next((programme.text(c.key) for c in same), "") if programme else "")
    return shown


def plan_drafts(
    plan: Plan,
    settings: Settings,
    edits: Mapping[Spot, Cell],
    hand: Mapping[str, HandLayout] = MappingProxyType({}),
) -> tuple[Draft, ...]:
    """A draft of each pillar, whole."""
    by_sheet: dict[str, dict[Position, Cell]] = {}
    for (sheet, position), cell in edits.items():
        by_sheet.setdefault(sheet, {})[position] = cell
    twins = twin_names(plan)
    page = plan_page(settings)
    look = Look(settings, relisted_keys(plan))
    drafts = []
    for table in plan.tables:
        here = [p for p in plan.programmes if p.sheet == table.sheet.name]
        own = {p.block.first: p for p in reversed(here)}
        by_sheet[table.sheet.name] = later_lines(here) | by_sheet.get(table.sheet.name, {})
        drafts.append(
            Draft(
                table,
                MappingProxyType(own),
                edits=MappingProxyType(by_sheet.get(table.sheet.name, {})),
                look=look,
                twins=MappingProxyType({first: twins[p.key] for first, p in own.items() if p.key in twins}),
                page=page,
                folded=folded_columns(table, settings),
                hand=hand.get(table.sheet.name, NO_LAYOUT),
            )
        )
    return tuple(drafts)


def with_marks(plan: Plan, drafts: Sequence[Draft], marks: Mapping[str, str] | None) -> tuple[Draft, ...]:
    """The drafts with the column 評価 beside their tables; as they are where nothing is to be printed (None)."""
    if marks is None:
        return tuple(drafts)
    return tuple(replace(draft, beside=beside(draft.table, plan.programmes, marks)) for draft in drafts)


def _marks(drafts: Sequence[Draft], composed: Sequence[Composed]) -> Mapping[str, Spot]:
    return MappingProxyType(
        {
            key: (item.sheet.name, item.where[place][0])
            for draft, item in zip(drafts, composed, strict=True)
            if draft.beside is not None
            for key, place in draft.beside.places.items()
            if item.where.get(place)
        }
    )


def later_lines(programmes: Sequence[Programme]) -> dict[Position, Cell]:
    """The whole texts of the second and later lines of blocks that were divided over pages."""
    return {
        places[0]: programme.cell(key)
        for programme in programmes
        if programme.block.line and len(programme.block.parts) > 1
        for key, places in programme.block.places.items()
        if len(places) > 1 and key in programme.cells
    }


def relisted_keys(plan: Plan) -> frozenset[str]:
    """The rows that only repeat another of this plan."""
    return frozenset(plan.relisting.originals())


def twin_names(plan: Plan) -> dict[str, str]:
    """Rows of one relisted group → the group's name: they are divided between pages at the same lines."""
    return {key: group.original for group in plan.relisting.groups for key in (group.original, *group.copies)}


def _subject(settings: Settings) -> str:
    return f"{settings.year.japanese}実績 進捗状況" if settings.year else ""


def _where(plan: Plan, composed: Sequence[Composed], names: Mapping[str, int]) -> dict[CellKey, Spot]:
    where: dict[CellKey, Spot] = {}
    for programme in plan.programmes:
        item = composed[names[programme.sheet]]
        for column in programme.block.columns:
            place = programme.place(column.key)
            now = item.where.get(place) if place is not None else None
            if now:
                where[programme.key, column.key] = (item.sheet.name, now[0])
    return where


def all_columns(plan: Plan) -> tuple[Column, ...]:
    """Every column of every pillar once, in order of first appearance."""
    columns: dict[str, Column] = {}
    for table in plan.tables:
        for column in table.columns:
            columns.setdefault(column.key, column)
    return tuple(columns.values())


def header_edits(plan: Plan, columns: Mapping[str, Column]) -> dict[Spot, Cell]:
    """Header cells recoloured: blue where the column is filled this round, plain where it is not."""
    from xl_plan.tables.colours import is_blue

    edits: dict[Spot, Cell] = {}
    for table in plan.tables:
        headers = [band for band in table.bands if band.kind is BandKind.HEADER]
        for band in headers:
            for column in band.columns:
                filled = any(columns[c.key].filler is not None for c in band.columns if _heads_alike(c, column))
                for area in column.header_areas:
                    position = (band.first + area.top, area.left)
                    cell = edits.get((table.sheet.name, position), table.sheet.at(*position))
                    if filled == is_blue(cell.style.fill) or (area.left, area.right) != (column.left, column.right):
                        continue
                    fill = BLUE if filled else None
                    edits[table.sheet.name, position] = replace(cell, style=replace(cell.style, fill=fill))
    return edits


def _heads_alike(one: Column, other: Column) -> bool:
    """Whether two columns have one header, since their values stand under each other."""
    return (one.left, one.right) == (other.left, other.right)


def base_font(settings: Settings, size: float = 10.5, *, bold: bool = False, colour: str | None = None) -> Font:
    """The font of the sheets that the tool adds."""
    return Font(settings.font, size, bold=bold, colour=colour)
