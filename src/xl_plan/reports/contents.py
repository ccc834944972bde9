"""目次: the pages on which each pillar, section and subsection begins, where a plan has several pillars."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xl_plan.cells import MAX_BREAKS, MAX_ROWS, Cell, Sheet, a1
from xl_plan.layout.sheets import Line, lay_out, looks_of
from xl_plan.model import BandKind, Settings, Table

NAME = "目次"
_WIDTHS = {0: 74.0, 1: 10.0}
_DEPTH = {BandKind.TITLE: 0, BandKind.SECTION: 1, BandKind.SUBSECTION: 2}


def contents_sheet(settings: Settings, sheets: Sequence[Sheet], tables: Sequence[Table]) -> Sheet | None:
    """The contents of the pillars as they are laid out; None for a plan of one pillar. Pages are those of a book that
    is printed whole, the contents first."""
    if len(tables) < 2:
        return None
    entries = list(_entries(sheets, tables))
    pages = _page_count(_drawn(settings, entries))
    behind = [(depth, text, None if page is None else page + pages, link) for depth, text, page, link in entries]
    return replace(_drawn(settings, behind), tab_colour="#7F7F7F")


def _entries(sheets: Sequence[Sheet], tables: Sequence[Table]) -> Iterator[tuple[int, str, int | None, str]]:
    """(depth, text, page, link) of every heading, the pages counted without the contents; None behind a sheet's last
    break where it holds no more of them."""
    before: int | None = 0
    for sheet, table in zip(sheets, tables, strict=True):
        name = sheet.name.replace("'", "''")
        yield 0, _title(table), _page(sheet, 0, before), f"#'{name}'!A1"
        texts = [(row, col, str(cell.value).strip()) for row, cells in sheet.rows() for col, cell in cells[:1]]
        standing = iter(texts)
        for band in table.bands:
            depth, wanted = _DEPTH.get(band.kind, 0), band.text.strip()
            if not depth or not wanted:
                continue
            found = next(((row, col) for row, col, text in standing if text == wanted), None)
            if found is None:
                standing = iter(texts)
                continue
            yield depth, wanted, _page(sheet, found[0], before), f"#'{name}'!{a1(*found)}"
        before = _page(sheet, MAX_ROWS, before)


def _title(table: Table) -> str:
    title = next((band.text.strip() for band in table.bands if band.kind is BandKind.TITLE and band.text.strip()), "")
    return title or table.sheet.name


def _page(sheet: Sheet, row: int, before: int | None) -> int | None:
    """The page of a row, ``before`` that many pages of other sheets; None where nobody can tell."""
    turned = bisect_right(sheet.page.row_breaks, row)
    return None if before is None or turned == MAX_BREAKS else before + turned + 1


def _page_count(sheet: Sheet) -> int:
    return len(sheet.page.row_breaks) + 1


def _drawn(settings: Settings, entries: Sequence[tuple[int, str, int | None, str]]) -> Sheet:
    looks = looks_of(settings)
    lines = [Line({0: Cell(settings.title or NAME, looks.title)}, ((0, 1),)), Line({0: Cell(None, looks.text)})]
    lines.append(Line({0: Cell(NAME, looks.heading), 1: Cell("ページ", replace(looks.heading, horizontal="right"))}))
    for depth, text, page, link in entries:
        style = replace(looks.heading if depth == 0 else looks.text, horizontal="left")
        number = replace(looks.text, horizontal="right", number_format="0")
        lines.append(Line({0: Cell("　" * depth + text, style, link=link), 1: Cell(page, number)}, keep=depth == 0))
    return lay_out(NAME, lines, _WIDTHS, looks.page(NAME, landscape=False))
