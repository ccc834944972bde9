"""What a person changed beside the texts: heights, widths, page breaks, rows put in, whole sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Sheet
from xl_plan.findings import Finding, Place, found
from xl_plan.hand.fingerprints import contents, reading_starts
from xl_plan.hand.handwork import AddedRows, HandLayout, Item
from xl_plan.hand.rowmatch import Texts, align
from xl_plan.hand.slots import OUTSIDE, Observed, Slot
from xl_plan.hand.state import BREAK, HEIGHT, ROW, SHEET, WIDTH, Line, State
from xl_plan.meaning.numberformat import shown
from xl_plan.meaning.text import fold
from xl_plan.model import SETTINGS_SHEET, Plan, Programme, Spot
from xl_plan.rules.revisions import ROWS_ADDED, SHEET_REVISED

_POINTS = 1.5  # heights apart that no program makes by rounding
_CHARACTERS = 1.0  # widths apart that no program makes by rounding
_QUOTED = 5  # changed lines of a sheet that a finding quotes


@dataclass(frozen=True, slots=True)
class Known:
    """The plan looked at (``theirs``), the edited workbook looked at (``mine``), and what was written."""

    plan: Plan
    theirs: Observed
    mine: Observed
    lines: Mapping[Item, Line]

    def spot(self, item: Item) -> Spot | None:
        """Where a cell stands in the plan, None when the plan has no place for it."""
        owner, name = item
        seen = self.theirs.cells.get(item)
        if seen is not None:
            return seen.spot
        number, colon, col = name.removeprefix(f"{OUTSIDE} ").partition(":")
        if not (colon and number.isdecimal() and col.isdecimal()):
            return None
        row = self.theirs.rows.get((owner, int(number)))
        return (row[0], (row[1], int(col))) if row else None

    def row_stands(self, item: Item) -> bool:
        """Whether the row of a cell is still in the edited workbook."""
        owner, name = item
        number, colon, _ = name.removeprefix(f"{OUTSIDE} ").partition(":")
        if colon and number.isdecimal():
            return (owner, int(number)) in self.mine.rows
        return item in self.mine.cells


# ------------------------------------------------------------------------------------------------------ who is who
def known_names(plan: Plan, edited: Plan, state: State) -> tuple[dict[str, str], Mapping[Item, Line]]:
    """The edited workbook's programmes by their keys in the plan, and the state under these keys.

    A number may have been corrected by hand in the workbook, or in the plan since: then name and indicator tell.
    """
    written = {line.written: owner for (owner, item), line in state.lines.items() if item == ROW}
    owners = {owner for owner, _ in state.lines}
    names: dict[str, str] = {}
    for programme in edited.programmes:
        key = written.get(programme.key, programme.key if programme.key not in written.values() else "")
        if key in owners and plan.programme(key) is not None:
            names[programme.key] = key
    taken = set(names.values())
    free = _by_name(p for p in plan.programmes if p.key not in taken)
    renamed = {}
    for called, same in _by_name(p for p in edited.programmes if p.key not in names).items():
        if len(same) == 1 and len(free.get(called, ())) == 1:
            renamed[same[0].key] = names[same[0].key] = free[called][0].key
    again = {old: new for old, new in renamed.items() if old in owners and new not in owners}
    if not again:
        return names, state.lines
    return names, MappingProxyType({(_owner(owner, again), item): line for (owner, item), line in state.lines.items()})


def _owner(owner: str, names: Mapping[str, str]) -> str:
    return f">{names.get(owner[1:], owner[1:])}" if owner[:1] == ">" else names.get(owner, owner)


def _by_name(programmes: Iterable[Programme]) -> dict[tuple[str, str], list[Programme]]:
    rows: dict[tuple[str, str], list[Programme]] = {}
    for programme in programmes:
        rows.setdefault((fold(programme.name), fold(programme.text("indicator"))), []).append(programme)
    return rows


def renumbered(
    lines: Mapping[Item, Line], written: Mapping[str, tuple[Texts, ...]], mine: Observed, theirs: Observed
) -> tuple[Mapping[Item, Line], Observed]:
    """Both under the numbers that headings and notes have in the plan now: it may have got new ones since."""
    numbers = {owner: align(theirs.gaps.get(owner, ()), list(rows)) for owner, rows in written.items()}

    def number(owner: str, old: int) -> int | None:
        known = numbers.get(owner)
        return old if known is None or old < 0 else known[old] if old < len(known) else None

    def moved(item: Item) -> Item | None:
        owner, name = item
        head, space, rest = name.rpartition(" ")
        old, colon, col = rest.partition(":")
        if owner not in numbers or not old.isdecimal() or head == WIDTH:
            return item
        new = number(owner, int(old))
        return None if new is None else (owner, f"{head}{space}{new}{colon}{col}")

    def slot(old: Slot) -> Slot | None:
        new = number(*old)
        return None if new is None else (old[0], new)

    seen = replace(
        mine,
        cells=MappingProxyType({new: s for old, s in mine.cells.items() if (new := moved(old))}),
        rows=MappingProxyType({at: r for old, r in mine.rows.items() if (at := slot(old))}),
        heights=MappingProxyType({at: h for old, h in mine.heights.items() if (at := slot(old))}),
        added=MappingProxyType({slot(old) or (old[0], -1): rows for old, rows in mine.added.items()}),
        starts=frozenset(at for old in mine.starts if (at := slot(old))),
    )
    return MappingProxyType({new: line for old, line in lines.items() if (new := moved(old))}), seen


# ---------------------------------------------------------------------------------------------------------- layout
def layouts(known: Known) -> tuple[Mapping[str, HandLayout], dict[Item, str], list[Finding]]:
    """Each sheet's layout as changed by hand, what of it is by hand, and a finding for rows put in."""
    kept: dict[Item, str] = {}
    heights: dict[str, dict[int, float]] = {}
    widths: dict[str, dict[int, float]] = {}
    starts: dict[str, set[int]] = {}
    added: dict[str, dict[int, tuple[AddedRows, ...]]] = {}
    for sheet, row, height in _heights(known, kept):
        heights.setdefault(sheet, {})[row] = height
    for (sheet, col), width in known.mine.widths.items():
        item = (f"@{sheet}", f"{WIDTH} {col}")
        if _changed(known.lines.get(item), width, _CHARACTERS):
            kept[item] = ""
            widths.setdefault(sheet, {})[col] = width
    for owner, index in sorted(known.mine.starts):
        item, at = (owner, f"{BREAK} {index}"), known.theirs.rows.get((owner, index))
        line = known.lines.get(item)
        if at is not None and (line is None or line.by_hand):
            kept[item] = ""
            starts.setdefault(at[0], set()).add(at[1])
    findings = []
    for slot, rows in known.mine.added.items():
        behind = _behind(known, slot)
        if behind is not None:
            below = added.setdefault(behind[0], {})
            below[behind[1]] = (*below.get(behind[1], ()), *rows)
            findings.append(_rows_added(known, slot, behind[0], rows))
    names = dict.fromkeys((*heights, *widths, *starts, *added))
    every = {
        name: HandLayout(
            MappingProxyType(widths.get(name, {})),
            MappingProxyType(heights.get(name, {})),
            frozenset(starts.get(name, ())),
            MappingProxyType(added.get(name, {})),
        )
        for name in names
    }
    return MappingProxyType(every), kept, findings


