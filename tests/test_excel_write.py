"""What is written is what was meant: values, looks, furniture; and the same bytes on any day."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import subprocess
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from xl_plan.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    Area,
    Book,
    Border,
    Cell,
    Chart,
    Font,
    Highlight,
    Page,
    Position,
    Properties,
    Protection,
    Run,
    Scalar,
    Series,
    Sheet,
    Style,
    Validation,
)
from xl_plan.excel.read import read_book
from xl_plan.excel.write import UnwritableCell, book_bytes, verify_bytes, written_height
from xl_plan.excel.write_limits import REASONS

LOOK = Style(
    number_format='#,##0"件"',
    font=Font("BIZ UDゴシック", 10.5, bold=True, strike=True, colour="#C00000"),
    fill="#DDEBF7",
    border=Border("thin", "medium", "hair", "double"),
    horizontal="center",
    vertical="top",
    wrap=True,
    locked=False,
)


def book_of(cells: Mapping[Position, Cell] | None = None, **fields: Any) -> Book:
    return Book((Sheet("柱2", MappingProxyType(dict(cells or {})), **fields),))


def load(book: Book, **options: Any) -> Any:
    """The first sheet as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(book_bytes(book)), **options).worksheets[0]


def part(book: Book, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(book_bytes(book))) as package:
        return package.read(name).decode("utf-8")


def sheet_xml(book: Book) -> str:
    return part(book, "xl/worksheets/sheet1.xml")


def seen(book: Book) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(book_bytes(book)))
    return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)


# ---------------------------------------------------------------- values

TRICKY = [
    "=1+1",
    "@SUM(A1)",
    "+81-3",
    "-5%増",
    "1-10",
    "#REF!",
    "TRUE",
    "00123",
    "1e5",
    "http://example.jp/",
    "internal:A1",
    "mailto:a@example.jp",
    "{=A1}",
    "_x0041_",
    "_x0041_x0042_",
    "__x000D__",
    "_xzzzz_",
    "a\rb\r\nc\nd",
    "\tタブ\t",
    " 前後 ",
    "　全角空白　",
    "\n",
    "<r>x</r>",
    "<r></r>",
    "</t></si>&amp;<b>\"'",
    "\x00\x01\x1f\x7f\x85",
    "\ufffe\uffff\ufdd0",
    "𠮷野家😀⽂㈱①が",
    "５箇所",
    "'先頭の引用符",
    "XLPLAN(0)",
    "あ" * 32_767,
]


@pytest.mark.parametrize("text", TRICKY, ids=lambda text: ascii(text[:12]))
def test_text_comes_out_as_typed(text: str) -> None:
    book = book_of({(0, 0): Cell(text), (1, 0): Cell(text, LOOK), (2, 0): Cell(text, LOOK, formula="A1")})
    assert verify_bytes(book_bytes(book), book) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_survives(texts: list[str]) -> None:
    book = book_of({(row, 0): Cell(text) for row, text in enumerate(texts)})
    assert verify_bytes(book_bytes(book), book) == []


