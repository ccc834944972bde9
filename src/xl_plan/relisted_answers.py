"""The relisted rows of a round: each takes its original's value, and what was typed into one is never lost unseen.

A relisted row is not to be filled in. Where a department did so all the same, its answer is held against the
original's: equal, nothing happens; where only the relisted row was written in since the form was issued, its answer is
used for the programme; where both were, both are quoted and the cell is held. Which file was read last never decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_plan.comparison import NOT_TO_FILL, plain, unchanged
from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.values import Kind, is_blank, meaning
from xl_plan.model import CellKey, Column, Entry, Filler, Plan, Programme, Returned, Submission
from xl_plan.precedence import later
from xl_plan.relisted.agreement import Degree, degree
from xl_plan.rules.ownership import RELISTED_ROW_FILLED
from xl_plan.rules.relisting import ANSWERS_DISAGREE, COPY_ANSWER_TAKEN

HELD_STATE = "保留"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a department typed into a relisted row."""

    copy: Programme
    original: Programme
    column: Column
    submission: Submission
    item: Returned

    @property
    def place(self) -> Place:
        key = (self.copy.key, self.column.key)
        item = self.item
        return Place(self.submission.file, item.sheet, item.cell_name, self.copy.number, self.column.header, key)

    @property
    def entitled(self) -> bool:
        """Whether the department answers for the programme: nobody else's value ever counts."""
        return self.submission.department in {self.copy.responsible, self.original.responsible} - {""}


Take = Callable[[Programme, Column, Submission, Returned], Entry]
Hold = Callable[[Programme, Column, str], Entry]


def fill_copies(
    plan: Plan, entries: Mapping[CellKey, Entry], submissions: Iterable[Submission], take: Take, hold: Hold
) -> tuple[dict[CellKey, Entry], tuple[Finding, ...]]:
    """What ``entries`` become by the relisted rows: originals answered or held by them, and every relisted cell."""
    changed: dict[CellKey, Entry] = {}
    findings: list[Finding] = []
    every = {submission.file: submission for submission in submissions}
    for key, claims in _claims(plan, every.values()).items():
        entry = entries.get(key)
        if entry is None:
            continue
        findings += _foreign(entry, claims)
        mine = [c for c in _newest(claims) if c.entitled and _differs(entry, c)]
        if mine:
            changed[key], finding = _settled(key, entry, mine, every, take, hold)
            findings.append(finding)
    changed |= _copies(plan, {**entries, **changed})
    return changed, tuple(findings)


# ----------------------------------------------------------------------------------------------------------- claims
def _claims(plan: Plan, submissions: Iterable[Submission]) -> dict[CellKey, list[Claim]]:
    """The original's cell → what was typed into its relisted rows."""
    claims: dict[CellKey, list[Claim]] = {}
    if not plan.relisting.originals():
        return claims  # so that no file's cells are unpacked for nothing
    for submission in submissions:
        for (key, column_key), item in submission.returned.items():
            copy = plan.programme(key)
            column = copy.column(column_key) if copy else None
            original = plan.original_of(copy, column) if copy and column else None
            if copy is None or column is None or original is None:
                continue
            if plan.asked(original, original.column(column_key) or column) is not Filler.DEPARTMENT:
                continue
            if not _says_nothing(submission, copy, column, item):
                claims.setdefault((original.key, column_key), []).append(
                    Claim(copy, original, column, submission, item)
                )
    return claims


def _says_nothing(submission: Submission, copy: Programme, column: Column, item: Returned) -> bool:
    """As issued, or only a sign that the row is not to be filled: －, 同上, 再掲."""
    if is_blank(item.text) or item.cell.error or (item.cell.formula is not None and item.cell.value is None):
        return True
    if meaning(item.text).kind in (Kind.NONE, Kind.REFUSED):
        return True
    text = item.text.strip()
    if text.startswith(NOT_TO_FILL) or (len(text) <= 40 and "再掲" in text):
        return True
    return unchanged(submission.issued, copy, column.key, item)


