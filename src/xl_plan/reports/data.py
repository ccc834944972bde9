"""データ一覧: the plan's values as tidy data, one value a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from operator import attrgetter

from xl_plan.cells import Cell, Sheet
from xl_plan.layout.sheets import Looks, table
from xl_plan.model import CellKey, Merged, Role, Spot
from xl_plan.reports.rows import filled, leading_to
from xl_plan.tidy import Value, values

NAME = "データ一覧"
MOST = 5_000  # lines that a person still turns over; a larger plan is exported
_NOTE = (
    "１行に１つの値です。「数値」は「単位」で表した数で、割合は百分率（87.2など）です。"
    "記述は計画の表にあります。再掲の行には「再掲元」があります。"
)
_ROLES = (Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING)
_PLACE = "セル"  # where a value stands in this book
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("番号", 13),
    ("事業名", 22),
    ("評価指標", 24),
    ("記入部局", 15),
    ("西暦年度", 7),
    ("元号年度", 7),
    ("種別", 8),
    ("列", 16),
    ("区分", 8),
    ("原文", 26),
    ("数値", 11),
    ("単位", 7),
    ("状態", 9),
    ("評価", 6),
    ("再掲元", 13),
    (_PLACE, 7),
)


def data_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks, *, public: bool = False) -> Sheet:
    """The sheet データ一覧; ``public`` leaves out where each value stands."""
    columns = [(name, width) for name, width in _COLUMNS if not (public and name == _PLACE)]
    found = values(filled(merged), _ROLES)
    listed = list(islice(found, MOST))
    if next(found, None) is not None:
        note = f"値が{MOST:,}行を超え、印刷には向かないため、この表には載せていません。xl-plan export で書き出してください。"
        rows: list[list[Cell | str]] = []
    else:
        note = _NOTE
        rows = _rows(listed, [name for name, _ in columns], where, looks)
    sheet, _ = table(
        NAME, looks, NAME, [n for n, _ in columns], rows, [w for _, w in columns], notes=(note,), paper="A3"
    )
    return replace(sheet, tab_colour="#7F7F7F")


def _rows(
    listed: Sequence[Value], names: Sequence[str], where: Mapping[CellKey, Spot], looks: Looks
) -> list[list[Cell | str]]:
    """The lines of the table. A number that stands in many of them is one cell."""
    style = replace(looks.cell, horizontal="right")
    figures: dict[int | Decimal, Cell] = {}

    def cell(value: str | int | Decimal | None) -> Cell | str:
        if isinstance(value, str) or value is None:
            return value or ""
        known = figures.get(value)
        if known is None:
            known = figures[value] = Cell(float(value) if value % 1 else int(value), style)
        return known

    fields = attrgetter(*names)
    rows = []
    for value in listed:
        row = [cell(field) for field in fields(value.row())]
        if names[-1] == _PLACE:
            spot = where.get(value.key)
            row[-1] = leading_to(spot, looks) if spot is not None else ""
        rows.append(row)
    return rows
