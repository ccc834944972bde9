"""What merge wrote in the consolidated workbook, so that the next merge can tell what a person changed since.

One line an item; ``statesheet`` keeps them in the workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Book
from xl_plan.hand.fingerprints import contents
from xl_plan.hand.handwork import HandWork, Item
from xl_plan.hand.rowmatch import Texts
from xl_plan.hand.slots import UNMARKED, Observed
from xl_plan.model import REPORT_SHEETS, Plan

HEIGHT, WIDTH, BREAK, LOOK, ROW, SHEET = "高さ", "幅", "改ページ", "見た目", "行", "シート"
_BY_HAND = "○"
_LAYOUT = (HEIGHT, WIDTH, BREAK, LOOK, ROW, SHEET)
_UNKNOWN = ""  # the look of a cell that was not there


@dataclass(frozen=True, slots=True)
class Line:
    """What was ``written``; ``by_hand`` when that was a hand's doing, then also what stood there ``before`` the hand,
    and what the submissions (or the plan) said."""

    written: str
    by_hand: bool = False
    before: str = ""
    submitted: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a consolidated workbook. ``fingerprint`` is that of all its other sheets.

    Most cells are unmarked: a look that is, and was so before any hand, has no line (:func:`look_line`).
    """

    title: str
    year: str
    version: str
    plan_sha256: str
    fingerprint: str = ""
    lines: Mapping[Item, Line] = field(default_factory=lambda: MappingProxyType({}))

    def gaps(self, *, before: bool = False) -> dict[str, tuple[Texts, ...]]:
        """The rows outside the programmes, as they were written; ``before`` the hand's work, as the plan had them."""
        rows: dict[str, dict[int, dict[int, str]]] = {}
        for (owner, item), line in self.lines.items():
            number, colon, col = item.partition(":")
            if owner[:1] not in ("@", ">"):
                continue
            if item.startswith(f"{ROW} "):
                rows.setdefault(owner, {}).setdefault(int(item.partition(" ")[2]), {})
            elif colon and number.isdecimal():
                text = line.before if before and line.by_hand else line.written
                row = rows.setdefault(owner, {}).setdefault(int(number), {})
                row |= {int(col): text} if text else {}
        return {
            owner: tuple(tuple(sorted(found.get(n, {}).items())) for n in range(max(found) + 1))
            for owner, found in rows.items()
        }


_UNMARKED = Line(UNMARKED)


def is_text(item: Item) -> bool:
    """Whether a line of the state is about a cell's text."""
    return item[1].partition(" ")[0] not in _LAYOUT


def look_item(item: Item) -> Item:
    """The item of a cell's look."""
    return item[0], f"{LOOK} {item[1]}"


def look_line(lines: Mapping[Item, Line], item: Item) -> Line | None:
    """What is recorded of a cell's look, None of a cell that was not there."""
    line = lines.get(look_item(item))
    if line is None:
        return _UNMARKED if item in lines else None
    return None if line.written == _UNKNOWN else line


def with_looks_told(lines: Mapping[Item, Line]) -> Mapping[Item, Line]:
    """The lines of a record in which every look that is known has one, so that those without are known to be unknown."""
    untold = (look_item(item) for item in lines if is_text(item) and look_item(item) not in lines)
    return MappingProxyType({**lines, **dict.fromkeys(untold, Line(_UNKNOWN))})


def state_of(plan: Plan, written: Observed, book: Book, work: HandWork, version: str) -> State:
    """The state of a workbook as it is written, without its fingerprint: ``written`` is what a look at it sees, ``work``
    what is by hand."""
    revised = {revision.item: revision for revision in work.revisions}
    lines = _Lines(work.kept)
    for item, seen in written.cells.items():
        revision = revised.get(item)
        if revision is None:
            lines.found[item] = lines.plain[seen.text]
        else:
            lines.found[item] = Line(seen.text, True, revision.before, revision.submitted)
        lines.add_look(item, seen.look)
    for item, revision in revised.items():
        if item not in lines.found:
            lines.found[item] = Line("", True, revision.before, revision.submitted)
            lines.found[look_item(item)] = Line(_UNKNOWN)
    for here, key in written.names.items():
        if here != key:
            lines.found[key, ROW] = Line(here)
    for owner, index in written.rows:
        if owner[:1] in ("@", ">"):
            lines.found[owner, f"{ROW} {index}"] = Line("")
    for (owner, index), height in written.heights.items():
        lines.add((owner, f"{HEIGHT} {index}"), f"{height:g}")
    for owner, index in sorted(written.starts):
        lines.add((owner, f"{BREAK} {index}"), _BY_HAND)
    for (sheet, col), width in written.widths.items():
        lines.add((f"@{sheet}", f"{WIDTH} {col}"), f"{width:g}")
    for sheet_name, content in contents(s for s in book.sheets if s.name not in REPORT_SHEETS).items():
        lines.add((f"@{sheet_name}", SHEET), content)
    settings = plan.settings
    year = str(settings.year or "")
    return State(settings.title, year, version, plan.sha256, "", MappingProxyType(lines.found))


class _Plain(dict[str, Line]):
    """The lines of what is not by hand, one for each text: most cells look like others, and many say the same."""

    def __missing__(self, written: str) -> Line:
        line = self[written] = Line(written)
        return line


class _Lines:
    """The lines of a state as they are ``found``, where something is ``kept`` by hand."""

    def __init__(self, kept: Mapping[Item, str]) -> None:
        self.found: dict[Item, Line] = {}
        self.plain = _Plain()
        self._kept = kept

    def add_look(self, item: Item, look: str) -> None:
        if look != UNMARKED or (self._kept and look_item(item) in self._kept):
            self.add(look_item(item), look)

    def add(self, item: Item, written: str) -> None:
        before = self._kept.get(item)
        self.found[item] = self.plain[written] if before is None else Line(written, True, before)
