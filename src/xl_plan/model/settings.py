"""What 設定 and これまでの経過 say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.model.rows import Filler, Role, Sharing


@dataclass(frozen=True, slots=True)
class Department:
    """A line of the 担当部局 table of 設定."""

    name: str
    short: str = ""
    former: tuple[str, ...] = ()
    contact: str = ""
    via: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for n in (self.name, self.short, *self.former) if n))


@dataclass(frozen=True, slots=True)
class ColumnSetting:
    """A line of the 列 table of 設定."""

    header: str
    role: Role | None = None
    year: FiscalYear | None = None
    filler: Filler | None = None
    sharing: Sharing | None = None
    divides: bool | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A line of the 調査周期 table of 設定: a row is asked every ``cycle`` years from ``start`` on."""

    number: str
    indicator: str
    cycle: int
    start: FiscalYear


class MoveKind(StrEnum):
    """What happened to a programme between rounds."""

    NEW = "新規"
    JOINED = "統合"
    ENDED = "廃止"


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the 事業の異動 table of 設定: from ``year`` on a programme is new, joined into another, or ended."""

    number: str
    kind: MoveKind
    year: FiscalYear
    into: str = ""
    cell: str = ""  # where the line stands
    remark: str = ""

    def asked_in(self, year: FiscalYear) -> bool:
        """Whether the programme is asked in the round of a year: a new one from its first year on, others before it."""
        return year >= self.year if self.kind is MoveKind.NEW else year < self.year


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A line of the 再照会 table of 設定: an earlier year's cell that is asked once more."""

    number: str
    indicator: str
    header: str


@dataclass(frozen=True, slots=True)
class SharingException:
    """A line of the 再掲の例外 table of 設定: what one row does with a column. ``cell`` is where it stands."""

    number: str
    header: str
    sharing: Sharing
    cell: str = ""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Settings:
    """The sheet 設定. ``given`` is False for a plan without one; dates are ISO 8601 or empty."""

    title: str = ""
    year: FiscalYear | None = None
    deadline: str = ""
    later_deadline: str = ""  # of what the division or a meeting fills after the collection
    division: str = ""
    as_of: str = ""
    issue: int = 1
    period: str = ""
    font: str = "BIZ UDゴシック"
    keep_format: bool = False
    narrative_limit: int = 600
    mark: str = ""  # confidentiality mark of the page header
    document_date: str = ""
    seal_boxes: bool = False
    departments: tuple[Department, ...] = ()
    columns: tuple[ColumnSetting, ...] = ()
    exceptions: tuple[SharingException, ...] = ()
    surveys: tuple[Survey, ...] = ()
    asked_again: tuple[AskedAgain, ...] = ()
    moves: tuple[Move, ...] = ()
    shown_years: int = 0  # of actuals, counted back from the round's year; 0 for all
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    given: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of これまでの経過: what a cell said when the round of ``year`` ended."""

    year: FiscalYear
    number: str
    indicator: str
    item: str  # the column's role: 記述, 評価指標, 目標値
    header: str
    text: str
