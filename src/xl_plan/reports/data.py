"""データ一覧: the plan's values as tidy data, one value a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from xl_plan.cells import Cell, Sheet, a1
from xl_plan.layout.sheets import Looks, table
from xl_plan.model import CellKey, Merged, Role, Spot
from xl_plan.reports.rows import filled
from xl_plan.tidy import keyed

NAME = "データ一覧"
MOST = 5_000  # lines that a person still turns over; a larger plan is exported
_NOTE = (
    "１行に１つの値です。「数値」は「単位」で表した数で、割合は百分率（87.2など）です。"
    "記述は計画の表にあります。再掲の行には「再掲元」があります。"
)
_KINDS = frozenset(role.value for role in (Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING))
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
    ("セル", 7),
)


def data_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks, *, public: bool = False) -> Sheet:
    """The sheet データ一覧; ``public`` leaves out where each value stands."""
    columns = [(name, width) for name, width in _COLUMNS if not (public and name == "セル")]
    plan = filled(merged)
    figure = replace(looks.cell, horizontal="right")
    rows: list[list[Cell | str]] = []
    for key, row in keyed(plan):
        if row.種別 not in _KINDS:
            continue
        spot = where.get(key)
        line: list[Cell | str] = []
        for name, _ in columns:
            value = getattr(row, name)
            if name == "セル":
                text = f"{spot[0]} {a1(*spot[1])}" if spot else ""
                link = f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None
                line.append(Cell(text or None, looks.link if link else looks.cell, link=link))
            elif isinstance(value, Decimal | int):
                number = float(value) if isinstance(value, Decimal) and value % 1 else int(value)
                line.append(Cell(number, figure))
            else:
                line.append(Cell(value or None, looks.cell))
        rows.append(line)
    if len(rows) > MOST:
        note = f"値が{len(rows):,}行あり、印刷には向かないため、この表には載せていません。xl-plan export で書き出してください。"
        rows = []
    else:
        note = _NOTE
    sheet, _ = table(
        NAME, looks, NAME, [n for n, _ in columns], rows, [w for _, w in columns], notes=(note,), paper="A3"
    )
    return replace(sheet, tab_colour="#7F7F7F")
