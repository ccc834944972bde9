"""What names a row: its 番号, also where Excel took it for a date or where it stands several times, and the unit that
a row states beside its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from xl_plan.cells import Cell, a1
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.numberformat import is_date, shown
from xl_plan.meaning.numerals import known_unit
from xl_plan.meaning.text import fold
from xl_plan.model import Programme, Role, Table
from xl_plan.relisted.relisting import place
from xl_plan.rules.plan import NUMBER_IS_DATE, NUMBER_SHARED, NUMBER_TWICE

_UNIT = re.compile(r"(?:【|\[|［|〔)\s*(?:単位\s*[:：]\s*)?([^】\]］〕]{1,8})(?:】|\]|］|〕)\s*$")
_CLOSE = ("】", "]", "］", "〕")
_SAID = re.compile(r"[（(]\s*単位\s*[:：]\s*([^）)]{1,8})[）)]\s*$")
_FIRST_DAY = date(1899, 12, 30)
_YEARED = re.compile(r"[yYeEgG]")


def as_number(cell: Cell) -> Cell:
    """A 番号 cell as it was meant: 1-10 where Excel made 1月10日 of it, kept as text from then on."""
    value, form = cell.value, cell.style.number_format
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not is_date(form) or _YEARED.search(form):
        return cell
    day = _FIRST_DAY + timedelta(days=int(value))
    return replace(cell, value=f"{day.month}-{day.day}", style=replace(cell.style, number_format="@"))


def stated_unit(unit_cells: Sequence[str], names: Sequence[str]) -> str:
    """The unit of a row: of its unit column, else in 【 】 behind a name; "" when it states none."""
    for text in unit_cells:
        if text.strip():
            return text.strip()
    for name in names:
        if "単位" in name and (match := _SAID.search(name)):
            return match[1].strip()
        if name.rstrip().endswith(_CLOSE) and (match := _UNIT.search(name)) and _is_unit(match[1].strip()):
            return match[1].strip()
    return ""


def _is_unit(text: str) -> bool:
    flat = fold(text)
    return flat == "%" or known_unit(flat) == flat


# ------------------------------------------------------------------------------------------------------- unique keys
def unique_keys(programmes: Sequence[Programme], file: str) -> tuple[list[Programme], list[Finding]]:
    """The programmes with a key of their own each, and what is wrong with numbers that stand several times.

    The lines of one number are no fault, nor are rows under each other that repeat it with an indicator each.
    """
    rows: dict[str, list[tuple[int, Programme]]] = {}
    seen: dict[str, int] = {}
    unique = []
    for index, programme in enumerate(programmes):
        rows.setdefault(programme.key, []).append((index, programme))
        seen[programme.key] = count = seen.get(programme.key, 0) + 1
        unique.append(programme if count == 1 else replace(programme, key=f"{programme.key}~{count}"))
    findings = [finding for same in rows.values() if len(same) > 1 for finding in _repeated(same, file)]
    return unique, findings


def _repeated(same: Sequence[tuple[int, Programme]], file: str) -> Iterator[Finding]:
    heads = [programme for _, programme in same if programme.block.line == 0]
    if len(heads) < 2:
        return
    together = same[-1][0] - same[0][0] == len(same) - 1
    indicators = [fold(_text(programme, Role.INDICATOR)) for programme in heads]
    apart = len(set(indicators)) == len(heads)
    places = [place(programme, file, _number_column(programme)) for programme in heads]
    if not (together and apart):
        yield found(NUMBER_TWICE, *places, got=heads[0].number)
    elif len({fold(programme.name) for programme in heads}) > 1:
        yield found(NUMBER_SHARED, *places, got=heads[0].number)


def _text(programme: Programme, role: Role) -> str:
    return next((programme.text(column.key) for column in programme.with_role(role)), "")


def _number_column(programme: Programme) -> str:
    numbers = programme.with_role(Role.NUMBER)
    return numbers[0].key if numbers else "name"


def dates_for_numbers(tables: Sequence[Table], file: str) -> Iterator[Finding]:
    """番号 cells that Excel took for dates."""
    for table in tables:
        for block in table.blocks:
            for column in (c for c in block.columns if c.role is Role.NUMBER and block.line == 0):
                for at in block.places.get(column.key, ())[:1]:
                    cell = table.sheet.at(*at)
                    meant = as_number(cell)
                    if meant is not cell:
                        before = shown(cell.value, cell.style.number_format)
                        where = Place(file, table.sheet.name, a1(*at), str(meant.value), column.header)
                        yield found(NUMBER_IS_DATE, where, got=before, expected=str(meant.value))