@given(st.lists(st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
@settings(max_examples=60, deadline=None)
def test_any_number_survives(numbers: list[float]) -> None:
    book = book_of({(row, 0): Cell(number) for row, number in enumerate(numbers)})
    assert verify_bytes(book_bytes(book), book) == []


@pytest.mark.parametrize(
    ("cell", "xml"),
    [
        (Cell(4049, formula="B1"), '<c r="A1" t="n"><f>B1</f><v>4049</v></c>'),
        (Cell(None, formula="B1"), '<c r="A1" t="str"><f>B1</f><v></v></c>'),
        (Cell("", formula='""'), '<c r="A1" t="str"><f>""</f><v></v></c>'),
        (Cell("5", formula="B1&C1"), '<c r="A1" t="str"><f>B1&amp;C1</f><v>5</v></c>'),
        (Cell(True, formula="1<2"), '<c r="A1" t="b"><f>1&lt;2</f><v>1</v></c>'),
        (Cell("#N/A", formula="NA()", error=True), '<c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>'),
        (Cell("#SPILL!", formula="B1", error=True), '<c r="A1" t="e"><f>B1</f><v>#SPILL!</v></c>'),
        (Cell("#N/A", formula="B1"), '<c r="A1" t="str"><f>B1</f><v>#N/A</v></c>'),
        (Cell("x", formula="_xlfn.UNIQUE(B:B)"), '<c r="A1" t="str"><f>_xlfn.UNIQUE(B:B)</f><v>x</v></c>'),
        (Cell("#REF!", error=True), '<c r="A1" t="e"><v>#REF!</v></c>'),
        (Cell(0.1 + 0.2), '<c r="A1"><v>0.30000000000000004</v></c>'),
        (Cell(0.1), '<c r="A1"><v>0.1</v></c>'),
        (Cell(True), '<c r="A1" t="b"><v>1</v></c>'),
        (Cell(1), '<c r="A1"><v>1</v></c>'),
        (Cell(-0.0), '<c r="A1"><v>0</v></c>'),
        (Cell("1"), '<c r="A1" t="s"><v>0</v></c>'),
    ],
)
def test_each_kind_of_value_has_its_type(cell: Cell, xml: str) -> None:
    assert xml in sheet_xml(book_of({(0, 0): cell}))


def test_blank_cells_are_written_for_their_look_only() -> None:
    xml = sheet_xml(book_of({(0, 0): Cell(), (0, 1): Cell("", LOOK), (0, 2): Cell(None, LOOK)}))
    assert re.findall(r"<c [^>]*>", xml) == ['<c r="B1" s="1"/>', '<c r="C1" s="1"/>']


def test_rich_text_keeps_runs_and_their_marks() -> None:
    runs = (Run("旧 ", strike=True), Run(" 新\r_x0041_", colour="#FF0000", bold=True), Run("", bold=True), Run("末"))
    book = book_of({(0, 0): Cell("旧  新\r_x0041_末", LOOK, runs=runs)})
    assert verify_bytes(book_bytes(book), book) == []
    rich = load(book, rich_text=True)["A1"].value
    marks = [(bool(r.font.strike), bool(r.font.b), r.font.color and r.font.color.rgb, r.font.rFont) for r in rich]
    assert marks == [
        (True, False, None, "BIZ UDゴシック"),
        (False, True, "FFFF0000", "BIZ UDゴシック"),
        (False, False, None, "BIZ UDゴシック"),
    ]


def test_a_text_of_one_run_is_a_plain_cell_that_looks_so() -> None:
    runs = (Run(""), Run("全部", strike=True, colour="#FF0000"), Run(""))
    cell = load(book_of({(0, 0): Cell("全部", runs=runs)}), rich_text=True)["A1"]
    assert (cell.value, cell.font.strike, cell.font.color.rgb) == ("全部", True, "FFFF0000")


# ---------------------------------------------------------------- looks


def test_style_comes_out_part_by_part() -> None:
    cell = load(book_of({(0, 0): Cell(4049, LOOK)}))["A1"]
    assert cell.number_format == '#,##0"件"'
    assert (cell.font.name, cell.font.sz, cell.font.b, cell.font.strike) == ("BIZ UDゴシック", 10.5, True, True)
    assert (cell.font.color.rgb, cell.font.charset, cell.font.family, cell.font.scheme) == ("FFC00000", 128, 3, None)
    assert (cell.fill.patternType, cell.fill.fgColor.rgb) == ("solid", "FFDDEBF7")
    sides = cell.border
    assert [sides.left.style, sides.right.style, sides.top.style, sides.bottom.style] == [
        "thin",
        "medium",
        "hair",
        "double",
    ]
    assert (cell.alignment.horizontal, cell.alignment.vertical, cell.alignment.wrap_text) == ("center", "top", True)
    assert cell.protection.locked is False


@pytest.mark.parametrize(
    ("style", "attribute", "expected"),
    [
        (Style(horizontal="centerContinuous"), "horizontal", "centerContinuous"),
        (Style(horizontal="distributed"), "horizontal", "distributed"),
        (Style(horizontal="general"), "horizontal", None),
        (Style(vertical="center"), "vertical", "center"),
        (Style(vertical="justify"), "vertical", "justify"),
        (Style(horizontal="left", indent=2), "indent", 2),
        (Style(shrink=True), "shrink_to_fit", True),
        (Style(rotation=90), "textRotation", 90),
        (Style(rotation=-45), "textRotation", 135),
        (Style(rotation=135), "textRotation", 135),
        (Style(rotation=255), "textRotation", 255),
        (Style(rotation=270), "textRotation", 255),
    ],
)
def test_alignment(style: Style, attribute: str, expected: object) -> None:
    assert getattr(load(book_of({(0, 0): Cell("x", style)}))["A1"].alignment, attribute) == expected


def test_the_normal_font_has_digits_of_seven_pixels_whatever_cells_use() -> None:
    styles = part(book_of({(0, 0): Cell("x", LOOK)}), "xl/styles.xml")
    first = re.search(r"<fonts[^>]*><font>(.*?)</font>", styles)
    assert first is not None
    assert '<sz val="10.5"/>' in first[1] and '<name val="BIZ UDゴシック"/>' in first[1]
    assert "<scheme" not in styles


def test_one_format_for_one_style() -> None:
    cells = {(row, col): Cell("x", dataclasses.replace(LOOK)) for row in range(9) for col in range(9)}
    assert '<cellXfs count="2">' in part(book_of(cells), "xl/styles.xml")


def test_merged_areas_keep_each_cells_own_border() -> None:
    left, right = Style(border=Border(left="thick")), Style(border=Border(right="thick"))
    cells = {(0, 0): Cell("見出し", left), (0, 2): Cell(None, right), (4, 4): Cell("一つ", LOOK)}
    sheet = load(book_of(cells, merges=(Area(0, 0, 1, 2), Area(4, 4, 4, 4))))
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:C2"]
    raw = sheet_xml(book_of(cells, merges=(Area(0, 0, 1, 2),)))
    looks = dict(re.findall(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', raw))
    assert looks == {"A1": "1", "B1": "1", "C1": "2", "A2": "1", "B2": "1", "C2": "1", "E5": "3"}
    assert sheet["A1"].value == "見出し"


# ---------------------------------------------------------------- rows, columns, view


def test_every_height_is_in_the_file_and_never_less_than_asked_for() -> None:
    heights = {0: 15.0, 1: 15.75, 2: 16.0, 3: 409.5, 4: 1.0, 5: 14.9}
    xml = sheet_xml(book_of(heights=MappingProxyType(heights)))
    written = {int(row) - 1: float(ht) for row, ht in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', xml)}
    assert written == {0: 15.75, 1: 15.75, 2: 16.5, 3: 409.5, 4: 1.5, 5: 15.75}
    assert written == {row: written_height(height) for row, height in heights.items()}
    assert xml.count('customHeight="1"') == len(heights)


def test_hidden_and_outlined_rows_and_columns() -> None:
    sheet = load(
        book_of(
            heights=MappingProxyType({2: 30.0}),
            hidden_rows=frozenset({2, 3}),
            widths=MappingProxyType({0: 10.0, 1: 0.5, 2: 8.43}),
            outline_columns=frozenset({4, 5}),
            hidden_columns=frozenset({5, 7}),
        )
    )
    assert (sheet.row_dimensions[3].hidden, sheet.row_dimensions[3].height) == (True, 30)
    assert sheet.row_dimensions[4].hidden
    assert sheet.column_dimensions["A"].width == 10.7109375
    assert sheet.column_dimensions["C"].width == 9.140625
    columns = sheet.column_dimensions
    assert (columns["E"].outlineLevel, columns["E"].hidden) == (1, False)
    assert (columns["F"].outlineLevel, columns["F"].hidden) == (1, True)
    assert (columns["G"].outlineLevel, columns["G"].collapsed) == (0, True)
    assert columns["H"].hidden


def test_view() -> None:
    book = book_of(
        {(0, 0): Cell("x")},
        freeze=(2, 1),
        filter=Area(1, 0, 9, 3),
        tab_colour="#4472c4",
        gridlines=False,
        zoom=85,
        protection=Protection(format_rows=False),
    )
    sheet = load(book)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B3", "A2:D10")
    assert (sheet.sheet_properties.tabColor.rgb, sheet.sheet_view.zoomScale) == ("FF4472C4", 85)
    assert sheet.sheet_view.showGridLines is False
    locks = sheet.protection
    assert (locks.sheet, locks.password) == (True, None)
    assert (locks.formatColumns, locks.formatRows, locks.autoFilter) == (False, True, False)  # True: forbidden


def test_without_protection_nothing_is_locked() -> None:
    assert "sheetProtection" not in sheet_xml(book_of({(0, 0): Cell("x")}))


def test_hidden_sheets_stay_hidden_and_the_first_visible_one_opens() -> None:
    states = ("veryHidden", "hidden", "visible", "visible")
    sheets = tuple(Sheet(f"s{index}", state=state) for index, state in enumerate(states))  # type: ignore[arg-type]
    workbook = openpyxl.load_workbook(io.BytesIO(book_bytes(Book(sheets))))
    assert [sheet.sheet_state for sheet in workbook.worksheets] == list(states)
    assert workbook.active.title == "s2"


# ---------------------------------------------------------------- page


def test_page() -> None:
    page = Page(
        paper="A3",
        landscape=True,
        left=0.4,
        right=0.5,
        top=0.6,
        bottom=1,
        head_margin=0.2,
        foot_margin=0.25,
        fit=(1, 0),
        header="&L計画&R&D",
        footer="&C&P / &N",
        print_area=Area(0, 0, 40, 9),
        repeat_rows=(0, 2),
        row_breaks=(20, 10, 10),
        centre=True,
    )
    book = book_of({(0, 0): Cell("x")}, page=page)
    sheet = load(book)
    setup, margins = sheet.page_setup, sheet.page_margins
    assert (setup.paperSize, setup.orientation, setup.fitToHeight) == (8, "landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (margins.left, margins.right, margins.top, margins.bottom) == (0.4, 0.5, 0.6, 1)
    assert (margins.header, margins.footer) == (0.2, 0.25)
    assert sheet.print_area == "'柱2'!$A$1:$J$41"
    assert sheet.print_title_rows == "$1:$3"
    assert [brk.id for brk in sheet.row_breaks.brk] == [10, 20]
    assert sheet.print_options.horizontalCentered
    xml = sheet_xml(book)
    assert "<oddHeader>&amp;L計画&amp;R&amp;D</oddHeader><oddFooter>&amp;C&amp;P / &amp;N</oddFooter>" in xml


@pytest.mark.parametrize(("paper", "code"), [("A4", 9), ("A5", 11), ("B4", 12), ("B5", 13), ("66", 66)])
def test_paper_and_scale(paper: str, code: int) -> None:
    setup = load(book_of(page=Page(paper=paper, scale=73))).page_setup
    assert (setup.paperSize, setup.scale) == (code, 73)


def test_a_break_ends_the_page_after_the_row_before_it() -> None:
    """Excel's id is the number, counted from 1, of the last row on the page."""
    assert '<brk id="5" ' in sheet_xml(book_of(page=Page(row_breaks=(5,))))


# ---------------------------------------------------------------- rules, notes, links, charts, names


def test_validations() -> None:
    rules = (
        Validation((Area(0, 0, 0, 0), Area(2, 0, 3, 0)), title="題" * 32, message="あ\n_x0041_" + "い" * 240),
        Validation((Area(0, 1, 0, 1),), "list", ("集計中", '"－"')),
        Validation((Area(0, 2, 0, 2),), "list", "設定!$A$1:$A$9", error_style="stop"),
        Validation((Area(0, 3, 0, 3),), "custom", "LEN(D1)<5", error_title="誤り", error_message="短く"),
        Validation((Area(0, 4, 0, 4),), "textLength", "600", error_style="warning"),
        Validation((Area(0, 5, 0, 5),), "textLength", ("1", "9")),
        Validation((Area(0, 6, 0, 6),)),
        Validation((Area(0, 7, 0, 7),), "textLength", message="条件なし"),
    )
    found = load(book_of({(0, 0): Cell("x")}, validations=rules)).data_validations.dataValidation
    assert [str(rule.sqref) for rule in found] == ["A1 A3:A4", "B1", "C1", "D1", "E1", "F1", "H1"]
    assert found[0].promptTitle == "題" * 32
    assert found[0].prompt == "あ\n_x005F_x0041_" + "い" * 240
    assert [rule.formula1 for rule in found[1:5]] == ['"集計中,""－"""', "設定!$A$1:$A$9", "LEN(D1)<5", "600"]
    assert [rule.type for rule in found] == [None, "list", "list", "custom", "textLength", "textLength", None]
    assert [rule.errorStyle for rule in found[1:5]] == ["information", None, "information", "warning"]
    assert (found[3].errorTitle, found[3].error) == ("誤り", "短く")
    assert (found[4].operator, found[5].formula1, found[5].formula2) == ("lessThanOrEqual", "1", "9")


def test_highlights() -> None:
    highlights = (Highlight(Area(0, 0, 9, 3), '=$A1="〔未提出〕"', fill="#FFFF00", colour="#FF0000", bold=True),)
    book = book_of({(0, 0): Cell("x")}, highlights=highlights)
    (block,) = load(book).conditional_formatting
    (rule,) = block.rules
    assert (str(block.sqref), rule.type, rule.formula) == ("A1:D10", "expression", ['$A1="〔未提出〕"'])
    assert (rule.dxf.fill.bgColor.rgb, rule.dxf.font.color.rgb, rule.dxf.font.b) == ("FFFFFF00", "FFFF0000", True)


def test_notes_are_hidden_signed_and_large_enough() -> None:
    long = "修正をお願いします。\n" * 12
    cells = {(0, 0): Cell("x", note="短い"), (5, 3): Cell(None, LOOK, note=long)}
    book = book_of(cells)
    sheet = load(book)
    assert (sheet["A1"].comment.text, sheet["D6"].comment.text) == ("短い", long)
    assert sheet["A1"].comment.author == "xl-plan"
    drawing = part(book, "xl/drawings/vmlDrawing1.vml")
    heights = [float(found) for found in re.findall(r"height:([\d.]+)pt", drawing)]
    assert heights[1] >= 12 * 12 > heights[0]
    assert drawing.count("visibility:hidden") == 2


def test_links_inside_and_outside_keep_the_cells_look() -> None:
    cells = {
        (0, 0): Cell("行番号へ", LOOK, link="#'柱2'!B7"),
        (1, 0): Cell("市のページ", link="https://example.jp/a#b"),
        (2, 0): Cell(12, link="#'柱2'!A1"),
        (3, 0): Cell("", link="mailto:a@example.jp"),
        (4, 0): Cell("ファイル", link="inbox/回答.xlsx"),
    }
    book = book_of(cells)
    sheet = load(book)
    assert sheet["A1"].hyperlink.location == "'柱2'!B7"
    assert (sheet["A2"].hyperlink.target, sheet["A2"].hyperlink.location) == ("https://example.jp/a", "b")
    assert sheet["A3"].value == 12
    assert sheet["A3"].hyperlink.location == "'柱2'!A1"
    assert sheet["A4"].hyperlink.target == "mailto:a@example.jp"
    assert sheet["A5"].hyperlink.target == "inbox\\回答.xlsx"
    assert sheet["A1"].font.name == "BIZ UDゴシック"
    assert sheet["A2"].font.u is None
    assert verify_bytes(book_bytes(book), book) == []


@pytest.mark.parametrize("outside", [0, 1])
def test_links_beyond_those_that_a_sheet_can_hold_are_text_alone(outside: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_plan.excel.write_links._MAX_LINKS", 3)
    cells = {(row, 0): Cell(f"行{row}へ", link="#'柱2'!A1") for row in range(4)}
    cells |= {(9, 0): Cell("市のページ", link="https://example.jp/")} if outside else {}
    sheet = load(book_of(cells))
    linked = [row for row in range(4) if sheet.cell(row + 1, 1).hyperlink is not None]
    assert linked == list(range(3 - outside))
    assert [sheet.cell(row + 1, 1).value for row in range(4)] == [f"行{row}へ" for row in range(4)]
    assert (sheet["A10"].hyperlink is not None) is bool(outside)


def test_a_link_to_a_sheet_with_marks_in_its_name() -> None:
    sheet = load(Book((Sheet("柱2", {(0, 0): Cell("へ", link="#'A&B <\"1\">'!A1")}), Sheet('A&B <"1">', {}))))
    assert sheet["A1"].hyperlink.location == "'A&B <\"1\">'!A1"


@pytest.mark.parametrize("kind", ["column", "bar", "line"])
def test_charts(kind: Any) -> None:
    cells = {(0, 0): Cell("福祉"), (1, 0): Cell("健康"), (0, 1): Cell(3, formula="1+2"), (1, 1): Cell(5)}
    cells[0, 0] = Cell("福祉", runs=(Run("福"), Run("祉", strike=True)))
    series = tuple(Series(name, "'柱2'!$B$1:$B$2", "'柱2'!$A$1:$A$2", "#4472C4") for name in ("達成", "未達成"))
    chart = Chart((4, 0), kind, series, "達成状況", stacked=True, size=(600, 300), alt="部局ごとの件数")
    book = book_of(cells, charts=(chart,))
    xml, drawing = part(book, "xl/charts/chart1.xml"), part(book, "xl/drawings/drawing1.xml")
    assert "<a:t>達成状況</a:t>" in xml
    assert re.findall(r"<c:v>([^<]*)</c:v>", xml) == [
        "達成",
        "福祉",
        "健康",
        "3",
        "5",
        "未達成",
        "福祉",
        "健康",
        "3",
        "5",
    ]
    assert xml.count('<a:srgbClr val="4472C4"/>') == 2
    assert '<c:grouping val="stacked"/>' in xml
    assert 'descr="部局ごとの件数"' in drawing
    assert '<c:plotVisOnly val="1"/>' not in xml


def test_names_and_properties() -> None:
    names = MappingProxyType({"対象年度": "'柱2'!$A$1", "期限": "'柱2'!$A$2"})
    known = Properties("計画", "進捗", "福祉政策課", "柏市", "R5", application="other", modified="2024-01-01")
    book = dataclasses.replace(book_of({(0, 0): Cell("x")}), names=names, properties=known)
    workbook = openpyxl.load_workbook(io.BytesIO(book_bytes(book)))
    assert {name: defined.value for name, defined in workbook.defined_names.items()} == {
        "対象年度": "柱2!$A$1",
        "期限": "柱2!$A$2",
    } or {name: defined.value for name, defined in workbook.defined_names.items()} == dict(names)
    said = workbook.properties
    assert (said.title, said.subject, said.creator, said.keywords) == ("計画", "進捗", "福祉政策課", "R5")
    assert said.created == said.modified == dt.datetime(2000, 1, 1)
    assert "<Company>柏市</Company>" in part(book, "docProps/app.xml")


def test_1904_dates_are_counted_as_the_book_says() -> None:
    book = dataclasses.replace(book_of({(0, 0): Cell(45000.5, Style("yyyy/m/d h:mm"))}), date1904=True)
    assert 'date1904="1"' in part(book, "xl/workbook.xml")
    assert verify_bytes(book_bytes(book), book) == []


# ---------------------------------------------------------------- determinism


def everything() -> Book:
    cells = {(row, col): Cell(f"{row}-{col}", LOOK) for row in range(5) for col in range(3)}
    cells |= {(6, 0): Cell("旧新", runs=(Run("旧", strike=True), Run("新"))), (7, 0): Cell(1, note="メモ", formula="1")}
    chart = Chart((9, 0), "column", (Series("s", "'柱2'!$A$1:$A$2", "'柱2'!$B$1:$B$2"),))
    sheet = Sheet("柱2", cells, merges=(Area(0, 0, 1, 0),), charts=(chart,), hidden_columns=frozenset({9, 3}))
    return Book((sheet, Sheet("次")), names={"b": "'柱2'!$A$1", "a": "'柱2'!$A$2"})


def test_equal_books_give_equal_bytes_whatever_the_order_and_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    book = everything()
    first = book_bytes(book)
    sheet = book.sheets[0]
    turned = dataclasses.replace(sheet, cells=dict(reversed(list(sheet.cells.items()))))
    other = dataclasses.replace(book, sheets=(turned, *book.sheets[1:]), names=dict(reversed(list(book.names.items()))))
    assert other == book
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    monkeypatch.setenv("USER", "somebody")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert book_bytes(other) == first


def test_numbers_that_are_equal_give_equal_bytes() -> None:
    one = book_of({(0, 0): Cell(1, Style(font=Font(size=11, name="Meiryo")))}, heights={0: 30}, page=Page(left=1))
    other = book_of(
        {(0, 0): Cell(1.0, Style(font=Font(size=11.0, name="Meiryo")))}, heights={0: 30.0}, page=Page(left=1.0)
    )
    assert one == other
    assert book_bytes(one) == book_bytes(other)


def test_no_clock_and_no_machine_in_the_package() -> None:
    with zipfile.ZipFile(io.BytesIO(book_bytes(everything()))) as package:
        for member in package.infolist():
            assert (member.date_time, member.create_system) == ((1980, 1, 1, 0, 0, 0), 0)
            assert not re.search(rb"20[12][0-9]-[01][0-9]-", package.read(member).replace(b"2000-01-01", b""))
            for word in (str(Path.home()), str(Path.cwd())):
                assert word.encode() not in package.read(member)


# ---------------------------------------------------------------- what Excel cannot hold

FAR = (MAX_ROWS, 0)
A1 = (0, 0)


@pytest.mark.parametrize(
    ("book", "place", "reason"),
    [
        (book_of({A1: Cell("あ" * 32_768)}), "A1", "text-too-long"),
        (book_of({A1: Cell("😀" * 16_384)}), "A1", "text-too-long"),
        (book_of({A1: Cell("あ" * 32_768, formula="B1")}), "A1", "text-too-long"),
        (book_of({A1: Cell(1, formula="1+" * 5000 + "1")}), "A1", "text-too-long"),
        (book_of({A1: Cell("x", note="あ" * 32_768)}), "A1", "text-too-long"),
        (book_of({A1: Cell("\ud800")}), "A1", "broken-character"),
        (book_of({A1: Cell("x", note="\udfff")}), "A1", "broken-character"),
        (book_of({FAR: Cell("x")}), f"R{MAX_ROWS + 1}C1", "out-of-range"),
        (book_of({(0, MAX_COLUMNS): Cell("x")}), f"R1C{MAX_COLUMNS + 1}", "out-of-range"),
        (book_of({(-1, 0): Cell("x")}), "R0C1", "out-of-range"),
        (book_of(merges=(Area(0, 0, MAX_ROWS, 0),)), f"R{MAX_ROWS + 1}C1", "out-of-range"),
        (book_of(heights={MAX_ROWS: 20}), str(MAX_ROWS + 1), "out-of-range"),
        (book_of(widths={MAX_COLUMNS: 20}), "XFE", "out-of-range"),
        (book_of({A1: Cell(float("nan"))}), "A1", "not-a-number"),
        (book_of({A1: Cell(float("-inf"))}), "A1", "not-a-number"),
        (book_of({A1: Cell(float("inf"), formula="1/0")}), "A1", "not-a-number"),
        (book_of({A1: Cell(2**53 + 1)}), "A1", "number-too-long"),
        (book_of({A1: Cell(10**400)}), "A1", "number-too-long"),
        (book_of({A1: Cell("変", error=True)}), "A1", "not-an-error"),
        (book_of({A1: Cell("ab", runs=(Run("a"), Run("c")))}), "A1", "runs-differ"),
        (book_of({A1: Cell(1, formula="")}), "A1", "refused"),
        (book_of(merges=(Area(0, 0, 1, 1), Area(1, 1, 2, 2))), "B2:C3", "merge-overlap"),
        (book_of(heights={4: 409.6}), "5", "row-height"),
        (book_of(heights={4: -1}), "5", "row-height"),
        (book_of(widths={4: 256}), "E", "column-width"),
        (book_of({A1: Cell("x", Style(fill="blue"))}), "A1", "style"),
        (book_of({A1: Cell("x", Style(border=Border(left="wavy")))}), "A1", "style"),
        (book_of({A1: Cell("x", Style(horizontal="middle"))}), "A1", "style"),
        (book_of({A1: Cell("x", Style(rotation=200))}), "A1", "style"),
        (book_of({A1: Cell("x", Style(font=Font(size=0)))}), "A1", "style"),
        (book_of({A1: Cell("x", Style(number_format="0" * 256))}), "A1", "style"),
        (book_of({A1: Cell("x", link="https://example.jp/" + "a" * 3000)}), "A1", "link"),
        (book_of({A1: Cell("x", link="#'柱2'!" + "A" * 3000)}), "A1", "link"),
        (book_of(page=Page(paper="folio")), "", "page"),
        (book_of(page=Page(scale=5)), "", "page"),
        (book_of(page=Page(left=-1)), "", "page"),
        (book_of(page=Page(header="あ" * 256)), "", "page"),
        (book_of(page=Page(footer="&G")), "", "page"),
        (book_of(page=Page(row_breaks=tuple(range(1, 1025)))), "", "page"),
        (book_of(zoom=401), "", "page"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), title="あ" * 33),)), "A1", "validation"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), message="あ" * 256),)), "A1", "validation"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), error_title="あ" * 33),)), "A1", "validation"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), "list", ("あ" * 128, "い" * 127)),)), "A1", "validation"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), "list", ("a,b",)),)), "A1", "validation"),
        (book_of(validations=(Validation((Area(0, 0, 0, 0),), "custom", "1=1" * 3000),)), "A1", "validation"),
        (book_of(charts=(Chart(A1, "bar", ()),)), "A1", "chart"),
        (book_of(charts=(Chart(A1, "bar", (Series("=A1", "B1", "C1"),)),)), "A1", "chart"),
    ],
)
def test_what_excel_cannot_hold_is_an_exception_that_names_the_cell(book: Book, place: str, reason: str) -> None:
    with pytest.raises(UnwritableCell) as caught:
        book_bytes(book)
    assert (caught.value.sheet, caught.value.cell, caught.value.reason) == ("柱2", place, reason)
    assert REASONS[reason] in str(caught.value)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("",), "sheet-name"),
        (("あ" * 32,), "sheet-name"),
        (("a/b",), "sheet-name"),
        (("'a",), "sheet-name"),
        (("a\x01",), "sheet-name"),
        (("History",), "sheet-name"),
        (("A", "a"), "sheet-twice"),
        ((), "no-visible-sheet"),
    ],
)
def test_sheet_names(names: tuple[str, ...], reason: str) -> None:
    with pytest.raises(UnwritableCell) as caught:
        book_bytes(Book(tuple(Sheet(name) for name in names)))
    assert caught.value.reason == reason


