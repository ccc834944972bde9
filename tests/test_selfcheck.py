"""Forms that check themselves: what the formulas say as issued, after a recalculation in LibreOffice, and on return."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from xl_plan.cells import Area, Book, Cell, Sheet
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.forms import form
from xl_plan.issue.formulas import (
    Formula,
    Measure,
    achieved,
    figure_status,
    narrative_status,
    number_read,
    rated,
    year_on_year,
)
from xl_plan.issue.formwords import MARK
from xl_plan.issue.helpercells import without_checks
from xl_plan.model import Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.ratings import AGAINST, AUTOMATIC, RATED_BY, Scale, read_steps
from xl_plan.submissions import read_submission

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
COUNT = Measure("件", last=Decimal(200), aim=Decimal(250))
PLACES = Measure("箇所", last=Decimal(8), aim=Decimal(10))
SHARE = Measure("%", percent=True, most=Decimal("0.9"), last=Decimal("0.85"), aim=Decimal("0.9"))
FEWER = Measure("件", last=Decimal(40), aim=Decimal(30), way="under")
SCALE = Scale(AUTOMATIC, "最終", read_steps("◎≧100% ○≧80% △≧60% ×＜60%"))

# measure, what is typed, 点検, the number read, 前年比, 達成率, 評価
FIGURES = [
    (COUNT, None, "未入力", "", "", "", ""),
    (COUNT, "　", "未入力", "", "", "", ""),
    (COUNT, 250, "記入済み", 250, 1.25, 1.0, "◎"),
    (COUNT, 0, "記入済み", 0, 0, 0, "×"),
    (COUNT, "150件", "記入済み", 150, 0.75, 0.6, "△"),
    (COUNT, "１，０００件", "記入済み", 1000, 5, 4, "◎"),
    (COUNT, "２００", "記入済み", 200, 1, 0.8, "○"),
    (COUNT, "200件（速報）", "記入済み", 200, 1, 0.8, "○"),
    (COUNT, "912人", "単位が違います（件）", "", "", "", ""),
    (COUNT, "集計中（9月公表予定）", "記入済み", "", "", "", ""),
    (COUNT, "集計中　9月公表予定", "記入済み", "", "", "", ""),
    (COUNT, "－", "記入済み", "", "", "", ""),
    (COUNT, "同上", "内容を記入してください", "", "", "", ""),
    (PLACES, "８か所", "記入済み", 8, 1, 0.8, "○"),
    (PLACES, "8人", "単位が違います（箇所）", "", "", "", ""),
    (SHARE, 0.9, "記入済み", 0.9, 5.0, 1.0, "◎"),
    (SHARE, "87.2%", "記入済み", 0.872, 2.2, 0.872 / 0.9, "○"),
    (SHARE, "８７．２％", "記入済み", 0.872, 2.2, 0.872 / 0.9, "○"),
    (SHARE, "87.2", "単位が違います（%）", 87.2, 8635, 87.2 / 0.9, "◎"),
    (SHARE, 87.2, "100％を超えています", 87.2, 8635, 87.2 / 0.9, "◎"),
    (FEWER, 40, "記入済み", 40, 1, 0.75, "△"),
    (FEWER, 0, "記入済み", 0, 0, "", ""),
]
PROSE = [
    (None, "未入力"),
    ("増えた。\n広報する。", "記入済み"),
    ("別紙のとおり", "内容を記入してください"),
    ("あ" * 11, "11字あります（10字が目安）"),
]


def recalculated(folder: Path, *files: Path) -> list[Path]:
    """The files as LibreOffice saves them after calculating everything anew."""
    out = folder / "recalculated"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [out / file.name for file in files]


def close(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9 * max(1, abs(one))
    return (one or "") == (other or "") if not isinstance(one, int | float) else False


def made_of(measure: Measure, value: object, row: int) -> list[Formula]:
    """The five formulas of a figure that stands in column A."""
    ref = f"A{row}"
    typed = value if isinstance(value, str | int | float) else None
    read = number_read(ref, typed, measure)
    change, share = year_on_year(f"C{row}", read.value, measure), achieved(f"C{row}", read.value, measure)
    assert change is not None and share is not None
    return [figure_status(ref, typed, measure), read, change, share, rated(f"E{row}", share.value, SCALE)]


def test_each_formula_is_written_with_the_result_it_means() -> None:
    for row, (measure, typed, *expected) in enumerate(FIGURES, 1):
        values = [formula.value for formula in made_of(measure, typed, row)]
        assert all(close(a, b) for a, b in zip(values, expected, strict=True)), (typed, values, expected)
    for typed, said in PROSE:
        assert narrative_status("A1", typed, 10).value == said


@pytest.mark.office
def test_libreoffice_reckons_the_same(tmp_path: Path) -> None:
    cells: dict[tuple[int, int], Cell] = {}
    for row, (measure, typed, *_) in enumerate(FIGURES):
        cells[row, 0] = Cell(typed)
        for col, formula in enumerate(made_of(measure, typed, row + 1), 1):
            cells[row, col] = Cell("まだ", formula=formula.text)
    start = len(FIGURES)
    for row, (typed, _) in enumerate(PROSE, start):
        cells[row, 0] = Cell(typed)
        cells[row, 1] = Cell("まだ", formula=narrative_status(f"A{row + 1}", typed, 10).text)
    file = tmp_path / "cases.xlsx"
    file.write_bytes(book_bytes(Book((Sheet("例", cells),))))
    book = openpyxl.load_workbook(file)  # saving with openpyxl drops the results, so that they must be reckoned
    book.save(file)
    sheet = openpyxl.load_workbook(recalculated(tmp_path, file)[0], data_only=True)["例"]
    for row, (_, typed, *expected) in enumerate(FIGURES, 1):
        got = [sheet.cell(row, col).value for col in range(2, 7)]
        assert all(close(a, b) for a, b in zip(expected, got, strict=True)), (typed, got, expected)
    for row, (typed, said) in enumerate(PROSE, start + 1):
        assert sheet.cell(row, 2).value == said, typed


# ----------------------------------------------------------------------------------------------------------- the form
@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(TEMPLATE)[0]


def issued(plan: Plan, department: str, to: Path) -> Path:
    to.write_bytes(book_bytes(form(plan, department).book))
    return to


def open_cells(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["柱2"]
    merged = type(sheet["A1"]).__name__
    return [
        c.coordinate for r in sheet.iter_rows() for c in r if not c.protection.locked and type(c).__name__ == merged
    ]


def state_of(path: Path) -> str:
    guide = openpyxl.load_workbook(path, data_only=True)["記入要領"]
    return next(str(line[1].value) for line in guide.iter_rows(max_col=2) if line[0].value == "記入の状況")


def checks_of(path: Path) -> Mapping[str, list[object]]:
    """The texts below each head of the columns of checks."""
    sheet = openpyxl.load_workbook(path, data_only=True)["柱2"]
    heads = {c.column: str(c.value) for r in sheet.iter_rows() for c in r if str(c.value).startswith(MARK)}
    cells = {head: [sheet.cell(r, col).value for r in range(1, sheet.max_row + 1)] for col, head in heads.items()}
    return {head: [v for v in values if v and not str(v).startswith(MARK)] for head, values in cells.items()}


def test_as_issued_all_is_missing(plan: Plan, tmp_path: Path) -> None:
    file = issued(plan, "障害福祉課", tmp_path / "form.xlsx")
    assert state_of(file) == "あと10か所"
    checks = checks_of(file)
    assert [head.split("\n")[1] for head in checks] == ["Ｒ5 実績値", "・Ｒ5取り組みの成果，課題…"]
    assert list(checks.values()) == [["未入力"] * 5] * 2


def test_checks_are_off_the_paper_and_locked(plan: Plan) -> None:
    made = form(plan, "障害福祉課").book.sheet("柱2")
    assert made is not None and made.page.print_area is not None
    formulas = [(at, cell) for at, cell in made.cells.items() if cell.formula is not None]
    assert formulas
    for at, cell in formulas:
        assert at not in made.page.print_area and cell.style.locked
    marks = [at for at, cell in made.cells.items() if str(cell.value).startswith(MARK)]
    assert min(col for _, col in marks) == made.page.print_area.right + 2


def test_ratings_only_where_the_plan_rates(plan: Plan) -> None:
    def heads(given: Plan) -> set[object]:
        sheet = form(given, "障害福祉課").book.sheet("柱2")
        assert sheet is not None and sheet.page.print_area is not None
        return {cell.value for (_, col), cell in sheet.cells.items() if col > sheet.page.print_area.right}

    assert "評価" not in heads(plan) and {"前年比", "達成率"} <= heads(plan)
    extra = {**plan.settings.extra, RATED_BY: AUTOMATIC, AGAINST: "最終"}
    assert "評価" in heads(replace(plan, settings=replace(plan.settings, extra=extra)))


@pytest.mark.office
def test_a_form_counts_what_is_left_in_libreoffice(plan: Plan, tmp_path: Path) -> None:
    part, wrong, whole = (issued(plan, "障害福祉課", tmp_path / f"{n}.xlsx") for n in ("part", "wrong", "whole"))
    places = open_cells(part)
    assert len(places) == 10
    for path in (part, wrong, whole):
        book = openpyxl.load_workbook(path)
        for place in places[:7] if path is part else places:
            narrative = "J" not in place
            book["柱2"][place] = "相談が増えた。" if narrative else 5000
        if path is wrong:
            book["柱2"][next(p for p in places if "J" in p)] = "912人"
        book.save(path)
    part, wrong, whole = recalculated(tmp_path, part, wrong, whole)
    assert state_of(part) == "あと3か所"
    assert state_of(wrong) == "提出できます（「点検」の列に、確かめていただきたいところが1か所あります）"
    assert state_of(whole) == "提出できます"
    assert "単位が違います（件）" in checks_of(wrong)[f"{MARK}\nＲ5 実績値"]
    figures = openpyxl.load_workbook(whole, data_only=True)["柱2"]
    row = int(places[0][1:])
    head = {figures.cell(r, c).value: c for r in range(1, 9) for c in range(14, 22)}
    assert figures.cell(row, head["前年比"]).value == pytest.approx(5000 / 13282)
    assert figures.cell(row, head["達成率"]).value == pytest.approx(5000 / 6000)


@pytest.mark.office
def test_print_loses_nothing_but_the_named_columns(plan: Plan, print_gate: Path, tmp_path: Path) -> None:
    file = issued(plan, "障害福祉課", tmp_path / "form.xlsx")
    command = [sys.executable, str(print_gate), str(file), "--allow-unprinted", "柱2!N1:S200"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "every character is printed" in done.stdout, done.stdout[-3000:]


# ------------------------------------------------------------------------------------------------------- what returns
def test_a_return_without_the_checks_reads_the_same(plan: Plan, tmp_path: Path) -> None:
    file = ROOT / "inbox" / "障害福祉課.xlsx"
    book = read_book(file.read_bytes())
    bare = without_checks(book)
    assert sum(len(s.cells) for s in bare.sheets) < sum(len(s.cells) for s in book.sheets)
    assert read_submission(book, plan, "a.xlsx", "") == read_submission(bare, plan, "a.xlsx", "")
    sheet = bare.sheet("柱2")
    assert sheet is not None and sheet.page.print_area is not None
    assert all(col <= sheet.page.print_area.right for (_, col), cell in sheet.cells.items() if not cell.blank)


def test_results_without_formulas_are_left_out_too_and_foreign_words_stay() -> None:
    cells = {
        (0, 0): Cell("番号"),
        (0, 4): Cell(f"{MARK}\nＲ5 実績値"),
        (0, 5): Cell("前年比"),
        (0, 6): Cell("評価"),
        (1, 4): Cell("単位が違います（件）"),
        (1, 5): Cell(1.25),
        (1, 6): Cell("達成"),
        (2, 4): Cell("電話で確認済み"),
        (3, 4): Cell("612字あります（600字が目安）"),
    }
    (sheet,) = without_checks(Book((Sheet("柱2", cells, merges=(Area(5, 0, 5, 1),)),))).sheets
    assert {at: cell.value for at, cell in sheet.cells.items()} == {(0, 0): "番号", (2, 4): "電話で確認済み"}


@pytest.mark.office
def test_a_form_typed_into_libreoffice_is_complete(plan: Plan, tmp_path: Path) -> None:
    tool = ROOT.parent / "shared" / "tools" / "type_in_libreoffice.py"
    if not tool.is_file():
        pytest.skip("the typing tool is not beside the repository")
    file = issued(plan, "学童保育課", tmp_path / "form.xlsx")
    entries = [["柱2", place, "12"] for place in open_cells(file)]
    (tmp_path / "entries.json").write_text(json.dumps(entries), encoding="utf-8")
    target = tmp_path / "typed.xlsx"
    command = [sys.executable, str(tool), str(file), str(target), "--json", str(tmp_path / "entries.json")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert state_of(target) == "提出できます"
    submission, findings = read_submission(read_book(target.read_bytes()), plan, "typed.xlsx", "")
    assert submission is not None and findings == ()
