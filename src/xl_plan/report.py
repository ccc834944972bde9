"""Merged plan + findings → the consolidated workbook as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from xl_plan.book.planbook import PlanBook, all_columns, plan_book
from xl_plan.book.relisted_sheet import relisted_sheet
from xl_plan.book.secondround import with_choices
from xl_plan.cells import Cell, Sheet
from xl_plan.findings import Finding, ordered
from xl_plan.hand.handwork import NO_HANDWORK, HandWork
from xl_plan.layout.sheets import Looks, looks_of
from xl_plan.model import CellKey, Merged, Sharing, Spot
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
from xl_plan.reports.spelling import spelling_sheet
from xl_plan.reports.statuses import status_label as status_label  # noqa: PLC0414 - what becomes of a file, in words
from xl_plan.reports.statuses import status_sheet
from xl_plan.reports.trends import trends_sheet
from xl_plan.settlement import NOTHING, Settlements, findings_sheet
from xl_plan.shares import ONE_BY_ONE, Shares
from xl_plan.spelling import NO_CHOICES


def consolidated(
    merged: Merged,
    findings: Sequence[Finding],
    settlements: Settlements = NOTHING,
    hand: HandWork = NO_HANDWORK,
    choices: Mapping[str, str] = NO_CHOICES,
    shares: Shares = ONE_BY_ONE,
) -> PlanBook:
    """The consolidated workbook: the plan with the round filled in, and the report sheets. ``shares`` does the work."""
    plan = merged.plan
    looks = looks_of(plan.settings)
    edits: dict[Spot, Cell] = {}
    for (programme_key, column_key), entry in merged.entries.items():
        programme = plan.programme(programme_key)
        place = programme.place(column_key) if programme else None
        if programme is not None and place is not None:
            edits[programme.sheet, place] = entry.cell
    links = _links(merged)
    marks = marks_to_print(merged)
    drawn = plan_book(plan, plan.settings, all_columns(plan), edits, links=links, hand=hand, marks=marks, shares=shares)
    standings(merged)  # known to both who draw from here on
    listed = shares.beside(_lists, _Drawing(merged, drawn.where, looks, choices))
    standing, rated = progress(merged, drawn.where, looks, scale_of(plan.settings))
    settled = findings_sheet(plan, ordered(findings), drawn.where, looks, settlements)
    mine = (status_sheet(merged, looks), settled, proposals_sheet(merged, looks, hand.decisions))
    sheets = with_live_marks(drawn.book.sheets, merged, drawn.marks, rated)
    sheets = with_links_back(sheets, plan, settled, drawn.where)
    sheets = with_choices(plan, sheets, drawn.where)
    contents = contents_sheet(plan.settings, sheets[: len(plan.tables)], plan.tables)
    front = (contents,) if contents is not None else ()
    trends, relisted, sources, data, spelling = listed()
    report: tuple[Sheet, ...] = (standing, trends, *mine, relisted, sources, data)
    revisions = [revision for revision in hand.revisions if not revision.own]
    if revisions:
        report += (revisions_sheet(plan, revisions, drawn.where, looks),)
    report += (spelling,) if spelling is not None else ()
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
    choices: Mapping[str, str]


def _lists(drawing: _Drawing) -> tuple[Sheet, Sheet, Sheet, Sheet, Sheet | None]:
    """指標の推移, 再掲一覧, 転記元一覧, データ一覧 and 表記ゆれ, which know nothing of the other sheets."""
    merged, where, looks, choices = drawing
    return (
        trends_sheet(merged, where, looks),
        relisted_sheet(merged, where, looks),
        sources_sheet(merged, where, looks),
        data_sheet(merged, where, looks),
        spelling_sheet(merged, where, looks, choices),
    )
