"""Workbooks under a password, opened with one that is known."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from xl_plan.excel.compound import Compound
from xl_plan.excel.unreadable import WRONG_PASSWORDS, UnreadableWorkbook

_FILE_PASS, _FIRST_RECORDS = 0x2F, 8  # it stands behind the record that begins the stream, or soon after
# Excel encrypts with this one, and asks nobody, when only the structure of a workbook is protected.
DEFAULT_PASSWORD = "VelvetSweatshop"


def locked_stream(data: bytes) -> bool:
    """Whether the records of an .xls are encrypted: the file around them is not, and says so in a record only."""
    stream = Compound(data).stream("Workbook", "Book") or b""
    at = 0
    for _ in range(_FIRST_RECORDS):
        if at + 4 > len(stream):
            break
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + size
    return False


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook inside, opened with Excel's own default password or the first of ``passwords`` that fits."""
    for password in (DEFAULT_PASSWORD, *passwords):
        opened = _opened(data, password)
        if opened.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return opened
    raise UnreadableWorkbook("encrypted", WRONG_PASSWORDS if passwords else "no password")


def _opened(data: bytes, password: str) -> bytes:
    """What one password makes of it, b"" where it does not fit."""
    from msoffcrypto import OfficeFile

    target = io.BytesIO()
    try:
        locked = OfficeFile(io.BytesIO(data))
        locked.load_key(password=password)
        locked.decrypt(target)
    except MemoryError:
        raise
    except Exception:  # a wrong password, or whatever else the library's parsers raise
        return b""
    return target.getvalue()