def _heights(known: Known, kept: dict[Item, str]) -> Iterator[tuple[str, int, float]]:
    """The rows that a hand made higher. Those that it made lower than their text needs stay as high as that: what is
    laid out is never lower, and no character is lost in print."""
    for (owner, index), height in known.mine.heights.items():
        item, row = (owner, f"{HEIGHT} {index}"), known.theirs.rows.get((owner, index))
        line = known.lines.get(item)
        if row is None or line is None:
            continue
        higher = height > float(line.written) + _POINTS
        if higher or line.by_hand:
            kept[item] = ""
            yield row[0], row[1], height


def _changed(line: Line | None, now: float, least: float) -> bool:
    return line is None or line.by_hand or abs(float(line.written) - now) > least


def _behind(known: Known, slot: Slot) -> tuple[str, int] | None:
    """The sheet and the row behind which rows were put in; -1 for the top of a sheet."""
    owner, index = slot
    if index >= 0:
        row = known.theirs.rows.get(slot)
    elif owner.startswith("@"):
        return (owner[1:], -1) if owner in known.theirs.gaps else None
    else:
        row = known.theirs.rows.get((owner[1:], 0))
    return (row[0], row[1]) if row else None


def _rows_added(known: Known, slot: Slot, sheet: str, rows: tuple[AddedRows, ...]) -> Finding:
    texts = [
        shown(cell.value, cell.style.number_format)
        for block in rows
        for _, cell in sorted(block.cells.items())
        if not cell.blank
    ]
    programme = known.plan.programme(slot[0][1:]) if slot[0][:1] == ">" else None
    after = f"{programme.number}の後" if programme else "上部"
    return found(
        ROWS_ADDED,
        Place("", sheet, "", programme.number if programme else ""),
        got="／".join(texts) or "空白の行",
        after=after,
        count_rows=str(sum(block.rows for block in rows)),
    )


