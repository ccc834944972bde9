"""再掲: which rows are one programme.

The mark and the numbers stand in the 事業名 cell. Rows that refer to one another are one group (union of references
between rows that are present, so chains and incomplete lists close by themselves); its original is the row that
carries no mark. Numbers that are not in the plan join no rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from xl_plan.findings import Finding, Place, found
from xl_plan.model import Group, Programme, Relisting
from xl_plan.rules.relisting import NO_ORIGINAL, ORIGINAL_ELSEWHERE, TWO_ORIGINALS
from xl_plan.text import fold_number

_MARK = re.compile(r"[【（(\[［〔]\s*再掲\s*[】）)\]］〕]|※\s*再掲|(?:^|\n)\s*再掲|再[：:]")
_SEPARATOR = re.compile(r"[\n、，,；;\s]+")


def parse_mark(text: str) -> tuple[str, bool, tuple[str, ...]]:
    """(name without the mark, whether there is one, the numbers it names as written)."""
    match = _MARK.search(text)
    if match is None:
        return text.strip(), False, ()
    cited = tuple(part for part in _SEPARATOR.split(text[match.end() :].strip()) if part)
    return text[: match.start()].strip(), True, cited


def relist(programmes: Sequence[Programme], file: str = "") -> tuple[Relisting, tuple[Finding, ...]]:
    """The groups of relisted rows, and what is wrong with the references."""
    present = {programme.key: programme for programme in programmes}
    parent = {key: key for key in present}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for programme in programmes:
        for number in programme.cited:
            target = fold_number(number)
            if target in present:
                parent[root(programme.key)] = root(target)
    members: dict[str, list[Programme]] = {}
    for programme in programmes:
        members.setdefault(root(programme.key), []).append(programme)
    groups, findings, outside = [], [], {}
    for rows in members.values():
        if len(rows) > 1:
            group, faults = _group(rows, file)
            groups += group
            findings += faults
        elif rows[0].cited:
            outside[rows[0].key] = rows[0].cited
            findings.append(
                found(
                    ORIGINAL_ELSEWHERE,
                    place(rows[0], file),
                    department=rows[0].responsible,
                    got="、".join(rows[0].cited),
                )
            )
    return Relisting(tuple(groups), MappingProxyType(outside)), tuple(findings)


def _group(rows: Sequence[Programme], file: str) -> tuple[list[Group], list[Finding]]:
    originals = [row for row in rows if not row.marked]
    copies = [row for row in rows if row.marked]
    if len(originals) == 1:
        return [Group(originals[0].key, tuple(row.key for row in copies))], []
    places = [place(row, file) for row in (copies or rows)]
    if not originals:
        return [], [found(NO_ORIGINAL, *places, got="、".join(row.number for row in rows))]
    return [], [found(TWO_ORIGINALS, *places, got="、".join(row.number for row in originals))]


def place(programme: Programme, file: str, column: str = "name") -> Place:
    """Where a programme's cell of a column stands in the plan."""
    from xl_plan.cells import a1

    position = programme.place(column)
    header = programme.column(column)
    return Place(
        file, programme.sheet, a1(*position) if position else "", programme.number, header.header if header else ""
    )
