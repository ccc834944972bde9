"""Following a round: status and reminders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_plan.cells import Book, Properties
from xl_plan.findings import Finding
from xl_plan.following import Follow, follow, follow_sheet, late_list, reminder
from xl_plan.model import Merged
from xl_plan.pipeline.common import Progress, no_progress, safe_name
from xl_plan.pipeline.merging import collect
from xl_plan.pipeline.writing import put_beside, put_book_beside

REMINDERS_FOLDER = "督促"


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Where the round stands; ``written`` are the files that were asked for, ``notices`` what happened in writing them."""

    merged: Merged
    lines: tuple[Follow, ...]
    findings: tuple[Finding, ...]
    written: tuple[Path, ...]
    notices: tuple[Finding, ...] = ()


def run_status(
    inbox: Path,
    plan_path: Path,
    out: Path,
    *,
    reminders: bool = False,
    excel: bool = False,
    passwords: tuple[str, ...] = (),
    progress: Progress = no_progress,
) -> StatusResult:
    """Each department's state. Writes nothing unless reminders or the Excel table are asked for."""
    merged, findings = collect(inbox, plan_path, None, progress, passwords)
    lines = follow(merged)
    plan = merged.plan
    results = []
    if excel:
        path = out / f"提出状況_{plan.settings.year}.xlsx"
        title = f"{plan.settings.title} 提出状況"
        book = Book((follow_sheet(plan, lines),), Properties(title=title, author=plan.settings.division))
        results.append(put_book_beside(book, path))
    if reminders:
        folder = out / REMINDERS_FOLDER
        late = [line for line in lines if line.late]
        texts = {f"督促_{safe_name(line.department)}.txt": reminder(plan, line) for line in late}
        if late:
            texts["督促一覧.txt"] = late_list(plan, lines)
        for name, text in texts.items():
            results.append(put_beside(folder / name, text.encode("utf-8-sig")))
    written = tuple(place for place, _ in results if place is not None)
    return StatusResult(merged, lines, findings, written, tuple(notice for _, said in results for notice in said))
