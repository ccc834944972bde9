"""What was issued, kept in a form's very hidden sheet: read back whatever program saved it, damaged line by line, and
understood from forms of the first format."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from corruption.clean import Clean, the_clean_round
from corruption.hands import Change, delete_row, edited, put
from peculiar_texts import PECULIAR, by_gnumeric, by_libreoffice
from xl_plan.cells import Book, Cell, Sheet, a1
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.issue.issued import issued_in, issued_sheet, read_issued
from xl_plan.model import ISSUED_SHEET, STATE_SHEET, CellKey, Issued, Spot
from xl_plan.pipeline.examining import examine
from xl_plan.pipeline.merging import run_merge

FILE = "障害福祉課.xlsx"
FIRST_LINE = 7  # below the head and a blank row


def issued_texts(*texts: str) -> tuple[Issued, Mapping[CellKey, Spot]]:
    """A form in which these texts were issued, and are the names of its programmes."""
    cells = {
        (f"柱1(1){row}{text}", column): text for row, text in enumerate(texts) for column in ("number", text, "name")
    }
    where = {key: ("柱 1", (at, 2)) for at, key in enumerate(cells) if key[1] != "name"}
    owned = frozenset(key for key in cells if key[1] not in ("number", "name"))
    return Issued("計画　名", "R5", "健康課", 3, "return", MappingProxyType(cells), owned), MappingProxyType(where)


ISSUED = issued_texts(*PECULIAR, "長" * 32_000, " " * 20_000, "_x" * 9_000)


def saved(issued: Issued, where: Mapping[CellKey, Spot]) -> bytes:
    shown = Sheet("表", MappingProxyType({(0, 0): Cell("表")}))
    return book_bytes(Book((shown, issued_sheet(issued, where))))


def with_lines(*lines: tuple[str, ...], form: str = "xl-plan 2") -> Sheet:
    """A hidden sheet with these lines."""
    cells = {(0, 0): Cell("形式"), (0, 1): Cell(form), (4, 0): Cell("発行番号"), (4, 1): Cell("9" * 5_000)}
    cells |= {
        (FIRST_LINE + row, col): Cell(text) for row, line in enumerate(lines) for col, text in enumerate(line) if text
    }
    return Sheet(ISSUED_SHEET, cells)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return the_clean_round(tmp_path_factory)


# ---------------------------------------------------------------------------------------------------- what is kept
def test_what_was_issued_is_read_back_as_it_was() -> None:
    for book in (read_book(saved(*ISSUED)), Book((issued_sheet(*ISSUED),))):
        said = issued_in(book)
        assert said == ISSUED
        assert list(said[0].cells) == list(ISSUED[0].cells)


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_libreoffice_keeps_it(kind: str, tmp_path: Path) -> None:
    assert issued_in(read_book(by_libreoffice(saved(*ISSUED), kind, tmp_path))) == ISSUED


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_gnumeric_keeps_it(kind: str, tmp_path: Path) -> None:
    assert issued_in(read_book(by_gnumeric(saved(*ISSUED), kind, tmp_path))) == ISSUED


def test_no_line_holds_what_a_program_might_not_keep() -> None:
    texts = [str(cell.value) for (row, _), cell in issued_sheet(*ISSUED).cells.items() if row >= FIRST_LINE]
    for text in texts:
        assert len(text) < 10_000
        assert text[0] == text[-1] == "|"
        assert "_x" not in text
        assert not [char for char in text if char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"]


def test_a_form_has_one_line_a_programme(clean: Clean) -> None:
    sheet = read_book(clean.forms[FILE]).sheet(ISSUED_SHEET)
    assert sheet is not None
    said = read_issued(sheet)
    assert said is not None
    assert len([at for at in sheet.cells if at[0] >= FIRST_LINE]) == len({programme for programme, _ in said[0].cells})


# ------------------------------------------------------------------------------------------------- what is damaged
def test_damage_to_a_line_costs_that_line_alone() -> None:
    (issued, where), whole = ISSUED, issued_sheet(*ISSUED)
    rows = {row for row, _ in whole.cells if row >= FIRST_LINE}
    assert len(rows) > len({key for key, _ in issued.cells})  # names stand nowhere: they have lines of their own
    assert max(col for _, col in whole.cells) > 2
    for cells in (cells for row in rows for cells in damaged(whole, row)):
        said = read_issued(Sheet(ISSUED_SHEET, cells))
        assert said is not None
        lost = issued.cells.keys() - said[0].cells.keys()
        assert len({programme for programme, _ in lost}) == 1
        assert dict(said[0].cells) == {key: text for key, text in issued.cells.items() if key not in lost}
        assert (said[0].owned, said[1].keys()) == (issued.owned - lost, where.keys() - lost)


def damaged(sheet: Sheet, row: int) -> list[dict[tuple[int, int], Cell]]:
    """A line lost, each of its pieces lost, cut off or in another's place."""
    mine = {at: str(cell.value) for at, cell in sheet.cells.items() if at[0] == row}
    made = [{at: cell for at, cell in sheet.cells.items() if at != gone} for gone in mine]
    made.append({at: cell for at, cell in sheet.cells.items() if at not in mine})
    for at, text in mine.items():
        made += [
            {**sheet.cells, at: Cell(cut)} for cut in (text[: len(text) // 2], text[:-1], text[1:], "|", "||", 1.0)
        ]
    if len(mine) > 1:
        turned = zip(mine, reversed(mine.values()), strict=True)
        made.append({**sheet.cells, **{at: Cell(text) for at, text in turned}})
    return made


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "null",
        "[]",
        '["柱1",{}]',
        '["柱1","柱1",[]]',
        '["柱1","柱1",{"name":null}]',
        '["柱1","柱1",{"name":["A1"]}]',
        '["柱1","柱1",{"name":[["A1"],"健診"]}]',
        '["柱1","柱1",{"name":["A1",1]}]',
        '["柱1","柱1",{"name":[1,"健診"]}]',
        '["柱1",1,{"name":["A1","健診"]}]',
        '[[],"柱1",{"name":["A1","健診"]}]',
        '["柱1","柱1",{"name":["A1","健診"]}],',
        "[" * 100_000,
        "9" * 10_000,
        "柱1(1)①",
    ],
)
def test_a_line_of_another_shape_is_none(line: str) -> None:
    good = json.dumps(["柱2", "柱2", {"name": ["A1", "健診", 1], "number": ["A0?", "1"]}])
    said = read_issued(with_lines((f"|{line}|",), (f"|{good}|",)))
    assert said is not None
    issued, where = said
    assert dict(issued.cells) == {("柱2", "name"): "健診", ("柱2", "number"): "1"}
    assert (issued.owned, dict(where)) == ({("柱2", "name")}, {("柱2", "name"): ("柱2", (0, 0))})
    assert issued.issue == 0


