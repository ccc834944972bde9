"""What departments type into relisted rows, and the live references of the consolidated workbook."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from relisted_plans import ACTUAL, NARRATIVE, YEAR, Row, answered, merged, office, opened, written
from xl_plan.book.planbook import PlanBook, all_columns
from xl_plan.cells import Book, Cell, Run, Sheet, Style, a1
from xl_plan.checks.ownership import foreign_cells
from xl_plan.checks.relisting import relisting_findings
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Finding, Severity
from xl_plan.forms import form
from xl_plan.meaning.numberformat import shown
from xl_plan.model import Filler, Merged, Plan, Settings, Sharing, SharingException, State
from xl_plan.plan import read_plan
from xl_plan.rollover import open_round
from xl_plan.tables.references import parse_reference, reference, resolved

ORIGINAL, COPY, SECOND = "柱2(1)①ア", "柱2(1)②ア", "柱2(1)③ア"
OWNER, OTHER, STRANGER = "福祉政策課", "生活支援課", "学童保育課"
RELISTED = "高齢者の総合相談事業\n【再掲】\n柱2(1)①ア"


def plan_of_three(this_year: str = "") -> Plan:
    """An original and two copies in the hands of two departments, and a row of a third."""
    return opened(
        Row(ORIGINAL, department=OWNER),
        Row(COPY, name=RELISTED, department=OTHER),
        Row(SECOND, name=RELISTED, department=OWNER),
        Row("柱2(1)④ア", name="放課後の居場所", indicator="箇所数", values=("35", "48"), department=STRANGER),
    )


PLAN = plan_of_three()


def taken(result: Merged, row: str = ORIGINAL, column: str = ACTUAL) -> str:
    return result.entries[row, column].text


def of_relisting(findings: tuple[Finding, ...]) -> list[str]:
    return [f.code for f in findings if f.code.startswith("XP4") or f.code == "XP202"]


def sent(department: str, file: str = "", plan: Plan = PLAN, issue: bool = True, **cells: str):  # type: ignore[no-untyped-def]
    rows = {"original": ORIGINAL, "copy": COPY, "second": SECOND}
    return answered(plan, department, {(rows[name], ACTUAL): text for name, text in cells.items()}, file, issue)


# ------------------------------------------------------------------------------------------------- answers in copies
def test_copies_follow_the_answer_of_the_original() -> None:
    result, findings = merged(PLAN, sent(OWNER, original="15,107件"))
    assert [taken(result, row) for row in (ORIGINAL, COPY, SECOND)] == ["15,107件"] * 3
    assert result.entries[COPY, ACTUAL].original == ORIGINAL
    assert of_relisting(findings) == []


@pytest.mark.parametrize("copy", ["15,107件", "１５，１０７件", "15107件", "－", "同上", "再掲", "記入不要", " "])
def test_a_copy_that_agrees_or_says_nothing_is_passed_over(copy: str) -> None:
    result, findings = merged(PLAN, sent(OWNER, original="15,107件"), sent(OTHER, copy=copy))
    assert taken(result) == taken(result, COPY) == "15,107件"
    assert of_relisting(findings) == []


@pytest.mark.parametrize("nothing", ["－", "同上", "再掲のため記入なし"])
def test_a_copy_that_says_nothing_is_no_answer_for_the_original(nothing: str) -> None:
    result, _ = merged(PLAN, sent(OTHER, copy=nothing))
    assert result.entries[ORIGINAL, ACTUAL].state == "未提出"


@pytest.mark.parametrize("original", [None, ""])
def test_only_the_copy_was_written_in_so_its_answer_is_used(original: str | None) -> None:
    files = [sent(OTHER, copy="15,170件")]
    files += [] if original is None else [sent(OWNER, original=original)]
    result, findings = merged(PLAN, *files)
    assert [taken(result, row) for row in (ORIGINAL, COPY, SECOND)] == ["15,170件"] * 3
    assert of_relisting(findings) == ["XP416"]
    (finding,) = (f for f in findings if f.code == "XP416")
    assert finding.severity is Severity.WARNING and finding.place.file == f"{OTHER}.xlsx"
    for word in (OTHER, "15,170件", ORIGINAL):
        assert word in finding.message
    assert OWNER in finding.remedy
    source = result.entries[ORIGINAL, ACTUAL]
    assert (source.source, source.source_cell) == (f"{OTHER}.xlsx", "A1")


def test_the_owner_may_have_written_in_the_wrong_row() -> None:
    result, findings = merged(PLAN, sent(OWNER, second="15,107件"))
    assert taken(result) == taken(result, COPY) == "15,107件"
    assert of_relisting(findings) == ["XP416"]


def test_two_copies_that_agree_are_used() -> None:
    result, findings = merged(PLAN, sent(OTHER, copy="15,170件"), sent(OWNER, second="１５，１７０件"))
    assert taken(result) == "15,170件"
    assert of_relisting(findings) == ["XP416"] and len(findings[-1].places) == 2


@pytest.mark.parametrize("issue", [True, False])
@pytest.mark.parametrize("order", [1, -1])
def test_where_both_were_written_in_both_are_quoted_and_the_cell_is_held(order: int, issue: bool) -> None:
    files = [sent(OWNER, original="15,107件", issue=issue), sent(OTHER, copy="15,170件", issue=issue)][::order]
    result, findings = merged(PLAN, *files)
    assert {result.entries[row, ACTUAL].state for row in (ORIGINAL, COPY, SECOND)} == {"保留"}
    assert of_relisting(findings) == ["XP417"]
    (finding,) = (f for f in findings if f.code == "XP417")
    assert finding.severity is Severity.ERROR
    for word in ("15,107件", "15,170件", OWNER, OTHER, f"{OWNER}.xlsx", f"{OTHER}.xlsx", ORIGINAL, COPY):
        assert word in finding.message
    assert f"{OWNER}と{OTHER}" in finding.remedy
    assert {o.state for o in result.outcomes} == {State.FAULTY}


def test_copies_that_disagree_hold_an_unanswered_original() -> None:
    result, findings = merged(PLAN, sent(OTHER, copy="15,170件"), sent(OWNER, second="9件"))
    assert result.entries[ORIGINAL, ACTUAL].state == "保留"
    assert of_relisting(findings) == ["XP417"]


def test_an_answer_that_stood_there_at_issue_gives_way_to_the_only_change() -> None:
    standing = _with_this_year(plan_of_three(), "15,000件")
    unchanged = sent(OWNER, plan=standing, original="15,000件")
    result, findings = merged(standing, unchanged, sent(OTHER, plan=standing, copy="15,170件"))
    assert taken(result) == "15,170件"
    assert of_relisting(findings) == ["XP416"]


def test_an_answer_of_unknown_age_never_gives_way() -> None:
    standing = _with_this_year(plan_of_three(), "15,000件")
    result, findings = merged(standing, sent(OTHER, plan=PLAN, copy="15,170件"))
    assert result.entries[ORIGINAL, ACTUAL].state == "保留"
    assert of_relisting(findings) == ["XP417"]
    assert "15,000件" in findings[-1].message and "15,170件" in findings[-1].message


def test_no_value_of_a_department_that_does_not_answer_for_the_programme_is_used() -> None:
    result, findings = merged(PLAN, sent(STRANGER, copy="15,170件"))
    assert result.entries[ORIGINAL, ACTUAL].state == "未提出"
    assert "15,170件" not in {entry.text for entry in result.entries.values()}
    assert of_relisting(findings) == ["XP202"]


def test_a_later_file_of_the_department_replaces_its_own_answer() -> None:
    first = replace(sent(OTHER, "a.xlsx", copy="1件"), kind="新規", version=1)
    second = replace(sent(OTHER, "b.xlsx", copy="2件"), kind="差し替え", version=2)
    for files in ((first, second), (second, first)):
        result, findings = merged(PLAN, *files)
        assert taken(result) == "2件"
        assert of_relisting(findings) == ["XP416"]


def test_merging_twice_changes_nothing() -> None:
    for files in (
        [sent(OTHER, copy="15,170件")],
        [sent(OWNER, original="15,107件"), sent(OTHER, copy="15,170件")],
        [sent(OWNER, original="15,107件")],
    ):
        first, _ = merged(PLAN, *files)
        plan, faults = read_plan(written(first).book, "進捗状況.xlsx")
        assert not [f for f in faults if f.code.startswith("XP4")]
        second, _ = merged(plan, *files)
        assert {k: (e.text, e.original) for k, e in first.entries.items()} == {
            k: (e.text, e.original) for k, e in second.entries.items()
        }


def _with_this_year(plan: Plan, text: str) -> Plan:
    """The plan with an answer already standing in the original."""
    programmes = tuple(
        replace(p, texts={**p.texts, ACTUAL: text}, cells={**p.cells, ACTUAL: p.cell(ACTUAL).with_value(text)})
        if p.key == ORIGINAL
        else p
        for p in plan.programmes
    )
    return replace(plan, programmes=programmes)


def test_a_form_says_which_cells_of_a_relisted_row_are_still_to_be_filled() -> None:
    """A narrative that is the row's own is blue in its department's form; the rest comes from the original."""
    own = SharingException(COPY, "成果，課題", Sharing.OWN)
    ready = open_round(PLAN, replace(PLAN.settings, exceptions=(own,)), YEAR).book
    plan, _ = read_plan(ready, "計画.xlsx")
    made = form(plan, OTHER)
    assert made.owned == ((COPY, NARRATIVE),)
    sheet, place = made.where[COPY, ACTUAL]
    assert made.book.sheet(sheet).at(*place).value == f"記入不要\n（{ORIGINAL}から引き写します）"  # type: ignore[union-attr]
    sheet, place = made.where[COPY, NARRATIVE]
    assert made.book.sheet(sheet).at(*place).value is None  # type: ignore[union-attr]
    mine = answered(plan, OTHER, {(COPY, NARRATIVE): "この行だけの記述です。"})
    strange = answered(plan, STRANGER, {(COPY, NARRATIVE): "ほかの部局の記述です。"})
    result, _ = merged(plan, mine, strange)
    assert taken(result, COPY, NARRATIVE) == "この行だけの記述です。"
    assert result.entries[SECOND, NARRATIVE].state == "未提出"
    assert [f.code for f in foreign_cells(strange, plan)] == ["XP205"]
    assert list(foreign_cells(mine, plan)) == []


# --------------------------------------------------------------------------------------------------- live references
LONG = "。".join(f"{n}行目の記述です\n改行の後も続きます" for n in range(120)) + "。終わり"


def consolidated_workbook(actual: Cell | str = "15,107件", narrative: str = LONG) -> tuple[PlanBook, bytes]:
    item = answered(PLAN, OWNER, {(ORIGINAL, ACTUAL): str(actual), (ORIGINAL, NARRATIVE): narrative})
    if isinstance(actual, Cell):
        text = shown(actual.value, actual.style.number_format)
        one = replace(item.returned[ORIGINAL, ACTUAL], cell=actual, text=text)
        item = replace(item, returned=MappingProxyType({**item.returned, (ORIGINAL, ACTUAL): one}))
    book = written(merged(PLAN, item)[0])
    return book, book_bytes(book.book)


def test_copies_are_references_with_the_right_cached_value_and_format() -> None:
    made, data = consolidated_workbook(Cell(15107, Style(number_format='#,##0"件"')))
    sheet, position = made.where[COPY, ACTUAL]
    source = made.where[ORIGINAL, ACTUAL]
    cell = read_book(data).sheet(sheet).at(*position)  # type: ignore[union-attr]
    assert parse_reference(cell.formula or "", sheet) == source
    assert shown(15107, cell.style.number_format) == "15,107件"
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet]
    assert values[a1(*position)].value == 15107
    grid = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    assert grid[position[0]][position[1]] == 15107


def test_a_long_text_stays_whole_with_its_lines() -> None:
    assert len(LONG) > 2000
    made, data = consolidated_workbook()
    read = read_book(data)
    plan, _ = read_plan(read, "進捗状況.xlsx")
    copy = plan.programme(COPY)
    assert copy is not None and copy.text(NARRATIVE) == LONG
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    cached = "".join(
        values[sheet][a1(*place)].value or "" for sheet in ("柱2",) for place in copy.block.places[NARRATIVE]
    )
    assert cached == LONG
    sheet, position = made.where[COPY, NARRATIVE]
    assert read.sheet(sheet).at(*position).style.wrap  # type: ignore[union-attr]
    formulas = openpyxl.load_workbook(io.BytesIO(data))[sheet]
    assert all(str(formulas[a1(*place)].value).startswith("=") for place in copy.block.places[NARRATIVE])


def test_blank_stays_blank() -> None:
    """A column that the office fills after the collection: the copy refers to a cell that is still blank."""
    plan = _filled_by(PLAN, Filler.OFFICE)
    made = written(merged(plan)[0])
    data = book_bytes(made.book)
    sheet, position = made.where[COPY, ACTUAL]
    cell = read_book(data).sheet(sheet).at(*position)  # type: ignore[union-attr]
    assert cell.formula == reference(sheet, made.where[ORIGINAL, ACTUAL][1], sheet)
    assert openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet][a1(*position)].value in (None, "")
    again, _findings = read_plan(read_book(data), "進捗状況.xlsx")
    assert again.programme(COPY).text(ACTUAL) == ""  # type: ignore[union-attr]
    assert relisting_findings(again) == ()


def _filled_by(plan: Plan, filler: Filler) -> Plan:
    columns = [replace(c, filler=filler) if c.key == ACTUAL else c for c in all_columns(plan)]
    from xl_plan.book.planbook import plan_book

    return read_plan(plan_book(plan, plan.settings, columns, {}).book, "計画.xlsx")[0]


def test_our_reader_takes_the_original_and_never_the_cache() -> None:
    made, _ = consolidated_workbook()
    changed = _changed(made.book, made.where[ORIGINAL, ACTUAL], "16,000件")
    plan, _ = read_plan(changed, "進捗状況.xlsx")
    assert plan.programme(COPY).text(ACTUAL) == "16,000件"  # type: ignore[union-attr]
    assert relisting_findings(plan) == ()


def test_a_value_typed_over_a_reference_stays_and_is_said() -> None:
    made, _ = consolidated_workbook()
    plan, _ = read_plan(_changed(made.book, made.where[COPY, ACTUAL], "9件"), "進捗状況.xlsx")
    findings = relisting_findings(plan)
    assert [(f.code, f.severity, f.place.number) for f in findings] == [("XP414", Severity.WARNING, COPY)]
    assert (findings[0].expected, findings[0].got) == ("15,107件", "9件")
    result, _ = merged(plan, sent(OWNER, plan=plan, original="15,107件"))
    assert [taken(result, row) for row in (ORIGINAL, COPY, SECOND)] == ["15,107件", "9件", "15,107件"]
    book = written(result).book
    assert read_plan(book, "進捗状況.xlsx")[0].programme(COPY).text(ACTUAL) == "9件"  # type: ignore[union-attr]


def test_a_reference_that_was_deleted_comes_back() -> None:
    made, _ = consolidated_workbook()
    plan, _ = read_plan(_changed(made.book, made.where[COPY, ACTUAL], None), "進捗状況.xlsx")
    assert relisting_findings(plan) == ()
    result, _ = merged(plan)
    assert result.entries[COPY, ACTUAL].original == ORIGINAL


def _changed(book: Book, spot: tuple[str, tuple[int, int]], value: str | None) -> Book:
    sheet = book.sheet(spot[0])
    assert sheet is not None
    cells = {**sheet.cells, spot[1]: sheet.at(*spot[1]).with_value(value)}
    return replace(book, sheets=tuple(replace(s, cells=cells) if s is sheet else s for s in book.sheets))


@pytest.mark.parametrize("name", ["柱2", "柱 2", "O'Brien", "柱2(案)", "10$計画"])
def test_references_lead_to_any_sheet_name(name: str) -> None:
    for within in (name, "別のシート"):
        assert parse_reference(reference(name, (7, 9), within), within) == (name, (7, 9))


@pytest.mark.parametrize("formula", ["SUM(J8:J9)", 'IF(J8="","",J9)', "J8+1", "'柱2'!J8&\"件\""])
def test_other_formulas_are_no_references(formula: str) -> None:
    assert parse_reference(formula, "柱2") is None


def test_references_in_a_circle_are_left_as_they_are() -> None:
    sheet = Sheet("柱2", {(0, 0): Cell(1, formula="B1"), (0, 1): Cell(2, formula="A1")})
    assert resolved(sheet.at(0, 0), "柱2", {"柱2": sheet}) == sheet.at(0, 0)


def test_red_words_of_the_original_are_plain_in_the_copy() -> None:
    red = Cell("赤い字です", runs=(Run("赤い", colour="#FF0000"), Run("字です")))
    item = answered(PLAN, OWNER, {(ORIGINAL, NARRATIVE): "赤い字です"})
    one = replace(item.returned[ORIGINAL, NARRATIVE], cell=red)
    item = replace(item, returned=MappingProxyType({**item.returned, (ORIGINAL, NARRATIVE): one}))
    made = written(merged(PLAN, item)[0])
    sheet, position = made.where[COPY, NARRATIVE]
    cell = made.book.sheet(sheet).at(*position)  # type: ignore[union-attr]
    assert cell.value == "赤い字です" and cell.runs == () and cell.formula


def test_rows_of_two_sheets_refer_across() -> None:
    plan, _ = office(Row("柱2(1)①ア", name="別の事業です", indicator="別の指標", values=("3", "4")),
                     Row("柱2(1)②ア", name=RELISTED.replace("柱2(1)①ア", "柱1(1)①ア")),
                     柱1=[Row("柱1(1)①ア")])  # fmt: skip
    ready = read_plan(open_round(plan, Settings(title="計画", given=True), YEAR).book, "計画.xlsx")[0]
    item = answered(ready, OWNER, {("柱1(1)①ア", ACTUAL): "15,107件"})
    made = written(merged(ready, item)[0])
    sheet, position = made.where["柱2(1)②ア", ACTUAL]
    assert made.book.sheet(sheet).at(*position).formula.count("'柱1'!") == 2  # type: ignore[union-attr]
    assert read_plan(made.book, "x")[0].programme("柱2(1)②ア").text(ACTUAL) == "15,107件"  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------------------- LibreOffice
@pytest.mark.office
def test_in_libreoffice_the_copies_follow_a_correction(tmp_path: Path) -> None:
    made, data = consolidated_workbook(Cell(15107, Style(number_format='#,##0"件"')))
    sheet, _position = made.where[ORIGINAL, ACTUAL]
    corrected = "訂正した文です\n" + LONG
    path = tmp_path / "進捗状況.xlsx"
    path.write_bytes(_edited(data, {made.where[ORIGINAL, ACTUAL]: 16000, made.where[ORIGINAL, NARRATIVE]: corrected}))
    out = _through_office(path, tmp_path)
    values = openpyxl.load_workbook(out, data_only=True)[sheet]
    for row in (COPY, SECOND):
        cell = values[a1(*made.where[row, ACTUAL][1])]
        assert cell.value == 16000 and shown(16000, cell.number_format) == "16,000件"
        assert values[a1(*made.where[row, NARRATIVE][1])].value.startswith("訂正した文です\n")
    plan, _ = read_plan(read_book(out.read_bytes()), "進捗状況.xlsx")
    assert plan.programme(COPY).text(ACTUAL) == "16,000件"  # type: ignore[union-attr]
    assert not [f for f in relisting_findings(plan) if f.code == "XP414"]


def _edited(data: bytes, cells: Mapping[tuple[str, tuple[int, int]], object]) -> bytes:
    """The workbook as a person leaves it who types into these cells: openpyxl keeps the formulas, drops their results."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, position), value in cells.items():
        book[sheet][a1(*position)].value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _through_office(path: Path, folder: Path) -> Path:
    """The workbook calculated and saved by LibreOffice."""
    program = shutil.which("soffice")
    assert program is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [
            program,
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "out" / path.name


@pytest.mark.office
def test_what_libreoffice_saves_still_refers(tmp_path: Path) -> None:
    made, data = consolidated_workbook()
    path = tmp_path / "進捗状況.xlsx"
    path.write_bytes(data)
    sheet, position = made.where[COPY, ACTUAL]
    cell = read_book(_through_office(path, tmp_path).read_bytes()).sheet(sheet).at(*position)  # type: ignore[union-attr]
    assert parse_reference(cell.formula or "", sheet) == made.where[ORIGINAL, ACTUAL]


def test_formulas_that_excel_shared_between_cells_are_still_read() -> None:
    """Excel writes a formula that was filled down once, and its other cells only point to it."""
    made, data = consolidated_workbook()
    _sheet, position = made.where[COPY, ACTUAL]
    address = a1(*position)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = next(n for n in parts if n.startswith("xl/worksheets/") and f'r="{address}"'.encode() in parts[n])
    shared = re.sub(
        rf'(<c r="{address}"[^>]*>)<f>'.encode(),
        rb'\1<f t="shared" ref="' + address.encode() + rb'" si="0">',
        parts[name],
    )
    assert shared != parts[name]
    parts[name] = shared
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    assert read_plan(read_book(changed.getvalue()), "x")[0].programme(COPY).text(ACTUAL) == "15,107件"  # type: ignore[union-attr]
