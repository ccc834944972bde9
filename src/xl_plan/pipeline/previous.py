"""The last output: read once for all that goes on from it (手修正, 対応), and never overwritten without a copy.

Whoever needs something of the last consolidated workbook takes it from :func:`load_previous`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from xl_plan import __version__
from xl_plan.book.planbook import PlanBook, all_columns, sheets_beside
from xl_plan.cells import Book, Sheet
from xl_plan.comparison import listed
from xl_plan.excel.read import OWN_LIMITS, UnreadableWorkbook, read_book
from xl_plan.findings import Finding, Place, found
from xl_plan.hand.fingerprints import is_fingerprint
from xl_plan.hand.handwork import NO_HANDWORK, HandWork
from xl_plan.hand.slots import Observed, observe, reference_of
from xl_plan.hand.state import State, state_of
from xl_plan.hand.statesheet import read_state, state_sheet
from xl_plan.handedits import Previous, Woven, weave
from xl_plan.meaning.values import is_blank
from xl_plan.model import REPORT_SHEETS, SPELLING_SHEET, Merged, Plan
from xl_plan.pipeline.common import CannotRun, put, read_file, unreadable_reason
from xl_plan.plan import Rows, read_plan, read_rows
from xl_plan.reports.proposals import read_decisions
from xl_plan.rules.revisions import COPY_KEPT, NOT_KEPT, STATE_LOST
from xl_plan.spelling import adopted

_QUOTED = 10  # differing cells that are named where the last state is unknown


@dataclass(frozen=True, slots=True)
class LastOutput:
    """The workbook that stands where the new one goes."""

    path: Path
    data: bytes
    book: Book
    state: State | None

    @property
    def edited(self) -> bool:
        """Whether it is anything else than what merge wrote."""
        return self.state is None or not is_fingerprint(self.state.fingerprint, self.book)


def load_previous(output: Path) -> LastOutput | None:
    """The last output, None where there is none. Raises CannotRun for one that cannot be read: what was done by hand
    in it would be lost."""
    if not output.is_file():
        return None
    data = read_file(output, "前回の取りまとめ")
    try:
        book = read_book(data, OWN_LIMITS)
    except UnreadableWorkbook as error:
        raise CannotRun(
            f"前回の取りまとめを読み取れません：{output}（{unreadable_reason(error)}。"
            "手で直した内容や対応の記録を引き継げないため、別の場所に移してから実行してください）"
        ) from None
    return LastOutput(output, data, book, read_state(book))


def weave_previous(merged: Merged, last: LastOutput | None) -> Woven:
    """What was done by hand in the last output, woven into what merge found."""
    if last is None:
        return Woven(merged, NO_HANDWORK, (), ())
    woven = _woven(merged, last)
    return replace(woven, work=replace(woven.work, decisions=read_decisions(last.book)))


def _woven(merged: Merged, last: LastOutput) -> Woven:
    nothing = Woven(merged, NO_HANDWORK, (), ())
    reason = _not_comparable(merged.plan, last.state)
    if reason or last.state is None:
        differences = _differences(merged, last.book)
        lost = found(STATE_LOST, got=last.path.name, reason=reason, copy=copy_path(last).name, differences=differences)
        return replace(nothing, notices=(lost,))
    edited, stale = _with_accepted(last)
    pillars = {table.sheet.name for table in edited.tables}
    sheets = {
        sheet.name: sheet for sheet in last.book.sheets if sheet.name not in pillars and sheet.name not in REPORT_SHEETS
    }
    plan = merged.plan
    fresh = {sheet.name: sheet for sheet in sheets_beside(plan, plan.settings, all_columns(plan))}
    woven = weave(merged, Previous(edited, sheets, last.state), fresh)
    return replace(woven, notices=(*woven.notices, *stale))


def _with_accepted(last: LastOutput) -> tuple[Plan, tuple[Finding, ...]]:
    """The last output as a plan, with what was accepted in 表記ゆれ typed into it; what could not be."""
    edited = read_plan(last.book, last.path.name)[0]
    taken = adopted(last.book, edited)
    if taken.book is not last.book:
        edited = read_plan(taken.book, last.path.name)[0]
    reason = "「表記ゆれ」の「採用」に○を付けた後で、セルの内容が変わっている"
    stale = (
        found(NOT_KEPT, Place("", SPELLING_SHEET, "", number, column), got=now, where=SPELLING_SHEET, reason=reason)
        for number, column, now in taken.stale
    )
    return edited, tuple(stale)


def _not_comparable(plan: Plan, state: State | None) -> str:
    """Why nobody can tell what was done by hand; "" where merge can."""
    if state is None:
        return "書き出したときの記録（非表示シート）がない"
    settings = plan.settings
    if (state.title, state.year) != (settings.title, str(settings.year or "")):
        return f"別の取りまとめ（{state.title} {state.year}）の"
    return ""


def _differences(merged: Merged, book: Book) -> str:
    """Which cells say something else than the new output will, so that nothing goes unseen."""
    before = {p.key: p for p in read_plan(book)[0].programmes}
    places = []
    for (key, column_key), entry in merged.entries.items():
        was, programme = before.get(key), merged.plan.programme(key)
        column = programme.column(column_key) if programme else None
        text = was.text(column_key) if was else ""
        if programme and column and text != entry.text and not is_blank(text):
            places.append((f"{programme.number} {column.header}", text))
    if not places:
        return ""
    more = f"、ほか{len(places) - _QUOTED}か所" if len(places) > _QUOTED else ""
    return f"（新しい取りまとめと違うところ：{listed(places[:_QUOTED], whole=True)}{more}）"


# ------------------------------------------------------------------------------------------------------------ copies
def copy_path(last: LastOutput) -> Path:
    """Where the copy of an edited output stands: the one that is the same already, else the next free number."""
    for number in range(1, 10_000):
        path = last.path.with_name(f"{last.path.stem}_手修正控え{number}{last.path.suffix}")
        if not path.exists() or (path.is_file() and path.read_bytes() == last.data):
            return path
    raise CannotRun(f"{last.path.parent}に手修正控えが多すぎます（要らないものを別の場所に移してください）")


def keep_copy(last: LastOutput | None) -> Iterator[Finding]:
    """Copy an edited output before it is overwritten."""
    if last is not None and last.edited:
        path = copy_path(last)
        put(path, last.data)
        if last.state is not None:
            yield found(COPY_KEPT, copy=path.name)


# ------------------------------------------------------------------------------------------------------------- state
def state_of_output(written: tuple[Plan, PlanBook, HandWork]) -> Sheet:
    """The sheet by which the next merge tells what was changed by hand in the consolidated workbook, without its
    fingerprint.

    The workbook is looked at with the reader that will look at it again, so that what nobody touched is the same.
    """
    plan, drawn, hand = written
    return state_sheet(state_of(plan, _seen(plan, drawn, hand), drawn.book, hand, __version__))


def _seen(plan: Plan, drawn: PlanBook, hand: HandWork) -> Observed:
    """What a look at the consolidated workbook sees."""
    reread = read_rows(drawn.book)
    changed = {revision.item: revision.after for revision in hand.revisions}
    return observe(reread, reference_of(plan, _names(reread, drawn), changed))


def _names(reread: Rows, drawn: PlanBook) -> dict[str, str]:
    """The rows of the workbook by their keys there → the keys of the plan's rows that stand in their places."""
    key_at = {spot: key for (key, _), spot in drawn.where.items()}
    names = {}
    for programme in reread.programmes:
        spots = ((programme.sheet, place) for places in programme.block.places.values() for place in places)
        known = next((key_at[spot] for spot in spots if spot in key_at), None)
        if known is not None:
            names[programme.key] = known
    return names