@pytest.mark.parametrize("names", [{"a b": "A1"}, {"A1": "A1"}, {"年": "A1", "x": "A1", "X": "A1"}])
def test_defined_names(names: Mapping[str, str]) -> None:
    with pytest.raises(UnwritableCell) as caught:
        book_bytes(dataclasses.replace(book_of(), names=names))
    assert caught.value.reason == "name"


def test_a_book_of_hidden_sheets_cannot_be_opened() -> None:
    with pytest.raises(UnwritableCell) as caught:
        book_bytes(Book((Sheet("a", state="hidden"),)))
    assert caught.value.reason == "no-visible-sheet"


def test_limits_are_reached_without_fault() -> None:
    cells = {(MAX_ROWS - 1, MAX_COLUMNS - 1): Cell("端"), A1: Cell("😀" * 16_383)}
    book = book_of(cells, widths={MAX_COLUMNS - 1: 255}, outline_columns=frozenset({MAX_COLUMNS - 1}))
    assert verify_bytes(book_bytes(book), book) == []


# ---------------------------------------------------------------- there and back

letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=30)
colours = st.sampled_from([None, "#FF0000", "#336699"])
fonts = st.builds(
    Font,
    name=st.sampled_from(["Calibri", "BIZ UDゴシック", "ＭＳ 明朝"]),
    size=st.sampled_from([9.0, 10.5, 11.0]),
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    strike=st.booleans(),
    colour=colours,
)
lines = st.sampled_from(["", "thin", "hair", "double", "mediumDashDot", "slantDashDot"])
styles = st.builds(
    Style,
    number_format=st.sampled_from(["General", '#,##0"件"', "0.00%", "@", "yyyy/m/d"]),
    font=fonts,
    fill=colours,
    border=st.builds(Border, lines, lines, lines, lines),
    horizontal=st.sampled_from(["", "left", "center", "distributed", "centerContinuous"]),
    vertical=st.sampled_from(["", "top", "center", "justify"]),
    wrap=st.booleans(),
    rotation=st.sampled_from([0, 45, -90, 270]),
    locked=st.booleans(),
)
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
notes = st.one_of(st.none(), letters.map(lambda text: text.replace("\r", "\n")))


