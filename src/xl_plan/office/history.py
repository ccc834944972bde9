"""The sheet これまでの経過: what each row said when a round ended, kept from round to round.

It carries what the plan's own sheets do not keep: the narratives of earlier rounds, and the wording of indicators and
targets before they changed. A line is written only where it says something that the last one on the same cell did not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Sheet
from xl_plan.comparison import plain
from xl_plan.layout.sheets import looks_of, table
from xl_plan.meaning.fiscal import FiscalYear, parse_year
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold
from xl_plan.meaning.values import is_blank
from xl_plan.model import HISTORY_SHEET, Column, HistoryLine, Plan, Programme, Role, Settings

_HEAD = ("年度", "番号", "評価指標", "項目", "列見出し", "内容")
_KEPT = (Role.NARRATIVE, Role.INDICATOR, Role.TARGET)
_LATER = re.compile(r"~(\d+)$")


def label(key: str) -> str:
    """How a row is named in lists that people edit: ``11204〔2〕`` is the second row of that number."""
    return _LATER.sub(r"〔\1〕", key)


def key_of(text: str) -> str:
    """The row that a label names."""
    folded = fold(text)
    return re.sub(r"[〔\[]([0-9]+)[〕\]]$", r"~\1", folded)


def with_round(
    plan: Plan, year: FiscalYear, *, and_actuals: bool = False, leaving: frozenset[str] = frozenset()
) -> tuple[HistoryLine, ...]:
    """The plan's history, and what its rows say at the end of the round of ``year``; ``leaving`` are the keys of further
    columns that the next round fills anew."""
    lines = list(plan.history)
    last = {(key_of(h.number), h.item, fold(h.header)): h.text for h in lines}
    roles = (*_KEPT, Role.ACTUAL, Role.RATE, Role.RATING) if and_actuals else _KEPT
    copies = plan.relisting.originals()
    for programme in plan.programmes:
        if programme.key in copies:
            continue
        for column in programme.block.columns:
            anew = column.role is Role.NARRATIVE or column.key in leaving
            line = _line(programme, column, year) if anew or column.role in roles else None
            if line is not None and (
                anew or last.get((key_of(line.number), line.item, fold(line.header))) != line.text
            ):
                lines.append(line)
    return tuple(lines)


def _line(programme: Programme, column: Column, year: FiscalYear) -> HistoryLine | None:
    text = programme.text(column.key)
    if is_blank(text):
        return None
    indicator = next((programme.text(c.key) for c in programme.with_role(Role.INDICATOR)), "")
    return HistoryLine(year, label(programme.key), indicator, column.role.value, column.header, text)


def history_sheet(lines: Sequence[HistoryLine], settings: Settings) -> Sheet:
    """The sheet of these lines."""
    rows = [(h.year.era_label, h.number, h.indicator, h.item, h.header, h.text) for h in lines]
    note = "年度を改めたときの記述・評価指標・目標値の控えです。次の年度の調査票に、前回の記載として示します。"
    sheet, _ = table(
        HISTORY_SHEET,
        looks_of(settings),
        "これまでの経過",
        _HEAD,
        rows,
        (8, 16, 24, 12, 28, 90),
        notes=(note,),
        paper="A3",
    )
    return replace(sheet, tab_colour="#7F7F7F")


def read_history(sheet: Sheet | None) -> tuple[HistoryLine, ...]:
    """The lines of the sheet."""
    lines = []
    merged = sheet.merge_map() if sheet else {}
    for row, cells in sheet.rows() if sheet else ():
        if any((row, col) in merged and merged[row, col].top < row for col, _ in cells):
            continue
        texts = {col: shown(cell.value, cell.style.number_format) for col, cell in cells if not cell.blank}
        year = parse_year(texts.get(0, ""))
        if year is not None and texts.get(1):
            lines.append(HistoryLine(year, *(texts.get(col, "") for col in range(1, 6))))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a row said before this round: the last round's narratives, and the last other wording of what has changed."""

    narratives: tuple[HistoryLine, ...] = ()
    changed: tuple[HistoryLine, ...] = ()


def remembered(plan: Plan) -> Mapping[str, Remembered]:
    """Row key → what it said before this round."""
    rows: dict[str, list[HistoryLine]] = {}
    now = plan.settings.year
    for line in plan.history:
        if now is None or line.year < now:
            rows.setdefault(key_of(line.number), []).append(line)
    return MappingProxyType({p.key: _of_row(p, rows[p.key]) for p in plan.programmes if p.key in rows})


def _of_row(programme: Programme, lines: Sequence[HistoryLine]) -> Remembered:
    told = [h for h in lines if h.item == Role.NARRATIVE.value]
    latest = max((h.year for h in told), default=None)
    changed = []
    for column in programme.with_role(Role.INDICATOR, Role.TARGET):
        before = [h for h in lines if h.item == column.role.value and fold(h.header) == fold(column.header)]
        if before and plain(before[-1].text) != plain(programme.text(column.key)):
            changed.append(before[-1])
    return Remembered(tuple(h for h in told if h.year == latest), tuple(changed))
