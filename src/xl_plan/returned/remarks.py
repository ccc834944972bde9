"""What a returned file says beside the cells to fill: comments, new columns, texts elsewhere, 修正申出.

All of it is somebody's message: it is carried to 確認事項 and never into the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xl_plan.cells import Book, Cell, Position, Sheet, a1
from xl_plan.comparison import listed
from xl_plan.findings import Finding, Place, found
from xl_plan.issue.formwords import CHECKER, DEPARTMENT, PROPOSAL_HEAD, RESPONDENT, SUBMISSION_KIND, VERSION
from xl_plan.issue.issued import read_issued
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold
from xl_plan.meaning.values import is_blank
from xl_plan.model import GUIDE_SHEET, OWN_SHEETS, BandKind, Column, Plan, Proposal, Table
from xl_plan.remembered import once_for_each
from xl_plan.returned.matching import Row, unknown_columns
from xl_plan.rules.returned import COMMENT_LEFT, TEXT_ELSEWHERE

NOTICE = "関係部局："  # begins the line that a form shows below a shared row
_MOST = 20  # texts of a strange sheet that are quoted
NOTE_END = "――（ここまで取りまとめ部局の記入）"


def text_of(cell: Cell) -> str:
    return "" if cell.value is None else shown(cell.value, cell.style.number_format)


def remarks(
    book: Book, plan: Plan, tables: Mapping[str, Table], rows: Sequence[Row], file: str, department: str
) -> Iterator[Finding]:
    """Comments and texts outside the plan's cells, each quoted."""
    yield from _comments(book, rows, file, department)
    known = _known_texts(plan)
    by_sheet: dict[str, list[Row]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet.name, []).append(row)
    for sheet in book.sheets:
        if sheet.name in OWN_SHEETS or GUIDE_SHEET in sheet.name or read_issued(sheet) is not None:
            continue
        table = tables.get(sheet.name)
        strange = _new_columns(by_sheet.get(sheet.name, ()))
        if table is not None:
            strange |= _outside(table, by_sheet.get(sheet.name, ()), known)
        elif not is_guide(sheet) and proposal_head(sheet) is None:
            strange |= {at: ("", cell) for at, cell in sheet.cells.items() if not cell.blank}
        yield from _elsewhere(sheet, strange, file, department)


def _comments(book: Book, rows: Sequence[Row], file: str, department: str) -> Iterator[Finding]:
    for sheet in book.sheets:
        noted = sorted((at, cell.note) for at, cell in sheet.cells.items() if cell.note is not None)
        where = _headed(rows, sheet) if noted else {}
        for at, note in noted:
            text = _message(note)
            if text:
                place = Place(file, sheet.name, a1(*at), *where.get(at, ("", "")))
                yield found(COMMENT_LEFT, place, department=department, got=text)


def _headed(rows: Sequence[Row], sheet: Sheet) -> Mapping[Position, tuple[str, str]]:
    """The number and the header of each of the plan's cells on a sheet."""
    return {
        place: (row.programme.number, column.header)
        for row in rows
        if row.sheet.name == sheet.name
        for column, places in row.known
        for place in places
    }


def _message(note: str) -> str:
    """What a person wrote in a note: what the division wrote in a return is left out."""
    ours, end, theirs = note.partition(NOTE_END)
    return (theirs if end else ours).strip()


@once_for_each
def _known_texts(plan: Plan) -> frozenset[str]:
    """Every text of the plan's sheets outside its programmes: titles, headings, headers, notes."""
    texts = set()
    for table in plan.tables:
        rows = {row for block in table.blocks for first, last in block.parts for row in range(first, last + 1)}
        texts |= {fold(text_of(cell)) for (row, _), cell in table.sheet.cells.items() if row not in rows}
    return frozenset(texts)


_Strange = dict[Position, tuple[str, Cell]]


def _new_columns(rows: Iterable[Row]) -> _Strange:
    return {
        place: (row.programme.number, cell)
        for row in rows
        for _, place in unknown_columns(row)
        if not is_blank(text_of(cell := row.sheet.at(*place)))
    }


def _outside(table: Table, rows: Sequence[Row], known: frozenset[str]) -> _Strange:
    """Texts that stand in no column of a programme and were not issued."""
    columns = {(row.block.first, c) for row in rows for column in row.block.columns for c in _span(column)}
    bands = {r: band for band in table.bands for r in range(band.first, band.last + 1)}
    matched = {row.block.first: row.programme.number for row in rows}
    strange: _Strange = {}
    for at, cell in table.sheet.cells.items():
        band = bands.get(at[0])
        number = ""
        if band is not None and band.kind is BandKind.BLOCK:
            if band.first not in matched or (band.first, at[1]) in columns:
                continue
            number = matched[band.first]
        if cell.blank:
            continue
        text = text_of(cell)
        if not (is_blank(text) or fold(text) in known or text.startswith(NOTICE)):
            strange[at] = number, cell
    return strange


def _span(column: Column) -> range:
    return range(column.left, column.right + 1)


def _elsewhere(sheet: Sheet, strange: _Strange, file: str, department: str) -> Iterator[Finding]:
    if not strange:
        return
    cells = sorted(strange.items())
    places = [Place(file, sheet.name, a1(*at), number) for at, (number, _) in cells]
    texts = [text_of(cell) for _, (_, cell) in cells]
    got = texts[0]
    if len(texts) > 1:
        quotes = [(place.cell, text) for place, text in zip(places, texts, strict=True)]
        rest = f"、ほか{len(quotes) - _MOST}セル" if len(quotes) > _MOST else ""
        got = listed(quotes[:_MOST], whole=True) + rest
    yield found(TEXT_ELSEWHERE, *places, department=department, got=got)


# ------------------------------------------------------------------------------------------------------------ 修正申出
def proposals(book: Book, file: str, department: str) -> tuple[Proposal, ...]:
    """The lines of 修正申出."""
    lines = []
    for sheet in book.sheets:
        head = proposal_head(sheet)
        for row, cells in sheet.rows() if head is not None else ():
            texts = {col: text_of(cell).strip() for col, cell in cells}
            line = [texts.get(col, "") for col in range(len(PROPOSAL_HEAD))]
            if head is not None and row > head and any(line):
                lines.append(Proposal(file, department, row + 1, *line))
    return tuple(lines)


def proposal_head(sheet: Sheet) -> int | None:
    """The row of the headings of 修正申出, None on any other sheet; the sheet's name may have been changed."""
    wanted = PROPOSAL_HEAD[0]
    rows = [row for (row, col), cell in sheet.cells.items() if col == 0 and cell.value == wanted]
    heads = (row for row in rows if all(sheet.at(row, c).value == text for c, text in enumerate(PROPOSAL_HEAD)))
    return next(heads, None)


def is_guide(sheet: Sheet) -> bool:
    """Whether a sheet is 記入要領, whatever it is called now: some of its labels stand in the first column."""
    labels = {DEPARTMENT, RESPONDENT, CHECKER, SUBMISSION_KIND, VERSION}
    return sum(1 for (_, col), cell in sheet.cells.items() if col == 0 and cell.value in labels) >= 2
