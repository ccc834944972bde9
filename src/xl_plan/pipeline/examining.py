"""The files of an inbox read and checked one by one, in processes that may die without harm to the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from xl_plan.archives import MemberLocked, member_bytes
from xl_plan.checks.answers import Judged, judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.findings import Finding, Place, found
from xl_plan.inbox import InboxFile, NotAFile, StillChanging, TooManyBytes, read_regular
from xl_plan.model import Outcome, Plan, State
from xl_plan.peculiar import as_shown, peculiarities
from xl_plan.pipeline import carrying  # noqa: F401 - importing it is enough
from xl_plan.pipeline.common import Progress, no_progress, os_reason
from xl_plan.pipeline.opening import lost, refusal
from xl_plan.pipeline.workers import Lost, in_workers, usual_jobs
from xl_plan.rules.reading import FILE_NOT_OPENABLE, FILE_TOO_LARGE, HALF_COPIED, PASSWORD_NEEDED
from xl_plan.submissions import read_submission


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file of the inbox, read and checked: a pure function of the plan and the file's bytes."""

    judged: Judged | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every file is examined with."""

    plan: Plan
    passwords: tuple[str, ...] = ()


def examine_all(
    files: Sequence[InboxFile], desk: Desk, jobs: int | None = None, progress: Progress = no_progress
) -> list[FileResult]:
    """What comes of each file, in their order. ``jobs`` None: as many as serve the number of files best."""
    results = []
    done = in_workers(_examine_file, desk, files, jobs or usual_jobs(len(files)))
    for count, (file, result) in enumerate(zip(files, done, strict=True), 1):
        progress("提出物を読み取っています", count, len(files))
        results.append(_refused(file.name, "", lost(file.name, result)) if isinstance(result, Lost) else result)
    return results


def _examine_file(desk: Desk, file: InboxFile) -> FileResult:
    try:
        data = read_regular(file.path) if file.member is None else member_bytes(file.path, file.member, desk.passwords)
    except OSError as error:
        return _refused(file.name, "", _unopened(file.name, error))
    return examine(file.name, data, desk.plan, desk.passwords)


def examine(name: str, data: bytes, plan: Plan, passwords: Sequence[str] = ()) -> FileResult:
    """Read and check one submission, in this process."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        book = read_book(data, passwords=passwords)
    except UnreadableWorkbook as error:
        if error.detail == "memory":
            raise MemoryError from error  # whether a used process ran out of it is for the crew to judge
        return _refused(name, sha256, refusal(name, data, error))
    noticed = tuple(peculiarities(book, name))
    submission, findings = read_submission(as_shown(book), plan, name, sha256)
    if submission is None:
        department = next((f.department for f in findings if f.department), "")
        return FileResult(None, Outcome(name, sha256, department, State.REFUSED), (*noticed, *findings))
    judged, faults = judge(submission, plan)
    return FileResult(judged, None, (*noticed, *findings, *foreign_cells(submission, plan), *faults))


def _refused(name: str, sha256: str, finding: Finding) -> FileResult:
    return FileResult(None, Outcome(name, sha256, "", State.REFUSED), (finding,))


def _unopened(name: str, error: OSError) -> Finding:
    place = Place(name)
    if isinstance(error, MemberLocked):
        return found(PASSWORD_NEEDED, place, reason="圧縮ファイルにパスワードがかかっています")
    if isinstance(error, TooManyBytes):
        return found(FILE_TOO_LARGE, place, reason="ファイルそのものが大きすぎます")
    if isinstance(error, StillChanging):
        return found(HALF_COPIED, place, reason="読み取っている間に変わり続けました")
    replaced = isinstance(error, NotAFile)
    reason = "ふつうのファイルではなくなりました" if replaced else os_reason(error)
    return found(FILE_NOT_OPENABLE, place, reason=reason)
