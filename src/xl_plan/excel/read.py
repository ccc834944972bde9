"""Bytes of any file → Book, or UnreadableWorkbook with the reason.

.xlsx and .xlsm are read by :mod:`xl_plan.excel.ooxml`, everything else that is a spreadsheet by
:mod:`xl_plan.excel.legacy`. Nothing but UnreadableWorkbook comes out of :func:`read_book`, whatever goes in; only an
abort inside a library cannot be caught here, so that files of strangers are best read in a process of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_plan.cells import Book
from xl_plan.excel.locked import unlocked
from xl_plan.excel.package import OWN_LIMITS, Limits
from xl_plan.excel.sniff import COMPOUND, sniff
from xl_plan.excel.unreadable import UnreadableWorkbook

__all__ = ["OWN_LIMITS", "Limits", "UnreadableWorkbook", "read_book", "sniff"]

_OTHERS = {
    "zip": "ZIP",
    "pdf": "PDF",
    "docx": "Word文書",
    "pptx": "PowerPoint文書",
    "image": "画像",
    "html": "HTML",
    "csv/text": "テキスト",
    "unknown": "不明な形式",
}


def read_book(data: bytes, limits: Limits | None = None, passwords: Sequence[str] = ()) -> Book:
    """The workbook that ``data`` is; ``passwords`` are tried on one that is locked."""
    try:
        try:
            return _read(data, limits or Limits())
        except UnreadableWorkbook as error:
            if error.kind != "encrypted" or not data.startswith(COMPOUND):
                raise
        return _read(unlocked(data, passwords), limits or Limits())
    except UnreadableWorkbook:
        raise
    except MemoryError as error:
        raise UnreadableWorkbook("too-large", "memory") from error
    except Exception as error:
        raise UnreadableWorkbook("damaged", f"{type(error).__name__}: {error}") from error


def _read(data: bytes, limits: Limits) -> Book:
    kind = sniff(data)
    if kind == "empty":
        raise UnreadableWorkbook("empty", "0 bytes")
    if kind == "encrypted":
        raise UnreadableWorkbook("encrypted", "EncryptedPackage")
    if kind in {"xlsx", "xlsm"}:
        from xl_plan.excel.ooxml import read_ooxml

        return replace(read_ooxml(data, limits), kind=kind)
    if kind in {"xls", "xlsb", "ods"}:
        from xl_plan.excel.legacy import read_legacy

        return replace(read_legacy(data, limits, kind), kind=kind)
    if kind == "unknown" and not data.strip(b"\0"):
        raise UnreadableWorkbook("damaged", "nothing but zero bytes")
    raise UnreadableWorkbook("not-a-workbook", _OTHERS[kind])
