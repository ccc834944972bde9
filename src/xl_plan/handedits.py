"""Three-way: the last consolidated workbook as it was written, as a person edited it, and what merge finds now.

Only the hand changed a cell: the hand's version stays. Only the submissions (or the plan) did: theirs is new. Both did:
the hand's version stays, and a finding quotes both. A cell that a hand took back to what it was is no edit any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from xl_plan.book.secondround import LATER_FILLERS, unmarked
from xl_plan.cells import Cell, Sheet, a1
from xl_plan.comparison import plain
from xl_plan.findings import Finding, Place, found
from xl_plan.hand.handlayout import Known, known_names, layouts, renumbered, sheets_by_hand
from xl_plan.hand.handwork import HandWork, Item, Revision
from xl_plan.hand.slots import FORMULA, OUTSIDE, Observed, Reference, Seen, observe
from xl_plan.hand.state import Line, State, is_text, look_item, look_line
from xl_plan.meaning.values import is_blank
from xl_plan.model import Entry, Filler, Merged, Plan, Programme, Role, Spot
from xl_plan.relisted.agreement import both, in_words
from xl_plan.rules.relisting import TYPED_OVER
from xl_plan.rules.revisions import ANSWER_REVISED, BOTH_CHANGED, NOT_KEPT, PLAN_CELL_REVISED, ROW_REMOVED

_NO_LINE = Line("")


@dataclass(frozen=True, slots=True)
class Previous:
    """The last output as it stands now: read as a plan, its sheets, and the state that merge left in it."""

    plan: Plan
    sheets: Mapping[str, Sheet]
    state: State


@dataclass(frozen=True, slots=True)
class Woven:
    """The merged plan with the hand's work. ``findings`` hold as long as the work stands; ``notices`` are said once."""

    merged: Merged
    work: HandWork
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]


def weave(merged: Merged, previous: Previous, fresh: Mapping[str, Sheet]) -> Woven:
    """The hand's work woven into what merge found. ``fresh``: the sheets beside the pillars as merge would write them."""
    names, lines = known_names(merged.plan, previous.plan, previous.state)
    theirs = observe(merged.plan)
    state = replace(previous.state, lines=lines)
    mine = observe(previous.plan, Reference(names, state.gaps(), theirs.lefts))
    if previous.state.plan_sha256 != merged.plan.sha256:
        lines, mine = renumbered(lines, state.gaps(before=True), mine, theirs)
    known = Known(merged.plan, theirs, mine, lines)
    texts = _Texts(known, merged)
    texts.run()
    placed, layout_kept, of_layout = layouts(known)
    sheets, sheets_kept, of_sheets = sheets_by_hand(known, previous.sheets, fresh)
    work = HandWork(
        MappingProxyType(texts.cells),
        placed,
        sheets,
        tuple(texts.revisions),
        MappingProxyType({**texts.kept, **layout_kept, **sheets_kept}),
    )
    findings = (*texts.findings(), *of_layout, *of_sheets)
    notices = (*texts.notices, *_removed(known), *_strays(mine))
    plan = _as_edited(merged.plan, texts.of_plan)
    woven = replace(merged, plan=plan, entries=MappingProxyType(texts.entries))
    return Woven(woven, work, findings, notices)


def _as_edited(plan: Plan, cells: Mapping[Item, tuple[Cell, str]]) -> Plan:
    """The plan with the cells that the hand changed in it, so that every sheet of the workbook says the same."""
    if not cells:
        return plan
    rows: dict[str, dict[str, tuple[Cell, str]]] = {}
    for (key, column), said in cells.items():
        rows.setdefault(key, {})[column] = said

    def edited(programme: Programme) -> Programme:
        mine = rows.get(programme.key, {})
        new = {**programme.cells, **{column: cell for column, (cell, _) in mine.items()}}
        texts = {**programme.texts, **{column: text for column, (_, text) in mine.items()}}
        return replace(programme, cells=MappingProxyType(new), texts=MappingProxyType(texts)) if mine else programme

    return replace(plan, programmes=tuple(edited(programme) for programme in plan.programmes))


