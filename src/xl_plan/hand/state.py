"""The very hidden sheet of the consolidated workbook: what merge wrote, so that the next merge can tell what a person
changed since.

One line an item, plain cells, so that it survives any program that keeps sheets at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import MAX_ROWS, Book, Cell, Position, Sheet, Style
from xl_plan.hand.handwork import HandWork, Item
from xl_plan.hand.rowmatch import Texts
from xl_plan.hand.slots import Observed, look_of
from xl_plan.meaning.numberformat import shown
from xl_plan.model import STATE_SHEET, Plan

FORMAT = "xl-plan-state 1"
HEIGHT, WIDTH, BREAK, LOOK, ROW, SHEET = "高さ", "幅", "改ページ", "見た目", "行", "シート"
_HEAD = ("形式", "計画", "年度", "版", "計画のSHA-256", "内容のSHA-256")
_COLUMNS = ("所属", "項目", "書き出した内容", "手修正", "修正前の内容", "提出物の内容")
_BY_HAND = "○"
_TEXT = Style(number_format="@")


@dataclass(frozen=True, slots=True)
class Line:
    """What was ``written``; ``by_hand`` when that was a hand's doing, then also what stood there ``before`` the hand,
    and what the submissions (or the plan) said."""

    written: str
    by_hand: bool = False
    before: str = ""
    submitted: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a consolidated workbook. ``fingerprint`` is that of all its other sheets."""

    title: str
    year: str
    version: str
    plan_sha256: str
    fingerprint: str = ""
    lines: Mapping[Item, Line] = field(default_factory=lambda: MappingProxyType({}))

    def gaps(self, *, before: bool = False) -> dict[str, tuple[Texts, ...]]:
        """The rows outside the programmes, as they were written; ``before`` the hand's work, as the plan had them."""
        rows: dict[str, dict[int, dict[int, str]]] = {}
        for (owner, item), line in self.lines.items():
            number, colon, col = item.partition(":")
            if owner[:1] not in ("@", ">"):
                continue
            if item.startswith(f"{ROW} "):
                rows.setdefault(owner, {}).setdefault(int(item.partition(" ")[2]), {})
            elif colon and number.isdecimal():
                text = line.before if before and line.by_hand else line.written
                row = rows.setdefault(owner, {}).setdefault(int(number), {})
                row |= {int(col): text} if text else {}
        return {
            owner: tuple(tuple(sorted(found.get(n, {}).items())) for n in range(max(found) + 1))
            for owner, found in rows.items()
        }


def state_of(plan: Plan, written: Observed, book: Book, work: HandWork, version: str) -> State:
    """The state of a workbook as it is written: ``written`` is what a look at it sees, ``work`` what is by hand."""
    revised = {revision.item: revision for revision in work.revisions}
    lines: dict[Item, Line] = {}
    for item, seen in written.cells.items():
        owner, name = item
        revision = revised.get(item)
        if revision is None:
            lines[item] = Line(seen.text)
        else:
            lines[item] = Line(seen.text, True, revision.before, revision.submitted)
        _add(lines, work, (owner, f"{LOOK} {name}"), seen.look)
    for item, revision in revised.items():
        lines.setdefault(item, Line("", True, revision.before, revision.submitted))
    for here, key in written.names.items():
        if here != key:
            lines[key, ROW] = Line(here)
    for (owner, index), _ in written.rows.items():
        if owner[:1] in ("@", ">"):
            lines[owner, f"{ROW} {index}"] = Line("")
    for (owner, index), height in written.heights.items():
        _add(lines, work, (owner, f"{HEIGHT} {index}"), f"{height:g}")
    for owner, index in sorted(written.starts):
        _add(lines, work, (owner, f"{BREAK} {index}"), _BY_HAND)
    for (sheet, col), width in written.widths.items():
        _add(lines, work, (f"@{sheet}", f"{WIDTH} {col}"), f"{width:g}")
    said = told(book.sheets)
    for sheet_name, content in contents(book.sheets, said).items():
        _add(lines, work, (f"@{sheet_name}", SHEET), content)
    settings = plan.settings
    return State(
        settings.title, str(settings.year or ""), version, plan.sha256, fingerprint(book, said), MappingProxyType(lines)
    )


def _add(lines: dict[Item, Line], work: HandWork, item: Item, written: str) -> None:
    lines[item] = Line(written, item in work.kept, work.kept.get(item, ""))