def _newest(claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those that a later file of the same department has replaced in the same cell."""
    return [
        one
        for one in claims
        if not any(
            other.copy is one.copy
            and other.submission.department == one.submission.department
            and later(other.submission, one.submission)
            for other in claims
        )
    ]


def _differs(entry: Entry, claim: Claim) -> bool:
    if entry.state:
        return True
    return degree(entry.text, claim.item.text) not in (None, Degree.WRITING)


def _foreign(entry: Entry, claims: Sequence[Claim]) -> Iterator[Finding]:
    """What departments typed into a relisted row that is not theirs."""
    for claim in claims:
        if not claim.entitled and _differs(entry, claim):
            yield found(
                RELISTED_ROW_FILLED,
                claim.place,
                department=claim.submission.department,
                expected=entry.text,
                got=claim.item.text,
                original=claim.original.number,
            )


# ------------------------------------------------------------------------------------------------------- settlement
def _settled(
    key: CellKey, entry: Entry, claims: Sequence[Claim], every: Mapping[str, Submission], take: Take, hold: Hold
) -> tuple[Entry, Finding]:
    """The original's entry after its relisted rows were heard: their answer, or the cell held."""
    first = claims[0]
    column = first.original.column(key[1]) or first.column
    agree = all(degree(first.item.text, c.item.text) in (None, Degree.WRITING) for c in claims)
    if not agree or _changed_since_issue(key, entry, claims, every):
        return hold(first.original, column, HELD_STATE), _disagreement(key, entry, claims, every)
    finding = found(
        COPY_ANSWER_TAKEN,
        *(claim.place for claim in claims),
        department=first.submission.department,
        expected=entry.text,
        got=first.item.text,
        original=first.original.number,
        owner=first.original.responsible or "担当部局",
    )
    return take(first.original, column, first.submission, first.item), finding


def _changed_since_issue(key: CellKey, entry: Entry, claims: Sequence[Claim], every: Mapping[str, Submission]) -> bool:
    """Whether the original's own cell says something else than when the forms were issued."""
    if entry.state:
        return entry.state == HELD_STATE
    heard = [every[entry.source]] if entry.source in every else []
    issued = [s.issued for s in (*heard, *(c.submission for c in claims)) if s.issued is not None]
    return plain(entry.text) not in {plain(i.cells[key]) for i in issued if key in i.cells}


def _disagreement(key: CellKey, entry: Entry, claims: Sequence[Claim], every: Mapping[str, Submission]) -> Finding:
    original = claims[0].original
    quotes, departments, places = [], [], [claim.place for claim in claims]
    own = every.get(entry.source)
    item = own.returned.get(key) if own else None
    if own is not None and item is not None:
        quotes.append(f"元の{original.number}は{own.department}の「{item.text}」（{own.file}）")
        header = claims[0].column.header
        places.append(Place(own.file, item.sheet, item.cell_name, original.number, header, key))
    elif not is_blank(entry.text):
        quotes.append(f"元の{original.number}は「{entry.text}」（計画の表）")
    departments += [own.department if own else original.responsible]
    for claim in claims:
        whose = claim.submission
        quotes.append(f"再掲の{claim.copy.number}は{whose.department}の「{claim.item.text}」（{whose.file}）")
        departments.append(whose.department)
    return found(
        ANSWERS_DISAGREE,
        *places,
        department=claims[0].submission.department,
        expected=entry.text,
        got="、".join(quotes),
        original=original.number,
        departments="と".join(name for name in dict.fromkeys(departments) if name),
    )


# ----------------------------------------------------------------------------------------------------------- copies
def _copies(plan: Plan, entries: Mapping[CellKey, Entry]) -> dict[CellKey, Entry]:
    """Every cell of the round that a relisted row has from its original, in the relisted row's look.

    A value that somebody typed over the reference in the plan workbook stays; the plan's findings tell of it.
    """
    copied: dict[CellKey, Entry] = {}
    for copy_key, original_key in plan.relisting.originals().items():
        copy, original = plan.programme(copy_key), plan.programme(original_key)
        if copy is None or original is None:
            continue
        for theirs in (column for filler in Filler for column in plan.round_columns(original, filler)):
            column = copy.column(theirs.key)
            if column is None or plan.original_of(copy, column) is None or copy.place(column.key) is None:
                continue
            if typed_over(original, copy, column):
                copied[copy_key, column.key] = Entry(copy.cell(column.key), copy.text(column.key))
                continue
            source = entries.get((original_key, column.key))
            if source is None:  # filled after the collection, by the office or a meeting
                source = Entry(original.cell(column.key), original.text(column.key))
            copied[copy_key, column.key] = _copied(copy, column, source, original_key)
    return copied


def typed_over(original: Programme, copy: Programme, column: Column) -> bool:
    """Whether a relisted cell of the plan workbook says something of its own."""
    text = copy.text(column.key)
    return not is_blank(text) and degree(original.text(column.key), text) is not None


def _copied(copy: Programme, column: Column, source: Entry, original: str) -> Entry:
    look = copy.cell(column.key).style
    style = replace(
        look,
        number_format=source.cell.style.number_format,
        font=replace(source.cell.style.font, name=look.font.name, size=look.font.size),
        fill=source.cell.style.fill if source.state else look.fill,
    )
    return replace(source, cell=replace(source.cell, style=style, runs=()), original=original)
