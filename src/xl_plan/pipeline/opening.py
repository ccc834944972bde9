"""Opening one workbook without danger to the program, and saying in a finding why one cannot be opened."""

from __future__ import annotations

from collections.abc import Sequence

from xl_plan.cells import Book
from xl_plan.excel.read import OWN_LIMITS, UnreadableWorkbook, read_book, sniff
from xl_plan.excel.sniff import cut_short
from xl_plan.excel.unreadable import OPEN_DOCUMENT, WRONG_PASSWORDS
from xl_plan.findings import Finding, Place, found
from xl_plan.pipeline.workers import Lost, in_workers
from xl_plan.returned.peculiar import as_shown
from xl_plan.rules.files import UNREADABLE
from xl_plan.rules.reading import (
    FILE_TOO_LARGE,
    FILE_UNSAFE,
    HALF_COPIED,
    NOT_A_WORKBOOK,
    PASSWORD_NEEDED,
    READING_FAILED,
    READING_TOO_SLOW,
)

# A word of the technical reason → what staff read.
_TOO_LARGE = {
    "memory": "記憶域が足りなくなりました",
    "inflated": "展開すると大きすぎます",
    "members": "中の部品が多すぎます",
    "relations": "中の部品のつながりが多すぎます",
    "cells": "値のあるセルが多すぎます",
    "shared strings": "文字列が多すぎます",
    "sheets": "シートが多すぎます",
    "merged": "結合したセルが多すぎます",
    "used area": "使われている範囲が広すぎます",
}
_LOCKED = {
    WRONG_PASSWORDS: "指定されたパスワードでは開きません",
    OPEN_DOCUMENT: "この形式（.ods）のパスワードは、指定しても開けません",
}
_UNSAFE = {
    "DOCTYPE": "外のファイルを読み出せる宣言（DOCTYPE）があります",
    "inflates": "小さな部品が、展開すると極端に大きくなります",
    "endless": "終わりのない部品があります",
    "nested": "入れ子が深すぎる部品があります",
}


def open_book(data: bytes, passwords: Sequence[str] = ()) -> Book:
    """The division's own workbook in ``data``, dates counted from 1900. Raises UnreadableWorkbook and nothing else.

    Our own reader is bounded and cannot end the process; the libraries for all other formats can, and so they work in
    a process of their own.
    """
    if sniff(data) in ("xlsx", "xlsm"):
        return as_shown(read_book(data, OWN_LIMITS))
    result = next(in_workers(_open, tuple(passwords), [data], 1))
    if isinstance(result, Lost):
        raise UnreadableWorkbook("too-large" if result.reason == "memory" else "damaged", result.reason)
    if isinstance(result, UnreadableWorkbook):
        raise result
    return as_shown(result)


def _open(passwords: tuple[str, ...], data: bytes) -> Book | UnreadableWorkbook:
    try:
        return read_book(data, passwords=passwords)
    except UnreadableWorkbook as error:
        return error


# ---------------------------------------------------------------------------------------------------- why it cannot be
def refusal(file: str, data: bytes, error: UnreadableWorkbook) -> Finding:
    """The finding on a file that gives no workbook."""
    place = Place(file)
    if error.kind == "empty":
        return found(HALF_COPIED, place, reason="中身が空（0バイト）です")
    if error.kind in ("encrypted", "damaged", "not-a-workbook") and cut_short(data):
        return found(HALF_COPIED, place, reason="途中までしかありません")
    match error.kind:
        case "encrypted":
            return found(PASSWORD_NEEDED, place, reason=_LOCKED.get(error.detail, "パスワードが指定されていません"))
        case "too-large":
            return found(FILE_TOO_LARGE, place, reason=_worded(_TOO_LARGE, error.detail, "大きすぎます"))
        case "unsafe":
            return found(FILE_UNSAFE, place, reason=_worded(_UNSAFE, error.detail, "中の部品が正しくありません"))
    if not data.strip(b"\0"):
        return found(HALF_COPIED, place, reason="中身がすべて0です")
    if error.kind == "not-a-workbook":
        return found(NOT_A_WORKBOOK, place, kind=error.detail or "別の種類のファイル")
    advice = "Excelで開き、「名前を付けて保存」し直したものを置いてください。開けないときは、もう一度提出してもらってください。"
    return found(UNREADABLE, place, reason="ファイルが壊れています", advice=advice)


def _worded(words: dict[str, str], detail: str, otherwise: str) -> str:
    return next((text for word, text in words.items() if word in detail), otherwise)


def lost(file: str, what: Lost) -> Finding:
    """The finding on a file whose reader did not come back."""
    place = Place(file)
    match what.reason:
        case "slow":
            return found(READING_TOO_SLOW, place, seconds=what.detail)
        case "memory":
            return found(FILE_TOO_LARGE, place, reason=_TOO_LARGE["memory"])
        case "bug":
            return found(READING_FAILED, place, reason=f"予期しない不具合：{what.detail}")
    return found(READING_FAILED, place, reason=f"読み取るプログラムが異常終了しました：{what.detail}")
