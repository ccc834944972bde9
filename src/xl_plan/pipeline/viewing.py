"""Looking at a round: view."""

from __future__ import annotations

from pathlib import Path

from xl_plan.following import follow
from xl_plan.pipeline.common import Progress, Written, no_progress
from xl_plan.pipeline.merging import collect
from xl_plan.pipeline.writing import put_output
from xl_plan.view import page


def run_view(
    inbox: Path, plan_path: Path, out: Path, progress: Progress = no_progress, passwords: tuple[str, ...] = ()
) -> Written:
    """Write the round as one page of HTML."""
    merged, findings = collect(inbox, plan_path, 1, progress, passwords)
    output = out / f"進捗状況_{merged.plan.settings.year}.html"
    written, notices = put_output(output, page(merged, follow(merged), findings).encode("utf-8"))
    return Written(written, findings, notices)