# ---------------------------------------------------------------------------------------------------------- the sheet
def state_sheet(state: State) -> Sheet:
    """The very hidden sheet that carries a state."""
    head = (FORMAT, state.title, state.year, state.version, state.plan_sha256, state.fingerprint)
    lines: list[tuple[str, ...]] = [*zip(_HEAD, head, strict=True), (), _COLUMNS]
    for (owner, item), line in state.lines.items():
        texts = (owner, item, line.written)
        lines.append((*texts, _BY_HAND, line.before, line.submitted) if line.by_hand else texts)
    cells: dict[Position, Cell] = {
        (row, col): Cell(text, _TEXT) for row, texts in enumerate(lines) for col, text in enumerate(texts) if text
    }
    return Sheet(STATE_SHEET, MappingProxyType(cells), state="veryHidden")


def read_state(book: Book) -> State | None:
    """The state that a workbook carries, None when it carries none."""
    sheet = book.sheet(STATE_SHEET)
    if sheet is None:
        return None
    rows = {row: {col: "" if c.value is None else str(c.value) for col, c in cells} for row, cells in sheet.rows()}
    head = {line.get(0, ""): line.get(1, "") for row, line in rows.items() if row < len(_HEAD)}
    if head.get(_HEAD[0]) != FORMAT:
        return None
    lines: dict[Item, Line] = {}
    for row, line in rows.items():
        if row > len(_HEAD) + 1 and line.get(0):
            by_hand = line.get(3) == _BY_HAND
            lines[line[0], line.get(1, "")] = Line(line.get(2, ""), by_hand, line.get(4, ""), line.get(5, ""))
    title, year, version, plan_sha256, content = (head.get(name, "") for name in _HEAD[1:])
    return State(title, year, version, plan_sha256, content, MappingProxyType(lines))


# ------------------------------------------------------------------------------------------------------- fingerprints
Told = Mapping[Position, str]  # what each cell with content says, row by row


def told(sheets: Iterable[Sheet]) -> dict[str, Told]:
    """What the cells of each sheet say, the state's sheet apart."""
    return {
        sheet.name: {place: _said(sheet.cells[place]) for place in sorted(sheet.cells) if not sheet.cells[place].blank}
        for sheet in sheets
        if sheet.name != STATE_SHEET
    }


def contents(sheets: Iterable[Sheet], known: Mapping[str, Told] | None = None) -> dict[str, str]:
    """What each sheet says, as a short hash by its name; looks and layout do not count. ``known``: what their cells
    say, where that is known already."""
    every = tuple(sheets)
    says = told(every) if known is None else known
    result = {}
    for sheet in every:
        if sheet.name in says:
            end = reading_starts(sheet)
            result[sheet.name] = _hash([(at, text) for at, text in says[sheet.name].items() if at[0] < end])[:16]
    return result


def reading_starts(sheet: Sheet) -> int:
    """The row where a sheet begins to tell how the plan was read: that part is written anew each time."""
    rows = (row for (row, col), cell in sheet.cells.items() if col == 0 and cell.value == "■読み取り")
    return min(rows, default=MAX_ROWS)


def _said(cell: Cell) -> str:
    if cell.formula is not None:
        return f"={cell.formula}"
    return shown(cell.value, cell.style.number_format)


def fingerprint(book: Book, known: Mapping[str, Told] | None = None) -> str:
    """A hash of everything that a person may change in the sheets of a workbook, its state apart. ``known``: what the
    cells say, where that is known already."""
    says = told(book.sheets) if known is None else known
    sheets = []
    for sheet in book.sheets:
        if sheet.name == STATE_SHEET:
            continue
        covered = sheet.merge_map()
        mine = says[sheet.name]
        cells = [
            (place, mine.get(place, ""), cell.note, look_of(cell))
            for place, cell in sorted(sheet.cells.items(), key=_place)
            if not cell.blank or cell.note or (cell.style.fill and place not in covered)
        ]
        heights = [(row, f"{height:.2f}") for row, height in sorted(sheet.heights.items())]
        widths = [(col, f"{width:.2f}") for col, width in sorted(sheet.widths.items())]
        merges = sorted(tuple(area) for area in sheet.merges)
        page = (tuple(sheet.page.row_breaks), int(sheet.page.scale))
        sheets.append((sheet.name, sheet.state, cells, heights, widths, merges, page))
    return _hash(sheets)


def _place(item: tuple[Position, Cell]) -> Position:
    return item[0]


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()
