"""Plan workbook → the 配布用 copy: what the council and the public may have, and nothing else.

The plan's sheets are laid out anew from their values, so that nothing can come along that is not written here: no
formula, note, link, hidden sheet, folded column, conditional format, file name or author. A proposal that the division
accepted (採否 採用) stands as a ※ line below its programme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.book.compose import Composed, Draft, compose
from xl_plan.book.planbook import plan_drafts, with_marks
from xl_plan.book.secondround import later_cells, unmarked
from xl_plan.cells import Book, Cell, Font, Page, Position, Properties, Sheet, Style, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.layout.sheets import looks_of
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold, fold_number
from xl_plan.model import PROPOSAL_SHEET, CellKey, Merged, Plan, Programme, Spot
from xl_plan.ratings import scale_of
from xl_plan.reports.contents import contents_sheet
from xl_plan.reports.data import data_sheet
from xl_plan.reports.printed import marks_to_print
from xl_plan.reports.progress import progress_sheet
from xl_plan.reports.trends import trends_sheet
from xl_plan.rules.plan import ACCEPTED_CHANGE_WITHOUT_ROW
from xl_plan.tables.references import resolved

CHOSEN = "配布するシート"
ACCEPTED = "採用"
_HEAD = ("番号", "項目", "現在の内容", "修正案", "採否")
_PUBLIC_NAMES = ("達成状況", "指標の推移", "データ一覧")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line of 修正申出 that the division accepted. ``cell`` is where its 採否 stands."""

    number: str
    item: str
    current: str
    proposed: str
    cell: str

    @property
    def note(self) -> str:
        """What readers of the printed book are told."""
        if self.current:
            return f"※{self.item}を「{self.current}」から「{self.proposed}」に修正しました。"
        return f"※{self.item}を「{self.proposed}」に修正しました。"


def publication(book: Book, plan: Plan) -> tuple[Book, tuple[Finding, ...]]:
    """The 配布用 copy of a workbook, and the accepted changes that could not be placed."""
    accepted = accepted_changes(book)
    notes, missing = _notes(plan, accepted)
    edits = _values(book, plan)
    marks = marks_to_print(_merged(plan))
    drafts = [
        replace(draft, after=notes.get(draft.table.sheet.name, {}))
        for draft in with_marks(plan, plan_drafts(plan, plan.settings, edits), marks)
    ]
    composed = compose(drafts)
    pillars = tuple(_bare(item.sheet, draft.page) for item, draft in zip(composed, drafts, strict=True))
    beside = _chosen(plan, book, _where(plan, composed, drafts))
    contents = contents_sheet(plan.settings, pillars, plan.tables)
    sheets = (*((contents,) if contents else ()), *pillars, *beside)
    findings = tuple(
        found(ACCEPTED_CHANGE_WITHOUT_ROW, Place(sheet=PROPOSAL_SHEET, cell=a.cell, number=a.number), got=a.proposed)
        for a in missing
    )
    public = tuple(_bare(sheet, sheet.page) for sheet in sheets)
    return Book(public, Properties(title=plan.settings.title)), findings


def accepted_changes(book: Book) -> tuple[Accepted, ...]:
    """The accepted lines of the sheet 修正申出, found by its heads."""
    sheet = book.sheet(PROPOSAL_SHEET)
    heads: dict[str, int] = {}
    accepted = []
    for row, cells in sheet.rows() if sheet else ():
        texts = {col: shown(cell.value, cell.style.number_format).strip() for col, cell in cells}
        if not heads:
            names = {text: col for col, text in texts.items()}
            heads = names if names.keys() >= set(_HEAD) else {}
            continue
        number, item, current, proposed, answer = (texts.get(heads[name], "") for name in _HEAD)
        if fold(answer) == ACCEPTED:
            accepted.append(Accepted(number, item or "内容", current, proposed, a1(row, heads["採否"])))
    return tuple(accepted)


def _notes(plan: Plan, accepted: Sequence[Accepted]) -> tuple[dict[str, Mapping[int, Cell]], list[Accepted]]:
    """Sheet → a block's first row → its ※ lines; and the changes whose number is not in the plan."""
    rows: dict[str, list[Programme]] = {}
    for programme in plan.programmes:
        rows.setdefault(fold_number(programme.number), []).append(programme)
    texts: dict[tuple[str, int], list[str]] = {}
    missing = []
    for change in accepted:
        same = rows.get(fold_number(change.number), [])
        meant = [p for p in same if change.current and change.current in p.texts.values()] or same
        if not meant:
            missing.append(change)
        else:  # of several rows of one number the one that says what was to be changed
            texts.setdefault((meant[0].sheet, meant[0].block.first), []).append(change.note)
    style = Style(font=Font(plan.settings.font, 9), vertical="center", wrap=True)
    notes: dict[str, dict[int, Cell]] = {}
    for (sheet, first), lines in texts.items():
        notes.setdefault(sheet, {})[first] = Cell("\n".join(lines), style)
    return {sheet: MappingProxyType(cells) for sheet, cells in notes.items()}, missing