@st.composite
def rich_cells(draw: st.DrawFn) -> Cell:
    style = draw(styles)
    texts = draw(st.lists(letters, min_size=2, max_size=4))
    runs = tuple(
        Run(text, strike=bool(index % 2), colour=draw(colours), bold=draw(st.booleans()))
        for index, text in enumerate(texts)
    )
    return Cell("".join(texts), style, runs=runs)


cells = st.one_of(
    st.builds(Cell, st.one_of(letters, numbers, st.booleans()), styles, note=notes),
    st.builds(Cell, st.one_of(letters, numbers, st.booleans()), styles, formula=st.just("'柱2'!$B$2&\"<\"")),
    st.builds(Cell, st.sampled_from(["#REF!", "#N/A", "#SPILL!"]), styles, error=st.just(True)),
    st.builds(Cell, letters, styles, link=st.sampled_from(["#'柱2'!A1", "https://example.jp/a#b"])),
    st.builds(Cell, st.none(), styles),
    rich_cells(),
)


@given(st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 30)), cells, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_book_reads_back_as_it_was(found: dict[Position, Cell]) -> None:
    meant = {place: cell for place, cell in found.items() if cell != Cell()}
    book = book_of(meant)
    sheet = read_book(book_bytes(book)).sheets[0]
    assert {place: dataclasses.replace(sheet.at(*place)) for place in meant} == meant
    assert verify_bytes(book_bytes(book), book) == []


