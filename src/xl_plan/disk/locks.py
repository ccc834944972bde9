"""One run at a time in an output folder, and what an earlier run that was killed has left there.

The lock is the system's own on an open file: it ends with the process that holds it, however that ends. What the file
says is for people: whose run it is. A file that says so and is not locked is the trace of a run that broke off.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import os
import platform
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xl_plan.disk.files import TEMPORARY_PREFIX

LOCK_NAME = ".xl-plan.lock"
_LEFTOVER = re.compile(re.escape(TEMPORARY_PREFIX) + r"[0-9a-f]{16}\.tmp")
_LONGEST_OWNER = 400  # bytes
_FAR = 1 << 20  # on Windows what is locked cannot be read: a byte behind everything that is written
_HELD_ELSEWHERE = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_open_locks: set[int] = set()


class FolderBusy(Exception):  # noqa: N818 - says what is the case
    """Another run is at work in the folder. ``sure`` is False where the disk knows no locks and only a file says so."""

    def __init__(self, owner: str, path: Path, sure: bool) -> None:
        super().__init__(owner, path, sure)
        self.owner = owner
        self.path = path
        self.sure = sure


@dataclass(frozen=True, slots=True)
class Remains:
    """Of a run that broke off: whose it was, and how many half-written files of it were removed."""

    owner: str
    swept: int


@contextmanager
def held(folder: Path) -> Iterator[Remains | None]:
    """The folder for this run alone; it is made when it is not there. Gives what an earlier run left, None if nothing.

    Raises FolderBusy, and OSError where nothing can be written.
    """
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK_NAME
    handle = _acquire(path)
    _open_locks.add(handle)
    try:
        before = _read_owner(handle)
        swept = sweep(folder)
        _write_owner(handle)
        yield Remains(before, swept) if before or swept else None
    finally:
        _open_locks.discard(handle)
        _release(handle, path)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only an empty one goes


def _acquire(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            sure = _lock(handle)
            if sure is not True:
                owner = _read_owner(handle)
                if sure is False or owner:
                    raise FolderBusy(owner, path, sure is False)
                return handle
            # Between opening and locking, the run before may have removed the file: then nobody else sees this lock.
            if os.name == "nt" or _is_at(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _lock(handle: int) -> bool | None:
    """Whether the lock is ours; None where the disk knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD_ELSEWHERE else None
    return True


def _release(handle: int, path: Path) -> None:
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        if os.name != "nt":
            path.unlink()
    os.close(handle)
    if os.name == "nt":  # where an open file cannot be removed
        with contextlib.suppress(OSError):
            path.unlink()


def _close_in_child() -> None:
    """A worker must not hold the lock when the run is killed."""
    for handle in _open_locks:
        with contextlib.suppress(OSError):
            os.close(handle)
    _open_locks.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)


def _read_owner(handle: int) -> str:
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, _LONGEST_OWNER).decode("utf-8", "replace")
    return "".join(ch for ch in text if ch.isprintable())


def _write_owner(handle: int) -> None:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a process without a name
        user = "不明"
    owner = f"{user}さん（{platform.node()}、プロセス{os.getpid()}）"
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, owner.encode()[:_LONGEST_OWNER])


# ------------------------------------------------------------------------------------------------------------- leftovers
def sweep(folder: Path) -> int:
    """Remove half-written files of processes that are gone, here and one folder deeper; how many they were."""
    folders = [folder, *(path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink())]
    return sum(_removed(path) for place in folders for path in _leftovers(place))


def _leftovers(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _LEFTOVER.fullmatch(path.name))
    except OSError:
        return []


def _removed(path: Path) -> bool:
    """A file that is still being written is locked by its writer (on Windows it cannot be removed while it is open)."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        if sys.platform != "win32":
            import fcntl

            with path.open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:
        return False
    return True
