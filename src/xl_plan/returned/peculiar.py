"""What is unusual about a file that can be read: said once a file, so that nobody is surprised later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from xl_plan.cells import Book, Cell, Position, Sheet, Style, a1
from xl_plan.findings import Finding, Place, Rule, found
from xl_plan.meaning.numberformat import is_date
from xl_plan.model import OWN_SHEETS
from xl_plan.rules.reading import (
    DATE_OUT_OF_RANGE,
    DATES_OF_1904,
    HALF_CHARACTER,
    HAS_MACROS,
    HIDDEN_SHEET,
    NAMED_OTHERWISE,
    OLD_FORMAT,
    OUTSIDE_LINKS,
    TEXT_AS_NUMBER,
    UNDER_MERGE,
)

KINDS: Mapping[str, str] = {
    "xlsx": "Excelブック（.xlsx）",
    "xlsm": "Excelマクロ有効ブック（.xlsm）",
    "xlsb": "Excelバイナリ ブック（.xlsb）",
    "xls": "Excel 97-2003ブック（.xls）",
    "ods": "OpenDocumentの表計算（.ods）",
}
_NAMES = {"xlsx": {".xlsx", ".xltx"}, "xlsm": {".xlsm", ".xltm", ".xlam"}, "xls": {".xls", ".xlt"}}
_LINK_WORDS = {
    "link": "ほかのブック（{text}）へのリンク",
    "dde": "ほかのプログラム（{text}）へのつながり",
    "connection": "外部データへの接続",
}
_HALF = re.compile("_x[Dd][89A-Fa-f][0-9A-Fa-f]{2}_|\\ufffd")
_DAYS_OF_1904 = 1462  # between the two ways to count
_END_OF_DATES = 2_958_466  # 10000-01-01
_QUOTED = 5
_SHORT = 40


def as_shown(book: Book) -> Book:
    """The book as the stages behind can take it: dates counted from 1900, and every sheet with a name of its own."""
    sheets = tuple(_named(book.sheets))
    if book.date1904:
        dated: dict[Style, bool] = {}
        sheets = tuple(replace(s, cells={at: _moved(cell, dated) for at, cell in s.cells.items()}) for s in sheets)
    elif all(new is old for new, old in zip(sheets, book.sheets, strict=True)):
        return book
    return replace(book, sheets=sheets, date1904=False)


def _named(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """Two sheets of one name are told apart: who asks for one by its name would get the other."""
    taken: set[str] = set()
    for sheet in sheets:
        name, count = sheet.name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{sheet.name} ({count})"
        taken.add(name.casefold())
        yield sheet if name == sheet.name else replace(sheet, name=name)


def _moved(cell: Cell, dated: dict[Style, bool]) -> Cell:
    number = _number(cell)
    # A time of day without a day is the same in both.
    if number is None or number < 1 or not _dated(cell.style, dated):
        return cell
    return replace(cell, value=number + _DAYS_OF_1904)


def _number(cell: Cell) -> int | float | None:
    value = cell.value
    return None if isinstance(value, bool | str) or value is None else value


def _dated(style: Style, known: dict[Style, bool]) -> bool:
    dated = known.get(style)
    if dated is None:
        dated = known[style] = "[h" not in style.number_format and is_date(style.number_format)
    return dated


def peculiarities(book: Book, file: str) -> Iterator[Finding]:
    """The findings on a file as a whole, as it was read (before :func:`as_shown`)."""
    yield from _format(book, file)
    if book.has_macros:
        yield found(HAS_MACROS, Place(file))
    links = dict.fromkeys(
        _LINK_WORDS[oddity.kind].format(text=_visible(oddity.text))
        for oddity in book.oddities
        if oddity.kind in _LINK_WORDS
    )
    if links:
        yield found(OUTSIDE_LINKS, Place(file), kind="、".join(list(links)[:_QUOTED]))
    hidden = [sheet.name for sheet in book.sheets if sheet.state != "visible" and _strange(sheet)]
    if hidden:
        yield found(HIDDEN_SHEET, Place(file), sheets="」「".join(hidden))
    if book.date1904:
        yield found(DATES_OF_1904, Place(file))
    no_numbers = [(Place(file, o.sheet, o.cell), o.text) for o in book.oddities if o.kind == "no-number"]
    if no_numbers:
        yield _cells(TEXT_AS_NUMBER, no_numbers)
    yield from _in_cells(book, file)


def _format(book: Book, file: str) -> Iterator[Finding]:
    suffix = PurePath(file).suffix.lower()
    if book.kind and suffix not in _NAMES.get(book.kind, {f".{book.kind}"}):
        yield found(NAMED_OTHERWISE, Place(file), kind=KINDS[book.kind], extension=book.kind)
    if book.kind in ("xls", "xlsb", "ods"):
        yield found(OLD_FORMAT, Place(file), kind=KINDS[book.kind])


def _strange(sheet: Sheet) -> bool:
    own = any(sheet.name.startswith(name) for name in OWN_SHEETS)  # a copied sheet is called 設定 (2)
    return not own and any(not cell.blank for cell in sheet.cells.values())


def _in_cells(book: Book, file: str) -> Iterator[Finding]:
    beyond, half, under = [], [], []
    dated: dict[Style, bool] = {}
    last = _END_OF_DATES - (_DAYS_OF_1904 if book.date1904 else 0)
    for sheet in book.sheets:
        under += [_said(file, sheet, at, cell) for at, cell in _under_merges(sheet)]
        cut = {text for text in sheet.texts() if ("_x" in text or "\ufffd" in text) and _HALF.search(text)}
        if cut:
            half += [_said(file, sheet, at, cell) for at, cell in sheet.cells.items() if cell.value in cut]
        numbers = [(at, cell) for at, cell in sheet.cells.items() if isinstance(cell.value, (int, float))]
        for at, cell in numbers:
            number = _number(cell)
            if number is not None and not 0 <= number < last and _dated(cell.style, dated):
                beyond.append(_said(file, sheet, at, cell))
    for rule, cells in ((UNDER_MERGE, under), (DATE_OUT_OF_RANGE, beyond), (HALF_CHARACTER, half)):
        if cells:
            yield _cells(rule, cells)


def _said(file: str, sheet: Sheet, at: Position, cell: Cell) -> tuple[Place, str]:
    return Place(file, sheet.name, a1(*at)), str(cell.value)


def _under_merges(sheet: Sheet) -> list[tuple[Position, Cell]]:
    """The cells with a value under merged cells, their first ones left out."""
    if not sheet.merges:
        return []
    covered = sheet.merge_map()
    filled = [at for at, cell in sheet.cells.items() if cell.value is not None and cell.value != "" and at in covered]
    under = set(filled) - {(area.top, area.left) for area in sheet.merges}
    return [(at, sheet.cells[at]) for at in filled if at in under]


def _cells(rule: Rule, cells: Sequence[tuple[Place, str]]) -> Finding:
    texts = "、".join(f"{place.cell}「{_visible(text)}」" for place, text in cells[:_QUOTED])
    more = f"、ほか{len(cells) - _QUOTED}セル" if len(cells) > _QUOTED else ""
    return found(rule, *(place for place, _ in cells), got=texts + more)


def _visible(text: str) -> str:
    shown = "".join(ch if ch.isprintable() else "�" for ch in text[:_SHORT])
    return shown + "…" if len(text) > _SHORT else shown
