"""Following a round: status and reminders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_plan.book.secondround import NO_SECOND_ROUND, SecondRound, second_round
from xl_plan.cells import Book, Properties
from xl_plan.findings import Finding, found
from xl_plan.following import Follow, follow, follow_sheet, late_list, reminder
from xl_plan.model import Merged
from xl_plan.pipeline.common import CannotRun, Progress, no_progress, safe_name
from xl_plan.pipeline.merging import collect, output_path
from xl_plan.pipeline.previous import load_previous, weave_previous
from xl_plan.pipeline.writing import put_beside, put_book_beside
from xl_plan.rules.revisions import OUTPUT_NOT_COUNTED, STATE_LOST

REMINDERS_FOLDER = "督促"


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Where the round stands; ``written`` are the files that were asked for, ``notices`` what happened in writing them."""

    merged: Merged
    lines: tuple[Follow, ...]
    findings: tuple[Finding, ...]
    written: tuple[Path, ...]
    notices: tuple[Finding, ...] = ()
    later: SecondRound = NO_SECOND_ROUND


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
    later, unread = _second_round(merged, out)
    results = []
    if excel:
        path = out / f"提出状況_{plan.settings.year}.xlsx"
        title = f"{plan.settings.title} 提出状況"
        book = Book((follow_sheet(plan, lines, later),), Properties(title=title, author=plan.settings.division))
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
    notices = tuple(notice for _, said in results for notice in said)
    return StatusResult(merged, lines, (*findings, *unread), written, notices, later)


def _second_round(merged: Merged, out: Path) -> tuple[SecondRound, tuple[Finding, ...]]:
    """Where the second round stands on the consolidated workbook; one that cannot be read now is said."""
    if not second_round(merged).columns:
        return NO_SECOND_ROUND, ()
    output = output_path(merged, out)
    try:
        woven = weave_previous(merged, load_previous(output))
    except CannotRun as refused:
        return second_round(merged), (found(OUTPUT_NOT_COUNTED, got=output.as_posix(), reason=str(refused)),)
    lost = (n.details["reason"] for n in woven.notices if n.rule is STATE_LOST)
    unread = tuple(found(OUTPUT_NOT_COUNTED, got=output.as_posix(), reason=f"{reason}ため") for reason in lost)
    return second_round(woven.merged), unread
