"""How a plan's sheets were read, in plain words, with the cells each statement rests on and what found no place.

Said of the table as it stands, so that a person can hold it against the sheet: rollover prints it, and 設定 keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from xl_plan.cells import Position, a1
from xl_plan.model import Band, BandKind, Column, Programme, Role, Table
from xl_plan.tables.headers import LOWER, UPPER

Line = tuple[str, str, str]  # sheet, what was read, the cells it rests on
_NAMED_CELLS = 5  # of many, so many are named
_ROLES = {
    Role.NUMBER: "番号",
    Role.NAME: "事業名",
    Role.DESCRIPTION: "内容",
    Role.INDICATOR: "評価指標",
    Role.NARRATIVE: "記述",
    Role.DEPARTMENT: "担当部局",
    Role.RATING: "評価",
    Role.REMARKS: "備考",
    Role.UNIT: "単位",
}


def reading(
    tables: Sequence[Table],
    programmes: Sequence[Programme],
    moved: Mapping[tuple[str, Position], Position] = MappingProxyType({}),
) -> tuple[Line, ...]:
    """What was read from each sheet. ``moved``: where the cells of a sheet stand now, by sheet and place as read."""
    lines: list[Line] = []
    for table in tables:
        name = table.sheet.name
        own = [p for p in programmes if p.sheet == name]
        for what, places in (*_of_table(table, own), *_left(table)):
            now = (moved.get((name, place), place) for place in places)
            lines.append((name, what, _several(list(dict.fromkeys(a1(*place) for place in now)))))
    return tuple(lines)


_Said = tuple[str, Sequence[Position]]


def _of_table(table: Table, programmes: Sequence[Programme]) -> Iterator[_Said]:
    headers = _headers(table)
    yield f"見出しは{len(headers)}か所にあります。", [_first_cell(table, band) for band in headers]
    numbers = {(b.first, b.last) for b in table.blocks}
    yield f"事業は{len(numbers)}件、記入の単位となる行は{len(table.blocks)}件です。", ()
    for role, word in _ROLES.items():
        for column in (c for c in table.columns if c.role is role):
            yield f"「{column.header}」は{word}の列です。", _header_cells(headers, column)
    for role, word in ((Role.ACTUAL, "実績値"), (Role.TARGET, "目標値"), (Role.RATE, "達成率")):
        for column in (c for c in table.columns if c.role is role and c.year):
            yield f"「{column.header}」は{_year(column)}{word}です{_row(column)}。", _header_cells(headers, column)
    divider = next((c for c in table.columns if c.divides), None)
    if divider is not None:
        cells = [p for b in table.blocks if b.line for p in b.places.get(divider.key, ())[:1]]
        yield f"1つの番号に「{divider.header}」が複数あるときは、その行ごとに別々に照会します。", cells
    stated = [p for p in programmes if p.unit]
    if stated:
        yield f"値の単位は、単位の列や【 】の中から{len(stated)}行分を読み取りました。", ()


def _left(table: Table) -> Iterator[_Said]:
    """What found no place in the reading; it stays on the sheet as it is."""
    headers, labels = _headers(table), _label_columns(table)
    for column in table.columns:
        if column.role is Role.OTHER and column.left in labels:
            yield f"「{column.header}」は、各行の値の種類を示す列です。", _header_cells(headers, column)
        elif column.role is Role.OTHER:
            what = f"「{column.header}」は意味を読み取れませんでした。文字のまま残します。"
            yield what, _header_cells(headers, column)
        elif column.role in (Role.ACTUAL, Role.TARGET, Role.RATE) and column.year is None:
            what = f"「{column.header}」は年度を読み取れませんでした。年度があるときは、設定の「■列」に入れてください。"
            yield what, _header_cells(headers, column)
    loose = list(_unplaced(table))
    if loose:
        yield f"事業の行の中に、どの列にも当てはまらないセルが{len(loose)}個あります。そのまま残します。", loose
    notes = [band for band in table.bands if band.kind is BandKind.NOTE and band.text]
    if notes:
        what = f"表の外の文（注記・凡例など）が{len(notes)}行あります。そのまま残します。"
        yield what, [_first_cell(table, band) for band in notes]


def _headers(table: Table) -> list[Band]:
    return [band for band in table.bands if band.kind is BandKind.HEADER and not band.repeated]


def _first_cell(table: Table, band: Band) -> Position:
    filled = (col for col in range(256) if not table.sheet.at(band.first, col).blank)
    return band.first, next(filled, 0)


def _unplaced(table: Table) -> Iterator[Position]:
    placed = {place for block in table.blocks for places in block.places.values() for place in places}
    rows = {row for block in table.blocks for top, end in block.parts for row in range(top, end + 1)}
    labels = _label_columns(table)
    for (row, col), cell in sorted(table.sheet.cells.items()):
        if row in rows and not cell.blank and (row, col) not in placed and col not in labels:
            yield row, col


def _label_columns(table: Table) -> frozenset[int]:
    """Columns left of stacked values that only say what stands in each row."""
    stacked = [column.left for column in table.columns if column.row]
    if not stacked:
        return frozenset()
    known = [column for column in table.columns if column.role is not Role.OTHER]
    used = {col for column in known for col in range(column.left, column.right + 1)}
    return frozenset(range(min(stacked))) - used


def _header_cells(headers: Iterable[Band], column: Column) -> list[Position]:
    cells = []
    for band in headers:
        own = next((c for c in band.columns if c.key == column.key), None)
        if own is not None:
            cells += [(band.first + area.top, area.left) for area in own.header_areas]
    return cells


def _year(column: Column) -> str:
    return f"{column.year.japanese}の" if column.year else ""


def _row(column: Column) -> str:
    if not column.row:
        return ""
    return f"（{column.row}の行）" if column.row in (UPPER, LOWER) else f"（「{column.row}」の行）"


def _several(names: Sequence[str]) -> str:
    if len(names) <= _NAMED_CELLS:
        return "、".join(names)
    return f"{'、'.join(names[:_NAMED_CELLS])}ほか{len(names) - _NAMED_CELLS}か所"
