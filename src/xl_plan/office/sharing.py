"""What a relisted row does with each column: the columns' own settings, and single rows that are an exception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_plan.findings import Finding, Place, found
from xl_plan.meaning.text import fold, fold_number
from xl_plan.model import SETTINGS_SHEET, Programme, Settings, Sharing, SharingException
from xl_plan.rules.plan import SETTING_NOT_UNDERSTOOD

EXCEPTION_HEAD = ("番号", "列見出し", "再掲の扱い")


def exception(texts: Sequence[str], cell: str) -> tuple[SharingException | None, tuple[int, ...]]:
    """A line of ■再掲の例外, and which of its cells cannot be understood."""
    number, header, wanted = texts[:3]
    sharing = next((s for s in Sharing if s.value == wanted), None)
    bad = tuple(index for index, wrong in ((1, not header), (2, sharing is None)) if wrong)
    return (None if sharing is None or bad else SharingException(number, header, sharing, cell)), bad


def exception_lines(settings: Settings) -> list[tuple[str, ...]]:
    """The lines of ■再掲の例外 as they are written."""
    return [(e.number, e.header, e.sharing.value) for e in settings.exceptions]


def with_exceptions(
    programmes: Sequence[Programme], settings: Settings, file: str = ""
) -> tuple[list[Programme], list[Finding]]:
    """The rows with their own way of sharing; a finding for a line that names no row or no column of the plan."""
    wanted: dict[str, dict[str, SharingException]] = {}
    for line in settings.exceptions:
        wanted.setdefault(fold_number(line.number), {})[fold(line.header)] = line
    if not wanted:
        return list(programmes), []
    met: set[SharingException] = set()
    rows = []
    for programme in programmes:
        lines = wanted.get(fold_number(programme.number), {})
        by_key = {c.key: lines[fold(c.header)] for c in programme.block.columns if fold(c.header) in lines}
        met |= set(by_key.values())
        rows.append(_with_sharing(programme, {key: line.sharing for key, line in by_key.items()}))
    present = {fold_number(programme.number) for programme in programmes}
    findings = []
    for line in (line for lines in wanted.values() for line in lines.values()):
        if line not in met:
            known = fold_number(line.number) in present
            item, got = ("列見出し", line.header) if known else ("番号", line.number)
            place = Place(file, SETTINGS_SHEET, line.cell)
            findings.append(found(SETTING_NOT_UNDERSTOOD, place, item=f"再掲の例外の{item}", got=got))
    return rows, findings


def _with_sharing(programme: Programme, sharing: dict[str, Sharing]) -> Programme:
    if not sharing:
        return programme
    columns = tuple(replace(c, sharing=sharing.get(c.key, c.sharing)) for c in programme.block.columns)
    return replace(programme, block=replace(programme.block, columns=columns))
