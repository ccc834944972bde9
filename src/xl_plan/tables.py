"""A sheet understood: title, headings, header bands, programme blocks, notes.

Nothing here knows one city's layout. A header row is known by its words, its depth by its merged cells; a block begins
where the number (or name) column has text and ends where the next one begins; a column's cells in a block are those
that span the same columns as its header. The same reading serves the plan, a form, and whatever comes back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Area, Position, Sheet
from xl_plan.headers import identifying, read_columns
from xl_plan.model import Band, BandKind, Block, Column, ColumnSetting, Role, Table

CONTINUED = "（続き）"
_SECTION = re.compile(r"^\s*(?:[（(]\s*[0-9０-９]+\s*[)）]|第?[0-9０-９]+[章節編]|【)")
_SUBSECTION = re.compile(r"^\s*[①-⑳㉑-㉟]")
_MAX_HEADER_ROWS = 6


class _Grid:
    """A sheet by areas: the merged area or single cell that each position belongs to, and its text."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.covered = sheet.merge_map()
        used = sheet.used
        bottom = used.bottom if used else -1
        if used:
            bottom = max([bottom, *(m.bottom for m in sheet.merges if m.top <= used.bottom)])
        self.bottom = bottom
        self.right = used.right if used else -1
        self.by_row: dict[int, list[int]] = {}
        for (row, col), cell in sheet.cells.items():
            if not cell.blank:
                self.by_row.setdefault(row, []).append(col)
        for cols in self.by_row.values():
            cols.sort()
        self.merge_rows: dict[int, list[Area]] = {}
        for area in sheet.merges:
            self.merge_rows.setdefault(area.top, []).append(area)

    def area(self, row: int, col: int) -> Area:
        return self.covered.get((row, col)) or Area(row, col, row, col)

    def text(self, row: int, col: int) -> str:
        value = self.sheet.at(row, col).value
        return "" if value is None else str(value).strip()

    def anchored(self, row: int, col: int) -> str:
        """The text of the area that covers a position."""
        area = self.area(row, col)
        return self.text(area.top, area.left)

    def filled(self, row: int) -> list[int]:
        """Columns with content of their own in a row."""
        return self.by_row.get(row, [])


def read_table(sheet: Sheet, settings: Sequence[ColumnSetting] = (), known: Sequence[Column] = ()) -> Table | None:
    """The table of a sheet, None when no header row is found on it.

    ``settings`` are the lines of 設定 that correct the reading; ``known`` the plan's columns when the sheet is a copy
    that came back.
    """
    grid = _Grid(sheet)
    headers = list(_header_bands(grid))
    if not headers:
        return None
    bands: list[Band] = [*_loose(grid, 0, headers[0][0] - 1)]
    blocks: list[Block] = []
    columns: dict[str, Column] = {}
    before: tuple[str, ...] = ()
    for index, (first, last) in enumerate(headers):
        end = headers[index + 1][0] - 1 if index + 1 < len(headers) else grid.bottom
        anchor, name = _anchor_columns(grid, first)
        body = list(_body(grid, last + 1, end, anchor, name))
        spans = _spans(grid, [band for band in body if band.kind is BandKind.BLOCK])
        found = read_columns(_header_cells(grid, first, last), spans, settings, known)
        for column in found:
            columns.setdefault(column.key, column)
        texts = tuple(column.header for column in found)
        bands.append(Band(BandKind.HEADER, first, last, repeated=_is_repeat(sheet, bands, first, texts, before)))
        before = texts
        bands.extend(body)
        ranges = [(band.first, band.last) for band in body if band.kind is BandKind.BLOCK]
        blocks.extend(_blocks(grid, ranges, found))
    bands.sort(key=lambda band: band.first)
    return Table(sheet, tuple(bands), _with_headings(_join_parts(grid, blocks), bands), tuple(columns.values()))


def _is_repeat(
    sheet: Sheet, bands: Sequence[Band], first: int, texts: tuple[str, ...], before: tuple[str, ...]
) -> bool:
    """A header that stands again at the top of a page: after a block, below a page break, and the same as the last."""
    return bool(bands) and bands[-1].kind is BandKind.BLOCK and first in sheet.page.row_breaks and texts == before


def _header_bands(grid: _Grid) -> Iterator[tuple[int, int]]:
    row = 0
    while row <= grid.bottom:
        roles = [identifying(grid.text(row, col)) for col in grid.filled(row)]
        kinds = {role for role in roles if role}
        if len(kinds) >= 2 and kinds & {Role.NUMBER, Role.NAME}:
            last = _header_bottom(grid, row)
            yield row, last
            row = last
        row += 1


def _header_bottom(grid: _Grid, row: int) -> int:
    """Last row of a header: as deep as the merged cells that begin in its first row."""
    depth = max((grid.area(row, col).bottom for col in grid.filled(row)), default=row)
    if depth == row:
        anchor, name = _anchor_columns(grid, row)
        while (
            depth + 1 <= grid.bottom
            and depth + 1 - row < _MAX_HEADER_ROWS
            and grid.filled(depth + 1)
            and not grid.anchored(depth + 1, anchor)
            and not grid.anchored(depth + 1, name)
        ):
            depth += 1
    return min(depth, row + _MAX_HEADER_ROWS - 1)


