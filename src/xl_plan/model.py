"""The domain as frozen values: plan, programme, department, ownership, relisting, submission.

Names follow the field's terms (計画 plan, 事業 programme, 評価指標 indicator, 再掲 relisted …). Positions are those of
:mod:`xl_plan.cells`: rows and columns from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from xl_plan.cells import EMPTY, Area, Cell, Position, Sheet
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.remembered import once_for_each

SETTINGS_SHEET = "設定"
ISSUED_SHEET = "_xl-plan"
GUIDE_SHEET = "記入要領"
PROPOSAL_SHEET = "修正申出"
STATUS_SHEET = "提出状況"
FINDINGS_SHEET = "確認事項"
SOURCES_SHEET = "転記元一覧"
RELISTED_SHEET = "再掲一覧"
HISTORY_SHEET = "これまでの経過"
STATE_SHEET = "_xl-plan-state"
REVISIONS_SHEET = "事務局修正"
HANDBOOK_SHEET = "記入の手引き"
SPELLING_SHEET = "表記ゆれ"
#: Sheets that the tool itself writes beside the plan's own: never read as a pillar.
OWN_SHEETS = frozenset(
    {
        SETTINGS_SHEET,
        ISSUED_SHEET,
        GUIDE_SHEET,
        PROPOSAL_SHEET,
        STATUS_SHEET,
        FINDINGS_SHEET,
        SOURCES_SHEET,
        HISTORY_SHEET,
        STATE_SHEET,
        REVISIONS_SHEET,
        "達成状況",
        "指標の推移",
        RELISTED_SHEET,
        "データ一覧",
        "目次",
        "文面",
        HANDBOOK_SHEET,
        SPELLING_SHEET,
    }
)


class Role(StrEnum):
    """What a column of the plan holds."""

    NUMBER = "番号"
    NAME = "事業名"
    DESCRIPTION = "内容"
    INDICATOR = "評価指標"
    ACTUAL = "実績値"
    TARGET = "目標値"
    NARRATIVE = "記述"
    DEPARTMENT = "担当部局"
    RATE = "達成率"
    RATING = "評価"
    REMARKS = "備考"
    UNIT = "単位"
    OTHER = "その他"


class Filler(StrEnum):
    """Who fills a column in this round."""

    DEPARTMENT = "担当部局"
    OFFICE = "事務局"
    MEETING = "会議"


class Sharing(StrEnum):
    """What a relisted row does with a column: the programme's (共有), the row's (固有), computed (計算)."""

    SHARED = "共有"
    OWN = "固有"
    DERIVED = "計算"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, found by its header.

    ``key`` is stable over layouts and rounds (``actual:2023``); ``header`` is the header text, its lines joined by
    one space; ``left``/``right`` the columns it spans in a block.

    ``row``      which row of a programme's rows the cell stands in, where values stand under each other: a label
                 of the rows (``実績値``), or 上段 / 下段; empty where the column has one cell.
    ``divides``  its cells divide the rows of one number into lines, each with values of its own.
    """

    key: str
    role: Role
    header: str
    left: int
    right: int
    year: FiscalYear | None = None
    filler: Filler | None = None
    sharing: Sharing = Sharing.OWN
    header_areas: tuple[Area, ...] = ()  # of the header band, rows relative to the band's first
    row: str = ""
    divides: bool = False

    @property
    def yearly(self) -> bool:
        return self.role in (Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING)


class BandKind(StrEnum):
    TITLE = "title"
    SECTION = "section"
    SUBSECTION = "subsection"
    HEADER = "header"
    BLOCK = "block"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Band:
    """A range of sheet rows that belong together. ``text`` is a heading's, ``columns`` a header's."""

    kind: BandKind
    first: int
    last: int
    text: str = ""
    repeated: bool = False  # a header printed again at the top of a page
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One programme's rows as they stand on a sheet: each column's cell positions (several where a text is divided
    over pages, or where a cell per department stands; none where the cell belongs to another line).

    Where one number has several lines (an indicator or a department each), every line is a Block of its own with the
    same ``first``, ``last`` and ``parts``: these are laid out together. ``line`` counts them from 0.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    places: Mapping[str, tuple[Position, ...]]
    headings: tuple[str, ...] = ()  # section, subsection
    parts: tuple[tuple[int, int], ...] = ()  # row ranges when the block is divided over pages
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet understood: its bands from top to bottom and the blocks among them."""

    sheet: Sheet
    bands: tuple[Band, ...]
    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]  # of all header bands, in order of first appearance


@dataclass(frozen=True, slots=True)
class DepartmentCell:
    """A name in a 担当部局 cell, where it stands, whether it is the one that fills (the cell is blue), and the cell's
    whole text."""

    name: str
    place: Position
    blue: bool
    written: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme's row group. ``key`` is its 番号 folded to one way of writing (unique in the plan); ``responsible``
    is the department that fills, "" when the plan does not say."""

    key: str
    number: str
    name: str
    sheet: str
    block: Block
    cells: Mapping[str, Cell]  # column key → what stands there (divided texts joined, references resolved)
    texts: Mapping[str, str]  # column key → the same as shown
    departments: tuple[DepartmentCell, ...] = ()
    responsible: str = ""
    cited: tuple[str, ...] = ()  # the numbers that its 再掲 mark names, as written
    marked: bool = False  # carries a 再掲 mark
    listed_in: tuple[str, ...] = ()  # the numbers where its mark says that it is listed again
    unit: str = ""  # as the row states it outside its values: a unit column, 【件】 behind a name

    def column(self, key: str) -> Column | None:
        return next((column for column in self.block.columns if column.key == key), None)

    def place(self, key: str) -> Position | None:
        places = self.block.places.get(key)
        return places[0] if places else None

    def cell(self, key: str) -> Cell:
        return self.cells.get(key, EMPTY)

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def with_role(self, *roles: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.block.columns if column.role in roles)

    def department_text(self, place: Position) -> str:
        """The text of a 担当部局 cell, which may hold several names."""
        here = [d for d in self.departments if d.place == place]
        return next((d.written for d in here if d.written), "\n".join(d.name for d in here))

    @property
    def sharing_names(self) -> tuple[str, ...]:
        """Departments that stand in the row without filling it."""
        return tuple(d.name for d in self.departments if d.name != self.responsible)


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


@dataclass(frozen=True, slots=True)
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


CellKey = tuple[str, str]  # programme key, column key
Spot = tuple[str, Position]  # sheet name, position as read


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


@dataclass(frozen=True, slots=True)
class Merged:
    """The plan with the round's answers. ``entries`` holds every cell of the round."""

    plan: Plan
    entries: Mapping[CellKey, Entry]
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()