def test_a_later_format_is_known_as_one_and_another_sheet_is_not() -> None:
    later = read_issued(with_lines(("x",), form="xl-plan 3"))
    assert later is not None
    assert dict(later[0].cells) == {}
    for form in ("xl-plan-state 2", "xl-plan", "xl-plan 2 の写し", ""):
        assert read_issued(with_lines(("x",), form=form)) is None


def unreadable(book: openpyxl.Workbook) -> None:
    """Every line cut off, as by a program that keeps 255 characters of a cell."""
    for row in book[ISSUED_SHEET].iter_rows(min_row=FIRST_LINE + 1):
        for cell in row:
            cell.value = str(cell.value)[:255]


def test_a_form_of_which_no_line_can_be_read_is_read_without_and_it_is_said(clean: Clean) -> None:
    row = delete_row("柱2(3)②ア")

    def lost(book: openpyxl.Workbook) -> None:
        del book[ISSUED_SHEET]

    for changes in ((), (row,)):
        damaged, without = (
            clean.merge({FILE: edited(clean.files[FILE], *changes, hand)}) for hand in (unreadable, lost)
        )
        assert damaged.said == without.said
        assert any(f.code == "XP109" for f in damaged.findings)
        assert dict(damaged.cells) == dict(without.cells)


# ------------------------------------------------------------------------------------------------ the first format
def in_first_format(data: bytes) -> bytes:
    """A form as it was written before: one line a cell."""
    said = issued_in(read_book(data))
    assert said is not None
    issued, where = said
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[ISSUED_SHEET]
    sheet.delete_rows(FIRST_LINE + 1, sheet.max_row)
    sheet["B1"] = "xl-plan 1"
    lines = [("事業", "列", "記入", "シート", "セル", "発行時の内容")]
    for key, text in issued.cells.items():
        name, place = where[key]
        lines.append((*key, "○" if key in issued.owned else "", name, a1(*place), text))
    for row, line in enumerate(lines, FIRST_LINE + 1):
        for col, text in enumerate(line, 1):
            if text:
                sheet.cell(row, col).value = text
                sheet.cell(row, col).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_form_of_the_first_format_says_the_same(clean: Clean) -> None:
    for data in clean.forms.values():
        before, now = (issued_in(read_book(each)) for each in (in_first_format(data), data))
        assert before == now
        assert before is not None
        assert now is not None
        assert list(before[0].cells) == list(now[0].cells)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (
            put("柱2(3)②イ", "narrative", "同上"),
            put("柱2(1)①イ", "actual:2022", "1,328件"),
            put("柱2(1)②ウ", "actual:2023", None),
            delete_row("柱2(3)②ア"),
        ),
    ],
)
def test_a_merge_of_the_first_format_is_the_same(clean: Clean, changes: tuple[Change, ...]) -> None:
    files = {**clean.files, FILE: edited(clean.files[FILE], *changes)}
    now, before = clean.merge(files), clean.merge({name: in_first_format(data) for name, data in files.items()})
    assert (dict(before.cells), before.said, before.states) == (dict(now.cells), now.said, now.states)
    assert [f.message for f in before.findings] == [f.message for f in now.findings]


def test_the_first_format_without_its_headings_or_lines_is_known() -> None:
    said = read_issued(with_lines(("柱1", "name", "○", "柱1", "A1", "健診"), form="xl-plan 1"))
    assert said is not None
    assert dict(said[0].cells) == {}


# ------------------------------------------------------------------------------------------ other sheets of the tool
def test_the_record_of_the_consolidated_workbook_is_not_what_was_issued(clean: Clean, tmp_path: Path) -> None:
    output = run_merge(clean.folder / "inbox", clean.plan_path, tmp_path).output
    assert output is not None
    book = read_book(output.read_bytes())
    assert book.sheet(STATE_SHEET) is not None
    assert issued_in(book) is None
    findings = examine(f"{FILE}_取りまとめ.xlsx", output.read_bytes(), clean.plan).findings
    codes = {finding.code for finding in findings}
    assert "XP115" in codes
    assert "XP104" not in codes
