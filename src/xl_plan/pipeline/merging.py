"""The main job: what lies in the inbox, examined file by file and merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from xl_plan.book.secondround import NO_SECOND_ROUND, SecondRound, second_round
from xl_plan.cells import Book, Sheet
from xl_plan.checks.answers import Judged
from xl_plan.disk.archives import expanded
from xl_plan.disk.inbox import changed_since, list_inbox
from xl_plan.excel.write import Last
from xl_plan.findings import Finding, Severity, ordered, tally
from xl_plan.hand.fingerprints import fingerprint, sheet_fingerprint
from xl_plan.hand.handwork import NO_HANDWORK, HandWork
from xl_plan.hand.statesheet import with_fingerprint, without_content
from xl_plan.model import Merged, Outcome, Plan, State
from xl_plan.pipeline.checking import run_check
from xl_plan.pipeline.common import (
    CannotRun,
    Progress,
    checked_bytes,
    checks_of,
    no_progress,
    os_reason,
    plan_as_read,
    require_round,
)
from xl_plan.pipeline.examining import Desk, Executor, OwnProcesses, examine, examine_all
from xl_plan.pipeline.keeping import Kept, kept_results
from xl_plan.pipeline.packing import FileResult
from xl_plan.pipeline.previous import keep_copy, load_previous, state_of_output, weave_previous
from xl_plan.pipeline.returning import Returns, made_at_once, put_returns, write_returns
from xl_plan.pipeline.workers import Hands, usual_jobs
from xl_plan.pipeline.writing import alone_in, put_output, redacted
from xl_plan.precedence import standing
from xl_plan.reconcile import reconcile
from xl_plan.report import begun
from xl_plan.rules.files import IGNORED_FILE
from xl_plan.settlement import NOTHING, Settlements, read_settlements, settle
from xl_plan.spelling import NO_CHOICES, read_choices

__all__ = ["FileResult", "MergeOptions", "MergeResult", "collect", "examine", "gather", "run_check", "run_merge"]


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What merge did. ``output`` is None when --strict held the workbook back."""

    merged: Merged
    output: Path | None
    returns: tuple[Path, ...]
    findings: tuple[Finding, ...]
    later: SecondRound = NO_SECOND_ROUND


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that merge finds out, nothing written."""

    merged: Merged
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]


def gather(
    inbox: Path,
    plan_path: Path,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    passwords: Sequence[str] = (),
    kept: Kept | None = None,
) -> Collected:
    """Read and check what lies in the inbox and hold it together."""
    plan, of_reading = plan_as_read(plan_path)
    require_round(plan, plan_path)
    if kept is not None:
        kept.open(plan.sha256)
    try:
        listed, ignored = list_inbox(inbox)
        files, inside = expanded(listed)
        ignored += inside
    except OSError as error:
        raise CannotRun(
            f"提出物のフォルダーを開けません：{inbox}（{os_reason(error)}。場所を確かめてください）"
        ) from None
    of_plan = _checks(plan, plan_path.name, kept, _jobs(executor, len(files)))
    results = examine_all(files, Desk(plan, tuple(passwords)), executor, progress, kept)
    if kept is not None:
        kept.keep_checks(plan_path.name, of_plan())
    judged = tuple(result.judged for result in results if result.judged is not None)
    found_in_files = standing(plan, judged, (f for result in results for f in result.findings))
    findings = [*of_reading, *of_plan(), *ignored, *found_in_files, *changed_since(inbox, listed)]
    others = [result.outcome for result in results if result.outcome is not None]
    others += [Outcome(f.place.file, "", "", State.IGNORED) for f in ignored if f.rule is IGNORED_FILE]
    merged, faults = reconcile(plan, judged, others, findings)
    return Collected(merged, ordered((*findings, *faults)), judged)


def _checks(plan: Plan, file: str, kept: Kept | None, jobs: int) -> Callable[[], tuple[Finding, ...]]:
    """What the checks of a plan find, for when it is asked for: as it was kept, else it is found meanwhile."""
    known = kept.checks(file) if kept is not None else None
    return Hands(jobs).beside(checks_of, (plan, file)) if known is None else lambda: known


def _jobs(executor: Executor | None, files: int) -> int:
    """How many processes are at work."""
    return (executor.jobs if isinstance(executor, OwnProcesses) else None) or usual_jobs(files)


def collect(
    inbox: Path,
    plan_path: Path,
    jobs: int | None = None,
    progress: Progress = no_progress,
    passwords: Sequence[str] = (),
) -> tuple[Merged, tuple[Finding, ...]]:
    """The merged plan and the findings, nothing written."""
    with kept_results(reads_only=True) as kept:
        collected = gather(inbox, plan_path, OwnProcesses(jobs), progress, passwords, kept)
    return collected.merged, collected.findings


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """How to merge. ``jobs`` None: as many as serve best; ``redact`` leaves the names of files out of 転記元一覧.

    ``scheduler``: the address of a Dask cluster that examines the files; ``shared``: its machines see the inbox at the
    same place. ``keep``: results of files that have not changed are taken from the last merge with the same plan.
    """

    jobs: int | None = None
    strict: bool = False
    verify: bool = True
    redact: bool = False
    passwords: tuple[str, ...] = ()
    keep: bool = True
    scheduler: str = ""
    shared: bool = False


USUAL = MergeOptions()
_PROGRAMMES = 30  # so many are as much work to list as a file to read
_CELLS = 4000  # so many cells are as much work as reading a file


def output_path(merged: Merged, out: Path) -> Path:
    """Where the consolidated workbook of a round stands."""
    return out / f"進捗状況_{merged.plan.settings.year}.xlsx"


def run_merge(
    inbox: Path, plan_path: Path, out: Path, options: MergeOptions = USUAL, *, progress: Progress = no_progress
) -> MergeResult:
    """The main job: submissions → consolidated workbook, returns and findings."""
    with alone_in(out) as notices, _executor(options) as executor, kept_results(wanted=options.keep) as kept:
        collected = gather(inbox, plan_path, executor, progress, options.passwords, kept)
        done = _merge(collected, out, options, progress, kept)
    return replace(done, findings=ordered((*done.findings, *notices)))


@contextmanager
def _executor(options: MergeOptions) -> Iterator[Executor]:
    if not options.scheduler:
        yield OwnProcesses(options.jobs)
        return
    from xl_plan.pipeline.cluster import cluster

    with cluster(options.scheduler, by_path=options.shared) as executor:
        yield executor


def _drawn(
    merged: Merged,
    findings: Sequence[Finding],
    settlements: Settlements,
    choices: Mapping[str, str],
    hand: HandWork,
    jobs: int | None,
) -> tuple[Book, Callable[[], Sheet]]:
    """The consolidated workbook, and the record of what is written in it, which is made meanwhile."""
    hands = Hands(jobs or usual_jobs(len(merged.plan.programmes) // _PROGRAMMES))
    begins = begun(merged, findings, settlements, hand, choices, hands)
    record = hands.beside(state_of_output, (merged.plan, begins.drawn, hand))
    return begins.finished().book, record


def _bytes(book: Book, record: Callable[[], Sheet], output: Path, options: MergeOptions) -> bytes:
    """The file of the consolidated workbook, with the record in it. Processes share the work in so far as it is worth
    their while."""
    hands = Hands(options.jobs or usual_jobs(sum(len(sheet.cells) for sheet in book.sheets) // _CELLS))
    last = Last(sheet_fingerprint, lambda sheets: with_fingerprint(record(), fingerprint(sheets)))
    book = replace(book, sheets=(*book.sheets, without_content()))
    return checked_bytes(book, output, verify=options.verify, shares=hands, last=last)


def _merge(
    collected: Collected, out: Path, options: MergeOptions, progress: Progress, kept: Kept | None
) -> MergeResult:
    merged = collected.merged
    output = output_path(merged, out)
    # In what merge itself wrote there is no hand's work to look for.
    last = None if kept is not None and kept.wrote(output) else load_previous(output)
    woven = weave_previous(merged, last)
    settlements = NOTHING if last is None else read_settlements(last.book)
    choices = NO_CHOICES if last is None else read_choices(last.book)
    findings = settle(ordered((*collected.findings, *woven.findings)), settlements)
    returns = Returns(merged, collected.judged, [f for f in findings if not f.settled], options.verify, kept)
    if options.strict and tally(returns.findings)[Severity.ERROR]:
        written, of_returns = write_returns(returns, out, options.jobs)
        return MergeResult(merged, None, written, (*findings, *of_returns))
    progress("取りまとめを書き出しています", 0, 1)
    made = made_at_once(returns, out, options.jobs)
    said = redacted(woven.merged) if options.redact else woven.merged
    book, record = _drawn(said, findings, settlements, choices, woven.work, options.jobs)
    returned = tuple(made)  # those who made them let go of their memory
    notices = [*woven.notices, *keep_copy(last)]
    data = _bytes(book, record, output, options)
    output, of_writing = put_output(output, data)
    if kept is not None and (woven.work, settlements, choices) == (NO_HANDWORK, NOTHING, NO_CHOICES):
        kept.remember(data)
    written, of_returns = put_returns(returns, returned, out)
    progress("取りまとめを書き出しています", 1, 1)
    all_said = (*findings, *notices, *of_writing, *of_returns)
    return MergeResult(merged, output, written, all_said, second_round(woven.merged))
