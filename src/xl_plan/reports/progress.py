"""達成状況: how many programmes have reached their target, by pillar, section and department, and how far each is.

Every count is a formula over the list of programmes on the same sheet, whose figures are formulas over the plan sheets:
what is corrected in the plan is counted anew. Relisted rows are counted once, at their original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from xl_plan.cells import MAX_ROW_HEIGHT, Area, Cell, Chart, Position, Series, Sheet, Style, a1
from xl_plan.layout.sheets import Line, Looks, lay_out, lay_out_lines
from xl_plan.model import CellKey, Merged, Spot
from xl_plan.ratings import Scale
from xl_plan.reports.judging import RATED, Judgement, Verdict, quoted
from xl_plan.reports.rated import Rated, rating
from xl_plan.reports.rows import Standing, repeated, standings

NAME = "達成状況"
_WIDTHS = (14.0, 24.0, 22.0, 11.0, 11.0, 11.0, 10.0, 10.0, 11.0, 10.0, 17.0, 8.0, 20.0)
_RATING_WIDTHS = (7.0, 11.0, 10.0, 11.0)
_NUMBER, _TITLE, _INDICATOR, _ACTUAL, _TARGET, _WAY, _MINE, _OTHER, _RATE, _VERDICT, _BY, _PILLAR, _SECTION = range(13)
_RATING, _AIM, _SHARE, _SINCE_LAST = range(13, 17)  # only where the plan rates, the last three where the tool does
_HEAD = ("番号", "事業名", "評価指標", "今回の実績", "最終目標", "比べ方", "実績の数値", "比べる値", "達成率", "判定",
         "記入部局", "柱", "節")  # fmt: skip
_RATING_HEAD = ("評価", "評価で比べる値", "評価の率", "前年度比の評価")
_SUMMARY = ("区分", "名称", "", "対象", *(verdict.value for verdict in Verdict), "達成の割合")
_NOTES = (
    "再掲の行は元の事業で1回だけ数えています。数は計画の表の値から計算する式です。表の値を直すと、ここの数も変わります。",
    "「達成の割合」は、達成と未達成を合わせた数に占める達成の割合です。「判定なし」は、目標や実績がないもの、単位が違うものなど、判定できないものです。",
)
_FIRST_RATES = (
    "最終目標に対する達成率の表とグラフは、初めの{most:,}事業です。すべての事業の達成率は「事業ごとの判定」にあります。"
)
# Light and dark steps that stay apart in grey; the pending ones are hatched.
_COLOURS = {
    Verdict.REACHED: ("#1F4E79", ""),
    Verdict.MISSED: ("#9DC3E6", ""),
    Verdict.PENDING: ("#595959", "wide_upward_diagonal"),
    Verdict.UNANSWERED: ("#FFFFFF", ""),
    Verdict.UNJUDGED: ("#D9D9D9", ""),
}
_CLEAR = 16  # pixels between a chart and the lines above and below it
_BARS = 24  # programmes in a chart: as many lines as stand beside it
_MOST_CHARTS = 60  # with such lines; the list below has the rates of all


@dataclass(frozen=True, slots=True)
class _Row:
    """A programme of the list: its cells with the values that their formulas give."""

    standing: Standing
    judged: Judgement

    def key(self, col: int) -> str:
        """What the list says in one of the columns by which it is counted."""
        programme = self.standing.programme
        return {_PILLAR: programme.sheet, _SECTION: self.standing.section, _BY: programme.responsible}[col]


Address = Callable[[int, int], str]  # line of the list or of the sheet, column → where it stands


@dataclass(slots=True)
class _Draft:
    """The sheet in the making: its lines, and formulas by line and column, made when every line has its row.

    ``first`` is the line of the first programme of the list, known once the list is reached.
    """

    looks: Looks
    count: int
    lines: list[Line] = field(default_factory=list)
    formulas: dict[tuple[int, int], Callable[[Address], str]] = field(default_factory=dict)
    charts: list[tuple[int, int, Callable[[Address], Chart]]] = field(default_factory=list)
    first: int = 0
    centred: dict[str, Style] = field(default_factory=dict)

    def middle(self, number_format: str = "General") -> Style:
        """The look of a figure in this format, in the middle of its cell."""
        known = self.centred.get(number_format)
        if known is None:
            known = replace(self.looks.cell, horizontal="center", number_format=number_format)
            self.centred[number_format] = known
        return known

    def wide(self, text: str | None, look: str, *, keep: bool = False, least: float = 0.0) -> None:
        cells = {0: Cell(text or None, getattr(self.looks, look))}
        self.lines.append(Line(cells, ((0, len(_WIDTHS) - 1),), keep, least))

    def space(self, points: float) -> int:
        """Room for charts, in as many lines as a row's height makes needful; the index of the first."""
        count = int(points // MAX_ROW_HEIGHT) + 1
        empty = Line({0: Cell(None, self.looks.text)}, keep=True, least=points / count)
        first, *_ = (self.add(empty if n < count - 1 else replace(empty, keep=False)) for n in range(count))
        return first

    def add(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines) - 1

    def column(self, at: Address, col: int) -> str:
        """A column of the list, as an absolute reference."""
        return absolute(at(self.first, col), at(self.first + self.count - 1, col))


def absolute(first: str, last: str) -> str:
    """``$A$3:$A$9`` of two addresses."""
    return f"{_fixed(first)}:{_fixed(last)}"


@lru_cache(maxsize=1024)
def _fixed(address: str) -> str:
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", address)


def progress_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks, scale: Scale | None) -> Sheet:
    """The sheet 達成状況."""
    return progress(merged, where, looks, scale)[0]


