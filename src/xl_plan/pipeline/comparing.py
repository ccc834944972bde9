"""Comparing two plan workbooks: diff."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_plan.cells import Book, Properties
from xl_plan.comparing import Change, change_sheets, compare
from xl_plan.findings import Finding
from xl_plan.pipeline.common import CannotRun, Progress, no_progress, plan_as_read
from xl_plan.pipeline.writing import write_output

_WORK = "計画のブックを比べています"


@dataclass(frozen=True, slots=True)
class Compared:
    output: Path
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


def run_diff(old_path: Path, new_path: Path, out: Path, progress: Progress = no_progress) -> Compared:
    """Write 修正箇所一覧 of the changes from one plan workbook to another."""
    old = plan_as_read(old_path)[0]
    progress(_WORK, 1, 4)
    new = plan_as_read(new_path)[0]
    progress(_WORK, 2, 4)
    for plan, path in ((old, old_path), (new, new_path)):
        if not plan.programmes:
            raise CannotRun(f"{path}に事業の表が見つかりません（計画のブックを指定してください）")
    changes = compare(old, new)
    progress(_WORK, 3, 4)
    output = out / f"修正箇所一覧_{new_path.stem}.xlsx"
    title = f"{new.settings.title or new_path.stem} 修正箇所一覧"
    book = Book(change_sheets(new, changes), Properties(title=title, author=new.settings.division))
    written, notices = write_output(book, output)
    progress(_WORK, 4, 4)
    return Compared(written, changes, notices)
