"""Workbooks read back: written by other libraries, or by hand where no library writes the quirk."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.colors import Color
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from xl_plan.cells import Area, Book, Cell, Run, Sheet, Style, Validation, parse_area
from xl_plan.cells import Font as CellFont
from xl_plan.excel.colours import tinted
from xl_plan.excel.formula import moved
from xl_plan.excel.package import Limits
from xl_plan.excel.read import UnreadableWorkbook, read_book, sniff
from xl_plan.excel.rows import number

ROOT = Path(__file__).parent.parent
OFFICE = Path(__file__).parent / "data" / "柱2_進捗状況.xlsx"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# ---------------------------------------------------------------- helpers


def part(root: str, inner: str, namespace: str = MAIN) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{namespace}" xmlns:r="{RELATIONS}">{inner}</{root}>'


def rels(**targets: str) -> str:
    """``rId1="worksheet:worksheets/sheet1.xml"``"""
    items = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{text.partition(":")[0]}" Target="{text.partition(":")[2]}"/>'
        for name, text in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


def parts(rows: str = "", *, strings: str = "", after: str = "", before: str = "") -> dict[str, str]:
    """The parts of a workbook with one sheet ``表``."""
    return {
        "_rels/.rels": rels(rId1="officeDocument:xl/workbook.xml"),
        "xl/workbook.xml": part("workbook", '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>'),
        "xl/_rels/workbook.xml.rels": rels(
            rId1="worksheet:worksheets/sheet1.xml", rId2="sharedStrings:sharedStrings.xml"
        ),
        "xl/worksheets/sheet1.xml": part("worksheet", f"{before}<sheetData>{rows}</sheetData>{after}"),
        "xl/sharedStrings.xml": part("sst", strings),
    }


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def by_hand(rows: str = "", *, strings: str = "", after: str = "", before: str = "") -> Sheet:
    return read_book(zipped(parts(rows, strings=strings, after=after, before=before))).sheets[0]


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def refused(data: bytes, limits: Limits | None = None) -> UnreadableWorkbook:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(data, limits)
    return caught.value


def values(sheet: Sheet) -> dict[str, object]:
    return {Area(row, col, row, col).a1: cell.value for (row, col), cell in sheet.cells.items()}


def test_equal_cells_are_one_object_and_each_number_that_is_none_is_told() -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c><c r="C1"><v>0</v></c></row>'
        '<row r="2"><c r="A2"><v>八件</v></c><c r="B2"><v>八件</v></c><c r="C2" t="str"><v>0</v></c></row>'
    )
    book = read_book(zipped(parts(rows, strings="<si><t>件</t></si>")))
    sheet = book.sheets[0]
    assert sheet.at(0, 0) is sheet.at(0, 1)
    assert (sheet.at(0, 2).value, sheet.at(1, 2).value) == (0, "0")
    assert [(o.kind, o.cell) for o in book.oddities] == [("no-number", "A2"), ("no-number", "B2")]


@pytest.mark.parametrize(
    ("reference", "area"),
    [
        ("B7", Area(6, 1, 6, 1)),
        ("B7:", Area(6, 1, 6, 1)),
        ("$B$7:C9", Area(6, 1, 8, 2)),
        ("C9:B7", Area(6, 1, 8, 2)),
        ("C7:B9", Area(6, 1, 8, 2)),
        ("XFD1048576", Area(1_048_575, 16_383, 1_048_575, 16_383)),
    ],
)
def test_areas_are_read_whichever_corner_comes_first(reference: str, area: Area) -> None:
    assert parse_area(reference) == area


@pytest.mark.parametrize("reference", ["", "B", "7", "B7:C9:D1", ":C9", "b7", "B7::C9", "A:A"])
def test_what_is_no_area_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_area(reference)


# ---------------------------------------------------------------- the office's sheet


@pytest.fixture(scope="module")
def office() -> Book:
    return read_book(OFFICE.read_bytes())


def test_office_values_and_formats_as_openpyxl_reads_them(office: Book) -> None:
    theirs = openpyxl.load_workbook(OFFICE)["柱2"]
    ours = office.sheets[0]
    for row in theirs.iter_rows():
        for cell in row:
            mine = ours.at(cell.row - 1, cell.column - 1)
            assert (mine.value, mine.formula) == (cell.value, None), cell.coordinate
            assert type(mine.value) is type(cell.value)
            if (cell.row - 1, cell.column - 1) in ours.cells:
                assert mine.style.number_format == cell.number_format, cell.coordinate
                assert mine.style.wrap == bool(cell.alignment.wrap_text)
                assert mine.style.border.left == (cell.border.left.style or "")
                assert mine.style.font.name == cell.font.name
    assert {area.a1 for area in ours.merges} == {area.coord for area in theirs.merged_cells.ranges}


def test_office_blues(office: Book) -> None:
    """Four blues, two of them theme colours with a tint, as Excel shows them."""
    theirs = openpyxl.load_workbook(OFFICE)["柱2"]
    shown: dict[str, object] = {}
    for row in theirs.iter_rows():
        for cell in row:
            colour = cell.fill.fgColor
            if cell.fill.fill_type == "solid":
                name = colour.rgb if colour.type == "rgb" else f"{colour.theme}:{colour.tint:.4f}"
                shown[name] = office.sheets[0].at(cell.row - 1, cell.column - 1).style.fill
            else:
                assert office.sheets[0].at(cell.row - 1, cell.column - 1).style.fill is None
    assert shown == {"FFDDEBF7": "#DDEBF7", "FF00B0F0": "#00B0F0", "4:0.6000": "#B8CCE4", "8:0.8000": "#DAEEF3"}


def test_office_page(office: Book) -> None:
    sheet = office.sheets[0]
    assert (sheet.page.paper, sheet.page.landscape, sheet.page.fit) == ("A3", True, (1, 0))
    assert (sheet.page.left, sheet.page.top, sheet.page.head_margin) == (0.75, 1.0, 0.5)
    assert sheet.widths[10] == 43.29  # 44 with its padding
    assert len(sheet.widths) == 13
    assert sheet.state == "visible"


def test_a_book_can_cross_to_another_process(office: Book) -> None:
    assert pickle.loads(pickle.dumps(office)) == office
    error = pickle.loads(pickle.dumps(UnreadableWorkbook("damaged", "why")))
    assert (error.kind, error.detail) == ("damaged", "why")


def test_office_is_read_five_times_as_fast_as_by_openpyxl() -> None:
    data = OFFICE.read_bytes()

    def best(read: object, times: int) -> float:
        spent = []
        for _ in range(times):
            start = time.perf_counter()
            read()  # type: ignore[operator]
            spent.append(time.perf_counter() - start)
        return min(spent)

    assert best(lambda: read_book(data), 5) * 5 < best(lambda: openpyxl.load_workbook(io.BytesIO(data)), 3)


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4049", 4049),
        ("-5", -5),
        ("0.872", 0.872),
        ("0.87199999999999999", 0.872),
        ("5.0", 5.0),
        ("1E3", 1000.0),
        (" 7 ", 7),
        ("", None),
        ("NaN", "NaN"),
        ("INF", "INF"),
        ("1e999", "1e999"),
        ("1_000", "1_000"),
        ("４０", "４０"),
        ("五", "五"),
        ("123456789012345678901234567890", 1.2345678901234568e29),
    ],
)
def test_numbers(written: str, value: object) -> None:
    assert number(written) == value
    assert type(number(written)) is type(value)


def test_types_of_cells() -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#REF!</v></c>'
        '<c r="D1" t="str"><f>"a"&amp;B1</f><v>a1</v></c><c r="E1"><f>1+1</f></c><c r="F1"><v/></c>'
        '<c r="G1" t="d"><v>2023-04-01</v></c><c r="H1" t="inlineStr"><is><t> 字 </t></is></c></row>'
    )
    sheet = by_hand(rows, strings="<si><t>共有</t></si>")
    assert sheet.at(0, 0) == Cell("共有")
    assert sheet.at(0, 1).value is True
    assert sheet.at(0, 2) == Cell("#REF!", error=True)
    assert sheet.at(0, 3) == Cell("a1", formula='"a"&B1')
    assert sheet.at(0, 4) == Cell(None, formula="1+1")
    assert (0, 5) not in sheet.cells
    assert (sheet.at(0, 6).value, sheet.at(0, 6).style.number_format) == (45017, "yyyy/m/d")
    assert sheet.at(0, 7).value == " 字 "


def test_phonetic_guides_are_no_value() -> None:
    guide = '<rPh sb="0" eb="2"><t>カシワシ</t></rPh><phoneticPr fontId="1"/>'
    inline = f'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>柏市</t>{guide}</is></c></row>'
    assert values(by_hand(inline, strings=f"<si><t>柏市</t>{guide}</si>")) == {"A1": "柏市", "B1": "柏市"}


def test_escapes() -> None:
    strings = (
        "<si><t>一_x000D_\n二</t></si><si><t>_x005F_x000D_</t></si><si><t>_x0041_x</t></si>"
        "<si><t>_xD867__xDE3D_</t></si><si><t>_xD867_</t></si>"
    )
    rows = "".join(f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c></row>' for n in range(5))
    found = list(values(by_hand(rows, strings=strings)).values())
    assert found == ["一\r\n二", "_x000D_", "Ax", "𩸽", "_xD867_"]


def test_shared_formulas_move_with_their_cells() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1+SUM(\'D 1\'!E1:F1)&amp;"G1"</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"/></c><c r="C3"><f t="shared" si="9"/><v>4</v></c></row>'
    )
    sheet = by_hand(rows)
    assert sheet.at(1, 0) == Cell(2, formula="B2*$C$1+SUM('D 1'!E2:F2)&\"G1\"")
    assert sheet.at(2, 1) == Cell(None, formula="C3*$C$1+SUM('D 1'!F3:G3)&\"G1\"")
    assert sheet.at(2, 2) == Cell(4, formula="")


@pytest.mark.parametrize(
    ("formula", "there"),
    [
        ("A1+LOG10(A1)", "B3+LOG10(B3)"),
        ("T[[#This Row],[A1]]", "T[[#This Row],[A1]]"),
        ("SUM(A:C,1:3,$1:$3)", "SUM(B:D,3:5,$1:$3)"),
        ("ZZZ9+柱2!A1", "ZZZ9+柱2!B3"),
        ("XFD1", "#REF!"),
        ('"' * 5001, '"' * 5001),
    ],
)
def test_moved_references(formula: str, there: str) -> None:
    assert moved(formula, 2, 1) == there


def test_array_formula_and_dates_stay_serial() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"] = 45017
    sheet["A1"].number_format = "yyyy/m/d"
    sheet["A2"] = openpyxl.worksheet.formula.ArrayFormula("A2:A3", "=B1:B2*2")
    read = read_book(saved(workbook)).sheets[0]
    assert (read.at(0, 0).value, read.at(0, 0).style.number_format) == (45017, "yyyy/m/d")
    assert read.at(1, 0).formula == "B1:B2*2"


# ---------------------------------------------------------------- struck text and looks

RED = '<color rgb="FFFF0000"/>'


@pytest.mark.parametrize(
    ("stretches", "runs"),
    [
        ("<r><t>残す</t></r><r><rPr><strike/></rPr><t>消す</t></r>", (Run("残す"), Run("消す", strike=True))),
        ("<r><t>前</t></r><r><rPr><sz val='9'/></rPr><t>後</t></r>", ()),
        ("<r><rPr><b/></rPr><t>太</t></r><r><rPr><b val='0'/></rPr><t>細</t></r>", (Run("太", bold=True), Run("細"))),
        (f"<r><rPr>{RED}</rPr><t>赤</t></r><r><t>黒</t></r>", (Run("赤", colour="#FF0000"), Run("黒"))),
        (
            "<r><rPr><u val='none'/></rPr><t>a</t></r><r><rPr><u/></rPr><t>b</t></r>",
            (Run("a"), Run("b", underline=True)),
        ),
        ("<r><rPr><color rgb='FF000000'/></rPr><t>黒</t></r><r><t>自動</t></r>", ()),
    ],
)
def test_runs_only_where_they_differ(stretches: str, runs: tuple[Run, ...]) -> None:
    cell = by_hand('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=f"<si>{stretches}</si>").at(0, 0)
    assert cell.runs == runs
    assert not runs or cell.value == "".join(run.text for run in runs)


def test_a_text_struck_from_end_to_end_is_a_struck_cell() -> None:
    struck = "<si><r><rPr><strike/></rPr><t>全部</t></r><r><rPr><strike/></rPr><t>消す</t></r></si>"
    cell = by_hand('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=struck).at(0, 0)
    assert (cell.value, cell.runs, cell.style.font.strike) == ("全部消す", (), True)


def test_looks() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    cell = sheet["B2"]
    cell.value = "字"
    cell.font = Font("ＭＳ ゴシック", 9.5, bold=True, italic=True, strike=True, underline="single", color="FFFF0000")
    cell.border = Border(Side("thin"), Side("hair"), Side("medium"), Side("double"))
    cell.alignment = Alignment("center", "top", wrap_text=True, shrink_to_fit=True, indent=2, text_rotation=255)
    cell.protection = Protection(locked=False)
    cell.fill = PatternFill("solid", fgColor=Color(indexed=44))
    sheet["B3"].fill = PatternFill("lightGray", fgColor="FF0000FF", bgColor="FFFFFFFF")
    sheet["B4"].fill = PatternFill("solid", fgColor=Color(indexed=64))
    sheet["B5"].fill = PatternFill(None, fgColor="FF0000FF")
    read = read_book(saved(workbook)).sheets[0]
    style = read.at(1, 1).style
    assert (style.font.name, style.font.size, style.font.colour) == ("ＭＳ ゴシック", 9.5, "#FF0000")
    assert (style.font.bold, style.font.italic, style.font.strike, style.font.underline) == (True,) * 4
    assert (style.border.left, style.border.right, style.border.top, style.border.bottom) == (
        "thin",
        "hair",
        "medium",
        "double",
    )
    assert (style.horizontal, style.vertical, style.wrap, style.shrink, style.indent) == (
        "center",
        "top",
        True,
        True,
        2,
    )
    assert (style.rotation, style.locked) == (270, False)
    assert [read.at(row, 1).style.fill for row in range(1, 5)] == ["#99CCFF", "#BFBFFF", None, None]


@pytest.mark.parametrize(
    ("rgb", "tint", "shown"),
    [
        ("4F81BD", 0.7999816888943144, "DCE6F1"),
        ("4F81BD", -0.249977111117893, "366092"),
        ("C0504D", 0.3999755851924192, "DA9694"),
        ("FFFFFF", -0.1499984740745262, "D9D9D9"),
        ("000000", 0.3499862666707358, "595959"),
    ],
)
def test_tints_as_excel_shows_them(rgb: str, tint: float, shown: str) -> None:
    assert tinted(rgb, tint) == shown


def test_japanese_date_formats_by_number_and_own_palette() -> None:
    members = parts('<row r="1"><c r="A1" s="1"><v>45017</v></c><c r="B1" s="2"><v>1</v></c></row>')
    members["xl/_rels/workbook.xml.rels"] = rels(rId1="worksheet:worksheets/sheet1.xml", rId2="styles:styles.xml")
    fill = '<fill><patternFill patternType="solid"><fgColor indexed="9"/></patternFill></fill>'
    members["xl/styles.xml"] = part(
        "styleSheet",
        f"<fonts><font/></fonts><fills><fill/><fill/>{fill}</fills><borders><border/></borders>"
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="28"/><xf numFmtId="57" fillId="2"/></cellXfs>'
        '<dxfs><dxf><fill><patternFill><bgColor rgb="FF00FF00"/></patternFill></fill></dxf></dxfs>'
        "<colors><indexedColors>" + '<rgbColor rgb="00112233"/>' * 64 + "</indexedColors></colors>",
    )
    sheet = read_book(zipped(members)).sheets[0]
    assert sheet.at(0, 0).style.number_format == '[$-411]ggge"年"m"月"d"日"'
    assert sheet.at(0, 1).style.number_format == "[$-411]ge.m.d"
    assert sheet.at(0, 1).style.fill == "#112233"


# ---------------------------------------------------------------- the sheet around the cells


def test_what_openpyxl_writes_of_a_sheet() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "柱2"
    for row in range(1, 12):
        sheet.cell(row, 1, row)
        sheet.cell(row, 6, "x")
    sheet.row_dimensions[3].height = 42.5
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["B"].width = 20
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions.group("D", "E", outline_level=1)
    sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.scale = 12, "landscape", 70
    sheet.oddHeader.left.text, sheet.oddFooter.center.text = "計画", "&P / &N"
    sheet.print_area, sheet.print_title_rows = "A1:F11", "1:2"
    sheet.row_breaks.append(openpyxl.worksheet.pagebreak.Break(5))
    sheet.freeze_panes, sheet.auto_filter.ref = "B3", "A2:F11"
    sheet.sheet_properties.tabColor = "FF00B0F0"
    sheet.protection.enable()
    sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines, sheet.sheet_view.zoomScale = False, 85
    sheet.print_options.horizontalCentered = True
    sheet["A1"].comment = Comment("ご確認ください", "福祉")
    sheet["A2"].hyperlink = "https://example.jp/a"
    sheet["A3"].hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(ref="A3", location="'柱2'!A1")
    choices = DataValidation(
        "list", formula1='"はい,いいえ"', promptTitle="選択", prompt="どちらか", errorStyle="warning"
    )
    choices.add("F1:F5")
    decimals = DataValidation("decimal", formula1="1")
    decimals.add("F6")
    sheet.add_data_validation(choices)
    sheet.add_data_validation(decimals)
    workbook.defined_names["対象年度"] = DefinedName("対象年度", attr_text="'柱2'!$A$1")
    workbook.create_sheet("裏").sheet_state = "veryHidden"
    workbook.properties.title, workbook.properties.creator = "進捗", "福祉政策課"
    book = read_book(saved(workbook))
    read = book.sheets[0]
    assert (read.heights, read.hidden_rows) == ({2: 42.5}, {3})
    assert (read.widths[1], read.hidden_columns, read.outline_columns) == (19.29, {2}, {3, 4})
    page = read.page
    assert (page.paper, page.landscape, page.scale, page.fit, page.centre) == ("B4", True, 70, None, True)
    assert (page.header, page.footer) == ("&L計画", "&C&P / &N")
    assert (page.print_area, page.repeat_rows, page.row_breaks) == (Area(0, 0, 10, 5), (0, 1), (5,))
    assert (read.freeze, read.filter, read.tab_colour) == ((2, 1), Area(1, 0, 10, 5), "#00B0F0")
    assert (read.gridlines, read.zoom) == (False, 85)
    assert read.protection is not None
    assert (read.protection.format_rows, read.protection.format_columns) == (True, False)
    assert read.at(0, 0).note == "ご確認ください"
    assert (read.at(1, 0).link, read.at(2, 0).link) == ("https://example.jp/a", "#'柱2'!A1")
    listed, other = read.validations
    assert (listed.kind, listed.source, listed.areas) == ("list", ("はい", "いいえ"), (Area(0, 5, 4, 5),))
    assert (listed.title, listed.message, listed.error_style) == ("選択", "どちらか", "warning")
    assert (other.kind, other.source) == ("any", ())
    assert book.names == {"対象年度": "'柱2'!$A$1"}
    assert [sheet.state for sheet in book.sheets] == ["visible", "veryHidden"]
    assert (book.properties.title, book.properties.author) == ("進捗", "福祉政策課")
    assert book.properties.modified
    assert (book.date1904, book.has_macros) == (False, False)


def test_what_xlsxwriter_writes() -> None:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": True})
    sheet = workbook.add_worksheet("表")
    struck, red = workbook.add_format({"font_strikeout": True}), workbook.add_format({"font_color": "#FF0000"})
    sheet.write_rich_string("A1", "前", struck, "旧", red, "新")
    sheet.write_formula("A2", "=1+1", None, 2)
    sheet.write_formula("A3", '="a"', None, "a")
    sheet.write_boolean("A4", False)
    sheet.write_comment("A5", "注意")
    sheet.merge_range("B1:C2", "結合", workbook.add_format({"rotation": -45}))
    sheet.data_validation("B5", {"validate": "list", "source": "=$Z$1:$Z$3"})
    sheet.data_validation("B6", {"validate": "any", "input_title": "案内", "input_message": "説明"})
    workbook.set_properties({"company": "柏市", "keywords": "R5"})
    workbook.add_chartsheet("図")
    workbook.close()
    book = read_book(buffer.getvalue())
    read = book.sheets[0]
    assert read.at(0, 0).runs == (Run("前"), Run("旧", strike=True), Run("新", colour="#FF0000"))
    calibri = Style(font=CellFont("Calibri", 11))
    assert read.at(1, 0) == Cell(2, calibri, formula="1+1")
    assert read.at(2, 0) == Cell("a", calibri, formula='"a"')
    assert read.at(3, 0).value is False
    assert read.at(4, 0) == Cell(note="注意")
    assert read.merges == (Area(0, 1, 1, 2),)
    assert read.at(0, 1).style.rotation == -45
    assert [rule.source for rule in read.validations] == ["$Z$1:$Z$3", ()]
    assert read.validations[1].message == "説明"
    assert (book.properties.company, book.properties.keywords, book.date1904) == ("柏市", "R5", True)
    assert [sheet.name for sheet in book.sheets] == ["表", "図"]


def test_other_peoples_views_do_not_set_the_page() -> None:
    view = (
        '<customSheetViews><customSheetView><pane state="frozen" ySplit="9"/><rowBreaks><brk id="3"/></rowBreaks>'
        "<headerFooter><oddHeader>他人</oddHeader></headerFooter></customSheetView></customSheetViews>"
    )
    sheet = by_hand(after=f'{view}<rowBreaks><brk id="7"/></rowBreaks>')
    assert (sheet.page.header, sheet.page.row_breaks, sheet.freeze) == ("", (7,), None)


def test_validation_of_the_2010_extension() -> None:
    extension = (
        '<extLst><ext xmlns:x14="urn:x14" xmlns:xm="urn:xm"><x14:dataValidations><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>設定!$A$1:$A$9</xm:f></x14:formula1><xm:sqref>B2 B4:B5</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    expected = Validation((Area(1, 1, 1, 1), Area(3, 1, 4, 1)), "list", source="設定!$A$1:$A$9", error_style="stop")
    assert by_hand(after=extension).validations == (expected,)


# ---------------------------------------------------------------- quirks of writers


def test_strict_dialect() -> None:
    members = {
        name: text.replace(MAIN, STRICT).replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name, text in parts('<row r="1"><c r="A1"><v>1</v></c></row>').items()
    }
    assert values(read_book(zipped(members)).sheets[0]) == {"A1": 1}


def test_prefixed_tags() -> None:
    members = parts()
    members["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:t>字</x:t></x:is>'
        '</x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="B2:C2"/></x:mergeCells></x:worksheet>'
    )
    sheet = read_book(zipped(members)).sheets[0]
    assert (values(sheet), sheet.merges) == ({"B2": "字"}, (Area(1, 1, 1, 2),))


def test_cells_without_addresses_and_a_wrong_dimension() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row r='5'><c r='C5'><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>"
    assert values(by_hand(rows, before='<dimension ref="A1"/>')) == {"A1": 1, "B1": 2, "C5": 3, "D5": 4, "A6": 5}


def test_backslashes_capitals_and_absolute_targets() -> None:
    members = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    members["XL\\Worksheets\\Sheet1.XML"] = members.pop("xl/worksheets/sheet1.xml")
    members["xl/_rels/workbook.xml.rels"] = rels(rId1="worksheet:/xl/worksheets/sheet1.xml")
    assert values(read_book(zipped(members)).sheets[0]) == {"A1": 1}


def test_a_cell_given_twice_keeps_its_content() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="A1" s="1"/></row><row r="1"><c r="B1"><v>2</v></c></row>'
    assert values(by_hand(rows)) == {"A1": 1, "B1": 2}


def test_two_sheets_of_one_name_are_both_there() -> None:
    members = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    members["xl/workbook.xml"] = part(
        "workbook", '<sheets><sheet name="表" r:id="rId1"/><sheet name="表" r:id="rId3"/></sheets>'
    )
    members["xl/_rels/workbook.xml.rels"] = rels(
        rId1="worksheet:worksheets/sheet1.xml", rId3="worksheet:worksheets/sheet2.xml"
    )
    members["xl/worksheets/sheet2.xml"] = members["xl/worksheets/sheet1.xml"].replace("<v>1", "<v>2")
    assert [values(sheet) for sheet in read_book(zipped(members)).sheets] == [{"A1": 1}, {"A1": 2}]


def test_broken_properties_and_theme_cost_nothing() -> None:
    members = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    members |= {"docProps/core.xml": "<broken", "xl/theme/theme1.xml": "<broken"}
    assert values(read_book(zipped(members)).sheets[0]) == {"A1": 1}


# ---------------------------------------------------------------- other formats


@pytest.mark.parametrize("name", ["python-calamine/base.xls", "python-calamine/base.xlsb", "python-calamine/base.ods"])
def test_other_formats(name: str, strange_workbooks: Path) -> None:
    sheet = read_book((strange_workbooks / name).read_bytes()).sheets[0]
    found = {address: value for address, value in values(sheet).items() if address <= "E2"}
    assert found == {"A2": "String", "B2": 1, "C2": 1.1, "D2": True, "E2": False}
    assert type(sheet.at(1, 1).value) is int
    assert (sheet.at(1, 5).value, sheet.at(1, 5).style.number_format) == (40461, "yyyy/m/d")
    assert sheet.at(1, 9).value == pytest.approx(10.632060185185185)


# ---------------------------------------------------------------- what is no workbook


@pytest.mark.parametrize(
    ("data", "kind", "fault", "detail"),
    [
        (b"", "empty", "empty", "0 bytes"),
        (b"%PDF-1.7\n", "pdf", "not-a-workbook", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "image", "not-a-workbook", "画像"),
        (b"\xff\xd8\xff\xe0", "image", "not-a-workbook", "画像"),
        ("番号,事業名\n".encode("cp932"), "csv/text", "not-a-workbook", "テキスト"),
        ("番号,事業名\n".encode("utf-16"), "csv/text", "not-a-workbook", "テキスト"),
        (b"<html><table></table></html>", "html", "not-a-workbook", "HTML"),
        (zipped({"回答.txt": "x"}), "zip", "not-a-workbook", "ZIP"),
        (zipped({"word/document.xml": "<x/>"}), "docx", "not-a-workbook", "Word文書"),
        (zipped({"ppt/presentation.xml": "<x/>"}), "pptx", "not-a-workbook", "PowerPoint文書"),
        (b"\0" * 4096, "unknown", "damaged", "nothing but zero bytes"),
        (b"\x01\x02\x03\xff\xfe\x00", "unknown", "not-a-workbook", "不明な形式"),
    ],
)
def test_by_content(data: bytes, kind: str, fault: str, detail: str) -> None:
    assert sniff(data) == kind
    error = refused(data)
    assert (error.kind, error.detail) == (fault, detail)


def compound(*streams: str) -> bytes:
    """The head of a compound file whose directory has these streams."""
    entries = b""
    for name in streams:
        text = name.encode("utf-16-le")
        entries += text.ljust(64, b"\0") + (len(text) + 2).to_bytes(2, "little") + b"\2" + b"\0" * 61
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def test_compound_files_by_their_directory() -> None:
    assert sniff(compound("Root Entry", "EncryptionInfo", "EncryptedPackage")) == "encrypted"
    assert sniff(compound("Root Entry", "Workbook")) == "xls"
    assert sniff(compound("Root Entry", "WordDocument")) == "docx"
    assert sniff(compound("Root Entry") + "xxEncryptedPackage".encode("utf-16-le")) == "unknown"
    assert refused(compound("Root Entry", "EncryptedPackage")).kind == "encrypted"
    assert refused(compound("Root Entry", "Workbook")).kind == "damaged"


# ---------------------------------------------------------------- hostile files


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "docProps/core.xml", "xl/drawings/drawing1.xml"])
def test_a_doctype_anywhere_is_refused(name: str) -> None:
    members = parts()
    members[name] = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert refused(zipped(members)).kind == "unsafe"


@pytest.mark.parametrize("size", [0, 1, 2**31])
def test_lying_sizes_are_not_believed(size: int) -> None:
    """The directory's size of a member is changed; what comes out of it counts."""
    data = bytearray(zipped(parts('<row r="1"><c r="A1"><v>1</v></c></row>')))
    entry = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02"))
    while b"sheet1.xml" not in data[entry + 46 : entry + 80]:
        entry = data.index(b"PK\x01\x02", entry + 4)
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    assert values(read_book(bytes(data)).sheets[0]) == {"A1": 1}


