"""The cells of one sheet, taken from expat's events as they come.

This is the only loop that runs once a cell, so it is written for speed: one handler for all elements, no path, and
equal cells one object.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from xl_plan.cells import MAX_COLUMNS, MAX_ROW_HEIGHT, MAX_ROWS, Cell, Position, Run, Scalar, Style, column_name
from xl_plan.excel.formula import moved
from xl_plan.excel.package import Attributes
from xl_plan.excel.richtext import RichString, TextCollector, unescape
from xl_plan.excel.styles import Styles
from xl_plan.excel.unreadable import UnreadableWorkbook

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_MAX_FORMULA = 8192  # characters, Excel's own limit
_MAX_DIGITS = 400
_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_MAX_MARKED_ROWS = 200_000  # heights and hidden rows beyond are not stored
_MAX_NO_NUMBERS = 1000  # places beyond are not told
_MAX_CONSTANTS = 65_536  # of a sheet; cells beyond are objects of their own
_SHORT = {column_name(col): col for col in range(702)}


def number(text: str) -> Scalar:
    """What a numeric ``v`` says: int when written so, else the float with the shortest digits.

    Anything that is no finite number stays text: nothing is lost, and nothing is made up.
    """
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    text = text.strip()
    if len(text) > _MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        return text or None
    if len(text) < 17 and text.lstrip("+-").isdigit():
        return int(text)
    value = float(text)
    return value if value - value == 0 else text


def serial(moment: datetime, date1904: bool = False) -> int | float:
    """The serial number of a moment, an int when it is midnight."""
    since = moment.replace(tzinfo=None) - (_EPOCH_1904 if date1904 else _EPOCH)
    days = since / timedelta(days=1)
    if not date1904 and days < 61:
        days -= 1  # Excel counts a 29 February 1900 that never was
    return int(days) if days == int(days) else days


@dataclass(slots=True)
class Budget:
    """What all sheets of a workbook may take together (blanks: each of them)."""

    cells: int
    styled_blanks: int
    formulas: int = 4 << 20  # characters of shared formulas written out; those beyond are left without their text

    def spend_cell(self) -> None:
        self.cells -= 1
        if self.cells < 0:
            raise UnreadableWorkbook("too-large", "too many cells")

    def affords_formula(self, size: int) -> bool:
        self.formulas -= size
        return size <= _MAX_FORMULA and self.formulas >= 0


class Rows:
    """Reads ``sheetData``. Afterwards ``cells``, ``heights`` and ``hidden`` hold what was there, and ``no_numbers`` where
    it was no number although the file says so."""

    done: Callable[[], None]

    def __init__(self, strings: list[str | RichString], styles: Styles, budget: Budget, date1904: bool) -> None:
        self.cells: dict[Position, Cell] = {}
        self.heights: dict[int, float] = {}
        self.hidden: set[int] = set()
        self.no_numbers: list[tuple[Position, str]] = []
        self._strings, self._styles, self._budget, self._date1904 = strings, styles, budget, date1904
        self._columns = dict(_SHORT)
        self._blank_cells: dict[str, Cell] = {}
        self._constants: dict[tuple[str, str, str], Cell] = {}
        self._blanks_left = budget.styled_blanks
        self._rows_left = 2 * MAX_ROWS
        self._dressed: dict[tuple[str | None, str], tuple[Style, tuple[Run, ...]]] = {}
        self._shared: dict[str, tuple[str, int, int]] = {}
        self._row_text, self._row, self._col = "", -1, -1
        self._kind, self._style = "n", "0"
        self._value: str | None = None
        self._formula: str | None = None
        self._formula_attributes: Attributes = {}
        self._rich: TextCollector | None = None
        self._inline: str | RichString | None = None
        self.buffer: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._value = self._formula = self._inline = None
            get = attributes.get
            self._kind, self._style = get("t", "n"), get("s", "0")
            col = self._columns.get(get("r", "").removesuffix(self._row_text))
            if col is not None:
                self._col = col
            else:
                self._place(get("r"))
        elif name == "v" or name == "t":  # noqa: PLR1714 - faster than a tuple of two
            self.buffer.clear()
        elif name == "f":
            self.buffer.clear()
            self._formula_attributes = attributes
        elif name == "row":
            self._start_row(attributes)
        elif name == "is":
            self._rich = TextCollector()
        elif name == "sheetData":
            raise UnreadableWorkbook("damaged", "sheetData inside sheetData")
        elif self._rich is not None:
            self._rich.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            self._finish()
        elif name == "v":
            self._value = "".join(self.buffer)
        elif name == "f":
            self._formula = self._resolve_formula("".join(self.buffer))
        elif self._rich is not None:
            if name == "is":
                self._inline = self._rich.take()
                self._rich = None
            else:
                self._rich.end(name, "".join(self.buffer) if name == "t" else "")
        elif name == "sheetData":
            self.done()

    def _start_row(self, attributes: Attributes) -> None:
        self._rows_left -= 1
        text = attributes.get("r", "")
        row = int(text) - 1 if text.isdecimal() and len(text) < 8 else self._row + 1
        if not 0 <= row < MAX_ROWS or self._rows_left < 0:
            raise UnreadableWorkbook("damaged", f"row {text or row + 1}")
        self._row, self._col, self._row_text = row, -1, text
        self.buffer.clear()
        if len(attributes) < 2 or len(self.heights) + len(self.hidden) >= _MAX_MARKED_ROWS:
            return
        if "ht" in attributes:
            height = number(attributes["ht"])
            if isinstance(height, int | float) and 0 <= height <= MAX_ROW_HEIGHT:
                self.heights[row] = float(height)
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(row)

    def _place(self, address: str | None) -> None:
        if address is None:
            self._col += 1
            if self._col >= MAX_COLUMNS:
                raise UnreadableWorkbook("damaged", f"row {self._row + 1} runs beyond the last column")
            return
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise UnreadableWorkbook("damaged", f"cell address {address}")
        col = 0
        for letter in match[1].upper():
            col = col * 26 + ord(letter) - 64
        row = int(match[2]) - 1
        if not (0 <= row < MAX_ROWS and col <= MAX_COLUMNS):
            raise UnreadableWorkbook("damaged", f"cell address {address}")
        self._row, self._col, self._row_text = row, col - 1, match[2]
        self._columns[match[1]] = col - 1

    def _finish(self) -> None:
        position = (self._row, self._col)
        text, inline, formula = self._value, self._inline, self._formula
        if formula is not None or inline is not None:
            cell = self._cell(text, inline, formula)
        elif text:
            # All cells that hold the same value in the same format are one object.
            known = self._constants.get((self._kind, self._style, text))
            cell = known if known is not None else self._constant(text)
        else:
            self._store_blank(position)
            return
        self._budget.spend_cell()
        if cell.value == "" and formula is None and position in self.cells:
            return
        self.cells[position] = cell

    def _constant(self, text: str) -> Cell:
        """A cell with a value alone, remembered for the next that say the same."""
        cell = self._cell(text, None, None)
        told_each = self._kind == "n" and isinstance(cell.value, str)  # each place that holds no number is told
        if not told_each and len(self._constants) < _MAX_CONSTANTS:
            self._constants[self._kind, self._style, text] = cell
        return cell

    def _cell(self, text: str | None, inline: str | RichString | None, formula: str | None) -> Cell:
        kind, style = self._kind, self._styles.style(self._style)
        runs: tuple[Run, ...] = ()
        value: Scalar = None
        error = False
        if kind == "s" and text:
            inline = self._string(text)
        elif kind == "e":
            value, error = text, bool(text)
        elif text is not None:
            value, style = self._convert(text, kind, style)
        if isinstance(inline, str):
            value = inline
        elif inline is not None:
            value = inline.text
            style, runs = self._dress(inline, style)
        return Cell(value, style, formula, runs, error)

    def _dress(self, rich: RichString, style: Style) -> tuple[Style, tuple[Run, ...]]:
        if self._kind != "s":
            return self._styles.dress(rich, style)
        key = (self._value, self._style)  # cells that share a string share its runs
        known = self._dressed.get(key)
        if known is None:
            known = self._dressed[key] = self._styles.dress(rich, style)
        return known

    def _store_blank(self, position: Position) -> None:
        if self._style == "0" or self._blanks_left <= 0 or position in self.cells:
            return
        self._blanks_left -= 1
        blank = self._blank_cells.get(self._style)
        if blank is None:
            blank = self._blank_cells[self._style] = Cell(style=self._styles.style(self._style))
        self.cells[position] = blank

    def _string(self, text: str) -> str | RichString:
        text = text.strip()
        if not (text.isdecimal() and len(text) < 10 and int(text) < len(self._strings)):
            raise UnreadableWorkbook("damaged", f"shared string {text} of {len(self._strings)}")
        return self._strings[int(text)]

    def _convert(self, text: str, kind: str, style: Style) -> tuple[Scalar, Style]:
        if kind == "n":
            value = number(text)
            if isinstance(value, str) and len(self.no_numbers) < _MAX_NO_NUMBERS:
                self.no_numbers.append(((self._row, self._col), value))
            return value, style
        if kind == "b":
            return {"1": True, "true": True, "0": False, "false": False}.get(text.strip(), text), style
        if kind == "d":
            return self._date(text.strip(), style)
        return unescape(text), style

    def _date(self, text: str, style: Style) -> tuple[Scalar, Style]:
        """A date in words (strict dialect) as a serial number with a date format."""
        code = "yyyy/m/d h:mm"
        try:
            if "T" not in text and "-" not in text:
                clock = time.fromisoformat(text)
                seconds = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
                value: int | float = seconds / timedelta(days=1)
                code = "h:mm:ss"
            else:
                value = serial(datetime.fromisoformat(text), self._date1904)
                code = "yyyy/m/d" if isinstance(value, int) else code
        except (ValueError, OverflowError):
            return number(text), style
        return value, replace(style, number_format=code) if style.number_format == "General" else style

    def _resolve_formula(self, text: str) -> str | None:
        attributes = self._formula_attributes
        kind = attributes.get("t", "normal")
        if kind == "shared":
            key = attributes.get("si", "")
            if text:
                self._shared[key] = (text, self._row, self._col)
            else:
                # A dependent whose master is missing is a formula all the same, of unknown text.
                text, row, col = self._shared.get(key, ("", self._row, self._col))
                affordable = self._budget.affords_formula(len(text))
                return moved(text, self._row - row, self._col - col) if affordable else ""
        return text or (None if kind == "normal" else "")
