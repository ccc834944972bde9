"""Forms that check themselves: live formulas beside the cells to fill, outside the print area, and without macros.

To the right of the table stands a column 「点検」 for each column that is filled, then the number that was read, 前年比,
達成率 and, where the plan rates, 評価. 記入要領 counts what is left.

What comes back is read without these columns (:mod:`xl_plan.issue.helpercells`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from xl_plan.book.compose import Composed
from xl_plan.cells import Area, Border, Cell, Font, Highlight, Position, Sheet, Style, a1
from xl_plan.findings import short
from xl_plan.issue.formulas import (
    Formula,
    Measure,
    Way,
    achieved,
    figure_status,
    narrative_status,
    number_read,
    rated,
    year_on_year,
)
from xl_plan.issue.formwords import DONE, MARK, MISSING, RATE, RATING, READ, YEAR_ON_YEAR
from xl_plan.meaning.kinds import Kind, Meaning
from xl_plan.meaning.numberformat import unit_of
from xl_plan.meaning.text import fold_number
from xl_plan.meaning.values import lower_is_better, meaning, row_unit, same_unit
from xl_plan.model import BandKind, CellKey, Column, Plan, Programme, Role, Spot, Table
from xl_plan.ratings import Scale, scale_of

_WIDTHS = {MARK: 24.0, READ: 15.0, YEAR_ON_YEAR: 14.0, RATE: 10.0, RATING: 8.0}
_GAP = 2.0
_POINTS = '+0.0"ポイント";-0.0"ポイント";±0.0"ポイント"'
_GREY = "#595959"


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of one sheet: the areas that say 未入力 and 記入済み, and how many cells they speak of."""

    sheet: Sheet
    areas: tuple[Area, ...] = ()
    missing: int = 0
    done: int = 0
    total: int = 0


@dataclass
class _Layout:
    """Where the columns of checks stand on a sheet, and what has been put there."""

    left: int
    columns: dict[str, int] = field(default_factory=dict)
    cells: dict[Position, Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)

    def at(self, head: str) -> int:
        if head not in self.columns:
            self.columns[head] = self.left + len(self.columns)
            self.widths[self.columns[head]] = _WIDTHS[MARK if head.startswith(MARK) else head]
        return self.columns[head]


def with_checks(
    plan: Plan,
    table: Table,
    composed: Composed,
    sheet: Sheet,
    owned: Mapping[CellKey, tuple[Programme, Column]],
    where: Mapping[CellKey, Spot],
) -> Checks:
    """The sheet of a form with its checks; ``composed`` says where the rows of ``table`` stand on it."""
    mine = {k: v for k, v in owned.items() if k in where and where[k][0] == sheet.name}
    if not mine:
        return Checks(sheet)
    right = sheet.page.print_area.right if sheet.page.print_area else max(sheet.widths, default=0)
    layout = _Layout(right + 2, widths={right + 1: _GAP})
    heads = {column.key: f"{MARK}\n{short(column.header)}" for _, column in mine.values()}
    for head in heads.values():
        layout.at(head)
    looks = _Looks(plan.settings.font)
    scale = scale_of(plan.settings)
    said = []
    for key, (programme, column) in mine.items():
        row, col = where[key][1]
        figure = column.role is Role.ACTUAL
        measure = measured(plan, programme, column, sheet.at(row, col).style.number_format) if figure else None
        status = _status(sheet, (row, col), measure, plan.settings.narrative_limit)
        layout.cells[row, layout.at(heads[column.key])] = _cell(status, looks.status)
        said.append(status.value)
        if measure is not None and _leads(programme, column, mine):
            _figures(layout, sheet, (row, col), measure, scale, looks)
    _put_heads(layout, table, composed, looks)
    return _finished(sheet, layout, len(heads), said)


def _leads(programme: Programme, column: Column, mine: Mapping[CellKey, object]) -> bool:
    """The latest of the actuals that a row is asked for: the one whose 達成率 is shown."""
    actuals = [c for c in programme.with_role(Role.ACTUAL) if (programme.key, c.key) in mine]
    return column is max(actuals, key=lambda c: c.year.year if c.year else 0)


