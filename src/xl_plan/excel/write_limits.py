"""What Excel cannot hold, found before anything is written.

xlsxwriter cuts, drops or only warns where Excel has a limit. Here each of these is an exception that names the cell.
"""

from __future__ import annotations

import math
import re

from xl_plan.cells import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Area, a1

MAX_FORMULA = 8192
REASONS = {
    "text-too-long": "文字数がExcelの上限を超えています",
    "broken-character": "文字として成り立たない符号が含まれています",
    "out-of-range": "Excelのシートの範囲外です",
    "not-a-number": "無限大または非数はExcelに書けません",
    "number-too-long": "桁数が多く、Excelでは正確に表せない数値です",
    "not-an-error": "Excelのエラー値ではありません",
    "runs-differ": "書式ごとの文字列をつなげた結果がセルの値と一致しません",
    "sheet-name": "シート名がExcelで使えない名前です",
    "sheet-twice": "同じ名前のシートが二つあります",
    "no-visible-sheet": "表示されるシートが一つもありません",
    "merge-overlap": "結合範囲が重なっています",
    "row-height": "行の高さがExcelの範囲（0～409.5）にありません",
    "column-width": "列の幅がExcelの範囲（0～255）にありません",
    "style": "Excelにない書式です",
    "page": "Excelにないページ設定です",
    "validation": "入力規則がExcelの上限を超えています",
    "chart": "グラフがExcelで表せません",
    "link": "リンク先がExcelで表せません",
    "name": "定義名がExcelで使えない名前です",
    "refused": "Excelファイルに書けませんでした",
}

_SURROGATE = re.compile("[\ud800-\udfff]")
_ILLEGAL_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class UnwritableCell(Exception):  # noqa: N818 - says what is the case
    """Something that a workbook cannot hold as it is meant.

    ``reason`` is a key of REASONS; ``cell`` is an address, or "" where a whole sheet or the book is at fault.
    """

    def __init__(self, sheet: str, cell: str, reason: str, detail: str = "") -> None:
        super().__init__(sheet, cell, reason, detail)
        self.sheet = sheet
        self.cell = cell
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        detail = f" ({self.detail})" if self.detail else ""
        return f"{place}: {REASONS[self.reason]}{detail}" if place else f"{REASONS[self.reason]}{detail}"


def utf16_length(text: str) -> int:
    """Excel counts UTF-16 units: 𠮷 and emoji are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def check_text(sheet: str, cell: str, text: str, limit: int = MAX_TEXT, reason: str = "text-too-long") -> str:
    """The same text, once it is sure that it fits and that it can be encoded."""
    if len(text) * 2 > limit and utf16_length(text) > limit:
        raise UnwritableCell(sheet, cell, reason, f"{utf16_length(text)} > {limit}")
    if _SURROGATE.search(text):
        raise UnwritableCell(sheet, cell, "broken-character")
    return text


def check_number(sheet: str, cell: str, number: int | float) -> int | float:
    """The same number, once it is sure that a file gives it back unchanged."""
    try:
        as_float = float(number)
    except OverflowError:
        raise UnwritableCell(sheet, cell, "number-too-long", str(number)[:20]) from None
    if not math.isfinite(as_float):
        raise UnwritableCell(sheet, cell, "not-a-number", str(number))
    if as_float != number:
        raise UnwritableCell(sheet, cell, "number-too-long", str(number))
    return number or 0  # -0.0 equals 0 and must give the same bytes


def check_position(sheet: str, row: int, col: int) -> str:
    """The address of a position inside the sheet."""
    if not (0 <= row < MAX_ROWS and 0 <= col < MAX_COLUMNS):
        raise UnwritableCell(sheet, f"R{row + 1}C{col + 1}", "out-of-range")
    return a1(row, col)


def check_area(sheet: str, area: Area) -> Area:
    """The same area, once both its ends are inside the sheet."""
    check_position(sheet, area.top, area.left)
    check_position(sheet, area.bottom, area.right)
    if area.top > area.bottom or area.left > area.right:
        raise UnwritableCell(sheet, area.a1, "out-of-range")
    return area


def check_colour(sheet: str, cell: str, colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        raise UnwritableCell(sheet, cell, "style", f"colour {colour}")
    return colour.upper()


def check_sheet_name(name: str, taken: set[str]) -> None:
    """Excel repairs (that is, renames or drops) sheets whose names break these rules."""
    check_text(name, "", name, 31, "sheet-name")
    bad_ends = name.startswith("'") or name.endswith("'")
    if not name or bad_ends or _ILLEGAL_IN_SHEET_NAME.search(name) or name.casefold() == "history":
        raise UnwritableCell(name, "", "sheet-name")
    if name.lower() in taken:
        raise UnwritableCell(name, "", "sheet-twice")
    taken.add(name.lower())


def done(code: object, sheet: str, cell: str = "", reason: str = "refused") -> None:
    """Every return code of the library passes here: what it refuses is never lost silently."""
    if code:
        raise UnwritableCell(sheet, cell, reason, f"code {code}")