def test_the_furniture_reads_back_as_it_was() -> None:
    page = Page(
        "A3", True, 0.4, 0.5, 0.6, 0.7, 0.2, 0.1, 90, None, "&L計画", "&P", Area(0, 0, 9, 3), (0, 1), (5,), True
    )
    sheet = Sheet(
        "柱2",
        {(0, 0): Cell("見出し", LOOK), (0, 1): Cell(None, LOOK), (1, 0): Cell(None, LOOK), (1, 1): Cell(None, LOOK)},
        merges=(Area(0, 0, 1, 1),),
        heights={0: 30.0, 1: 15.75, 2: 409.5},
        widths={0: 10.0, 1: 8.43},
        hidden_rows=frozenset({3}),
        hidden_columns=frozenset({1}),
        outline_columns=frozenset({1}),
        page=page,
        validations=(
            Validation((Area(0, 0, 0, 0), Area(1, 1, 2, 2)), title="題", message="本文\n_x0041_"),
            Validation((Area(3, 0, 3, 0),), "list", ("あ", '"い"'), error_style="stop"),
            Validation((Area(3, 1, 3, 1),), "custom", "LEN(B4)<5", error_title="誤り", error_message="短く"),
        ),
        protection=Protection(format_rows=False),
        freeze=(2, 1),
        filter=Area(2, 0, 9, 1),
        tab_colour="#4472C4",
        gridlines=False,
        zoom=85,
    )
    known = Properties("計画", "進捗", "福祉政策課", "柏市", "R5")
    hidden = tuple(Sheet(state, state=state) for state in ("hidden", "veryHidden"))
    book = Book((sheet, *hidden), known, {"対象年度": "柱2!$A$1"}, date1904=True)
    back = read_book(book_bytes(book))
    for part_of in dataclasses.fields(Sheet):
        assert getattr(back.sheets[0], part_of.name) == getattr(sheet, part_of.name), part_of.name
    assert read_book(book_bytes(back)) == back
    assert [other.state for other in back.sheets[1:]] == ["hidden", "veryHidden"]
    assert dataclasses.replace(back.properties, application="", modified="") == known
    assert (back.names, back.date1904, back.has_macros) == (book.names, True, False)


