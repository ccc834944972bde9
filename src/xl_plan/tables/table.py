"""A sheet understood: title, headings, header bands, programme blocks, notes.

Nothing here knows one city's layout. A header row is known by its words, its depth by its merged cells; a block begins
where the number (or name) column has text and ends where the next one begins; a column's cells in a block are those
that span the same columns as its header. The same reading serves the plan, a form, and whatever comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xl_plan.cells import Area, Sheet, a1
from xl_plan.meaning.text import fold
from xl_plan.model import Band, BandKind, Block, Column, ColumnSetting, Role, Table
from xl_plan.tables.grid import Grid
from xl_plan.tables.headers import HeaderReader, Surroundings
from xl_plan.tables.headerwords import headerlike, steps, usual_year, year_of, years_in
from xl_plan.tables.lines import CONTINUED, blocks, label_column

__all__ = ["CONTINUED", "HeaderReader", "read_table", "side_by_side", "table_with"]

_SECTION = re.compile(r"^\s*(?:[（(]\s*[0-9０-９]+\s*[)）]|第?[0-9０-９]+[章節編]|【)")
_SUBSECTION = re.compile(r"^\s*[①-⑳㉑-㉟]")
_REMARK = re.compile(r"^\s*(?:※|＊|\*|[（(]?注[）)：:０-９0-9]|〔?[【\[]?凡例|[（(]?単位[:：])")
_SUM = re.compile(r"^(?:合|小|総|総合|累)?計$|^平均$")
_SUM_SIGNS = frozenset("計均")  # one of them stands in every word for a sum
_MAX_HEADER_ROWS = 6


def read_table(sheet: Sheet, settings: Sequence[ColumnSetting] = (), known: Sequence[Column] = ()) -> Table | None:
    """The table of a sheet, None when no header row is found on it, or when tables stand side by side.

    ``settings`` are the lines of 設定 that correct the reading; ``known`` the plan's columns when the sheet is a copy
    that came back.
    """
    return table_with(HeaderReader(settings, known), sheet)


def table_with(reader: HeaderReader, sheet: Sheet) -> Table | None:
    """The same, with a reader of headers that may have read other sheets before."""
    grid = Grid(sheet)
    headers = list(_header_bands(grid))
    if not headers or _beside(grid, headers):
        return None
    bands: list[Band] = [*_loose(grid, 0, headers[0][0] - 1)]
    around = _said_around(grid, headers)
    sections: dict[_Alike, _Section] = {}
    before: tuple[str, ...] = ()
    for index, (first, last) in enumerate(headers):
        end = headers[index + 1][0] - 1 if index + 1 < len(headers) else grid.bottom
        body, columns, labels_at = _read_band(grid, reader, first, last, end, around)
        texts = tuple(column.header for column in columns)
        bands.append(Band(BandKind.HEADER, first, last, "", _is_repeat(sheet, bands, first, texts, before), columns))
        before = texts
        bands.extend(body)
        _add(sections, columns, labels_at, [(band.first, band.last) for band in body if band.kind is BandKind.BLOCK])
    bands.sort(key=lambda band: band.first)
    return _table(grid, bands, sections.values())


@dataclass
class _Section:
    """The rows under one header, and under the same header where it stands again."""

    columns: tuple[Column, ...]
    labels_at: int | None
    ranges: list[tuple[int, int]]


_Alike = tuple[tuple[str, str, int, int], ...]  # what makes two headers the same


def _add(
    sections: dict[_Alike, _Section],
    columns: tuple[Column, ...],
    labels_at: int | None,
    ranges: list[tuple[int, int]],
) -> None:
    alike = tuple((c.key, c.header, c.left, c.right) for c in columns)
    section = sections.setdefault(alike, _Section(columns, labels_at, []))
    section.ranges += ranges
    section.labels_at = labels_at if section.labels_at is None else section.labels_at


def _table(grid: Grid, bands: Sequence[Band], sections: Iterable[_Section]) -> Table:
    columns: dict[str, Column] = {}
    found: list[Block] = []
    marked: set[str] = set()
    for section in sections:
        lines, read = blocks(grid, section.ranges, section.columns, section.labels_at)
        found += lines
        for column in read:
            if column.divides:
                marked.add(column.key)
            columns.setdefault(column.key, column)
    every = tuple(replace(c, divides=c.key in marked) for c in columns.values())
    found.sort(key=lambda block: (block.first, block.line))
    return Table(grid.sheet, tuple(bands), _with_headings(found, bands), every)


def _read_band(
    grid: Grid, reader: HeaderReader, first: int, last: int, end: int, around: Surroundings
) -> tuple[list[Band], tuple[Column, ...], int | None]:
    """What stands below a header, its columns, and the column of row labels where there is one."""
    anchor, name = _anchor_columns(grid, first, last)
    body = list(_body(grid, last + 1, end, anchor, name))
    ranges = [(band.first, band.last) for band in body if band.kind is BandKind.BLOCK]
    labels = label_column(grid, ranges)
    if labels is not None:
        around = replace(around, labels=labels[1])
    columns = reader.columns(_header_cells(grid, first, last), _spans(grid, ranges), around)
    return body, columns, labels[0] if labels else None


def _said_around(grid: Grid, headers: Sequence[tuple[int, int]]) -> Surroundings:
    """What titles and legends say about the columns."""
    inside = {row for first, last in headers for row in range(first, last + 1)}
    titles = [grid.text(row, col) for row in range(headers[0][0]) for col in grid.filled(row)]
    heads = [grid.text(row, col) for row in sorted(inside) for col in grid.filled(row)]
    years = {year for text in titles if len(text) <= 60 for year in years_in(text)}
    loose = [grid.text(row, cols[0]) for row, cols in sorted(grid.by_row.items()) if row not in inside and cols]
    legend = next((pair for text in loose if len(text) <= 200 and (pair := steps(text))), None)
    titled = next(iter(years)) if len(years) == 1 else None
    return Surroundings(usual_year((*heads, *titles)), titled, steps=legend)


def _is_repeat(
    sheet: Sheet, bands: Sequence[Band], first: int, texts: tuple[str, ...], before: tuple[str, ...]
) -> bool:
    """A header that stands again at the top of a page: after a block, below a page break, and the same as the last."""
    return bool(bands) and bands[-1].kind is BandKind.BLOCK and first in sheet.page.row_breaks and texts == before


# ----------------------------------------------------------------------------------------------------------- headers
def _header_bands(grid: Grid) -> Iterator[tuple[int, int]]:
    ended = 0
    for row in grid.head_rows():
        kinds = {role for _, role in grid.heads(row)}
        if row >= ended and len(kinds) >= 2 and kinds & {Role.NUMBER, Role.NAME}:
            first = _header_top(grid, row, ended)
            last = _header_bottom(grid, first, row)
            yield first, last
            ended = last + 1


def _header_top(grid: Grid, row: int, ended: int) -> int:
    """First row of a header: rows above belong to it when their cells reach into it or head several of its columns."""
    top = row
    while top > ended and row - top < _MAX_HEADER_ROWS - 1:
        above = grid.filled(top - 1)
        areas = [grid.area(top - 1, col) for col in above]
        reaches = any(area.bottom >= row and headerlike(grid.text(area.top, area.left)) for area in areas)
        wide = [a for a in areas if a.right > a.left and headerlike(grid.text(a.top, a.left))]
        if not (reaches or (wide and len(above) >= 2)):
            break
        top -= 1
    return top


def _header_bottom(grid: Grid, first: int, row: int) -> int:
    """Last row of a header: as deep as its merged cells reach, else as long as rows only go on with headings."""
    depth = max([row, *(grid.area(row, col).bottom for col in grid.filled(row))])
    while depth - first < _MAX_HEADER_ROWS - 1:
        reach = max([depth, *(grid.area(r, c).bottom for r in range(first, depth + 1) for c in grid.filled(r))])
        if reach > depth:
            depth = reach
            continue
        anchor, name = _anchor_columns(grid, first, depth)
        below = grid.filled(depth + 1)
        if depth + 1 > grid.bottom or not below or grid.anchored(depth + 1, anchor) or grid.anchored(depth + 1, name):
            break
        if not any(headerlike(grid.text(depth + 1, col)) for col in below):
            break
        depth += 1
    return min(depth, first + _MAX_HEADER_ROWS - 1)


def _anchor_columns(grid: Grid, first: int, last: int) -> tuple[int, int]:
    """The columns by which blocks are known: number (else name), and name. Deeper header cells are the nearer ones."""
    by_role: dict[Role, list[tuple[int, str]]] = {}
    for row in range(last, first - 1, -1):
        for col, role in grid.heads(row):
            by_role.setdefault(role, []).append((col, grid.text(row, col)))

    def chosen(role: Role) -> int | None:
        same = by_role.get(role, [])
        usual = same[0][0] if same else None
        return next((col for col, text in same if "事業" in text or "取組" in text), usual)

    number, name = chosen(Role.NUMBER), chosen(Role.NAME)
    if name is None:
        name = number if number is not None else 0
    return (number if number is not None else name), name


def side_by_side(sheet: Sheet) -> tuple[str, ...]:
    """The header cells that show that two tables stand beside each other in the same rows, where nothing would say
    which programme a row is; empty for any other sheet."""
    grid = Grid(sheet)
    return _beside(grid, list(_header_bands(grid)))


def _beside(grid: Grid, headers: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    for row in (row for first, last in headers for row in range(first, last + 1)):
        places: dict[str, list[int]] = {}
        for col, role in grid.heads(row):
            if role in (Role.NUMBER, Role.NAME):
                places.setdefault(fold(grid.text(row, col)), []).append(col)
        twice = next((cols for cols in places.values() if len(cols) > 1), None)
        if twice:
            return tuple(a1(row, col) for col in twice)
    return ()


def _header_cells(grid: Grid, first: int, last: int) -> dict[Area, tuple[str, str | None]]:
    cells = {}
    for row in range(first, last + 1):
        for col in grid.filled(row):
            area, text = grid.area(row, col), grid.text(row, col)
            if area.single and row < last and year_of(text) is not None:
                area = _widened(grid, area)
            cells[area.moved(-first)] = (text, grid.sheet.at(row, col).style.fill)
    return cells


def _widened(grid: Grid, area: Area) -> Area:
    """A year typed once over several columns without merging them: it heads those to its right that it leaves blank."""
    row, col = area.top, area.left
    if not grid.text(row + 1, col):
        return area
    right = col
    while (
        right < grid.right
        and not grid.anchored(row, right + 1)
        and (row, right + 1) not in grid.covered
        and grid.text(row + 1, right + 1)
        and year_of(grid.text(row + 1, right + 1)) is None
    ):
        right += 1
    return Area(row, col, row, right)


# -------------------------------------------------------------------------------------------------------------- body
def _loose(grid: Grid, first: int, last: int) -> Iterator[Band]:
    """Rows outside blocks: headings, titles, notes, blank rows; a row a band, merged rows together."""
    row = first
    while row <= last:
        bottom = max([row, *(area.bottom for area in grid.merge_rows.get(row, []))])
        text = next((grid.text(row, col) for col in grid.filled(row)), "")
        yield Band(_loose_kind(text, row), row, min(bottom, last), text)
        row = min(bottom, last) + 1


def _loose_kind(text: str, row: int) -> BandKind:
    if _SUBSECTION.match(text):
        return BandKind.SUBSECTION
    if _SECTION.match(text):
        return BandKind.TITLE if text.startswith("【") else BandKind.SECTION
    return BandKind.TITLE if row == 0 else BandKind.NOTE


def _body(grid: Grid, first: int, last: int, anchor: int, name: int) -> Iterator[Band]:
    row = first
    while row <= last:
        if not _starts_block(grid, row, anchor, name):
            bands = list(_loose(grid, row, row))
            bottom = min(max([row, *(a.bottom for a in grid.merge_rows.get(row, []))]), last)
            yield replace(bands[0], last=bottom)
            row = bottom + 1
            continue
        bottom = _block_bottom(grid, row, last, anchor, name)
        yield Band(BandKind.BLOCK, row, bottom)
        row = bottom + 1


def _starts_block(grid: Grid, row: int, anchor: int, name: int) -> bool:
    """A programme's first row: its name and number stand there, and it is no heading (one text alone in its row), no
    remark and no sum."""
    filled = grid.filled(row)
    if len(filled) < 2 or _outside(grid, row, filled):
        return False
    return grid.area(row, anchor).top == row and (anchor in filled or name in filled)


def _outside(grid: Grid, row: int, filled: Sequence[int]) -> bool:
    first = grid.text(row, filled[0])
    return bool(_REMARK.match(first)) or any(_is_sum(grid.text(row, col)) for col in filled[:2])


def _is_sum(text: str) -> bool:
    return not _SUM_SIGNS.isdisjoint(text) and _SUM.match(fold(text)) is not None


def _block_bottom(grid: Grid, row: int, last: int, anchor: int, name: int) -> int:
    bottom = row
    while True:
        reach = max([bottom, *(a.bottom for r in range(row, bottom + 1) for a in grid.merge_rows.get(r, []))])
        if reach > bottom:
            bottom = min(reach, last)
            if bottom == last:
                return bottom
            continue
        following = bottom + 1
        filled = grid.filled(following)
        if following > last or not filled or anchor in filled or name in filled:
            return bottom
        if _outside(grid, following, filled) or _stands_alone(grid, following, filled):
            return bottom
        bottom = following


def _stands_alone(grid: Grid, row: int, filled: Sequence[int]) -> bool:
    """A heading, or a line of text across the table."""
    if len(filled) > 1:
        return False
    area, text = grid.area(row, filled[0]), grid.text(row, filled[0])
    wide = area.right - area.left + 1 > (grid.right + 1) / 2
    return wide or bool(_SECTION.match(text) or _SUBSECTION.match(text))


def _spans(grid: Grid, ranges: Sequence[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The column spans of merged cells that occur in the blocks."""
    return frozenset(
        (area.left, area.right)
        for first, last in ranges
        for row in range(first, last + 1)
        for area in grid.merge_rows.get(row, [])
        if area.left != area.right
    )


def _with_headings(blocks: Sequence[Block], bands: Sequence[Band]) -> tuple[Block, ...]:
    """Each block with the section and subsection that it stands under."""
    section = subsection = ""
    starts: dict[int, list[Block]] = {}
    for block in blocks:
        starts.setdefault(block.first, []).append(block)
    result = []
    for band in bands:
        if band.kind is BandKind.SECTION:
            section, subsection = band.text, ""
        elif band.kind is BandKind.SUBSECTION:
            subsection = band.text
        elif band.kind is BandKind.BLOCK:
            result += [replace(block, headings=(section, subsection)) for block in starts.get(band.first, ())]
    return tuple(result)
