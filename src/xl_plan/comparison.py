"""A returned cell held against what was issued and against what the plan says now; the format its row is shown in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xl_plan.meaning.numberformat import format_for, shown, unit_of
from xl_plan.meaning.values import is_blank, row_unit
from xl_plan.model import Column, Issued, Plan, Programme, Returned, Role

NOT_TO_FILL = "記入不要"
_SHORT = 60  # characters of a quoted text in a list of several


def plain(text: str) -> str:
    """Line ends as Excel keeps them, outer blanks off: what programs change without anybody writing."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def unchanged(issued: Issued | None, programme: Programme, column: str, item: Returned) -> bool:
    """Whether a returned cell still says what was issued, or what the plan says now.

    ``column`` is a column's key, ``department#2`` for the second of several cells.
    """
    before = issued.cells.get((programme.key, column)) if issued else None
    if before == item.text:
        return True
    now = plan_text(programme, column)
    got = plain(item.text)
    if before is not None and got == plain(before):
        return True
    if got == plain(now) or (is_blank(got) and is_blank(now)) or got.startswith(NOT_TO_FILL):
        return True
    return _same_number(programme, column, item, before, now)


def _same_number(programme: Programme, column: str, item: Returned, before: str | None, now: str) -> bool:
    """The same number under a number format that the saving program dropped."""
    value = item.cell.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    as_planned = plain(shown(value, programme.cell(column).style.number_format))
    if as_planned in (plain(now), None if before is None else plain(before)):
        return True
    mine = programme.cell(column).value
    if isinstance(mine, bool) or not isinstance(mine, (int, float)):
        return False
    return (before is None or plain(before) == plain(now)) and abs(mine - value) <= 1e-9 * max(1, abs(mine))


def plan_text(programme: Programme, column: str) -> str:
    """What the plan says now in a cell, those of the departments by their order among them."""
    key, _, index = column.partition("#")
    known = programme.column(key)
    if known is None or known.role is not Role.DEPARTMENT:
        return programme.text(key)
    places = programme.block.places.get(key, ())
    position = int(index) - 1 if index else 0
    if position >= len(places):
        return ""
    return programme.department_text(places[position])


def expected_text(issued: Issued | None, programme: Programme, column: str) -> str:
    """What a cell that is not to be changed should say: as issued, else as planned."""
    before = issued.cells.get((programme.key, column)) if issued else None
    return plan_text(programme, column) if before is None else before


def owned_columns(plan: Plan, department: str) -> Mapping[tuple[str, str], tuple[Programme, Column]]:
    """Every cell that a department fills, by its key."""
    return {(p.key, c.key): (p, c) for p, c in plan.owned_by(department)}


def listed(quotes: Iterable[tuple[str, str]], *, whole: bool = False) -> str:
    """``J14「10件」、J16「（空欄）」``: texts by their cells; long ones cut unless ``whole``."""
    return "、".join(f"{where}「{text if whole else short(text)}」" for where, text in quotes)


def short(text: str) -> str:
    """A text as it is quoted in a list: blank said in words, a long one cut."""
    if is_blank(text):
        return "（空欄）"
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def usual_format(programme: Programme, column: Column, own: str = "General") -> str:
    """The number format of the row's unit: that of its latest number, else one made of the unit its texts show."""
    if own not in ("General", "@"):
        return own
    yearly = [c for c in programme.with_role(Role.ACTUAL, Role.TARGET) if c.key != column.key]
    for other in reversed(yearly):
        cell = programme.cell(other.key)
        if isinstance(cell.value, (int, float)) and cell.style.number_format not in ("General", "@"):
            return cell.style.number_format
    unit = row_unit([programme.text(c.key) for c in yearly])
    return format_for(unit) if unit and unit_of(own) != unit else own
