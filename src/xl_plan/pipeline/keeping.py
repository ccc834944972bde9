"""Results of the last merge, kept so that the next one reads only the files that have changed.

They stand in the user's own cache folder, not in ``outbox/``, where many people may write: whoever could forge a kept
result could put a value into the consolidated workbook that no file holds. The file can be deleted at any time. It is in
the form of ``plainly`` and can do nothing but make values, and it is believed only by the program that wrote it (its
source, its version, the Python that runs it) and for the plan it was written with; each result only for the very bytes
and name of the file it came from, and only when it is whole. What was refused, what came out of an archive, what a password may
open and a file whose reader had bad luck are never kept. Each merge writes the results that it used and no others. With
them stands what the checks of the plan found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import BinaryIO

from xl_plan import __version__
from xl_plan.disk.files import Draft
from xl_plan.disk.inbox import InboxFile, sha256_of
from xl_plan.disk.locks import sweep
from xl_plan.findings import Finding
from xl_plan.pipeline.packing import FileResult, unpack
from xl_plan.pipeline.plainly import Malformed, coder, packed, unpacked
from xl_plan.pipeline.spool import Spool

FOLDER = "XL_PLAN_CACHE"  # names another folder; set to nothing, no results are kept
_FORMAT = b"xl-plan kept 1\n"
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 4  # bytes
_MOST = 512 << 20  # bytes of one file; results beyond are not kept
_MOST_FILES = 12  # one a plan and version; older ones go
_SUFFIX = ".kept"
_UNTOUCHED = b"untouched"
_MADE, _CHECKS = "\0made", "\0checks"  # no file of an inbox has these names
_FINDINGS = coder(tuple[Finding, ...])


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a packed result stands in the file, and its checksum."""

    start: int
    length: int
    checksum: bytes


def cache_folder() -> Path | None:
    """Where this user's programs keep what can be made again; None where nothing is to be kept."""
    named = os.environ.get(FOLDER)
    if named is not None:
        return Path(named) if named else None
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "xl-plan" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "xl-plan"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "xl-plan"


@dataclass(slots=True)
class Kept:
    """The results kept in a folder: those of the last merge to be looked up, those of this one to be written.

    A disk that refuses costs nothing but time. With ``reads_only`` nothing is written.
    """

    folder: Path
    reads_only: bool = False
    _handle: BinaryIO | None = None
    _before: dict[bytes, _Entry] = field(default_factory=dict)
    _draft: Draft | None = None
    _size: int = 0

    def open(self, plan_sha256: str) -> None:
        """Look at what the last merge with the plan has left, and begin anew beside it."""
        whose = stamp(plan_sha256)
        path = self.folder / f"{whose.hex()[:32]}{_SUFFIX}"
        with contextlib.suppress(OSError):
            self._handle = _own(path)
            self._before = _entries(self._handle, _FORMAT + whose)
        if self.reads_only:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sweep(self.folder)
            self._draft = Draft(path)
            self._put(_FORMAT + whose)

    def result(self, file: InboxFile, spool: Spool | None = None) -> FileResult | None:
        """The kept result of a file, its cells in the spool; None where there is none that can be believed."""
        if not self._before or file.member is not None:
            return None
        try:
            sha256 = sha256_of(file.path)
        except OSError:
            return None
        data = self._packed(_key(file.name, sha256))
        if data is None:
            return None
        try:
            result = unpack(data, spool, doubted=True)
        except Malformed:
            return None
        return result if _about(result) == (file.name, sha256) else None

    def keep(self, result: FileResult, arrived: bytes | None = None) -> None:
        """Keep a result for the next merge: a new one as it came, or one that was kept already.

        Called in the order of the files, so that the same results make the same file.
        """
        key = _key(*_about(result))
        data = arrived if arrived is not None else self._packed(key)
        if data is not None:
            self._leave(key, data)

    def checks(self, file: str) -> tuple[Finding, ...] | None:
        """What the checks of the plan found the last time, its file having this name; None where it is not known."""
        data = self._packed(_key(_CHECKS, _name_digest(file))) if self._before else None
        if data is None:
            return None
        try:
            findings: tuple[Finding, ...] = unpacked(_FINDINGS, data)
        except Malformed:
            return None
        return findings

    def keep_checks(self, file: str, findings: tuple[Finding, ...]) -> None:
        """Keep what the checks of the plan found."""
        self._leave(_key(_CHECKS, _name_digest(file)), packed(_FINDINGS, findings))

    def wrote(self, output: Path) -> bool:
        """Whether a merge of this program with this plan wrote a file just as it stands, and no hand's work into it."""
        if not self._before:
            return False
        try:
            return self._packed(_key("", sha256_of(output))) == _UNTOUCHED
        except OSError:
            return False

    def remember(self, output: bytes) -> None:
        """The output of this merge has nothing in it but what the plan and the submissions say."""
        self._leave(_key("", hashlib.sha256(output).hexdigest()), _UNTOUCHED)

    def made(self, origin: bytes, path: Path) -> bytes | None:
        """The file at ``path``, where it stands just as an earlier merge made it of the same things; else None."""
        known = self._packed(_key(_MADE, hashlib.sha256(origin).hexdigest())) if self._before else None
        if known is None:
            return None
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).digest() == known else None

    def remember_made(self, origin: bytes, data: bytes) -> None:
        """What was made of these things."""
        self._leave(_key(_MADE, hashlib.sha256(origin).hexdigest()), hashlib.sha256(data).digest())

    def close(self, *, done: bool) -> None:
        """Put this merge's results in the place of the last one's when it is done, else leave those."""
        if self._handle is not None:
            self._handle.close()
        draft, self._draft = self._draft, None
        if draft is None:
            return
        if done:
            with contextlib.suppress(OSError):
                draft.settle()
        draft.drop()
        _prune(self.folder)

    def _packed(self, key: bytes) -> bytes | None:
        entry = self._before.get(key)
        if entry is None or self._handle is None:
            return None
        try:
            self._handle.seek(entry.start)
            data = self._handle.read(entry.length)
        except OSError:
            return None
        return data if _checksum(key, data) == entry.checksum else None

    def _leave(self, key: bytes, data: bytes) -> None:
        self._put(key + _checksum(key, data) + len(data).to_bytes(_LENGTH, "big") + data)

    def _put(self, data: bytes) -> None:
        if self._draft is None or self._size + len(data) > _MOST:
            return
        try:
            self._draft.write(data)
            self._size += len(data)
        except OSError:  # the disk is full: the output needs what room there is
            self._draft.drop()
            self._draft = None


