"""The clean round, and a merge in memory that says what differs from it."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from xl_plan.cells import Book
from xl_plan.checks.answers import Judged, judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.findings import Finding, ordered
from xl_plan.model import Merged, Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import FileResult, examine
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.plan import read_plan
from xl_plan.precedence import standing
from xl_plan.reconcile import reconcile
from xl_plan.report import consolidated
from xl_plan.returned.peculiar import as_shown
from xl_plan.submissions import read_submission

ROOT = Path(__file__).resolve().parent.parent.parent
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"

Cells = Mapping[tuple[str, str], str]  # (番号, column key) → what the output shows


@dataclass(frozen=True)
class Result:
    """What a merge gives: every cell of the output's plan sheets, the findings, the files' states."""

    merged: Merged
    cells: Cells
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]

    @property
    def states(self) -> dict[str, str]:
        return {outcome.file: outcome.state.value for outcome in self.merged.outcomes}

    @property
    def said(self) -> Counter[str]:
        """Each finding in one line, for comparing two merges."""
        return Counter(brief(finding) for finding in self.findings)


def brief(finding: Finding) -> str:
    """``XP201 柱2(1)①イ actual:2022 1,328件``: code, the first cell, how many cells, what stands there."""
    place = finding.place
    count = f"×{len(finding.places)}" if len(finding.places) > 1 else ""
    got = finding.got or ""
    short = got if len(got) <= 20 and "\n" not in got else ""
    header = place.column.replace(" ", "")
    column = header if len(header) <= 12 else "記述"
    return " ".join(t for t in (finding.code, place.number, column, count, short) if t)


@dataclass(frozen=True)
class Clean:
    folder: Path
    plan_path: Path
    plan: Plan
    forms: Mapping[str, bytes]  # as issued
    files: Mapping[str, bytes]  # as returned, by file name
    result: Result

    def merge(self, changed: Mapping[str, bytes | None]) -> Result:
        """The round with some files other than in the clean one; None takes a file away."""
        files = {**self.files, **changed}
        return merge(self.plan, {name: data for name, data in files.items() if data is not None})


_made: list[Clean] = []


def the_clean_round(factory: pytest.TempPathFactory) -> Clean:
    """The clean round, made once for all tests that ask for it."""
    if not _made:
        _made.append(clean_round(factory.mktemp("clean")))
    return _made[0]


def clean_round(folder: Path) -> Clean:
    plan_path = folder / "plan.xlsx"
    run_rollover(OFFICE, "R5", plan_path, title="柏市地域健康福祉計画", deadline="2024-05-31", division="福祉政策課")
    run_split(plan_path, folder / "out")
    issued = folder / "out" / "調査票"
    inbox = folder / "inbox"
    _inbox_maker().main(str(issued), str(inbox))
    plan = load_plan(plan_path)[0]
    files = {path.name: path.read_bytes() for path in sorted(inbox.glob("*.xlsx"))}
    forms = {path.name: path.read_bytes() for path in sorted(issued.glob("*.xlsx"))}
    return Clean(folder, plan_path, plan, forms, files, merge(plan, files))


def _inbox_maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_inbox", ROOT / "scripts" / "make_inbox.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def merge_book(clean: Clean, name: str, book: Book) -> Result:
    """The clean round with the workbook of one file replaced: no bytes are written, so that many can be tried.

    The output's cells are those of the plan and of the merge; that the workbook shows them is tested elsewhere.
    """
    submission, found = read_submission(as_shown(book), clean.plan, name, "0" * 64)
    mine: list[Judged] = []
    if submission is not None:
        judged, faults = judge(submission, clean.plan)
        mine.append(judged)
        found = (*found, *foreign_cells(submission, clean.plan), *faults)
    judged_now = tuple(sorted((*mine, *_others(clean, name)), key=lambda j: j.submission.file))
    kept = standing(clean.plan, judged_now, found)
    merged, said = reconcile(clean.plan, judged_now, (), kept)
    cells = {(p.number, c.key): p.text(c.key) for p in clean.plan.programmes for c in p.block.columns}
    numbers = {p.key: p.number for p in clean.plan.programmes}
    cells |= {(numbers[row], column): entry.text for (row, column), entry in merged.entries.items()}
    return Result(merged, cells, ordered((*kept, *said)), judged_now)


def _others(clean: Clean, name: str) -> tuple[Judged, ...]:
    return tuple(j for j in clean.result.judged if j.submission.file != name)


_examined: dict[tuple[str, bytes, int], tuple[Plan, FileResult]] = {}  # with the plan, so that its id stays its own


def merge(plan: Plan, files: Mapping[str, bytes]) -> Result:
    """What merge does with these files, in memory: examine, hold together, compose, read the output back."""
    results = []
    for name in sorted(files):
        known = (name, files[name], id(plan))
        if known not in _examined:
            _examined[known] = (plan, examine(name, files[name], plan))
        results.append(_examined[known][1])
    judged = tuple(r.judged for r in results if r.judged is not None)
    found = standing(plan, judged, [f for r in results for f in r.findings])
    merged, faults = reconcile(plan, judged, [r.outcome for r in results if r.outcome is not None], found)
    findings = ordered((*found, *faults))
    output, _ = read_plan(consolidated(merged, findings).book)
    cells = {
        (programme.number, column.key): programme.text(column.key)
        for programme in output.programmes
        for column in programme.block.columns
    }
    return Result(merged, cells, findings, judged)