# ---------------------------------------------------------------------------------------------------------- sheets
def sheets_by_hand(
    known: Known, edited: Mapping[str, Sheet], fresh: Mapping[str, Sheet]
) -> tuple[Mapping[str, Sheet], dict[Item, str], list[Finding]]:
    """The sheets beside the pillars that a hand changed or put in: they stay whole. ``edited`` and ``fresh`` hold no
    sheets that merge itself reports on."""
    kept: dict[Item, str] = {}
    sheets: dict[str, Sheet] = {}
    findings = []
    now, new = contents(edited.values()), contents(fresh.values())
    for name, sheet in edited.items():
        line = known.lines.get((f"@{name}", SHEET))
        if line is None and name in fresh:
            continue
        before = (line.before if line.by_hand else line.written) if line else ""
        if now[name] in (before, new.get(name)):
            continue
        sheets[name] = sheet
        kept[f"@{name}", SHEET] = before
        findings.append(_sheet_finding(name, sheet, fresh.get(name), renewed=bool(before) and new.get(name) != before))
    return MappingProxyType(sheets), kept, findings


def _sheet_finding(name: str, sheet: Sheet, fresh: Sheet | None, *, renewed: bool) -> Finding:
    advice = "このままで構いません。"
    if name == SETTINGS_SHEET:
        advice = "今回の照会と取りまとめにも使うときは、計画のブックの「設定」シートを同じように直してください。"
    elif fresh is not None:
        advice = "計画のブックにも反映するときは、計画のブックの同じシートを直してください。"
    if renewed:
        advice += "計画のブックの同じシートも変わっています。どちらを使うか確かめてください。"
    changed = _changed_lines(sheet, fresh) if fresh is not None else []
    quoted = "、".join(f"「{line}」" for line in changed[:_QUOTED])
    more = f"ほか{len(changed) - _QUOTED}行" if len(changed) > _QUOTED else ""
    return found(
        SHEET_REVISED,
        Place("", name),
        got=quoted or None,
        changes=f"（{quoted}{more}）" if quoted else "",
        advice=advice,
    )


def _changed_lines(sheet: Sheet, fresh: Sheet) -> list[str]:
    """The lines of a sheet that the fresh one has not, as one text each."""
    old = set(_sheet_lines(fresh))
    return [line for line in _sheet_lines(sheet) if line not in old]


def _sheet_lines(sheet: Sheet) -> list[str]:
    lines = []
    end = reading_starts(sheet)
    for row, cells in sheet.rows():
        if row >= end:
            break
        texts = [shown(cell.value, cell.style.number_format) for _, cell in cells if not cell.blank]
        if texts:
            lines.append("　".join(texts))
    return lines
