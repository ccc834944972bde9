"""指標の推移: every indicator's figures over the years beside its final target, with a small chart for each.

The figures are formulas over the plan sheets and stand in the table, so that nothing is told by a chart alone. Small
charts and no lines inside cells, which several programs drop when they save.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

from xl_plan.cells import Cell, Chart, Position, Series, Sheet, Style, a1, column_name
from xl_plan.layout.folding import paper_widths
from xl_plan.layout.sheets import Line, Looks, lay_out, lay_out_lines
from xl_plan.meaning.kinds import Kind
from xl_plan.meaning.values import meaning
from xl_plan.model import CellKey, Column, Merged, Spot
from xl_plan.reports.judging import RATED, Figure, figure
from xl_plan.reports.rows import Standing, standings

NAME = "指標の推移"
_BEFORE = (("番号", 14.0), ("事業名", 24.0), ("評価指標", 22.0), ("単位", 8.0), ("区分", 9.0))
_YEAR_WIDTH = 12.0
_FIRST = len(_BEFORE)
_CHART = (300, 200)  # pixels
_MOST_CHARTS = 60
MOST = 5_000  # indicators that a person still turns over
_NO_FIGURE, _PERCENT, _WHOLE, _DECIMALS = "General", "0.0%", "#,##0", "#,##0.0##"  # number formats
_COLOUR, _TARGET_COLOUR = "#1F4E79", "#7F7F7F"


@dataclass(frozen=True, slots=True)
class _Trend:
    """An indicator with at least two figures. ``values`` by fiscal year."""

    standing: Standing
    values: Mapping[int, tuple[Column, Figure]]
    target: Figure | None


def trends_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks) -> Sheet:
    """The sheet 指標の推移."""
    trends = list(islice((t for standing in standings(merged) if (t := _trend(standing)) is not None), MOST + 1))
    years = sorted({year for trend in trends for year in trend.values})
    widths = dict(enumerate((*(w for _, w in _BEFORE), *(_YEAR_WIDTH for _ in years))))
    right = max(widths)
    lines = [Line({0: Cell(NAME, looks.title)}, ((0, right),))]
    lines.append(Line({0: Cell(_note(len(trends)), looks.text)}, ((0, right),)))
    if not trends or len(trends) > MOST:
        return lay_out(NAME, lines, widths, looks.page(NAME, "A3"))
    labels = _labels(trends)
    head = (*(name for name, _ in _BEFORE), *(labels[year] for year in years))
    lines.append(Line({col: Cell(text, looks.head) for col, text in enumerate(head)}, keep=True))
    drawing = _drawing(years, where, looks)
    starts = []
    for trend in trends:
        starts.append(len(lines))
        lines += _lines(trend, drawing)
    slots = _slots(paper_widths(widths, frozenset(), looks.page(NAME, "A3")))
    lines.append(Line({0: Cell(None, looks.text)}))
    table_end = len(lines)
    for _ in range(0, min(len(trends), _MOST_CHARTS), len(slots)):
        lines.append(Line({0: Cell(None, looks.text)}, least=_CHART[1] * 0.75 + 9))
    sheet, rows = lay_out_lines(NAME, lines, widths, looks.page(NAME, "A3"), None)
    last = _FIRST + len(years) - 1

    def span(line: int) -> str:
        first_col, last_col = column_name(_FIRST), column_name(last)
        return f"'{NAME}'!${first_col}${rows[line] + 1}:${last_col}${rows[line] + 1}"

    aims = [rows[start + 1] for trend, start in zip(trends, starts, strict=True) if trend.target is not None]
    return replace(
        sheet,
        cells=MappingProxyType({**sheet.cells, **_repeated(sheet, aims, last)}),
        charts=tuple(_charts(trends, starts, rows, table_end, span, looks, slots)),
        freeze=(rows[2] + 1, 1),
        tab_colour="#2F75B5",
    )


def _note(count: int) -> str:
    if count > MOST:
        return (
            f"数値の推移を示せる指標が{MOST:,}を超え、印刷には向かないため、この表には載せていません。"
            "数値は計画の表にあり、xl-plan export で一覧に書き出せます。"
        )
    note = "再掲の行を除き、2年度分以上の数値がある指標です。数値は計画の表の値です。空欄は「－」「集計中」など数値のない年度です。"
    if count > _MOST_CHARTS:
        note += f"グラフは初めの{_MOST_CHARTS}指標です。"
    return note


def _labels(trends: Sequence[_Trend]) -> dict[int, str]:
    labels: dict[int, str] = {}
    for trend in trends:
        for year, (column, _) in trend.values.items():
            labels.setdefault(year, column.year.era_label if column.year else str(year))
    return labels


def _trend(standing: Standing) -> _Trend | None:
    values = {}
    for column in standing.actuals:
        found = figure(standing.cell(column), standing.unit)
        if found.value is not None and column.year is not None:
            values[column.year.year] = (column, found)
    if len(values) < 2:
        return None
    judged = standing.judged(standing.target)
    aim = judged.target if judged.way in RATED and judged.target.value is not None else None
    return _Trend(standing, values, aim)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What every line is drawn with. ``figures``: the style of a figure by its number format."""

    years: Sequence[int]
    where: Mapping[CellKey, Spot]
    plain: Style
    figures: Mapping[str, Style]

    def figure(self, found: Figure, programme: str, column: Column | None) -> Cell:
        """A figure as a formula over the plan's cell."""
        spot = self.where.get((programme, column.key)) if column is not None else None
        formula = found.formula(_outside(spot)) if spot is not None else None
        return Cell(found.value, self.figures[_number_format(found)], formula)


