"""The very hidden sheet that carries a state: its format, the length of a JSON text, the fingerprint, and the text itself
in pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.celljson import in_pieces, joined, json_text, read_json
from xl_plan.cells import Book, Cell, Position, Sheet, Style
from xl_plan.hand.handwork import Item
from xl_plan.hand.state import Line, State, with_looks_told
from xl_plan.model import STATE_SHEET

_FORMAT = "xl-plan-state 3"
_SECOND_FORMAT = "xl-plan-state 2"  # with a line for every look
_FIRST_FORMAT = "xl-plan-state 1"
_HEAD = "形式"
_TEXT = Style(number_format="@")
_Rows = Mapping[int, Mapping[int, str]]


def without_content() -> Sheet:
    """What stands for the sheet of a state until that is made."""
    return Sheet(STATE_SHEET, MappingProxyType({(0, 0): Cell(None, _TEXT)}), state="veryHidden")


def state_sheet(state: State) -> Sheet:
    """The sheet of a state."""
    about = (state.title, state.year, state.version, state.plan_sha256)
    text = json_text([about, _by_owner(state.lines)])
    head = (_HEAD, _FORMAT, str(len(text)), state.fingerprint)
    cells: dict[Position, Cell] = {(0, col): Cell(said, _TEXT) for col, said in enumerate(head)}
    cells |= {(row, 0): Cell(piece, _TEXT) for row, piece in enumerate(in_pieces(text), 1)}
    return Sheet(STATE_SHEET, MappingProxyType(cells), state="veryHidden")


def with_fingerprint(sheet: Sheet, fingerprint: str) -> Sheet:
    """The sheet of a state with the fingerprint of the workbook in it."""
    return replace(sheet, cells=MappingProxyType({**sheet.cells, (0, 3): Cell(fingerprint, _TEXT)}))


def _by_owner(lines: Mapping[Item, Line]) -> list[tuple[str, dict[str, str | tuple[str, str, str]]]]:
    """The lines in their order, those of one owner that stand together under its name."""
    stretches: list[tuple[str, dict[str, str | tuple[str, str, str]]]] = []
    last, said = None, dict[str, str | tuple[str, str, str]]()
    for (owner, item), line in lines.items():
        if owner != last:
            last, said = owner, {}
            stretches.append((owner, said))
        said[item] = (line.written, line.before, line.submitted) if line.by_hand else line.written
    return stretches


def read_state(book: Book) -> State | None:
    """The state that a workbook carries, None when it carries none that can be understood."""
    sheet = book.sheet(STATE_SHEET)
    if sheet is None:
        return None
    rows = {row: {col: "" if c.value is None else str(c.value) for col, c in cells} for row, cells in sheet.rows()}
    head = rows.pop(0, {})
    if head.get(1) == _FIRST_FORMAT:
        return _first_format(rows)
    if head.get(1) not in (_FORMAT, _SECOND_FORMAT):
        return None
    state = _state([line.get(0, "") for line in rows.values()], head)
    if state is None or head.get(1) == _FORMAT:
        return state
    return replace(state, lines=with_looks_told(state.lines))


def _state(pieces: Sequence[str], head: Mapping[int, str]) -> State | None:
    try:
        text = joined(pieces)
        if head.get(2) != str(len(text)):
            return None
        about, stretches = read_json(text)
        if head.get(1) == _FORMAT:
            about = [*about, head.get(3, "")]
        title, year, version, plan_sha256, fingerprint = about
        lines = {(owner, item): _line(said) for owner, items in stretches for item, said in dict(items).items()}
    except (ValueError, TypeError):  # no JSON, or not of this shape
        return None
    return State(title, year, version, plan_sha256, fingerprint, MappingProxyType(lines))


def _line(said: str | list[str]) -> Line:
    if isinstance(said, str):
        return Line(said)
    written, before, submitted = said
    return Line(written, True, before, submitted)


def _first_format(rows: _Rows) -> State:
    """A state as it was before: five lines of a name and a text, then one item a row."""
    lines = {
        (line[0], line.get(1, "")): Line(line.get(2, ""), line.get(3) == "○", line.get(4, ""), line.get(5, ""))
        for row, line in rows.items()
        if row > 7 and line.get(0)
    }
    title, year, version, plan_sha256, fingerprint = (rows.get(row, {}).get(1, "") for row in range(1, 6))
    return State(title, year, version, plan_sha256, fingerprint, with_looks_told(lines))
