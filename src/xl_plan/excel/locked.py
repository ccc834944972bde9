"""Workbooks under a password, opened with one that is known."""

from __future__ import annotations

import io
from collections.abc import Sequence

from xl_plan.excel.unreadable import UnreadableWorkbook

# Excel encrypts with this one, and asks nobody, when only the structure of a workbook is protected.
DEFAULT_PASSWORD = "VelvetSweatshop"


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook inside, opened with Excel's own default password or the first of ``passwords`` that fits."""
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import InvalidKeyError

    try:
        for password in (DEFAULT_PASSWORD, *passwords):
            target = io.BytesIO()
            locked = OfficeFile(io.BytesIO(data))
            try:
                locked.load_key(password=password)
                locked.decrypt(target)
            except InvalidKeyError:
                continue
            opened = target.getvalue()
            if opened.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
                return opened
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever its parsers raise
        raise UnreadableWorkbook("encrypted", f"{type(error).__name__}: {error}") from error
    raise UnreadableWorkbook("encrypted", f"{len(passwords)} passwords" if passwords else "no password")