@pytest.mark.office
def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    # It drops control characters, and when it saves it does not escape the second of two escapes that overlap.
    lost = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x0041_x0042_")
    texts = [text for text in TRICKY if not lost.search(text)]
    cells = {(row, 0): Cell(text, LOOK) for row, text in enumerate(texts)}
    cells |= {
        (0, 1): Cell("旧新", LOOK, runs=(Run("旧", strike=True), Run("新"))),
        (1, 1): Cell(4049, LOOK, note="メモ"),
    }
    book = book_of(cells, merges=(Area(0, 2, 3, 3),))
    (tmp_path / "book.xlsx").write_bytes(book_bytes(book))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "book.xlsx")], check=True, capture_output=True, timeout=180)
    assert verify_bytes((tmp_path / "out" / "book.xlsx").read_bytes(), book) == []


# ---------------------------------------------------------------- verification


@pytest.mark.parametrize(
    ("meant", "written"),
    [
        (Cell("15,107件"), Cell("1,510件")),
        (Cell("1"), Cell(1)),
        (Cell(1), Cell("1")),
        (Cell(True), Cell(1)),
        (Cell(1), Cell(True)),
        (Cell(None), Cell("余計")),
        (Cell("足りない"), Cell(None)),
        (Cell("#REF!", error=True), Cell("#N/A", error=True)),
        (Cell(5, formula="A1"), Cell(6, formula="A1")),
        (Cell(45000, Style("yyyy/m/d")), Cell(45001, Style("yyyy/m/d"))),
        (Cell("a b"), Cell("a  b")),
    ],
)
def test_verification_finds_what_differs(meant: Cell, written: Cell) -> None:
    found = verify_bytes(book_bytes(book_of({(2, 1): written})), book_of({(2, 1): meant}))
    assert len(found) == 1
    assert found[0].startswith("柱2!B3: ")