def progress(
    merged: Merged, where: Mapping[CellKey, Spot], looks: Looks, scale: Scale | None
) -> tuple[Sheet, Mapping[str, Position]]:
    """The sheet 達成状況, and where each programme's rating stands on it where the plan rates."""
    rows = [_Row(standing, standing.judged(standing.target)) for standing in standings(merged)]
    draft = _Draft(looks, len(rows))
    year = merged.plan.settings.year
    draft.wide(f"達成状況（{year.japanese}実績）" if year else NAME, "title")
    for note in (*_NOTES, *((scale.explanation,) if scale else ())):
        draft.wide(note, "text")
    if not rows:
        draft.wide("対象の事業がありません。", "text")
        return lay_out(NAME, draft.lines, dict(enumerate(_WIDTHS)), looks.page(NAME, "A3")), {}
    _summaries(draft, rows)
    _rates(draft, rows)
    _list(draft, rows, where, scale)
    sheet, at_rows = _drawn(draft)
    if scale is None:
        return sheet, {}
    return sheet, {row.standing.programme.key: (at_rows[draft.first + n], _RATING) for n, row in enumerate(rows)}


# ------------------------------------------------------------------------------------------------------------ summaries
def _summaries(draft: _Draft, rows: Sequence[_Row]) -> None:
    """The counts: of all, by pillar, section and department, and their charts."""
    groups: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("全体", ()),
        ("柱", (_PILLAR,)),
        ("節", (_PILLAR, _SECTION)),
        ("記入部局", (_BY,)),
    )
    spans = {}
    for name, columns in groups:
        draft.wide(None, "text", keep=True)
        _summary_head(draft)
        members: dict[tuple[str, ...], list[_Row]] = {}
        for row in rows:
            members.setdefault(tuple(row.key(col) for col in columns), []).append(row)
        start = len(draft.lines)
        for key, mine in members.items():
            _summary_line(draft, mine, name, columns, key)
        spans[name] = (start, len(draft.lines) - 1)
        draft.lines[-1] = replace(draft.lines[-1], keep=False)
    several = spans["柱"][0] != spans["柱"][1]
    shown = [("柱" if several else "節"), "記入部局"]
    tall = max(spans[name][1] - spans[name][0] + 1 for name in shown)
    size = (610, min(520, 90 + 22 * tall))
    line = draft.space(size[1] * 0.75 + 2 * _CLEAR * 0.75)
    for col, name in zip((0, 6), shown, strict=True):
        draft.charts.append((line, col, _stacked(draft, name, spans[name], size)))


