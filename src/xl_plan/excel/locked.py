"""Workbooks under a password, opened with one that is known."""

from __future__ import annotations

import io
from collections.abc import Sequence

from xl_plan.excel.unreadable import UnreadableWorkbook

# Excel encrypts with this one, and asks nobody, when only the structure of a workbook is protected.
DEFAULT_PASSWORD = "VelvetSweatshop"


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook inside, opened with Excel's own default password or the first of ``passwords`` that fits."""
    for password in (DEFAULT_PASSWORD, *passwords):
        opened = _opened(data, password)
        if opened.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return opened
    raise UnreadableWorkbook("encrypted", f"{len(passwords)} passwords" if passwords else "no password")


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
