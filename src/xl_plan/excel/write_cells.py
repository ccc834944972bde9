"""Cells, merged areas, notes and links of one sheet."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

from xl_plan.cells import Area, Cell, Font, Run, Sheet, Style
from xl_plan.excel.write_limits import (
    MAX_FORMULA,
    UnwritableCell,
    check_area,
    check_number,
    check_position,
    check_text,
    done,
)
from xl_plan.excel.write_package import (
    PLACEHOLDER,
    RawCell,
    RawRun,
    escape_controls,
    is_plain,
    raw_error,
    raw_formula,
    raw_number,
    raw_rich,
    raw_text,
)
from xl_plan.excel.write_styles import Formats

NOTE_AUTHOR = "xl-plan"
_ERROR = re.compile(r"#[A-Z0-9/_]+[!?]?")
_SCHEME = re.compile(r"mailto:|[A-Za-z][A-Za-z0-9+.-]*://")


class CellWriter:
    """Writes the cells of one sheet; ``raw`` gathers those that we render ourselves."""

    def __init__(self, worksheet: Any, sheet: Sheet, formats: Formats, raw: list[RawCell]) -> None:
        self._worksheet = worksheet
        self._sheet = sheet
        self._name = sheet.name
        self._formats = formats
        self._raw = raw

    def write(self) -> None:
        # Merged areas first: merging gives every cell of the area the look of the first, and what the book has at
        # a covered position (its own border, as a rule) is written over that.
        for area in sorted(self._sheet.merges):
            if not area.single:
                self._merge(area)
        for (row, col), cell in sorted(self._sheet.cells.items(), key=lambda item: item[0]):
            self._write(row, col, cell)

    def _merge(self, area: Area) -> None:
        from xlsxwriter.exceptions import OverlappingRange

        check_area(self._name, area)
        style = self._sheet.at(area.top, area.left).style
        try:
            done(self._worksheet.merge_range(*area, "", self._format(style, area.a1)), self._name, area.a1)
        except OverlappingRange:
            raise UnwritableCell(self._name, area.a1, "merge-overlap") from None

    def _format(self, style: Style, address: str) -> Any:
        return self._formats.of(style, self._name, address)

    def _write(self, row: int, col: int, cell: Cell) -> None:
        address = check_position(self._name, row, col)
        if isinstance(cell.value, str):
            check_text(self._name, address, cell.value)
        if cell.link:
            self._link(row, col, cell, address)
        if cell.formula is not None:
            self._formula(row, col, cell, address)
        elif cell.error:
            self._error(row, col, cell, address)
        elif any(run.text for run in cell.runs):
            self._rich(row, col, cell, address)
        else:
            self._constant(row, col, cell, address)
        if cell.note is not None:
            self._note(row, col, cell.note, address)

    def _constant(self, row: int, col: int, cell: Cell, address: str) -> None:
        worksheet, value, look = self._worksheet, cell.value, self._format(cell.style, address)
        if value is None or value == "":
            code = worksheet.write_blank(row, col, None, look)
        elif isinstance(value, bool):
            code = worksheet.write_boolean(row, col, value, look)
        elif isinstance(value, str):
            if not is_plain(value):
                return self._place(row, col, raw_text(value), cell, address)
            code = worksheet.write_string(row, col, value, look)
        else:
            number = check_number(self._name, address, value)
            if float(f"{number:.16G}") != number:
                return self._place(row, col, raw_number(number), cell, address)
            code = worksheet.write_number(row, col, number, look)
        return done(code, self._name, address)

    def _place(self, row: int, col: int, raw: RawCell, cell: Cell, address: str) -> None:
        """The library keeps the place, the look and (for the cache of charts) the value of a cell of ours."""
        formula, look = f"{PLACEHOLDER}({len(self._raw)})", self._format(cell.style, address)
        value = "" if cell.value is None else cell.value
        done(self._worksheet.write_formula(row, col, formula, look, value), self._name, address)
        self._raw.append(raw)

    def _formula(self, row: int, col: int, cell: Cell, address: str) -> None:
        formula = (cell.formula or "").removeprefix("=")
        check_text(self._name, address, formula, MAX_FORMULA)
        if not formula:
            raise UnwritableCell(self._name, address, "refused", "empty formula")
        result = cell.value
        if isinstance(result, int | float) and not isinstance(result, bool):
            result = check_number(self._name, address, result)
        self._place(row, col, raw_formula(formula, result, cell.error), cell, address)

    def _error(self, row: int, col: int, cell: Cell, address: str) -> None:
        if not (isinstance(cell.value, str) and _ERROR.fullmatch(cell.value)):
            raise UnwritableCell(self._name, address, "not-an-error", str(cell.value))
        self._place(row, col, raw_error(cell.value), cell, address)

    def _rich(self, row: int, col: int, cell: Cell, address: str) -> None:
        if "".join(run.text for run in cell.runs) != cell.value:
            raise UnwritableCell(self._name, address, "runs-differ")
        runs = [RawRun(run.text, _run_font(cell.style.font, run)) for run in cell.runs if run.text]
        if len(runs) == 1:  # rich text of one piece is refused by readers: the cell itself has that look
            plain = replace(cell, runs=(), style=replace(cell.style, font=runs[0].font))
            return self._constant(row, col, plain, address)
        return self._place(row, col, raw_rich(runs), cell, address)

    def _link(self, row: int, col: int, cell: Cell, address: str) -> None:
        """Only the link: the content is written over what the library puts there, in the book's own style."""
        link = check_text(self._name, address, cell.link or "", 2079, "link")
        url = link if _SCHEME.match(link) else f"external:{link}"
        if link.startswith("#"):
            url = f"internal:{link[1:]}"
        shown = "" if cell.value is None else str(cell.value)
        try:
            code = self._worksheet.write_url(
                row, col, url, self._format(cell.style, address), string=escape_controls(shown)
            )
        except ValueError as error:
            raise UnwritableCell(self._name, address, "link", str(error)) from error
        done(code, self._name, address, "link")

    def _note(self, row: int, col: int, note: str, address: str) -> None:
        width, height = _note_size(check_text(self._name, address, note))
        options = {
            "author": NOTE_AUTHOR,
            "visible": False,
            "width": width,
            "height": height,
            "font_name": "BIZ UDゴシック",
            "font_size": 9,
            "font_family": 3,
        }
        done(self._worksheet.write_comment(row, col, note, options), self._name, address)


def _run_font(font: Font, run: Run) -> Font:
    """The marks of a run are its own; name and size are the cell's."""
    return replace(font, bold=run.bold, strike=run.strike, underline=run.underline, colour=run.colour)


def _note_size(note: str) -> tuple[int, int]:
    """Pixels that show the whole note in 9 points: a full-width letter is 12 wide, a line 16 high."""
    per_line = 20 if len(note) <= 200 else 40
    lines = 0
    for paragraph in note.splitlines() or [""]:
        wide = sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in paragraph)
        # One place less than fits: a line may end early where a word or a closing bracket must not break.
        lines += max(1, -(-wide // (2 * (per_line - 1))))
    return per_line * 12 + 16, lines * 16 + 14
