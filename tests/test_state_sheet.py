"""The record of the last output, kept as text in a very hidden sheet, and read back whatever program saved it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from peculiar_texts import PECULIAR, by_gnumeric, by_libreoffice
from xl_plan.cells import Book, Cell, Sheet
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.hand.state import Line, State, is_text, look_line
from xl_plan.hand.statesheet import read_state, state_sheet
from xl_plan.model import STATE_SHEET


def state_of_texts(*texts: str) -> State:
    lines = {("柱1(1)①", f"実績 {index}"): Line(text) for index, text in enumerate(texts)}
    lines |= {(f"@{text}", text): Line("後", True, text, text) for text in texts}
    return State(" 計画\t名", "R5", "1.0", "ab" * 32, "cd" * 32, MappingProxyType(lines))


def saved(state: State) -> bytes:
    shown = Sheet("表", MappingProxyType({(0, 0): Cell("表")}))
    return book_bytes(Book((shown, state_sheet(state))))


STATE = state_of_texts(*PECULIAR, "長" * 32_000, " " * 20_000, "_x" * 9_000)


def test_every_text_is_read_back_as_it_was() -> None:
    assert read_state(read_book(saved(STATE))) == STATE
    assert list(read_state(Book((state_sheet(STATE),))).lines) == list(STATE.lines)  # type: ignore[union-attr]


def test_no_cell_holds_what_a_program_might_not_keep() -> None:
    for place, cell in state_sheet(STATE).cells.items():
        text = str(cell.value)
        assert len(text) < 10_000
        assert text.strip() == text
        assert "_x" not in text
        assert place[0] == 0 or text[0] == text[-1] == "|"
        assert not [char for char in text if char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"]


@pytest.mark.office
def test_libreoffice_keeps_it(tmp_path: Path) -> None:
    assert read_state(read_book(by_libreoffice(saved(STATE), "xlsx", tmp_path))) == STATE


def test_gnumeric_keeps_it(tmp_path: Path) -> None:
    assert read_state(read_book(by_gnumeric(saved(STATE), "xlsx", tmp_path))) == STATE


def test_a_damaged_record_is_none() -> None:
    sheet = state_sheet(STATE)
    for row in (1, 2, max(row for row, _ in sheet.cells)):
        cells = {place: cell for place, cell in sheet.cells.items() if place[0] != row}
        assert read_state(Book((Sheet(STATE_SHEET, cells),))) is None
    for text in ("|{}|", "|[[],[]]|", "|[[1,2,3,4,5],[[1]]]|", "|" + "[" * 100_000 + "|", "", "|null|"):
        cells = {
            (0, 0): Cell("形式"),
            (0, 1): Cell("xl-plan-state 3"),
            (0, 2): Cell(str(len(text) - 2)),
            (1, 0): Cell(text),
        }
        assert read_state(Book((Sheet(STATE_SHEET, cells),))) is None
    assert read_state(Book()) is None
    for later in ("xl-plan-state 3", "xl-plan-state 4"):
        assert read_state(Book((Sheet(STATE_SHEET, {(0, 1): Cell(later)}),))) is None


def test_a_record_of_the_first_format_is_understood() -> None:
    head = (("形式", "xl-plan-state 1"), ("計画", "計画名"), ("年度", "R5"), ("版", "1.0"), ("計画のSHA-256", "ab"),
            ("内容のSHA-256", "cd"))  # fmt: skip
    columns = ("所属", "項目", "書き出した内容", "手修正", "修正前の内容", "提出物の内容")
    items = (("柱1", "name", "健診"), ("柱1", "actual:2023", "5件", "○", "4件", ""), ("柱1", "remarks"))
    lines = (*head, (), columns, *items)
    cells = {(row, col): Cell(text) for row, texts in enumerate(lines) for col, text in enumerate(texts) if text}
    state = read_state(Book((Sheet(STATE_SHEET, cells),)))
    assert state is not None
    assert (state.title, state.year, state.version, state.plan_sha256) == ("計画名", "R5", "1.0", "ab")
    assert state.fingerprint == "cd"
    assert {item: line for item, line in state.lines.items() if is_text(item)} == {
        ("柱1", "name"): Line("健診"),
        ("柱1", "actual:2023"): Line("5件", True, "4件"),
        ("柱1", "remarks"): Line(""),
    }
    assert look_line(state.lines, ("柱1", "name")) is None


def test_a_record_of_the_second_format_is_understood() -> None:
    items = (
        '"name":"健診","見た目 name":"#FFFF00///","remarks":"","見た目 remarks":"///","actual:2023":["","5件","4件"]'
    )
    text = f'[["計画名","R5","1.0","ab","cd"],[["柱1",{{{items},"高さ 0":"20"}}]]]'
    cells = {
        (0, 0): Cell("形式"),
        (0, 1): Cell("xl-plan-state 2"),
        (0, 2): Cell(str(len(text))),
        (1, 0): Cell(f"|{text}|"),
    }
    state = read_state(Book((Sheet(STATE_SHEET, cells),)))
    assert state is not None
    assert state.lines["柱1", "actual:2023"] == Line("", True, "5件", "4件")
    assert look_line(state.lines, ("柱1", "name")) == Line("#FFFF00///")
    assert look_line(state.lines, ("柱1", "remarks")) == Line("///")
    assert look_line(state.lines, ("柱1", "actual:2023")) is None  # a cell that was not there


def test_only_looks_that_are_marked_are_recorded() -> None:
    lines = {
        ("柱1", "name"): Line("健診"),
        ("柱1", "actual:2023"): Line("5件"),
        ("柱1", "見た目 actual:2023"): Line("//b/"),
        ("柱1", "remarks"): Line("", True, "前の備考"),
        ("柱1", "見た目 remarks"): Line(""),
    }
    written = State("計画名", "R5", "1.0", "ab", "cd", MappingProxyType(lines))
    state = read_state(Book((state_sheet(written),)))
    assert state == written
    looks = [look_line(lines, ("柱1", name)) for name in ("name", "actual:2023", "remarks", "description")]
    assert looks == [Line("///"), Line("//b/"), None, None]
