"""The main job: what lies in the inbox, examined file by file and merged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from xl_plan.checks.answers import Judged, judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.findings import Finding, Place, Severity, found, ordered, tally
from xl_plan.inbox import InboxFile, list_inbox
from xl_plan.model import Merged, Outcome, Plan, State
from xl_plan.pipeline.common import (
    REASONS,
    CannotRun,
    Progress,
    load_plan,
    no_progress,
    os_reason,
    read_file,
    require_round,
    unreadable_reason,
    write_book,
)
from xl_plan.pipeline.returning import write_returns
from xl_plan.precedence import standing
from xl_plan.reconcile import reconcile
from xl_plan.report import consolidated
from xl_plan.rules.files import UNREADABLE
from xl_plan.settlement import NOTHING, Settlements, read_settlements, settle
from xl_plan.submissions import read_submission


def _unreadable(file: InboxFile, error: UnreadableWorkbook) -> Finding:
    advice = "Excelの調査票に記入したものを置き直してもらってください。"
    if error.kind in REASONS:
        advice = REASONS[error.kind][1]
    return found(UNREADABLE, Place(file.name), reason=unreadable_reason(error), advice=advice)


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file of the inbox, read and checked: a pure function of the plan and the file's bytes."""

    judged: Judged | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]


def examine(name: str, data: bytes, plan: Plan) -> FileResult:
    """Read and check one submission."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        book = read_book(data)
    except UnreadableWorkbook as error:
        finding = _unreadable(InboxFile(name, Path(name)), error)
        return FileResult(None, Outcome(name, sha256, "", State.REFUSED), (finding,))
    submission, findings = read_submission(book, plan, name, sha256)
    if submission is None:
        department = next((f.department for f in findings if f.department), "")
        return FileResult(None, Outcome(name, sha256, department, State.REFUSED), findings)
    judged, faults = judge(submission, plan)
    return FileResult(judged, None, (*findings, *foreign_cells(submission, plan), *faults))


_worker_plan: dict[str, Plan] = {}


def _start_worker(plan: Plan) -> None:
    _worker_plan["plan"] = plan


def _examine_path(file: InboxFile) -> FileResult:
    return _examine_file(file, _worker_plan["plan"])


def _examine_file(file: InboxFile, plan: Plan) -> FileResult:
    try:
        data = file.path.read_bytes()
    except OSError as error:
        finding = found(
            UNREADABLE,
            Place(file.name),
            reason=f"開くことができません（{os_reason(error)}）",
            advice="ほかの人が開いていないか、読み取りの権限があるかを確かめてください。",
        )
        return FileResult(None, Outcome(file.name, "", "", State.REFUSED), (finding,))
    return examine(file.name, data, plan)


def _examine_all(files: Sequence[InboxFile], plan: Plan, jobs: int, progress: Progress) -> list[FileResult]:
    results = []
    for done, result in enumerate(_results(files, plan, jobs), 1):
        progress("提出物を読み取っています", done, len(files))
        results.append(result)
    return results


def _results(files: Sequence[InboxFile], plan: Plan, jobs: int) -> Iterator[FileResult]:
    if jobs <= 1 or len(files) <= 1:
        for file in files:
            yield _examine_file(file, plan)
        return
    with ProcessPoolExecutor(min(jobs, len(files)), initializer=_start_worker, initargs=(plan,)) as pool:
        yield from pool.map(_examine_path, files, chunksize=max(1, len(files) // (jobs * 8)))


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What merge did. ``output`` is None when --strict held the workbook back."""

    merged: Merged
    output: Path | None
    returns: tuple[Path, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that merge finds out, nothing written."""

    merged: Merged
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]


def gather(inbox: Path, plan_path: Path, jobs: int = 1, progress: Progress = no_progress) -> Collected:
    """Read and check what lies in the inbox and hold it together."""
    plan, plan_findings = load_plan(plan_path)
    require_round(plan, plan_path)
    try:
        files, ignored = list_inbox(inbox)
    except OSError as error:
        raise CannotRun(
            f"提出物のフォルダーを開けません：{inbox}（{os_reason(error)}。場所を確かめてください）"
        ) from None
    results = _examine_all(files, plan, jobs, progress)
    judged = tuple(result.judged for result in results if result.judged is not None)
    found_in_files = standing(plan, judged, (f for result in results for f in result.findings))
    findings = [*plan_findings, *ignored, *found_in_files]
    others = [result.outcome for result in results if result.outcome is not None]
    others += [Outcome(f.place.file, "", "", State.IGNORED) for f in ignored]
    merged, faults = reconcile(plan, judged, others, findings)
    return Collected(merged, ordered((*findings, *faults)), judged)


def collect(
    inbox: Path, plan_path: Path, jobs: int = 1, progress: Progress = no_progress
) -> tuple[Merged, tuple[Finding, ...]]:
    """The merged plan and the findings, nothing written."""
    collected = gather(inbox, plan_path, jobs, progress)
    return collected.merged, collected.findings


def run_merge(
    inbox: Path, plan_path: Path, out: Path, *, jobs: int = 1, strict: bool = False, progress: Progress = no_progress
) -> MergeResult:
    """The main job: submissions → consolidated workbook, returns and findings."""
    collected = gather(inbox, plan_path, jobs, progress)
    merged = collected.merged
    output = out / f"進捗状況_{merged.plan.settings.year}.xlsx"
    settlements = _settlements(output)
    findings = settle(collected.findings, settlements)
    still_open = [finding for finding in findings if not finding.settled]
    if strict and tally(still_open)[Severity.ERROR]:
        return MergeResult(merged, None, write_returns(merged, collected.judged, still_open, out), findings)
    progress("取りまとめを書き出しています", 0, 1)
    write_book(consolidated(merged, findings, settlements).book, output)
    returns = write_returns(merged, collected.judged, still_open, out)
    progress("取りまとめを書き出しています", 1, 1)
    return MergeResult(merged, output, returns, findings)


def _settlements(output: Path) -> Settlements:
    """What staff settled in the last output; nothing where there is none."""
    if not output.is_file():
        return NOTHING
    try:
        return read_settlements(read_book(read_file(output, "前回の取りまとめ")))
    except UnreadableWorkbook as error:
        raise CannotRun(
            f"前回の取りまとめを読み取れません：{output}（{unreadable_reason(error)}。"
            "確認事項の対応の記録を引き継げないため、別の場所に移してから実行してください）"
        ) from None


def run_check(files: Sequence[Path], plan_path: Path) -> tuple[tuple[Outcome, ...], tuple[Finding, ...]]:
    """The findings for single submissions, or on the plan itself when there are none; nothing is written."""
    plan, findings = load_plan(plan_path)
    if not files:
        return (), ordered(findings)
    require_round(plan, plan_path)
    outcomes: list[Outcome] = []
    every: list[Finding] = []
    for path in files:
        result = examine(str(path), read_file(path, "提出物"), plan)
        judged = [result.judged] if result.judged else []
        others = [result.outcome] if result.outcome else []
        merged, faults = reconcile(plan, judged, others, result.findings)
        outcomes += merged.outcomes
        every += [*result.findings, *faults]
    return tuple(outcomes), ordered(every)