def test_limits() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 2001))
    data = zipped(parts(rows))
    assert refused(data, Limits(cells=1999)).kind == "too-large"
    assert refused(data, Limits(inflated=10_000)).kind == "too-large"
    assert refused(data, Limits(members=3)).kind == "too-large"
    assert refused(data, Limits(ratio=5, ratio_above=10_000)).kind == "unsafe"
    assert len(read_book(data).sheets[0].cells) == 2000


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    members = parts(" " * 50_000_000)
    start = time.perf_counter()
    assert refused(zipped(members)).kind == "unsafe"
    assert time.perf_counter() - start < 10


def test_styled_blanks_beyond_the_limit_are_not_stored() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}"><v>{n}</v></c></row>' for n in range(1, 101))
    sheet = read_book(zipped(parts(rows)), Limits(styled_blanks=10)).sheets[0]
    assert len(sheet.cells) == 110


def test_a_merge_over_the_whole_sheet_is_cut_to_what_is_used() -> None:
    sheet = by_hand(
        '<row r="3"><c r="D3"><v>1</v></c></row>', after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    assert sheet.merges == (Area(0, 0, 2, 3),)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="XFE1"><v>7</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>7</v></c></row>',
        '<row r="0"><c r="A0"><v>7</v></c></row>',
        '<row r="1"><c r="1A"><v>7</v></c></row>',
        "<sheetData/>",
        "<row><c></row>",
        "\x00",
    ],
)
def test_damaged_rows(rows: str) -> None:
    assert refused(zipped(parts(rows))).kind == "damaged"