def _summary_head(draft: _Draft) -> None:
    head = replace(draft.looks.head, horizontal="center")
    draft.add(Line({col: Cell(text or None, head) for col, text in enumerate(_SUMMARY)}, ((1, 2),), keep=True))


def _summary_line(
    draft: _Draft, mine: Sequence[_Row], name: str, columns: tuple[int, ...], key: tuple[str, ...]
) -> None:
    """The counts of the rows ``mine``, whose ``columns`` of the list say ``key``."""
    looks = draft.looks
    counts = [sum(row.judged.verdict is verdict for row in mine) for verdict in Verdict]
    settled = counts[0] + counts[1]
    label = "すべての事業" if not key else key[-1] or "（記載なし）"
    of = key[0] if len(key) > 1 else name
    number, percent = draft.middle("0"), draft.middle("0%")
    cells = {0: Cell(of, looks.cell), 1: Cell(label, looks.cell), 2: Cell(None, looks.cell), 3: Cell(len(mine), number)}
    cells |= {4 + n: Cell(count, number) for n, count in enumerate(counts)}
    cells[9] = Cell(counts[0] / settled if settled else "", percent)
    line = draft.add(Line(cells, ((1, 2),), keep=True))
    matches = [(col, text) for col, text in zip(columns, key, strict=True)]

    def counted(at: Address, verdict: str) -> str:
        tests = [f"({draft.column(at, col)}={quoted(text)})" for col, text in matches]
        tests.append(f"({draft.column(at, _VERDICT)}={verdict})" if verdict else f'({draft.column(at, _NUMBER)}<>"")')
        return f"SUMPRODUCT({'*'.join(tests)}*1)"

    draft.formulas[line, 3] = lambda at: counted(at, "")
    for n, verdict in enumerate(Verdict):
        draft.formulas[line, 4 + n] = lambda at, verdict=verdict: counted(at, quoted(verdict.value))  # type: ignore[misc]
    draft.formulas[line, 9] = lambda at: (
        f'IF({at(line, 4)}+{at(line, 5)}=0,"",{at(line, 4)}/({at(line, 4)}+{at(line, 5)}))'
    )


def _stacked(draft: _Draft, name: str, span: tuple[int, int], size: tuple[int, int]) -> Callable[[Address], Chart]:
    def chart(at: Address) -> Chart:
        def cells(col: int) -> str:
            return f"'{NAME}'!{absolute(at(span[0], col), at(span[1], col))}"

        series = tuple(
            Series(verdict.value, cells(4 + n), cells(1), *_COLOURS[verdict]) for n, verdict in enumerate(Verdict)
        )
        counts = "、".join(_alt(draft.lines[line]) for line in range(span[0], span[1] + 1))
        return Chart((0, 0), "bar", series, f"{name}別の達成状況（事業数）", True, size,
                     f"{name}ごとの事業数の積み上げ棒グラフ。{counts}"[:1000], font=draft.looks.font, labels=True, offset=(0, _CLEAR))  # fmt: skip

    return chart


def _alt(line: Line) -> str:
    words = "、".join(f"{v.value}{line.cells[4 + n].value}" for n, v in enumerate(Verdict) if line.cells[4 + n].value)
    return f"{line.cells[1].value}（{words}）"


# -------------------------------------------------------------------------------------------------- progress to target
def _rates(draft: _Draft, rows: Sequence[_Row]) -> None:
    """How far each programme is: 達成率 against the final target, a chart beside the lines it shows; of so many as a
    person still turns over."""
    rated = [(n, row) for n, row in enumerate(rows) if row.judged.way in RATED]
    most = _MOST_CHARTS * _BARS
    if len(rated) > most:
        draft.wide(_FIRST_RATES.format(most=most), "text", keep=True)
    for begin in range(0, min(len(rated), most), _BARS):
        _rate_chart(draft, rated[begin : begin + _BARS])


