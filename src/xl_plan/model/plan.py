"""The plan: its sheets, its programmes, who owns which cell, and which rows are relisted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Position, Sheet
from xl_plan.model.rows import Column, Filler, Programme, Sharing, Table
from xl_plan.model.settings import Department, HistoryLine, Settings
from xl_plan.remembered import once_for_each

CellKey = tuple[str, str]  # programme key, column key
Spot = tuple[str, Position]  # sheet name, position as read


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one programme: the original and its copies, keys in the plan's order."""

    original: str
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relisting:
    """``outside``: keys of rows that cite only what is not in this plan → the cited numbers."""

    groups: tuple[Group, ...] = ()
    outside: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    _originals: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        originals = {copy: group.original for group in self.groups for copy in group.copies}
        object.__setattr__(self, "_originals", MappingProxyType(originals))

    def originals(self) -> Mapping[str, str]:
        """Each copy's key → its original's."""
        return self._originals


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Plan:
    """A plan workbook understood. ``others`` are sheets that are neither pillars nor ours; they are kept as they are.

    ``again``    cells of earlier years that are asked once more this round (a provisional figure, 集計中).
    ``resting``  cells of the round that are not asked: their survey does not take place this year, or their programme
                 has ended, was joined into another or has not begun (``Settings.moves``).
    """

    settings: Settings
    tables: tuple[Table, ...]
    programmes: tuple[Programme, ...]
    relisting: Relisting
    departments: tuple[Department, ...]
    others: tuple[Sheet, ...] = ()
    sha256: str = ""
    letters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # wording by kind of letter
    again: frozenset[CellKey] = frozenset()
    resting: frozenset[CellKey] = frozenset()
    history: tuple[HistoryLine, ...] = ()
    _by_key: Mapping[str, Programme] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", MappingProxyType({p.key: p for p in self.programmes}))

    def programme(self, key: str) -> Programme | None:
        return self._by_key.get(key)

    def original_of(self, programme: Programme, column: Column) -> Programme | None:
        """The row from which a relisted row takes this column; None for a row or a column that stands for itself."""
        if column.sharing is not Sharing.SHARED:
            return None
        return self.programme(self.relisting.originals().get(programme.key, ""))

    def counted(self) -> tuple[Programme, ...]:
        """Every programme once (再掲を除く): what summaries count."""
        copies = self.relisting.originals()
        return tuple(p for p in self.programmes if p.key not in copies)

    def department(self, name: str) -> Department | None:
        """The department known by this name, abbreviation or former name, exactly as written."""
        return next((d for d in self.departments if name in d.names), None)

    def round_columns(self, programme: Programme, filler: Filler = Filler.DEPARTMENT) -> tuple[Column, ...]:
        """The columns of this round that ``filler`` fills in a row."""
        return tuple(column for column in programme.block.columns if self.asked(programme, column) is filler)

    def asked(self, programme: Programme, column: Column) -> Filler | None:
        """Who fills a cell this round; None for a cell that nobody does, or that the row does not have."""
        key = (programme.key, column.key)
        if key in self.resting or not programme.block.places.get(column.key):
            return None
        return Filler.DEPARTMENT if key in self.again else column.filler

    def owned_by(self, department: str) -> tuple[tuple[Programme, Column], ...]:
        """Every cell that a department fills this round, in the plan's order: of relisted rows only what is the row's
        own (固有)."""
        return _owned(self).get(department, ())


@once_for_each
def _owned(plan: Plan) -> Mapping[str, tuple[tuple[Programme, Column], ...]]:
    copies = plan.relisting.originals()
    owned: dict[str, list[tuple[Programme, Column]]] = {}
    for programme in plan.programmes:
        for column in plan.round_columns(programme):
            if programme.key not in copies or column.sharing is Sharing.OWN:
                owned.setdefault(programme.responsible, []).append((programme, column))
    return {department: tuple(cells) for department, cells in owned.items()}