def _anchor_columns(grid: _Grid, row: int) -> tuple[int, int]:
    """The columns by which blocks are known: number (else name), and name."""
    by_role: dict[Role, int] = {}
    for col in grid.filled(row):
        role = identifying(grid.text(row, col))
        if role:
            by_role.setdefault(role, col)
    name = by_role.get(Role.NAME, by_role.get(Role.NUMBER, 0))
    return by_role.get(Role.NUMBER, name), name


def _header_cells(grid: _Grid, first: int, last: int) -> dict[Area, tuple[str, str | None]]:
    cells = {}
    for row in range(first, last + 1):
        for col in grid.filled(row):
            area = grid.area(row, col)
            cell = grid.sheet.at(row, col)
            cells[area.moved(-first)] = (str(cell.value), cell.style.fill)
    return cells


def _loose(grid: _Grid, first: int, last: int) -> Iterator[Band]:
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


def _body(grid: _Grid, first: int, last: int, anchor: int, name: int) -> Iterator[Band]:
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


def _starts_block(grid: _Grid, row: int, anchor: int, name: int) -> bool:
    """A programme's first row: its name and number stand there, and it is no heading (one text alone in its row)."""
    filled = grid.filled(row)
    if len(filled) < 2:
        return False
    return grid.area(row, anchor).top == row and (anchor in filled or name in filled)


def _block_bottom(grid: _Grid, row: int, last: int, anchor: int, name: int) -> int:
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
        if len(filled) == 1 and (_SECTION.match(text := grid.text(following, filled[0])) or _SUBSECTION.match(text)):
            return bottom
        bottom = following


def _spans(grid: _Grid, blocks: Sequence[Band]) -> set[tuple[int, int]]:
    """The column spans of merged cells that occur in the blocks."""
    return {
        (area.left, area.right)
        for band in blocks
        for row in range(band.first, band.last + 1)
        for area in grid.merge_rows.get(row, [])
        if area.left != area.right
    }


def _blocks(grid: _Grid, ranges: Sequence[tuple[int, int]], columns: tuple[Column, ...]) -> Iterator[Block]:
    offsets = _usual_offsets(grid, ranges, columns)
    for first, last in ranges:
        places = {}
        for column in columns:
            candidates = _candidates(grid, first, last, column)
            places[column.key] = _choose(grid, candidates, column, first + offsets.get(column.key, 0))
        yield Block(first, last, columns, MappingProxyType(places), parts=((first, last),))


def _candidates(grid: _Grid, first: int, last: int, column: Column) -> list[Position]:
    """Cells of a block that span exactly the column's columns; where none does, those that begin in its first."""
    exact, touching = [], []
    for row in range(first, last + 1):
        area = grid.area(row, column.left)
        if area.top != row:
            continue
        if (area.left, area.right) == (column.left, column.right):
            exact.append((row, column.left))
        elif area.left == column.left:
            touching.append((row, column.left))
    return exact or touching


def _choose(grid: _Grid, candidates: list[Position], column: Column, usual: int) -> tuple[Position, ...]:
    filled = [place for place in candidates if place[1] in grid.filled(place[0])]
    if column.role is Role.DEPARTMENT:
        return tuple(filled or candidates[:1])
    usual_place = [place for place in candidates if place[0] == usual]
    if usual_place and (not filled or usual_place[0] in filled):
        return (usual_place[0],)
    return tuple((filled or candidates)[:1])


def _usual_offsets(grid: _Grid, ranges: Sequence[tuple[int, int]], columns: tuple[Column, ...]) -> Mapping[str, int]:
    """The row of a block in which each column usually stands, from the blocks where only one cell is filled."""
    votes: dict[str, Counter[int]] = {}
    for first, last in ranges:
        for column in columns:
            candidates = _candidates(grid, first, last, column)
            filled = [p for p in candidates if p[1] in grid.filled(p[0])]
            for place in filled[:1] or candidates[:1]:
                votes.setdefault(column.key, Counter())[place[0] - first] += 2 if filled else 1
    return {key: min(counter, key=lambda offset: (-counter[offset], offset)) for key, counter in votes.items()}


def _join_parts(grid: _Grid, blocks: Sequence[Block]) -> list[Block]:
    """Blocks with the parts of one divided over pages joined again: a part names the programme and says （続き）."""
    whole: list[Block] = []
    for block in blocks:
        name = next((grid.text(*p) for c in block.columns if c.role is Role.NAME for p in block.places[c.key]), "")
        if whole and name.endswith(CONTINUED):
            whole[-1] = _joined(whole[-1], block)
        else:
            whole.append(block)
    return whole


def _joined(block: Block, part: Block) -> Block:
    repeated = {column.key for column in block.columns if column.role in (Role.NUMBER, Role.NAME)}
    places = {
        key: places if key in repeated else (*places, *part.places.get(key, ())) for key, places in block.places.items()
    }
    return replace(block, last=part.last, places=MappingProxyType(places), parts=(*block.parts, *part.parts))


def _with_headings(blocks: Sequence[Block], bands: Sequence[Band]) -> tuple[Block, ...]:
    """Each block with the section and subsection that it stands under."""
    section = subsection = ""
    starts = {block.first: block for block in blocks}
    result = []
    for band in bands:
        if band.kind is BandKind.SECTION:
            section, subsection = band.text, ""
        elif band.kind is BandKind.SUBSECTION:
            subsection = band.text
        elif band.kind is BandKind.BLOCK and band.first in starts:
            result.append(replace(starts[band.first], headings=(section, subsection)))
    return tuple(result)
