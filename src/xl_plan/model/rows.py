"""A plan sheet as it was read: columns, bands, blocks, programmes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xl_plan.cells import EMPTY, Area, Cell, Position, Sheet
from xl_plan.meaning.fiscal import FiscalYear


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
        for column in self.block.columns:
            if column.key == key:
                return column
        return None

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
