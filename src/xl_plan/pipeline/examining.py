"""The files of an inbox read and checked one by one, in processes that may die without harm to the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from xl_plan.checks.answers import judge
from xl_plan.checks.ownership import foreign_cells
from xl_plan.disk.archives import MemberLocked, member_bytes
from xl_plan.disk.inbox import InboxFile, NotAFile, StillChanging, TooManyBytes, read_regular
from xl_plan.excel.read import UnreadableWorkbook, read_book
from xl_plan.excel.sniff import COMPOUND
from xl_plan.findings import Finding, Place, found
from xl_plan.model import Outcome, Plan, State
from xl_plan.pipeline import carrying  # noqa: F401 - importing it is enough
from xl_plan.pipeline.common import Progress, no_progress, os_reason
from xl_plan.pipeline.opening import lost, refusal
from xl_plan.pipeline.packing import FileResult, pack, unpack
from xl_plan.pipeline.spool import Spool
from xl_plan.pipeline.workers import Lost, in_workers, usual_jobs
from xl_plan.returned.peculiar import as_shown, peculiarities
from xl_plan.rules.reading import FILE_NOT_OPENABLE, FILE_TOO_LARGE, HALF_COPIED, PASSWORD_NEEDED
from xl_plan.submissions import read_submission

if TYPE_CHECKING:
    from xl_plan.pipeline.keeping import Kept


@dataclass(frozen=True, slots=True)
class Desk:
    """What every file is examined with."""

    plan: Plan
    passwords: tuple[str, ...] = ()


class Brought(NamedTuple):
    """A file by its bytes. ``lasting``: they are all that its result hangs on besides the plan."""

    name: str
    data: bytes
    lasting: bool


class Examined(NamedTuple):
    """A file's result as it travels. ``lasting``: it follows from the plan and the file's bytes and name alone."""

    packed: bytes
    lasting: bool


class Executor(Protocol):
    """Whoever examines files: processes of this machine, or other machines. A file costs no other file."""

    def examined(self, desk: Desk, files: Sequence[InboxFile]) -> Iterator[Examined | Lost]:
        """What comes of each file, in their order."""


@dataclass(frozen=True, slots=True)
class OwnProcesses:
    """Processes of this machine; ``jobs`` None: as many as serve the number of files best."""

    jobs: int | None = None

    def examined(self, desk: Desk, files: Sequence[InboxFile]) -> Iterator[Examined | Lost]:
        return in_workers(examine_to_send, desk, files, self.jobs or usual_jobs(len(files)))


def examine_all(
    files: Sequence[InboxFile],
    desk: Desk,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    kept: Kept | None = None,
) -> list[FileResult]:
    """What comes of each file, in their order; what is kept of the last merge is not worked out again."""
    spool = Spool()
    known = [kept.result(file, spool) if kept is not None else None for file in files]
    rest = [file for file, result in zip(files, known, strict=True) if result is None]
    done = (executor or OwnProcesses()).examined(desk, rest)
    results = []
    for count, (file, result) in enumerate(zip(files, known, strict=True), 1):
        if result is None:
            result = _arrived(file, next(done), spool, kept)  # noqa: PLW2901 - the one that was not known
        elif kept is not None:
            kept.keep(result)
        results.append(result)
        progress("提出物を読み取っています", count, len(files))
    return results


def _arrived(file: InboxFile, arrived: Examined | Lost, spool: Spool, kept: Kept | None) -> FileResult:
    if isinstance(arrived, Lost):
        return _refused(file.name, "", lost(file.name, arrived))
    result = unpack(arrived.packed, spool)
    if kept is not None and arrived.lasting:
        kept.keep(result, arrived.packed)
    return result


def examine_to_send(desk: Desk, file: InboxFile | Brought) -> Examined:
    """A file of the inbox read and checked, its result as bytes."""
    there = brought(desk, file) if isinstance(file, InboxFile) else file
    if isinstance(there, Examined):
        return there
    result, kind = _examined(there.name, there.data, desk.plan, desk.passwords)
    # Other formats are read by libraries whose versions may change, and may need a password.
    lasting = there.lasting and result.judged is not None and kind in ("xlsx", "xlsm")
    return Examined(pack(result), lasting)


def brought(desk: Desk, file: InboxFile) -> Brought | Examined:
    """The bytes of a file; the result, where it cannot be opened."""
    data = _read(desk, file)
    if isinstance(data, FileResult):
        return Examined(pack(data), lasting=False)
    return Brought(file.name, data, file.member is None)


def _read(desk: Desk, file: InboxFile) -> bytes | FileResult:
    """The bytes of a file; why it cannot be opened."""
    try:
        return read_regular(file.path) if file.member is None else member_bytes(file.path, file.member, desk.passwords)
    except OSError as error:
        return _refused(file.name, "", _unopened(file.name, error))


def examine(name: str, data: bytes, plan: Plan, passwords: Sequence[str] = ()) -> FileResult:
    """Read and check one submission, in this process."""
    return _examined(name, data, plan, passwords)[0]


def _examined(name: str, data: bytes, plan: Plan, passwords: Sequence[str]) -> tuple[FileResult, str]:
    """The same, and what kind of workbook it is; "" for one that is none or was locked."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        book = read_book(data, passwords=passwords)
    except UnreadableWorkbook as error:
        if error.detail == "memory":
            raise MemoryError from error  # whether a used process ran out of it is for the crew to judge
        return _refused(name, sha256, refusal(name, data, error)), ""
    kind = "" if data.startswith(COMPOUND) else book.kind
    noticed = tuple(peculiarities(book, name))
    submission, findings = read_submission(as_shown(book), plan, name, sha256)
    if submission is None:
        department = next((f.department for f in findings if f.department), "")
        return FileResult(None, Outcome(name, sha256, department, State.REFUSED), (*noticed, *findings)), kind
    judged, faults = judge(submission, plan)
    return FileResult(judged, None, (*noticed, *findings, *foreign_cells(submission, plan), *faults)), kind


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
