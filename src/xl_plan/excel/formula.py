"""References inside formulas: moved for the dependents of a shared formula."""

from __future__ import annotations

import re

from xl_plan.cells import MAX_COLUMNS, MAX_ROWS, column_name

# What must not be touched comes first: texts, quoted sheet names, bracketed table columns and book numbers. What
# is opened and never closed runs to the end, so that a formula of brackets alone takes no longer than any other.
_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*+(?:"|\Z)
    | '(?:[^']|'')*+(?:'|\Z)
    | \[[^\]]*+(?:\]|\Z)
    | (?<![\w.$\\])
      (?: (?P<c>\$?[A-Za-z]{1,3}) (?P<r>\$?[1-9][0-9]{0,6})
        | (?P<c1>\$?[A-Za-z]{1,3}) : (?P<c2>\$?[A-Za-z]{1,3})
        | (?P<r1>\$?[1-9][0-9]{0,6}) : (?P<r2>\$?[1-9][0-9]{0,6})
      )
      (?![\w.(!\[$])
    """,
    re.VERBOSE,
)

LOST = "#REF!"
_NOT_A_REFERENCE = ""


def moved(formula: str, rows: int, cols: int) -> str:
    """The formula as it reads some rows further down and columns further right."""

    def shift(match: re.Match[str]) -> str:
        if match["c"]:
            pieces, joint = [_column(match["c"], cols), _row(match["r"], rows)], ""
        elif match["c1"]:
            pieces, joint = [_column(match["c1"], cols), _column(match["c2"], cols)], ":"
        elif match["r1"]:
            pieces, joint = [_row(match["r1"], rows), _row(match["r2"], rows)], ":"
        else:
            return match[0]
        if _NOT_A_REFERENCE in pieces:
            return match[0]
        return LOST if LOST in pieces else joint.join(pieces)

    return _TOKEN.sub(shift, formula)


def _column(name: str, by: int) -> str:
    if name.startswith("$"):
        return name
    col = -1
    for letter in name.upper():
        col = (col + 1) * 26 + ord(letter) - 65
    if col >= MAX_COLUMNS:
        return _NOT_A_REFERENCE  # ZZZ9 lies beyond the sheet: it is somebody's name
    return column_name(col + by) if 0 <= col + by < MAX_COLUMNS else LOST


def _row(number: str, by: int) -> str:
    if number.startswith("$"):
        return number
    if int(number) > MAX_ROWS:
        return _NOT_A_REFERENCE
    row = int(number) + by
    return str(row) if 1 <= row <= MAX_ROWS else LOST