def _rate_chart(draft: _Draft, rated: Sequence[tuple[int, _Row]]) -> None:
    looks = draft.looks
    percent = draft.middle("0%")
    draft.wide("最終目標に対する達成率", "heading", keep=True)
    head = ("番号", "事業名", "達成率")
    top = draft.add(Line({col: Cell(text, looks.head) for col, text in enumerate(head)}, keep=True))
    for n, row in rated:
        rate = row.judged.rate
        cells = {
            0: Cell(row.standing.programme.number, looks.cell),
            1: Cell(row.standing.programme.name, looks.cell),
            2: Cell("" if rate is None else rate, percent),
        }
        line = draft.add(Line(cells, keep=True))
        draft.formulas[line, 2] = lambda at, n=n: at(draft.first + n, _RATE)  # type: ignore[misc]
    last = len(draft.lines) - 1
    draft.lines[last] = replace(draft.lines[last], keep=False)

    def chart(at: Address) -> Chart:
        def cells(col: int) -> str:
            return f"'{NAME}'!{absolute(at(top + 1, col), at(last, col))}"

        words = "、".join(f"{row.standing.programme.number} {_percent(row.judged.rate)}" for _, row in rated)
        return Chart((0, 0), "bar", (Series("達成率", cells(2), cells(0), _COLOURS[Verdict.REACHED][0]),),
                     "最終目標に対する達成率（100％で達成）", size=(720, max(240, 24 * (len(rated) + 1))),
                     alt=f"最終目標に対する達成率の棒グラフ。{words}"[:1000], font=looks.font, percent=True, labels=True)  # fmt: skip

    draft.charts.append((top, 4, chart))
    draft.wide(None, "text", least=24.0)


def _percent(rate: float | None) -> str:
    return "－" if rate is None else f"{rate:.0%}"


# ------------------------------------------------------------------------------------------------------------- the list
def _list(draft: _Draft, rows: Sequence[_Row], where: Mapping[CellKey, Spot], scale: Scale | None) -> None:
    """Every programme with its figures and its verdict; all else on the sheet counts these lines."""
    looks = draft.looks
    draft.wide("事業ごとの判定", "heading", keep=True)
    more = () if scale is None else _RATING_HEAD if scale.automatic else _RATING_HEAD[:1]
    draft.add(Line({col: Cell(text, looks.head) for col, text in enumerate((*_HEAD, *more))}, keep=True))
    draft.first = len(draft.lines)
    for row in rows:
        _list_line(draft, row, where, scale)


def _list_line(draft: _Draft, row: _Row, where: Mapping[CellKey, Spot], scale: Scale | None) -> None:
    looks, standing, judged = draft.looks, row.standing, row.judged
    programme = standing.programme
    spot = where.get((programme.key, next((c.key for c in programme.block.columns), "")))
    link = f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None
    plain, middle = looks.cell, draft.middle()
    actual, target, other = judged.actual, judged.target, judged.other
    rated = rating(standing, scale) if scale else None
    cells = {
        _NUMBER: Cell(programme.number, looks.link if link else plain, link=link),
        _TITLE: Cell(programme.name, plain),
        _INDICATOR: Cell(standing.indicator, plain),
        _ACTUAL: Cell(_value(actual.cell), draft.middle(actual.cell.style.number_format)),
        _TARGET: Cell(_value(target.cell), draft.middle(target.cell.style.number_format)),
        _WAY: Cell(judged.way.value, middle),
        _MINE: Cell(_number(actual.value), middle),
        _OTHER: Cell(_number(other.value), middle),
        _RATE: Cell(_number(judged.rate), draft.middle("0.0%")),
        _VERDICT: Cell(judged.verdict.value, middle),
        _BY: Cell(programme.responsible, plain),
        _PILLAR: Cell(programme.sheet, plain),
        _SECTION: Cell(standing.section, plain),
    }
    if rated is not None:
        cells[_RATING] = Cell(rated.mark or None, middle)
    line = draft.add(Line(cells))
    _list_formulas(draft, line, row, where)
    if rated is not None and scale is not None:
        _rate_cells(draft, line, rated, scale, where, programme.key)


