"""Single submissions, or the plan itself, looked at; nothing is written.

Apart from merging, so that the check of one form need not import what lays workbooks out and writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xl_plan.disk.archives import expanded
from xl_plan.disk.inbox import InboxFile
from xl_plan.findings import Finding, ordered
from xl_plan.model import Outcome
from xl_plan.pipeline.common import Progress, load_plan, no_progress, plan_as_read, require_round, required_file
from xl_plan.pipeline.examining import Desk, examine_all
from xl_plan.reconcile import reconcile


def run_check(
    files: Sequence[Path], plan_path: Path, passwords: Sequence[str] = (), progress: Progress = no_progress
) -> tuple[tuple[Outcome, ...], tuple[Finding, ...]]:
    """The findings for single submissions, or on the plan itself when there are none; nothing is written."""
    if not files:
        return (), ordered(load_plan(plan_path)[1])
    plan, _ = plan_as_read(plan_path)
    require_round(plan, plan_path)
    outcomes: list[Outcome] = []
    every: list[Finding] = []
    named = [InboxFile(str(path), required_file(path, "提出物")) for path in files]
    opened, inside = expanded(named)
    every += inside
    for result in examine_all(opened, Desk(plan, tuple(passwords)), progress=progress):
        judged = [result.judged] if result.judged else []
        others = [result.outcome] if result.outcome else []
        merged, faults = reconcile(plan, judged, others, result.findings)
        outcomes += merged.outcomes
        every += [*result.findings, *faults]
    return tuple(outcomes), ordered(every)