@contextlib.contextmanager
def kept_results(*, wanted: bool = True, reads_only: bool = False) -> Iterator[Kept | None]:
    """The kept results for one run, replaced by this run's when it comes to its end."""
    folder = cache_folder() if wanted else None
    kept, done = Kept(folder, reads_only) if folder is not None else None, False
    try:
        yield kept
        done = True
    finally:
        if kept is not None:
            kept.close(done=done)


def _own(path: Path) -> BinaryIO:
    """A regular file of this user, opened without waiting for a pipe and without following a link. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.fdopen(os.open(path, flags), "rb")
    status = os.fstat(handle.fileno())
    if not stat.S_ISREG(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
        handle.close()
        raise OSError(f"{path} is no regular file of this user")
    return handle


def _prune(folder: Path) -> None:
    """Of the plans and versions that were merged with, only the last are remembered."""
    with contextlib.suppress(OSError):
        files = [path for path in folder.iterdir() if path.suffix == _SUFFIX]
        for path in sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)[_MOST_FILES:]:
            path.unlink(missing_ok=True)


def _entries(handle: BinaryIO, head: bytes) -> dict[bytes, _Entry]:
    """What stands in the file, as far as it is whole; nothing where another program or plan has written it."""
    if handle.read(len(head)) != head:
        return {}
    entries: dict[bytes, _Entry] = {}
    end = os.fstat(handle.fileno()).st_size
    start = len(head) + 2 * _DIGEST + _LENGTH
    while len(front := handle.read(2 * _DIGEST + _LENGTH)) == 2 * _DIGEST + _LENGTH:
        length = int.from_bytes(front[2 * _DIGEST :], "big")
        if start + length > end:
            break
        entries[front[:_DIGEST]] = _Entry(start, length, front[_DIGEST : 2 * _DIGEST])
        handle.seek(length, os.SEEK_CUR)
        start += length + len(front)
    return entries


def _about(result: FileResult) -> tuple[str, str]:
    """Name and SHA-256 of the file that a result is about."""
    return (result.judged.submission.file, result.judged.submission.sha256) if result.judged else ("", "")


def _key(name: str, sha256: str) -> bytes:
    """The name belongs to it: it may say whose file it is, and it stands in every finding."""
    return hashlib.sha256(f"{sha256}\n{name}".encode("utf-8", "surrogatepass")).digest()


def _name_digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _checksum(key: bytes, packed: bytes) -> bytes:
    return hashlib.sha256(key + packed).digest()


# ------------------------------------------------------------------------------------------------- whose results these are
def stamp(plan_sha256: str) -> bytes:
    """Everything besides the file itself that its result follows from."""
    parts = (__version__, source_digest(), sys.version, sys.platform, unicodedata.unidata_version, plan_sha256)
    return hashlib.sha256(json.dumps(parts).encode()).digest()


@cache
def source_digest() -> str:
    """The program as it stands on the disk: an edit without a new version number is a new program too."""
    digest = hashlib.sha256()
    for name, content in sorted(_sources(resources("xl_plan"), "")):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(folder: Traversable, above: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = f"{above}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, name) if entry.name != "__pycache__" else []
        elif entry.name.endswith(".py"):
            found.append((name, entry.read_bytes()))
    return found