def _status(sheet: Sheet, place: Position, measure: Measure | None, limit: int) -> Formula:
    ref, value = a1(*place), sheet.at(*place).value
    return narrative_status(ref, value, limit) if measure is None else figure_status(ref, value, measure)


def _figures(
    layout: _Layout, sheet: Sheet, place: Position, measure: Measure, scale: Scale | None, looks: _Looks
) -> None:
    """The number read, 前年比, 達成率 and 評価, each only where there is something to hold it against."""
    row, ref = place[0], a1(*place)
    read = number_read(ref, sheet.at(*place).value, measure)
    at = layout.at(READ)
    code = sheet.at(*place).style.number_format
    layout.cells[row, at] = _cell(read, looks.figure_in("General" if code == "@" else code))
    number = a1(row, at)
    change = year_on_year(number, read.value, measure)
    share = achieved(number, read.value, measure)
    for head, made in ((YEAR_ON_YEAR, change), (RATE, share)):
        if made is not None:
            code = _POINTS if head == YEAR_ON_YEAR and measure.percent else "0.0%"
            layout.cells[row, layout.at(head)] = _cell(made, looks.figure_in(code))
    if share is not None and scale is not None:
        mark = rated(a1(row, layout.at(RATE)), share.value, scale)
        layout.cells[row, layout.at(RATING)] = _cell(mark, looks.figure)


def _cell(formula: Formula, style: Style) -> Cell:
    return Cell(formula.value, style, formula=formula.text)


class _Looks:
    def __init__(self, font: str) -> None:
        hair = Border("hair", "hair", "hair", "hair")
        plain = Style(font=Font(font, 9, colour=_GREY), vertical="center", wrap=True, border=hair)
        self.status = plain
        self.figure = replace(plain, horizontal="right", wrap=False)
        self.head = replace(plain, horizontal="center", fill="#F2F2F2")
        self._figures: dict[str, Style] = {}

    def figure_in(self, number_format: str) -> Style:
        known = self._figures.get(number_format)
        if known is None:
            known = self._figures[number_format] = replace(self.figure, number_format=number_format)
        return known


def _put_heads(layout: _Layout, table: Table, composed: Composed, looks: _Looks) -> None:
    """The heads of the columns, beside every header of the table."""
    standing: dict[int, set[int]] = {}  # a row as read → the rows of this sheet in which it begins
    for (row, _), now in composed.where.items():
        if now:
            standing.setdefault(row, set()).add(now[0][0])
    for band in table.bands:
        if band.kind is not BandKind.HEADER:
            continue
        rows = [row for read in range(band.first, band.last + 1) for row in standing.get(read, ())]
        for head, col in layout.columns.items() if rows else ():
            area = Area(min(rows), col, max(rows), col)
            layout.cells |= {(row, col): Cell(None, looks.head) for row in range(area.top, area.bottom + 1)}
            layout.cells[area.top, col] = Cell(head, looks.head)
            layout.merges += [] if area.single else [area]


def _finished(sheet: Sheet, layout: _Layout, checks: int, said: Sequence[object]) -> Checks:
    last = max(sheet.heights, default=0)
    areas = tuple(Area(0, layout.left + n, last, layout.left + n) for n in range(checks))
    shown = []
    for area in areas:
        first = a1(0, area.left)
        shown.append(Highlight(area, f'{first}="{MISSING}"', fill="#FFF2CC", bold=True))
        rest = f'AND({first}<>"",{first}<>"{DONE}",{first}<>"{MISSING}",LEFT({first},2)<>"{MARK[:2]}")'
        shown.append(Highlight(area, rest, fill="#FFD966", bold=True))
    drawn = replace(
        sheet,
        cells=MappingProxyType({**sheet.cells, **layout.cells}),
        merges=(*sheet.merges, *layout.merges),
        widths=MappingProxyType({**sheet.widths, **layout.widths}),
        highlights=(*sheet.highlights, *shown),
    )
    return Checks(drawn, areas, sum(s == MISSING for s in said), sum(s == DONE for s in said), len(said))