@pytest.mark.parametrize("value", [45000, 45000.123456789, 0.5, 59, 1.0, -1, 2_958_465.5, 2_958_466, 1e300], ids=str)
@pytest.mark.parametrize("number_format", ["yyyy/m/d", "[$-411]ggge年m月d日", "h:mm", "[h]:mm"])
def test_verification_reads_dates_as_numbers(value: Scalar, number_format: str) -> None:
    book = book_of({A1: Cell(value, Style(number_format))})
    assert verify_bytes(book_bytes(book), book) == []


@pytest.mark.parametrize(
    ("number_format", "slow"), [("0.0%", False), ('#,##0"件"', False), ("General", False), ("m/d", True)]
)
@pytest.mark.parametrize("value", [-0.12, 2_958_466])
def test_verification_reads_only_what_may_be_a_date_with_the_slower_reader(
    value: float, number_format: str, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr("xl_plan.excel.read.read_book", lambda data, _: (asked.append(data), read_book(data))[1])
    book = book_of({A1: Cell(value, Style(number_format))})
    assert verify_bytes(book_bytes(book), book) == []
    assert bool(asked) is slow


def test_verification_sees_sheets_that_are_missing() -> None:
    assert verify_bytes(book_bytes(Book((Sheet("a"),))), Book((Sheet("a"), Sheet("b")))) != []


def test_empty_text_and_no_value_are_one() -> None:
    assert verify_bytes(book_bytes(book_of({A1: Cell("", LOOK)})), book_of({A1: Cell(None)})) == []
