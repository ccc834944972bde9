"""A year's columns put beside the last year's: a sheet with columns inserted, its headings moved on by a year.

Everything right of the new columns moves over, row range by row range, since tables on one sheet may have different
columns. A merged cell that spans the place is widened; one that lies inside the last year's columns is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Area, Cell, Position, Sheet, Style
from xl_plan.meaning.fiscal import FiscalYear, find_years, shift_years
from xl_plan.model import Band, BandKind, Column, Role, Table
from xl_plan.tables.colours import is_blue
from xl_plan.tables.headerwords import year_of

NEXT_PLAN = "次期計画"
_YEARLY = frozenset({Role.ACTUAL, Role.RATE, Role.RATING, Role.TARGET})
_SERIES = frozenset({Role.RATE, Role.RATING})


@dataclass(frozen=True, slots=True)
class _Insertion:
    """Columns ``left`` to ``right`` of the rows ``first`` to ``last`` are repeated to their right."""

    first: int
    last: int
    left: int
    right: int

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    def moved(self, col: int) -> int:
        return col + self.width if col > self.right else col


def with_year(table: Table, year: FiscalYear) -> tuple[Sheet, FiscalYear | None]:
    """The table's sheet with columns for ``year``, and the year they were made after; the sheet itself and None where
    it has them, or has no actuals of an earlier year."""
    insertions = list(_insertions(table, year))
    if not insertions:
        return table.sheet, None
    previous = max(c.year for c in table.columns if _is_actual(c) and c.year is not None and c.year < year)
    sheet = table.sheet
    for level in _levels(insertions):
        sheet = _inserted(replace(table, sheet=sheet), level, year.year - previous.year)
    return sheet, previous


def _levels(insertions: Sequence[_Insertion]) -> Iterator[list[_Insertion]]:
    """One insertion of each row range at a time, the rightmost first: what is done leaves those left of it in place."""
    waiting = sorted(insertions, key=lambda i: -i.left)
    while waiting:
        level: dict[int, _Insertion] = {}
        for step in waiting:
            level.setdefault(step.first, step)
        waiting = [step for step in waiting if level[step.first] is not step]
        yield sorted(level.values(), key=lambda i: i.first)


def _is_actual(column: Column) -> bool:
    return column.role is Role.ACTUAL and column.year is not None


def _insertions(table: Table, year: FiscalYear) -> Iterator[_Insertion]:
    headers = [band for band in table.bands if band.kind is BandKind.HEADER]
    for index, band in enumerate(headers):
        first = 0 if index == 0 else band.first
        last = headers[index + 1].first - 1 if index + 1 < len(headers) else table.bands[-1].last
        yield from _of_band(band, first, last, year)


def _of_band(band: Band, first: int, last: int, year: FiscalYear) -> Iterator[_Insertion]:
    """The place beside the latest actuals, and that of each series of rates or ratings that stands apart from them."""
    actuals = [c for c in band.columns if _is_actual(c)]
    earlier = [c for c in actuals if c.year is not None and c.year < year]
    if not earlier or any(c.year == year for c in actuals):
        return
    previous = max(c.year for c in earlier if c.year is not None)
    there = {c.role for c in band.columns if c.year == year}
    cols = {
        col
        for c in band.columns
        if c.year == previous and c.role in _YEARLY and c.role not in there
        for col in range(c.left, c.right + 1)
    }
    actual = max((c for c in earlier if c.year == previous), key=lambda c: c.right)
    left, right = actual.left, actual.right
    while left - 1 in cols:
        left -= 1
    while right + 1 in cols:
        right += 1
    yield _Insertion(first, last, left, right)
    for column in band.columns:
        if column.year == previous and column.role in _SERIES and column.role not in there:
            series = {c.year for c in band.columns if c.role is column.role and c.row == column.row and c.year}
            if len(series) > 1 and not left <= column.left <= right:
                yield _Insertion(first, last, column.left, column.right)


def _inserted(table: Table, insertions: Sequence[_Insertion], by: int) -> Sheet:
    sheet = table.sheet
    header_rows = {row for b in table.bands if b.kind is BandKind.HEADER for row in range(b.first, b.last + 1)}
    at = _by_row(insertions)
    cells: dict[Position, Cell] = {}
    for (row, col), cell in sheet.cells.items():
        step = at.get(row)
        cells[row, step.moved(col) if step else col] = cell
    for (row, col), cell in sheet.cells.items():
        step = at.get(row)
        if step is not None and step.left <= col <= step.right:
            new = _heading(cell, by) if row in header_rows else Cell(None, _plain(cell.style))
            cells[row, col + step.width] = new
    merges = [merged for area in sheet.merges for merged in _merges(area, at.get(area.top))]
    usual = Counter((i.left, i.right) for i in insertions).most_common(1)[0][0]
    step = _Insertion(0, 0, *usual)
    return replace(
        sheet,
        cells=MappingProxyType(cells),
        merges=tuple(merges),
        widths=_widths(sheet.widths, step),
        hidden_columns=frozenset(step.moved(col) for col in sheet.hidden_columns),
        outline_columns=frozenset(step.moved(col) for col in sheet.outline_columns),
    )


def _by_row(insertions: Sequence[_Insertion]) -> Mapping[int, _Insertion]:
    return {row: step for step in insertions for row in range(step.first, step.last + 1)}


def _heading(cell: Cell, by: int) -> Cell:
    """A header cell of the new year, in the manner of the last year's."""
    if isinstance(cell.value, str):
        return cell.with_value(shift_years(cell.value, by))
    if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
        return cell.with_value(cell.value + by)  # a year typed as a number
    return cell