def _drawing(years: Sequence[int], where: Mapping[CellKey, Spot], looks: Looks) -> _Drawing:
    formats = (_NO_FIGURE, _PERCENT, _WHOLE, _DECIMALS)
    figures = {code: replace(looks.cell, horizontal="center", number_format=code) for code in formats}
    return _Drawing(years, where, looks.cell, MappingProxyType(figures))


def _lines(trend: _Trend, drawing: _Drawing) -> Iterator[Line]:
    """The line of an indicator's actuals and below it that of its final target."""
    standing = trend.standing
    programme = standing.programme
    texts = (programme.number, programme.name, standing.indicator, standing.unit, "実績")
    cells = {col: Cell(text or None, drawing.plain) for col, text in enumerate(texts)}
    none = Cell(None, drawing.figures[_NO_FIGURE])
    for col, year in enumerate(drawing.years, _FIRST):
        column, found = trend.values.get(year, (None, None))
        cells[col] = none if found is None else drawing.figure(found, programme.key, column)
    yield Line(cells, keep=trend.target is not None)
    if trend.target is None:
        return
    aims = dict.fromkeys(range(_FIRST), Cell(None, drawing.plain)) | {4: Cell("最終目標", drawing.plain)}
    aim = drawing.figure(trend.target, programme.key, standing.target)
    yield Line(aims | dict.fromkeys(range(_FIRST, _FIRST + len(drawing.years)), aim))


def _repeated(sheet: Sheet, rows: Sequence[int], last: int) -> dict[Position, Cell]:
    """The final target of each of these rows is worked out once, and the cells to the right look to that one."""
    cells: dict[Position, Cell] = {}
    for row in rows:
        first = sheet.cells[row, _FIRST]
        if first.formula is not None:
            again = replace(first, formula=a1(row, _FIRST))
            cells |= {(row, col): again for col in range(_FIRST + 1, last + 1)}
    return cells


def _outside(spot: Spot) -> str:
    return "'" + spot[0].replace("'", "''") + f"'!{a1(*spot[1])}"


def _number_format(found: Figure) -> str:
    if "%" in found.text or "％" in found.text:
        return _PERCENT
    return _WHOLE if (found.value or 0) % 1 == 0 else _DECIMALS


def _charts(
    trends: Sequence[_Trend],
    starts: Sequence[int],
    rows: Sequence[int],
    table_end: int,
    span: Callable[[int], str],
    looks: Looks,
    slots: Sequence[tuple[int, int]],
) -> list[Chart]:
    """A small line chart for each indicator, several beside one another."""
    years = span(2)
    charts = []
    for n, (trend, start) in enumerate(zip(trends[:_MOST_CHARTS], starts, strict=False)):
        series = [Series("実績", span(start), years, _COLOUR)]
        if trend.target is not None:
            series.append(Series("最終目標", span(start + 1), years, _TARGET_COLOUR, dashed=True))
        percent = any("%" in f.text or "％" in f.text for _, f in trend.values.values())
        unit = f"（{trend.standing.unit}）" if trend.standing.unit and not percent else ""
        unnamed = meaning(trend.standing.indicator).kind in (Kind.NONE, Kind.BLANK)
        named = trend.standing.programme.name if unnamed else trend.standing.indicator
        title = f"{trend.standing.programme.number} {' '.join(named.split())}"
        title = title if len(title) <= 24 else f"{title[:23]}…"
        col, into = slots[n % len(slots)]
        place = (rows[table_end + n // len(slots)], col)
        charts.append(
            Chart(
                place,
                "line",
                tuple(series),
                f"{title}{unit}",
                size=_CHART,
                alt=_alt(trend),
                font=looks.font,
                percent=percent,
                offset=(into, 4),
            )
        )
    return charts


def _slots(widths: Mapping[int, float]) -> list[tuple[int, int]]:
    """Where charts stand beside one another, evenly over the table's width: column, and pixels into it."""
    edges = [0]
    for _, width in sorted(widths.items()):
        edges.append(edges[-1] + int(width * 7) + 5)
    count = max(1, edges[-1] // (_CHART[0] + 6))
    starts = [n * edges[-1] // count + 2 for n in range(count)]
    columns = [bisect_right(edges, start) - 1 for start in starts]
    return [(col, start - edges[col]) for col, start in zip(columns, starts, strict=True)]


def _alt(trend: _Trend) -> str:
    standing = trend.standing
    values = "、".join(f"{c.year.era_label if c.year else ''} {f.text}" for c, f in trend.values.values())
    aim = f"。最終目標 {trend.target.text}" if trend.target is not None else ""
    return f"{standing.programme.number} {standing.programme.name}（{standing.indicator}）の推移の折れ線グラフ。{values}{aim}"[
        :1000
    ]