@dataclass(slots=True)
class _Texts:
    """The texts of the cells, their looks and notes."""

    known: Known
    merged: Merged
    entries: dict[Item, Entry] = field(init=False)
    cells: dict[Spot, Cell] = field(default_factory=dict)
    of_plan: dict[Item, tuple[Cell, str]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    kept: dict[Item, str] = field(default_factory=dict)
    notices: list[Finding] = field(default_factory=list)

    def run(self) -> None:
        self.entries = dict(self.merged.entries)
        items = [*dict.fromkeys((*self.known.theirs.cells, *self.known.mine.cells, *self._lost()))]
        copies = [item for item in items if item in self.entries and self.entries[item].original]
        for item in items:
            if item not in self.entries or not self.entries[item].original:
                self._item(item)
        for item in copies:
            self._copied(item)
            self._item(item)

    def _lost(self) -> Iterator[Item]:
        """Cells that were written, and are gone from rows that are still there."""
        for item, line in self.known.lines.items():
            if is_text(item) and line.written and self.known.row_stands(item):
                yield item

    def _copied(self, item: Item) -> None:
        """A relisted cell takes what its original says after the hand's work."""
        entry = self.entries[item]
        source = self.entries.get((entry.original, item[1]))
        if source is not None and source.by_hand:
            style = replace(entry.cell.style, number_format=source.cell.style.number_format)
            cell = replace(entry.cell.with_value(source.cell.value), style=style)
            self.entries[item] = replace(
                source, cell=cell, text=source.text, original=entry.original, by_hand=source.by_hand
            )

    def _item(self, item: Item) -> None:
        mine, line = self.known.mine.cells.get(item), self.known.lines.get(item)
        spot = self.known.spot(item)
        if spot is None or (line is None and (mine is None or not self._may_be_new(item))):
            return
        revised = self._revised(item, mine, line or _NO_LINE)
        if mine is not None:
            self._marked(item, spot, mine, revised)

    def _may_be_new(self, item: Item) -> bool:
        """Whether a cell that was never written may have been put there: beside the table, or in a heading's row."""
        return ":" in item[1] and (item[0][:1] in ("@", ">") or item[1].startswith(OUTSIDE))

    def _revised(self, item: Item, mine: Seen | None, line: Line) -> bool:
        """Take the hand's text where it stands; whether it does."""
        entry = self.entries.get(item)
        if mine is not None and entry is not None and entry.original and mine.formula is not None:
            return False  # a live reference is no edit
        if mine is None and not self.known.row_stands(item):
            return False
        text, theirs = mine.text if mine else "", self._theirs(item)
        before, submitted = (line.before, line.submitted) if line.by_hand else (line.written, line.written)
        if _same(text, line.written):
            if not line.by_hand or _same(text, theirs):
                return False
        else:
            if _same(text, theirs) or _same(text, before) or (entry is not None and entry.original and is_blank(text)):
                return False
            before = submitted if line.by_hand else line.written
        if mine is not None and mine.cell.formula is not None and mine.cell.value is None:
            self.notices.append(self._unkept(mine))
            return False
        self._take(item, mine, before, theirs)
        return True

    def _theirs(self, item: Item) -> str:
        entry = self.entries.get(item)
        if entry is not None:
            return entry.text
        seen = self.known.theirs.cells.get(item)
        return seen.text if seen else ""

    def _take(self, item: Item, mine: Seen | None, before: str, theirs: str) -> None:
        programme = self.known.plan.programme(item[0])
        column = programme.column(item[1].partition("#")[0]) if programme else None
        spot, entry = self.known.spot(item), self.entries.get(item)
        assert spot is not None
        text = "" if mine is None else _said(mine)
        own = programme.cell(column.key) if programme and column and column.role is not Role.DEPARTMENT else None
        later = self._later(item)
        seen = self.known.theirs.cells.get(item)
        known = own or (seen.cell if seen else Cell())
        cell = _by_hand(unmarked(known) if later else known, mine, new=seen is None)
        if entry is not None:
            original = "" if entry.original else entry.original
            self.entries[item] = replace(entry, cell=cell, text=text, state="", original=original, by_hand=True)
        else:
            self.cells[spot] = cell
            if own is not None:
                self.of_plan[item] = (cell, text)
        owner = later.value if later else programme.responsible if programme else ""
        self.revisions.append(
            Revision(
                item,
                spot[0],
                programme.number if programme else "",
                column.header if column else ("表の外" if programme else "見出し・注記"),
                owner,
                before,
                text,
                theirs,
                entry is not None,
                not _same(theirs, before),
                later is not None,
            )
        )

    def _later(self, item: Item) -> Filler | None:
        """The division or the meeting, where it fills the cell itself."""
        programme, entry = self.known.plan.programme(item[0]), self.merged.entries.get(item)
        column = programme.column(item[1]) if programme else None
        if programme is None or column is None or (entry is not None and entry.original):
            return None
        by = self.known.plan.asked(programme, column)
        return by if by in LATER_FILLERS else None

    # ------------------------------------------------------------------------------------------------------- looks
    def _marked(self, item: Item, spot: Spot, mine: Seen, revised: bool) -> None:
        """Colours and marks that a hand gave a cell, and its comment."""
        line = look_line(self.known.lines, item)
        entry, theirs = self.entries.get(item), self.known.theirs.cells.get(item)
        now = entry.cell if entry is not None else self.cells.get(spot) or (theirs.cell if theirs else None)
        if now is None:
            return
        cell = now
        if line is not None:
            before = line.before if line.by_hand else line.written
            if mine.look != before and (line.by_hand or mine.look != line.written):
                cell = _with_look(cell, mine.cell, before.split("/"), mine.look.split("/"))
                self.kept[look_item(item)] = before
        if mine.cell.note and not cell.note:
            cell = replace(cell, note=mine.cell.note)
        if cell is now or (cell == now and not revised):
            return
        if entry is not None:
            self.entries[item] = replace(entry, cell=cell)
        else:
            self.cells[spot] = cell

    # ---------------------------------------------------------------------------------------------------- findings
    def findings(self) -> Iterator[Finding]:
        for revision in self.revisions:
            if revision.own and not revision.conflict:
                continue  # what the division or a meeting fills is theirs to fill
            place = Place("", revision.sheet, "", revision.number, revision.column, revision.item)
            answer = revision.answer and not revision.own
            source = "提出された調査票" if answer else "計画のブック"
            owner = revision.department or "関係する部局"
            original = self._original(revision.item)
            if original is not None:
                yield self._typed_over(revision, place, *original)
                continue
            rule = ANSWER_REVISED if answer else PLAN_CELL_REVISED
            yield found(
                BOTH_CHANGED if revision.conflict else rule,
                place,
                department=revision.department if answer else "",
                expected=revision.before,
                got=revision.after,
                source=source,
                submitted=revision.submitted,
                owner=owner,
            )

    def _original(self, item: Item) -> tuple[str, str, str] | None:
        """Of a relisted cell: its original's number and address, and what it says."""
        was = self.merged.entries.get(item)
        original = self.known.plan.programme(was.original) if was is not None and was.original else None
        place = original.place(item[1]) if original else None
        if original is None or place is None:
            return None
        return original.number, f"{original.sheet} {a1(*place)}", self.entries[original.key, item[1]].text

    def _typed_over(self, revision: Revision, place: Place, number: str, address: str, says: str) -> Finding:
        return found(
            TYPED_OVER,
            place,
            department=revision.department,
            expected=says,
            got=revision.after,
            original=number,
            original_cell=address,
            difference=in_words(says, revision.after),
            texts=both(says, revision.after),
        )

    def _unkept(self, mine: Seen) -> Finding:
        sheet, position = mine.spot
        reason = "計算結果がブックに保存されていない"
        where = f"{sheet} {a1(*position)}"
        place = Place("", sheet, a1(*position))
        return found(NOT_KEPT, place, got=f"={mine.formula}", where=where, reason=reason)


def _same(one: str, other: str) -> bool:
    return plain(one) == plain(other) or (is_blank(one) and is_blank(other))


def _said(mine: Seen) -> str:
    """What a hand's cell shows; of a formula that it typed, the result."""
    from xl_plan.meaning.numberformat import shown

    return shown(mine.cell.value, mine.cell.style.number_format) if mine.text == FORMULA else mine.text


def _by_hand(own: Cell, mine: Seen | None, *, new: bool) -> Cell:
    """The hand's value in the plan's look; a cell beside the table keeps the look that it was given."""
    if mine is None:
        return replace(own.with_value(None), note=None)
    style = own.style
    if new:
        style = replace(mine.cell.style, wrap=True, shrink=False)
    elif isinstance(mine.cell.value, (int, float)) and not isinstance(mine.cell.value, bool):
        style = replace(style, number_format=mine.cell.style.number_format)
    return Cell(mine.cell.value, style, runs=mine.cell.runs, note=mine.cell.note)


def _with_look(cell: Cell, mine: Cell, before: Sequence[str], now: Sequence[str]) -> Cell:
    """The parts of a look that a hand changed: fill, colour, marks, and marks of single words."""
    style, font = cell.style, cell.style.font
    if before[0:1] != now[0:1]:
        style = replace(style, fill=mine.style.fill)
    if before[1:2] != now[1:2]:
        font = replace(font, colour=mine.style.font.colour)
    if before[2:3] != now[2:3]:
        other = mine.style.font
        font = replace(font, bold=other.bold, strike=other.strike, underline=other.underline)
    runs = mine.runs if before[3:4] != now[3:4] and mine.value == cell.value else cell.runs
    return replace(cell, style=replace(style, font=font), runs=runs)


def _removed(known: Known) -> Iterator[Finding]:
    here = set(known.mine.names.values())
    written = {owner for owner, item in known.lines if is_text((owner, item))}
    for programme in known.plan.programmes:
        if programme.key in written and programme.key not in here:
            place = Place("", programme.sheet, "", programme.number, key=(programme.key, ""))
            yield found(ROW_REMOVED, place, department=programme.responsible, programme=programme.name)


def _strays(mine: Observed) -> Iterator[Finding]:
    for sheet, cell, text in mine.strays:
        reason = "計画にない列が表の途中に加えられている"
        yield found(NOT_KEPT, Place("", sheet, cell), got=text, where=f"{sheet} {cell}", reason=reason)
