"""Which cells are asked out of turn: earlier years' once more, and those that rest while their survey does."""

from __future__ import annotations

from collections.abc import Sequence

from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.kinds import RESERVED, Kind, Remark
from xl_plan.meaning.text import fold
from xl_plan.meaning.values import meaning
from xl_plan.model import (
    SETTINGS_SHEET,
    AskedAgain,
    CellKey,
    Column,
    Move,
    Plan,
    Programme,
    Relisting,
    Role,
    Settings,
    Survey,
)
from xl_plan.office.history import key_of, label
from xl_plan.rules.reorganisation import MOVE_WITHOUT_ROW


def asked_again(settings: Settings, programmes: Sequence[Programme], relisting: Relisting) -> frozenset[CellKey]:
    """The cells of ■再照会, and the same cells of the rows that relist them."""
    by_key = {p.key: p for p in programmes}
    keys = set()
    for line in settings.asked_again:
        programme = by_key.get(key_of(line.number))
        column = _headed(programme, line.header) if programme else None
        if programme is not None and column is not None:
            keys.add((programme.key, column.key))
    for copy, original in relisting.originals().items():
        keys |= {(copy, column) for key, column in keys if key == original}
    return frozenset(keys)


def _headed(programme: Programme, header: str) -> Column | None:
    wanted = fold(header)
    return next((c for c in programme.block.columns if fold(c.header) == wanted), None)


def resting(settings: Settings, programmes: Sequence[Programme]) -> frozenset[CellKey]:
    """The round's cells whose survey does not take place this year, and all those of programmes not asked any more."""
    moved = frozenset(
        (p.key, c.key) for p in programmes if moved_away(settings, p) for c in p.block.columns if _of_round(c, settings)
    )
    if settings.year is None or not settings.surveys:
        return moved
    year = settings.year
    return moved | frozenset(
        (programme.key, column.key)
        for programme in programmes
        if any(_of(line, programme) and _rests(line, year) for line in settings.surveys)
        for column in programme.with_role(Role.ACTUAL, Role.RATE)
        if column.year == year
    )


_ANSWERS = (Role.ACTUAL, Role.NARRATIVE, Role.RATE, Role.RATING)


def _of_round(column: Column, settings: Settings) -> bool:
    """Whether a column is the round's: never an earlier year's, which still has who filled it when a year is added."""
    return column.year in (None, settings.year) and (column.filler is not None or column.role in _ANSWERS)


def unknown_moves(settings: Settings, programmes: Sequence[Programme], file: str) -> list[Finding]:
    """A finding for each line of ■事業の異動 whose number is no row's."""
    if not settings.moves:
        return []
    known = {name for p in programmes for name in (p.key, fold(p.number))}
    return [
        found(MOVE_WITHOUT_ROW, Place(file, SETTINGS_SHEET, m.cell), got=m.number, kind=m.kind.value)
        for m in settings.moves
        if key_of(m.number) not in known
    ]


def moved_away(settings: Settings, programme: Programme) -> Move | None:
    """The line of ■事業の異動 for which a programme is not asked this year, None for one that is asked."""
    year = settings.year
    mine = (m for m in settings.moves if key_of(m.number) in (programme.key, fold(programme.number)))
    return next((m for m in mine if year is not None and not m.asked_in(year)), None)


def _of(line: Survey, programme: Programme) -> bool:
    if key_of(line.number) not in (programme.key, fold(programme.number)):
        return False
    indicators = [fold(programme.text(c.key)) for c in programme.with_role(Role.INDICATOR)]
    return not line.indicator or fold(line.indicator) in indicators


def _rests(line: Survey, year: FiscalYear) -> bool:
    return (year.year - line.start.year) % line.cycle != 0


def next_survey(settings: Settings, programme: Programme) -> FiscalYear | None:
    """The next year in which a resting row is asked."""
    if settings.year is None:
        return None
    line = next((s for s in settings.surveys if _of(s, programme)), None)
    if line is None:
        return None
    return settings.year.plus(-(settings.year.year - line.start.year) % line.cycle)


def unsettled(plan: Plan, year: FiscalYear) -> tuple[AskedAgain, ...]:
    """The earlier years' actuals that were left pending, provisional or open: to be asked again in the round of ``year``.

    Those of the round before, and those that it had asked again in vain.
    """
    copies = plan.relisting.originals()
    lines = []
    for programme in plan.programmes:
        if programme.key in copies:
            continue
        indicator = next((programme.text(c.key) for c in programme.with_role(Role.INDICATOR)), "")
        earlier = [c for c in programme.with_role(Role.ACTUAL) if c.year is not None and c.year < year]
        before = plan.settings.year or max((c.year for c in earlier if c.year), default=None)
        for column in earlier:
            due = column.year == before or (programme.key, column.key) in plan.again
            if due and _unsettled(programme.text(column.key)):
                lines.append(AskedAgain(label(programme.key), indicator, column.header))
    return tuple(lines)


def _unsettled(text: str) -> bool:
    found = meaning(text)
    if text.strip() in RESERVED:  # 〔未提出〕 and the like: nobody has answered yet
        return True
    return found.kind is Kind.PENDING or Remark.PROVISIONAL in found.remarks
