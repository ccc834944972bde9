"""What merge wrote in the consolidated workbook, so that the next merge can tell what a person changed since.

One line an item; ``statesheet`` keeps them in the workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xl_plan.cells import Book
from xl_plan.hand.fingerprints import contents, fingerprint
from xl_plan.hand.handwork import HandWork, Item
from xl_plan.hand.rowmatch import Texts
from xl_plan.hand.slots import Observed
from xl_plan.model import REPORT_SHEETS, Plan

HEIGHT, WIDTH, BREAK, LOOK, ROW, SHEET = "高さ", "幅", "改ページ", "見た目", "行", "シート"
_BY_HAND = "○"


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
    """The state of a consolidated workbook. ``fingerprint`` is that of all its other sheets."""

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


def state_of(plan: Plan, written: Observed, book: Book, work: HandWork, version: str) -> State:
    """The state of a workbook as it is written: ``written`` is what a look at it sees, ``work`` what is by hand."""
    revised = {revision.item: revision for revision in work.revisions}
    lines = _Lines(work.kept)
    looks = {name: f"{LOOK} {name}" for name in {name for _, name in written.cells}}
    for item, seen in written.cells.items():
        revision = revised.get(item)
        if revision is None:
            lines.found[item] = lines.plain[seen.text]
        else:
            lines.found[item] = Line(seen.text, True, revision.before, revision.submitted)
        lines.add((item[0], looks[item[1]]), seen.look)
    for item, revision in revised.items():
        lines.found.setdefault(item, Line("", True, revision.before, revision.submitted))
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
    return State(settings.title, year, version, plan.sha256, fingerprint(book), MappingProxyType(lines.found))


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

    def add(self, item: Item, written: str) -> None:
        before = self._kept.get(item)
        self.found[item] = self.plain[written] if before is None else Line(written, True, before)