def _list_formulas(draft: _Draft, line: int, row: _Row, where: Mapping[CellKey, Spot]) -> None:
    """A line's cells follow the plan's: the actual and the target repeated, their figures, the rate and the verdict."""
    standing, judged, formulas = row.standing, row.judged, draft.formulas
    other = judged.other
    spots = [
        where.get((standing.programme.key, column.key)) if column is not None else None
        for column in (standing.actual, standing.target, standing.first)
    ]
    for col, place in ((_ACTUAL, spots[0]), (_TARGET, spots[1])):
        if (formula := repeated(place, NAME)) is not None:
            formulas[line, col] = lambda at, formula=formula: formula  # type: ignore[misc]
    formulas[line, _MINE] = lambda at: judged.actual.formula(at(line, _ACTUAL))
    if judged.way.moves and spots[2] is not None:
        first = _outside(spots[2])
        formulas[line, _OTHER] = lambda at: other.formula(first)
    elif not judged.way.moves:
        formulas[line, _OTHER] = lambda at: other.formula(at(line, _TARGET))
    formulas[line, _RATE] = lambda at: judged.rate_formula(at(line, _MINE), at(line, _OTHER))
    formulas[line, _VERDICT] = lambda at: judged.formula(
        at(line, _ACTUAL), at(line, _TARGET), at(line, _MINE), at(line, _OTHER)
    )


def _rate_cells(draft: _Draft, line: int, rated: Rated, scale: Scale, where: Mapping[CellKey, Spot], key: str) -> None:
    """The rating's own figures: the target it is held against, the rate, and the mark against last year's value."""
    if not scale.automatic:
        spot = where.get((key, rated.column.key)) if rated.column else None
        if (formula := repeated(spot, NAME)) is not None:
            draft.formulas[line, _RATING] = lambda at: formula
        return
    middle = draft.middle()
    aim = rated.aim.value if rated.aim else None
    cells = dict(draft.lines[line].cells) | {
        _AIM: Cell(_number(aim), middle),
        _SHARE: Cell(_number(rated.share), draft.middle("0.0%")),
        _SINCE_LAST: Cell(rated.since_last or None, middle),
    }
    draft.lines[line] = replace(draft.lines[line], cells=cells)
    spot = where.get((key, rated.target.key)) if rated.target else None
    if spot is not None and rated.aim is not None:
        figure, place = rated.aim, _outside(spot)
        draft.formulas[line, _AIM] = lambda at: figure.formula(place)
    share = rated.share_formula("", "")
    if share is not None:
        draft.formulas[line, _SHARE] = lambda at: rated.share_formula(at(line, _MINE), at(line, _AIM)) or '""'
    draft.formulas[line, _RATING] = lambda at: scale.formula(at(line, _SHARE))


def _outside(spot: Spot) -> str:
    """A cell of another sheet, as a formula names it."""
    return "'" + spot[0].replace("'", "''") + f"'!{a1(*spot[1])}"


def _value(cell: Cell) -> str | int | float:
    return cell.value if isinstance(cell.value, str | int | float) else ""


def _number(value: float | None) -> float | str:
    return "" if value is None else value


def _widths(draft: _Draft) -> dict[int, float]:
    last = max(col for line in draft.lines for col in line.cells)
    return dict(enumerate((*_WIDTHS, *_RATING_WIDTHS)[: max(last + 1, len(_WIDTHS))]))


def _drawn(draft: _Draft) -> tuple[Sheet, Sequence[int]]:
    sheet, at_rows = lay_out_lines(NAME, draft.lines, _widths(draft), draft.looks.page(NAME, "A3"), draft.first - 1)

    def at(line: int, col: int) -> str:
        return a1(at_rows[line], col)

    cells: dict[Position, Cell] = dict(sheet.cells)
    for (line, col), formula in draft.formulas.items():
        place = (at_rows[line], col)
        cells[place] = cells[place].with_formula(formula(at))
    charts = tuple(replace(chart(at), at=(at_rows[line], col)) for line, col, chart in draft.charts)
    head, last = at_rows[draft.first] - 1, at_rows[draft.first + draft.count - 1]
    drawn = replace(
        sheet,
        cells=MappingProxyType(cells),
        charts=charts,
        filter=Area(head, 0, last, max(col for col in _widths(draft))),
        tab_colour="#2F75B5",
    )
    return drawn, at_rows