def test_text_that_regular_expressions_would_choke_on() -> None:
    start = time.perf_counter()
    opened = "[" * 8000
    dependents = '<c><f t="shared" si="0"/></c>' * 500
    by_hand(
        f'<row r="1"><c r="A1"><f t="shared" si="0">{opened}</f></c>{dependents}<c><v>{"1" * 5_000_000}</v></c></row>'
    )
    members = parts()
    name = f"""<definedName name="_xlnm.Print_Area" localSheetId="0">{"'" * 1_000_000}</definedName>"""
    members["xl/workbook.xml"] = part(
        "workbook", f'<sheets><sheet name="表" r:id="rId1"/></sheets><definedNames>{name}</definedNames>'
    )
    assert read_book(zipped(members)).sheets[0].page.print_area is None
    assert time.perf_counter() - start < 10


def test_runs_by_the_hundred_thousand() -> None:
    start = time.perf_counter()
    strings = "<si>" + "<r><rPr><b/></rPr><t>太</t></r>" * 100_000 + "</si>"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1001))
    assert by_hand(rows, strings=strings).at(999, 0).value == "太" * 100_000
    assert time.perf_counter() - start < 20


def test_damaged_packages() -> None:
    whole = zipped(parts('<row r="1"><c r="A1"><v>1</v></c></row>'))
    for cut in (10, 100, len(whole) // 2, len(whole) - 1):
        assert refused(whole[:cut]).kind in {"damaged", "not-a-workbook"}
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        members = copy.copy(parts())
        del members[name]
        assert refused(zipped(members)).kind == "damaged"
    at = whole.index(b"sheet1.xml") + 20
    assert refused(whole[:at] + b"\xff" * 20 + whole[at + 20 :]).kind == "damaged"


def test_two_members_of_one_name_are_refused_when_they_differ() -> None:
    members = parts()
    members["xl/Worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"]
    assert read_book(zipped(members)).sheets
    members["xl/Worksheets/sheet1.xml"] += " "
    assert refused(zipped(members)).kind == "damaged"


def test_details_hold_no_control_characters() -> None:
    error = UnreadableWorkbook("damaged", "a\x1b[31mb\u202ec\n" + "d" * 999)
    assert error.detail.isprintable()
    assert len(error.detail) <= 200


# ---------------------------------------------------------------- the collection of strange workbooks

READER = """
import sys, time
from pathlib import Path
from xl_plan.excel.read import UnreadableWorkbook, read_book
for name in sys.stdin.read().splitlines():
    start = time.perf_counter()
    try:
        book = read_book(Path(name).read_bytes())
        outcome = "book" if book.sheets else "no sheets"
    except UnreadableWorkbook as error:
        outcome = error.kind
    print(f"{outcome}\\t{time.perf_counter() - start:.3f}\\t{name}", flush=True)
"""


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"])
def test_strange_workbooks(suffix: str, strange_workbooks: Path) -> None:
    """Each gives a book or a reason, soon. In a process of its own: an abort of a library cannot be caught."""
    files = sorted(path for path in strange_workbooks.rglob("*") if path.suffix == suffix)
    assert files
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(lines) == len(files)
    assert all(float(seconds) < 5 for _, seconds, _ in lines)
    refused_files = {Path(name).name: outcome for outcome, _, name in lines if outcome != "book"}
    expected = {
        "duplicate-filename.xlsx": "damaged",
        "empty_file.ods": "empty",
        "empty_file.xlsx": "empty",
        "invalid.xlsx": "not-a-workbook",
        "missing-bits.xlsx": "damaged",
        "poc-xmlbomb-empty.xlsx": "unsafe",
        "poc-xmlbomb.xlsx": "unsafe",
    }
    assert refused_files == {name: outcome for name, outcome in expected.items() if name.endswith(suffix)}
