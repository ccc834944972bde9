"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

TEMPORARY_PREFIX = ".xl-plan-"


class TargetBusy(OSError):  # noqa: N818 - says what is the case
    """The target cannot be replaced now: on Windows, a workbook that is open in Excel."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"cannot be replaced while it is open elsewhere: {path}")
        self.path = path


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, then rename: a reader finds the old file or the new one, never a part.

    Raises TargetBusy when another program holds the target, and OSError for all else that a disk can refuse. In
    every case the old file is as it was and nothing is left beside it.
    """
    temporary = _temporary_beside(path)
    try:
        # "x" makes a new file under the umask, so that the result has the rights of any other file of this user.
        with temporary.open("xb") as handle:
            _mark_in_use(handle)
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
            _take_rights(path, temporary)
            if os.name != "nt":  # Windows renames no open file
                _rename(temporary, path)
        if os.name == "nt":
            _rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _temporary_beside(path: Path) -> Path:
    return path.parent / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}.tmp"


class Draft:
    """A file that grows beside its target until it takes the target's place, or goes.

    Unlike :func:`write_whole` it does not wait for the disk: for what can be made again. Every method may raise OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = _temporary_beside(path)
        self._handle = self._temporary.open("xb")
        _mark_in_use(self._handle)

    def write(self, data: bytes) -> None:
        self._handle.write(data)

    def settle(self) -> None:
        """Take the target's place."""
        self._handle.flush()
        if os.name == "nt":  # Windows renames no open file
            self._handle.close()
        _rename(self._temporary, self._path)
        self._handle.close()

    def drop(self) -> None:
        """Leave nothing; the target is as it was."""
        with contextlib.suppress(OSError):
            self._handle.close()
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)


def _mark_in_use(handle: BinaryIO) -> None:
    """Whoever sweeps up after broken-off runs leaves a locked file alone. Not every disk knows locks."""
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _rename(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)  # noqa: PTH105 - the one call that is atomic on every system
    except PermissionError as error:
        raise TargetBusy(path) from error


def _take_rights(path: Path, temporary: Path) -> None:
    """A replaced file keeps the rights somebody gave it (a group may read it, say)."""
    with contextlib.suppress(OSError):
        temporary.chmod(stat.S_IMODE(path.stat().st_mode))


def _sync_folder(folder: Path) -> None:
    """The new name survives a power cut only once the folder is on disk; Windows has no such call."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
