"""For those who script: the commands as functions that return the frozen model, and pandas frames of it.

    >>> from xl_plan import read_plan
    >>> workbook = read_plan("templates/plan_template.xlsx")
    >>> workbook.plan.settings.title, len(workbook.plan.programmes)
    ('柏市地域健康福祉計画', 32)
    >>> frame = workbook.to_frame()
    >>> frame[(frame["番号"] == "柱2(1)①イ") & (frame["西暦年度"] == 2022)]["数値"].tolist()
    [13282.0]

Every function raises :class:`CannotRun`, whose text says what, where and what to do, when it cannot do its work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from xl_plan.cells import Cell
from xl_plan.comparing import Change, compare
from xl_plan.findings import Finding
from xl_plan.following import Follow, follow
from xl_plan.frames import findings_frame, to_frame
from xl_plan.model import Merged, Outcome, Plan
from xl_plan.pipeline.common import CannotRun, load_plan
from xl_plan.pipeline.merging import MergeOptions, collect, run_merge
from xl_plan.pipeline.rounds import run_split
from xl_plan.tidy import Source, SourceKey, source_key, tidy

if TYPE_CHECKING:
    from xl_plan.frames import DataFrame

__all__ = ["CannotRun", "PlanWorkbook", "Round", "diff", "merge", "read_plan", "split", "status"]

StrPath = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class PlanWorkbook:
    """A plan workbook read: the plan, and what was found in it."""

    plan: Plan
    findings: tuple[Finding, ...]

    def to_frame(self) -> DataFrame:
        """One value a row: 番号, 西暦年度, 種別, 原文, 数値, 単位 … (the columns of ``xl_plan.tidy.TidyRow``)."""
        return to_frame(tidy(self.plan))


@dataclass(frozen=True, slots=True)
class Round:
    """A merged round. ``output`` is the consolidated workbook, None where nothing was written."""

    merged: Merged
    findings: tuple[Finding, ...]
    output: Path | None
    returns: tuple[Path, ...] = ()

    @property
    def plan(self) -> Plan:
        """The plan with the round's answers in place."""
        return with_answers(self.merged)

    @property
    def submissions(self) -> tuple[Outcome, ...]:
        return self.merged.outcomes

    @property
    def missing(self) -> tuple[str, ...]:
        return self.merged.missing

    def to_frame(self) -> DataFrame:
        """The merged values, one a row, with the file each came from."""
        plan = self.merged.plan
        sources: dict[SourceKey, Source] = {}
        for (programme_key, column_key), entry in self.merged.entries.items():
            programme = plan.programme(programme_key)
            column = programme.column(column_key) if programme else None
            if programme is not None and column is not None:
                where = f"{entry.source_sheet} {entry.source_cell}".strip()
                sources[source_key(programme, column)] = (entry.source, entry.sha256, where)
        return to_frame(tidy(self.plan, sources))

    def findings_frame(self) -> DataFrame:
        """The findings, one a row."""
        return findings_frame(self.findings)


def with_answers(merged: Merged) -> Plan:
    """The merged plan as a plan: each entry stands in its cell."""
    cells: dict[str, dict[str, Cell]] = {}
    texts: dict[str, dict[str, str]] = {}
    for (programme, column), entry in merged.entries.items():
        cells.setdefault(programme, {})[column] = entry.cell
        texts.setdefault(programme, {})[column] = entry.text
    programmes = tuple(
        replace(p, cells={**p.cells, **cells.get(p.key, {})}, texts={**p.texts, **texts.get(p.key, {})})
        for p in merged.plan.programmes
    )
    return replace(merged.plan, programmes=programmes)


def read_plan(path: StrPath) -> PlanWorkbook:
    """Any plan workbook: an office's own, a round's, a consolidated one."""
    plan, findings = load_plan(Path(path))
    return PlanWorkbook(plan, findings)


def split(plan: StrPath, out: StrPath) -> Mapping[str, Path]:
    """Write the forms; department → its form."""
    return {department: path for department, path, _ in run_split(Path(plan), Path(out)).forms}


def merge(
    inbox: StrPath, plan: StrPath, out: StrPath | None = None, *, jobs: int | None = None, strict: bool = False
) -> Round:
    """Merge an inbox. Without ``out`` nothing is written.

    >>> from xl_plan import merge
    >>> done = merge("inbox", "templates/plan_template.xlsx")
    >>> len(done.submissions), done.missing, done.output
    (10, (), None)
    >>> [f.code for f in done.findings if f.severity == "error"]
    []
    """
    if out is None:
        merged, findings = collect(Path(inbox), Path(plan), jobs)
        return Round(merged, findings, None)
    done = run_merge(Path(inbox), Path(plan), Path(out), MergeOptions(jobs=jobs, strict=strict))
    return Round(done.merged, done.findings, done.output, done.returns)


def status(inbox: StrPath, plan: StrPath) -> Sequence[Follow]:
    """Each department's standing, overdue ones first.

    >>> from xl_plan import status
    >>> {line.standing.value for line in status("inbox", "templates/plan_template.xlsx")}
    {'提出済'}
    """
    return follow(collect(Path(inbox), Path(plan))[0])


def diff(old: StrPath, new: StrPath) -> Sequence[Change]:
    """What changed between two plan workbooks."""
    return compare(load_plan(Path(old))[0], load_plan(Path(new))[0])
