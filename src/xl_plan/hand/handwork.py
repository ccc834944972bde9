"""What the division did by hand in the consolidated workbook, as the next one is to have it.

Positions are those of the plan as it was read: the rows of the edited workbook have long been assigned to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Area, Cell, Position, Sheet
from xl_plan.model import Spot

Item = tuple[str, str]  # whose row (a programme's key, or the gap after it), and what of it


@dataclass(frozen=True, slots=True)
class AddedRows:
    """Rows that were put in by hand; positions relative to the first of them."""

    rows: int
    cells: Mapping[Position, Cell]
    merges: tuple[Area, ...] = ()
    heights: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class HandLayout:
    """One sheet's layout as changed by hand.

    ``heights`` the least height of a row; ``starts`` the first rows of bands that begin a page; ``added`` the rows put
    in below the band with that first row, -1 for those above all.
    """

    widths: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    heights: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    starts: frozenset[int] = frozenset()
    added: Mapping[int, tuple[AddedRows, ...]] = field(default_factory=lambda: MappingProxyType({}))


NO_LAYOUT = HandLayout()


@dataclass(frozen=True, slots=True)
class Revision:
    """A cell whose text was changed by hand (事務局修正).

    ``before`` is what stood there when the hand changed it, ``after`` what the hand wrote, ``submitted`` what the
    submissions (or the plan) say now; ``answer`` is True for a cell that a department fills, ``own`` for one that the
    division or a meeting fills itself: known again the next time, and nobody's answer revised.
    """

    item: Item
    sheet: str
    number: str
    column: str
    department: str
    before: str
    after: str
    submitted: str
    answer: bool
    conflict: bool
    own: bool = False


@dataclass(frozen=True, slots=True)
class HandWork:
    """All of it. ``cells`` replace what the plan says; ``sheets`` stay as they were edited, whole; ``revisions`` are
    the changed texts, ``kept`` everything else that is by hand and has to be known as such the next time, ``decisions``
    what was written beside the proposals of 修正申出."""

    cells: Mapping[Spot, Cell] = field(default_factory=lambda: MappingProxyType({}))
    layouts: Mapping[str, HandLayout] = field(default_factory=lambda: MappingProxyType({}))
    sheets: Mapping[str, Sheet] = field(default_factory=lambda: MappingProxyType({}))
    revisions: tuple[Revision, ...] = ()
    kept: Mapping[Item, str] = field(default_factory=lambda: MappingProxyType({}))  # → what it was before, "" unknown
    decisions: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


NO_HANDWORK = HandWork()
