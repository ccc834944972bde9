"""What comes back in a round, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from xl_plan.cells import Cell
from xl_plan.model.plan import CellKey, Plan


@dataclass(frozen=True, slots=True)
class Returned:
    """A cell that came back: where it stands in the file, what is there, and as shown."""

    sheet: str
    cell_name: str
    cell: Cell
    text: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What a form says was issued. ``cells``: key → shown text; ``owned``: the keys that were to be filled."""

    title: str = ""
    year: str = ""
    department: str = ""
    issue: int = 0
    kind: str = "form"  # form | copy | return
    cells: Mapping[CellKey, str] = field(default_factory=lambda: MappingProxyType({}))
    owned: frozenset[CellKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of 修正申出: what a department asks the division to change."""

    file: str
    department: str
    row: int
    number: str
    item: str
    current: str
    proposed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One file of the inbox, read. ``returned`` holds every cell whose row and column were found."""

    file: str
    sha256: str
    department: str
    issued: Issued | None = None
    returned: Mapping[CellKey, Returned] = field(default_factory=lambda: MappingProxyType({}))
    proposals: tuple[Proposal, ...] = ()
    respondent: str = ""
    kind: str = ""  # 新規 / 差し替え
    version: int = 0
    modified: str = ""


class State(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAULTY = "faulty"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: the line of ``submissions`` in the JSON."""

    file: str
    sha256: str
    department: str
    state: State
    owned: int = 0
    filled: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in the merged plan and where it came from. ``original`` names the row a copy refers to."""

    cell: Cell
    text: str
    source: str = ""  # file
    sha256: str = ""
    source_sheet: str = ""
    source_cell: str = ""
    original: str = ""
    state: str = ""  # "" taken | 未提出 | 未記入 | 保留
    by_hand: bool = False  # the division's wording (事務局修正)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Merged:
    """The plan with the round's answers. ``entries`` holds every cell of the round."""

    plan: Plan
    entries: Mapping[CellKey, Entry]
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()