def _values(book: Book, plan: Plan) -> dict[Spot, Cell]:
    """Every formula of the plan's sheets replaced by its value: references by what they refer to, others by their
    result."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    edits: dict[Spot, Cell] = {}
    for table in plan.tables:
        sheet = table.sheet
        for place, cell in sheet.cells.items():
            if cell.formula is not None:
                value = resolved(cell, sheet.name, sheets)
                edits[sheet.name, place] = replace(value, style=cell.style, formula=None, error=False)
    for programme in plan.programmes:
        edits |= _whole(programme, edits)
    for programme, column, _ in later_cells(plan):
        at = programme.place(column.key)
        if at is not None:
            edits[programme.sheet, at] = unmarked(programme.cell(column.key))
    return edits


def _whole(programme: Programme, edits: Mapping[Spot, Cell]) -> dict[Spot, Cell]:
    """A text that was divided over pages stands whole where it begins, also where its parts are references."""
    return {
        (programme.sheet, places[0]): programme.cell(key)
        for key, places in programme.block.places.items()
        if len(places) > 1 and key in programme.cells and any((programme.sheet, p) in edits for p in places)
    }


def _where(plan: Plan, composed: Sequence[Composed], drafts: Sequence[Draft]) -> dict[CellKey, Spot]:
    by_sheet = {draft.table.sheet.name: item for item, draft in zip(composed, drafts, strict=True)}
    where: dict[CellKey, Spot] = {}
    for programme in plan.programmes:
        for column in programme.block.columns:
            place = programme.place(column.key)
            now = by_sheet[programme.sheet].where.get(place) if place is not None else None
            if now:
                where[programme.key, column.key] = (by_sheet[programme.sheet].sheet.name, now[0])
    return where


def _chosen(plan: Plan, book: Book, where: Mapping[CellKey, Spot]) -> list[Sheet]:
    """The other sheets that 設定 chooses: the tool's own, made anew, and the office's as they stand."""
    text = plan.settings.extra.get(CHOSEN, "")
    for mark in "，,；;／/\n　 ":
        text = text.replace(mark, "、")
    names = [name.strip() for name in text.split("、") if name.strip()]
    merged = _merged(plan)
    looks = looks_of(plan.settings)
    chosen = []
    for name in dict.fromkeys(names):
        if name == _PUBLIC_NAMES[0]:
            chosen.append(progress_sheet(merged, where, looks, scale_of(plan.settings)))
        elif name == _PUBLIC_NAMES[1]:
            chosen.append(trends_sheet(merged, where, looks))
        elif name == _PUBLIC_NAMES[2]:
            chosen.append(data_sheet(merged, where, looks, public=True))
        else:
            chosen += [sheet for sheet in plan.others if sheet.name == name and sheet.state == "visible"]
    return chosen


def _merged(plan: Plan) -> Merged:
    """A plan whose round is filled in already."""
    return Merged(plan, MappingProxyType({}), (), ())


def _bare(sheet: Sheet, page: Page) -> Sheet:
    """The sheet with its values and looks alone; what is covered or folded away is gone, not hidden."""
    covered = {place for place, area in sheet.merge_map().items() if place != (area.top, area.left)}
    cells: dict[Position, Cell] = {}
    for place, cell in sheet.cells.items():
        hidden = place[0] in sheet.hidden_rows or place[1] in sheet.hidden_columns
        value = None if place in covered or hidden else cell.value
        runs = () if value is None else cell.runs
        style = replace(cell.style, locked=True)
        if cell.link:
            style = replace(style, font=replace(style.font, underline=False, colour=None))
        cells[place] = Cell(value, style, runs=runs, error=cell.error and value is not None)
    return replace(
        sheet,
        cells=MappingProxyType(cells),
        validations=(),
        protection=None,
        highlights=(),
        outline_columns=frozenset(),
        state="visible",
        page=replace(sheet.page, header=page.header, footer=page.footer),
    )
