"""Bytes that wait on the disk until somebody asks for them: thousands of them need not stand in memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from typing import BinaryIO

Place = tuple[int, int]  # where it begins in the file, and its length


class Spool:
    """One file without a name in the folder for temporary files: it is gone when the spool is, however the process ends."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._end = 0

    def put(self, data: bytes) -> Place | bytes:
        """Leave some bytes: where they are. A disk that refuses costs nothing but memory: the bytes themselves."""
        start = self._end
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the spool
                weakref.finalize(self, self._file.close)
            self._file.seek(start)
            written = self._file.write(data)
        except OSError:
            return data
        if written != len(data):
            return data
        self._end += written
        return start, written

    def get(self, place: Place) -> bytes:
        """The bytes. Raises OSError."""
        assert self._file is not None
        start, length = place
        if hasattr(os, "pread"):  # a process that was forked off shares the place where its parent reads
            data = os.pread(self._file.fileno(), length, start)
        else:
            self._file.seek(start)
            data = self._file.read(length)
        if len(data) != length:
            raise OSError(f"{len(data)} of {length} bytes in the temporary file")
        return data
