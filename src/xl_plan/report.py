"""Merged plan + findings → the consolidated workbook as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from xl_plan.book.planbook import PlanBook, all_columns, plan_book
from xl_plan.book.relisted_sheet import relisted_sheet
from xl_plan.book.secondround import with_choices
from xl_plan.cells import Cell, Sheet
from xl_plan.findings import Finding, ordered
from xl_plan.hand.handwork import NO_HANDWORK, HandWork
from xl_plan.layout.sheets import Looks, looks_of
from xl_plan.model import CellKey, Merged, Plan, Sharing, Spot
from xl_plan.ratings import scale_of
from xl_plan.reports.back import with_links_back
from xl_plan.reports.contents import contents_sheet
from xl_plan.reports.data import data_sheet
from xl_plan.reports.printed import marks_to_print, with_live_marks
from xl_plan.reports.progress import progress
from xl_plan.reports.proposals import proposals_sheet
from xl_plan.reports.ranges import named_ranges
from xl_plan.reports.revisions import revisions_sheet
from xl_plan.reports.rows import standings
from xl_plan.reports.sources import sources_sheet
from xl_plan.reports.spelling import found_variations, spelling_sheet
from xl_plan.reports.statuses import status_label as status_label  # noqa: PLC0414 - what becomes of a file, in words
from xl_plan.reports.statuses import status_sheet
from xl_plan.reports.trends import trends_sheet
from xl_plan.settlement import NOTHING, Settlements, findings_sheet
from xl_plan.shares import ONE_BY_ONE, Shares
from xl_plan.spelling import NO_CHOICES, Variation


@dataclass(frozen=True, slots=True)
class Begun:
    """A consolidated workbook in the making. ``drawn`` has the plan's sheets as they will be in it; ``finished`` gives the
    whole of it, to be asked once."""

    drawn: PlanBook
    finished: Callable[[], PlanBook]


def consolidated(
    merged: Merged,
    findings: Sequence[Finding],
    settlements: Settlements = NOTHING,
    hand: HandWork = NO_HANDWORK,
    choices: Mapping[str, str] = NO_CHOICES,
    shares: Shares = ONE_BY_ONE,
) -> PlanBook:
    """The consolidated workbook: the plan with the round filled in, and the report sheets. ``shares`` does the work."""
    return begun(merged, findings, settlements, hand, choices, shares).finished()


def begun(
    merged: Merged,
    findings: Sequence[Finding],
    settlements: Settlements = NOTHING,
    hand: HandWork = NO_HANDWORK,
    choices: Mapping[str, str] = NO_CHOICES,
    shares: Shares = ONE_BY_ONE,
) -> Begun:
    """The same, as far as the plan's sheets: what is made of them alone can be made while others draw the lists."""
    plan = merged.plan
    looks = looks_of(plan.settings)
    varied = shares.beside(found_variations, merged)
    links, marks = _links(merged), marks_to_print(merged)
    drawn = plan_book(
        plan, plan.settings, all_columns(plan), _edits(merged), links=links, hand=hand, marks=marks, shares=shares
    )
    standings(merged)  # known to both who draw from here on
    drawing = _Drawing(merged, drawn.where, looks)
    listed = shares.beside(_lists, drawing)
    standing, rated = progress(merged, drawn.where, looks, scale_of(plan.settings))
    settled = findings_sheet(plan, ordered(findings), drawn.where, looks, settlements)
    sheets = with_live_marks(drawn.book.sheets, merged, drawn.marks, rated)
    sheets = with_links_back(sheets, plan, settled, drawn.where)
    sheets = with_choices(plan, sheets, drawn.where)
    drawn = replace(drawn, book=replace(drawn.book, sheets=sheets))

    def finished() -> PlanBook:
        mine = (status_sheet(merged, looks), settled, proposals_sheet(merged, looks, hand.decisions))
        relisted = relisted_sheet(merged, drawn.where, looks)
        last = _on_occasion(drawing, hand, varied(), choices)
        trends, sources, data = listed()
        return _whole(plan, drawn, (standing, trends, *mine, relisted, sources, data, *last))

    return Begun(drawn, finished)


def _edits(merged: Merged) -> dict[Spot, Cell]:
    """What stands in the plan's cells now, by their places as read."""
    edits: dict[Spot, Cell] = {}
    for (programme_key, column_key), entry in merged.entries.items():
        programme = merged.plan.programme(programme_key)
        place = programme.place(column_key) if programme else None
        if programme is not None and place is not None:
            edits[programme.sheet, place] = entry.cell
    return edits


def _on_occasion(
    drawing: _Drawing, hand: HandWork, varied: Sequence[Variation], choices: Mapping[str, str]
) -> Iterator[Sheet]:
    """事務局修正 and 表記ゆれ, which are there when they have something to say."""
    merged, where, looks = drawing
    revisions = [revision for revision in hand.revisions if not revision.own]
    if revisions:
        yield revisions_sheet(merged.plan, revisions, where, looks)
    if varied:
        yield spelling_sheet(varied, where, looks, choices)


def _whole(plan: Plan, drawn: PlanBook, report: Sequence[Sheet]) -> PlanBook:
    """The workbook: the contents, the plan's sheets, and what reports on them."""
    sheets = drawn.book.sheets
    contents = contents_sheet(plan.settings, sheets[: len(plan.tables)], plan.tables)
    front = (contents,) if contents is not None else ()
    names = named_ranges(plan, drawn.where, (*sheets, *report))
    return replace(drawn, book=replace(drawn.book, sheets=(*front, *sheets, *report), names=names))


def _links(merged: Merged) -> dict[Spot, Spot]:
    """Copy → original, for each shared cell of the round."""
    links: dict[Spot, Spot] = {}
    for (key, column_key), entry in merged.entries.items():
        copy, original = merged.plan.programme(key), merged.plan.programme(entry.original)
        if copy is None or original is None:
            continue
        column = copy.column(column_key)
        mine, theirs = copy.place(column_key), original.place(column_key)
        if column is not None and column.sharing is Sharing.SHARED and mine and theirs:
            links[copy.sheet, mine] = (original.sheet, theirs)
    return links


class _Drawing(NamedTuple):
    """What the sheets that list the plan's values are drawn from."""

    merged: Merged
    where: Mapping[CellKey, Spot]
    looks: Looks


def _lists(drawing: _Drawing) -> tuple[Sheet, Sheet, Sheet]:
    """指標の推移, 転記元一覧 and データ一覧, which are long and know nothing of the other sheets."""
    return trends_sheet(*drawing), sources_sheet(*drawing), data_sheet(*drawing)