def _plain(style: Style) -> Style:
    return replace(style, fill=None) if is_blue(style.fill) else style


def _merges(area: Area, step: _Insertion | None) -> Iterator[Area]:
    if step is None or area.right < step.left:
        yield area
    elif area.left > step.right:
        yield area.moved(0, step.width)
    elif step.left <= area.left and area.right <= step.right:
        yield area
        yield area.moved(0, step.width)
    else:
        yield Area(area.top, area.left, area.bottom, max(area.right, step.right) + step.width)


def _widths(widths: Mapping[int, float], step: _Insertion) -> Mapping[int, float]:
    moved = {step.moved(col): width for col, width in widths.items()}
    moved |= {col + step.width: width for col, width in widths.items() if step.left <= col <= step.right}
    return MappingProxyType(dict(sorted(moved.items())))


# ------------------------------------------------------------------------------------------- headings moved by years
def moved_headings(table: Table, sheet: Sheet, year: FiscalYear, before: FiscalYear, ends: FiscalYear | None) -> Sheet:
    """``sheet`` (the table's) with the years in the headings of its narratives and of what is :func:`renewed`, and in
    a title that names the round, moved from ``before`` to ``year``. In the headings a year beyond the plan's last
    becomes 次期計画."""
    cells = dict(sheet.cells)
    moving = {c.key for c in table.columns if c.role is Role.NARRATIVE or renewed(table, c, year, before)}
    for band in (b for b in table.bands if b.kind is BandKind.HEADER):
        for column in (c for c in band.columns if c.key in moving):
            for area in column.header_areas:
                at = (band.first + area.top, area.left)
                cell = cells.get(at)
                if cell is not None and isinstance(cell.value, str) and (area.left, area.right) == _span(column):
                    by = 0 if year_of(cell.value) == year else year.year - before.year
                    cells[at] = cell.with_value(_until(shift_years(cell.value, by), ends))
    for at, text in _titles(table):
        if [named for named, _, _ in find_years(text)] == [before]:
            cells[at] = cells[at].with_value(shift_years(text, year.year - before.year))
    return replace(sheet, cells=MappingProxyType(cells))


def renewed(table: Table, column: Column, year: FiscalYear, before: FiscalYear) -> bool:
    """Whether a column is the one of its kind and is filled anew each round, though its heading names a year: a rating
    that stands apart from the actuals (Ｒ5評価), an opinion of the meeting."""
    if column.filler is None or column.role in (Role.ACTUAL, Role.TARGET, Role.NARRATIVE) or before == year:
        return False
    alone = not any(c.role is column.role and c.year not in (None, before) for c in table.columns)
    return year_of(column.header) == before and (alone or column.role is Role.OTHER)


def _titles(table: Table) -> Iterator[tuple[Position, str]]:
    """The texts above the first header."""
    first = next((b.first for b in table.bands if b.kind is BandKind.HEADER), 0)
    for at, cell in table.sheet.cells.items():
        if at[0] < first and isinstance(cell.value, str):
            yield at, cell.value


def _span(column: Column) -> tuple[int, int]:
    return column.left, column.right


def _until(text: str, ends: FiscalYear | None) -> str:
    """The text with every year after the plan's last called 次期計画."""
    if ends is None:
        return text
    pieces, position = [], 0
    for year, start, end in find_years(text):
        if year > ends:
            pieces += [text[position:start], NEXT_PLAN]
            position = end
    return "".join((*pieces, text[position:]))