# ------------------------------------------------------------------------------------------------ what is left to do
def left_to_do(checks: Sequence[Checks]) -> Formula:
    """「あと3か所」, and 「提出できます」 when nothing is left; for the first sheet."""
    total = sum(c.total for c in checks)
    missing, done = sum(c.missing for c in checks), sum(c.done for c in checks)
    left, well = _counted(checks, MISSING), _counted(checks, DONE)
    asked = '"提出できます（「点検」の列に、確かめていただきたいところが"&({total}-({well}))&"か所あります）"'
    asked = asked.format(total=total, well=well)
    formula = f'IF(({left})>0,"あと"&({left})&"か所",IF(({well})<{total},{asked},"提出できます"))'
    if missing:
        said = f"あと{missing}か所"
    elif done < total:
        said = f"提出できます（「点検」の列に、確かめていただきたいところが{total - done}か所あります）"
    else:
        said = "提出できます"
    return Formula(formula, said)


def _counted(checks: Sequence[Checks], word: str) -> str:
    parts = []
    for each in checks:
        name = each.sheet.name.replace("'", "''")
        for area in each.areas:
            first, last = a1(area.top, area.left), a1(area.bottom, area.right)
            parts.append(f"COUNTIF('{name}'!{first}:{last},\"{word}\")")
    return "+".join(parts) or "0"


# ----------------------------------------------------------------------------------------------- what is held against
def measured(plan: Plan, programme: Programme, column: Column, number_format: str) -> Measure:
    """What an actual of the round is held against: the row's unit, last value and target."""
    year = column.year or plan.settings.year
    before = [c for c in programme.with_role(Role.ACTUAL) if c.year and year and c.year < year]
    past = [meaning(programme.text(c.key)) for c in sorted(before, key=_when)]
    targets = sorted((c for c in programme.with_role(Role.TARGET) if c.year), key=_when)
    texts = [programme.text(c.key) for c in sorted(before, key=_when)]
    unit = row_unit(texts) or row_unit([programme.text(c.key) for c in targets]) or unit_of(number_format)
    percent = unit_of(number_format) == "%"
    if same_unit(unit, "%") and not percent:
        unit = ""  # 82.3 under 満足度(％): the row's own way, and no way to tell by a formula
    known = [n for m in past if (n := _stored(m, unit, percent=percent)) is not None]
    aim, way = _aim(plan, programme, targets, known, unit, percent=percent)
    last = _stored(past[-1], unit, percent=percent) if past else None
    return Measure(unit, percent, max(known, default=None), last, aim, way)


def _when(column: Column) -> int:
    return column.year.year if column.year else 0


def _stored(value: Meaning, unit: str, *, percent: bool) -> Decimal | None:
    """The number as a cell stores it, where it is one number in the row's unit."""
    if value.number is None or value.kind not in (Kind.NUMBER, Kind.PERCENT, Kind.BOUND):
        return None
    if value.unit and unit and not same_unit(value.unit, unit):
        return None
    return value.number / 100 if percent else value.number


def _aim(
    plan: Plan, programme: Programme, targets: Sequence[Column], known: Sequence[Decimal], unit: str, *, percent: bool
) -> tuple[Decimal | None, Way]:
    """The number that 達成率 is reckoned from. 増加 and 減少 are held against the first value, and only where the plan
    rates at all: what they amount to is a matter of the plan's scale."""
    scale = scale_of(plan.settings)
    target = _target(plan, targets, scale)
    if target is None:
        return None, "over"
    goal = meaning(programme.text(target.key))
    lower = lower_is_better(goal) or (scale is not None and fold_number(programme.number) in scale.lower)
    if goal.kind is Kind.DIRECTION:
        moves = scale is not None and goal.direction in ("up", "down") and known
        return (known[0] if moves else None), "up" if goal.direction == "up" else "down"
    return _stored(goal, unit, percent=percent), "under" if lower else "over"


def _target(plan: Plan, targets: Sequence[Column], scale: Scale | None) -> Column | None:
    """The target that the plan rates against; where it does not rate, the earliest of this year or later."""
    now = plan.settings.year.year if plan.settings.year else 0
    this_year = next((c for c in targets if _when(c) == now), None)
    if scale is None:
        return next((c for c in targets if _when(c) >= now), None)
    if scale.against == "当年度":
        return this_year
    if scale.against == "中間":
        interim = [c for c in targets[:-1] if _when(c) <= now]
        return interim[-1] if interim else None
    return targets[-1] if targets else None
