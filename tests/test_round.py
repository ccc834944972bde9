"""The whole round on the real plan: rollover, split, the shipped inbox, merge."""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from issued_lines import issued_lines
from xl_plan.cells import Book
from xl_plan.excel.read import read_book
from xl_plan.model import ISSUED_SHEET, Plan, Role
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import MergeOptions, run_merge
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.plan import read_plan

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
OFFICE = DATA / "柱2_進捗状況.xlsx"
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
INBOX = ROOT / "inbox"
PRINTED = json.loads((DATA / "pillar2.json").read_text(encoding="utf-8"))
ROWS = {row["番号"]: row for section in PRINTED["節"] for row in section["事業"]}
# the narratives that the print itself writes differently from their originals: copies equal the original
DIFFERING = {"柱2(1)②ア": "柱2(1)①ア", "柱2(2)①ア": "柱2(1)①ア", "柱2(3)②ウ": "柱2(1)③イ"}
FILLERS = {
    "地域包括支援課": 8,
    "障害福祉課": 10,
    "福祉政策課": 10,
    "柏市社会福祉協議会": 8,
    "地域保健課": 2,
    "子育て支援課": 2,
    "消費生活センター": 2,
    "広報広聴課": 6,
    "学童保育課": 2,
    "地域医療推進課": 2,
}


@dataclass(frozen=True)
class Round:
    folder: Path
    output: Path
    plan: Plan
    book: Book


def read(path: Path) -> Book:
    return read_book(path.read_bytes())


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Round:
    folder = tmp_path_factory.mktemp("round")
    done = run_merge(INBOX, TEMPLATE, folder)
    assert done.output is not None
    book = read(done.output)
    return Round(folder, done.output, read_plan(book)[0], book)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("split")
    run_split(TEMPLATE, folder)
    return folder / "調査票"


# ------------------------------------------------------------------------------------------------------- the office sheet
def test_every_text_and_number_of_the_print_is_read_to_the_character() -> None:
    plan, _ = load_plan(OFFICE)
    assert [p.number for p in plan.programmes] == list(ROWS)
    differences = [
        (number, name, want, got)
        for number, row in ROWS.items()
        for name, want, got in printed_fields(plan, number, row)
        if want != got
    ]
    assert differences == []


def printed_fields(plan: Plan, number: str, row: dict[str, str]) -> list[tuple[str, str, str]]:
    """(field, as printed, as read) of the eleven fields of a row."""
    programme = next(p for p in plan.programmes if p.number == number)
    by_header = {column.header: column for column in programme.block.columns}
    fields = [
        ("評価指標", row["評価指標"], programme.text("indicator")),
        ("内容", row["内容"], programme.text("description")),
        ("記述", row["成果・課題・方向性"], programme.text("narrative")),
    ]
    fields += [(name, row[name], programme.text(by_header[name].key)) for name in PRINTED["値の列"]]
    assert len(fields) == 11
    return fields


def test_who_fills_is_read_from_the_blue_cells() -> None:
    plan, findings = load_plan(OFFICE)
    assert {p.number: p.responsible for p in plan.programmes} == {n: row["記入部局"] for n, row in ROWS.items()}
    assert [f for f in findings if f.code.startswith("XP5")] == []
    shared = {p.number: p.sharing_names for p in plan.programmes if p.sharing_names}
    assert shared == {
        "柱2(1)①ウ": ("生活支援課",),
        "柱2(1)②カ": ("生活支援課",),
        "柱2(2)②イ": ("柏市社会福祉協議会",),
        "柱2(3)①イ": ("防災安全課",),
    }


# ---------------------------------------------------------------------------------------------------------- the template
def test_the_committed_template_is_what_rollover_makes(tmp_path: Path) -> None:
    made = tmp_path / "plan_template.xlsx"
    run_rollover(OFFICE, "R5", made, title="柏市地域健康福祉計画", deadline="2024-05-31", division="福祉政策課")
    assert read(made) == read(TEMPLATE)
    assert made.read_bytes() == TEMPLATE.read_bytes()


def test_the_template_empties_the_rounds_columns_and_nothing_else() -> None:
    office, template = load_plan(OFFICE)[0], load_plan(TEMPLATE)[0]
    asked = {"actual:2023", "narrative"}
    for before, after in zip(office.programmes, template.programmes, strict=True):
        assert before.number == after.number
        for column in before.block.columns:
            if column.key in asked:
                assert after.cell(column.key).value is None
            elif column.role is not Role.DEPARTMENT:
                was, now = before.cell(column.key), after.cell(column.key)
                assert (was.value, was.style.number_format) == (now.value, now.style.number_format)
    filled = {c.key for table in template.tables for c in table.columns if c.filler is not None}
    assert filled == asked
    assert template.settings.title == "柏市地域健康福祉計画"
    assert (str(template.settings.year), template.settings.deadline) == ("R5", "2024-05-31")
    assert template.settings.division == "福祉政策課"


def test_the_template_keeps_the_sheet_as_the_office_has_it() -> None:
    office, template = read(OFFICE).sheets[0], read(TEMPLATE).sheets[0]
    assert office.widths == template.widths
    texts = [c.value for _, row in office.rows() for _, c in row if not c.blank]
    kept = [c.value for _, row in template.rows() for _, c in row if not c.blank]
    emptied = {ROWS[n][f] for n in ROWS for f in ("Ｒ5 実績値", "成果・課題・方向性")}
    missing = set(map(str, texts)) - set(map(str, kept))
    assert missing <= emptied | {str(v) for v in texts if isinstance(v, (int, float))}
    blue = {p.number: [d.blue for d in p.departments] for p in load_plan(OFFICE)[0].programmes}
    assert blue == {p.number: [d.blue for d in p.departments] for p in load_plan(TEMPLATE)[0].programmes}


# ------------------------------------------------------------------------------------------------------------- the forms
def test_ten_forms_and_two_copies(forms: Path) -> None:
    assert {p.stem for p in forms.glob("*.xlsx")} == {*FILLERS, "確認用_生活支援課", "確認用_防災安全課"}
    assert {p.stem for p in forms.glob("*.txt")} == {f"依頼文_{d}" for d in (*FILLERS, "生活支援課", "防災安全課")}


def test_exactly_the_owned_cells_are_unlocked_and_blue(forms: Path) -> None:
    total = 0
    for department, count in FILLERS.items():
        book = openpyxl.load_workbook(forms / f"{department}.xlsx")
        sheet = book["柱2"]
        assert sheet.protection.sheet and not sheet.protection.password
        assert not sheet.protection.formatColumns and not sheet.protection.formatRows  # False: people may
        unlocked = [c for row in sheet.iter_rows() for c in row if not c.protection.locked and not is_covered(sheet, c)]
        assert len(unlocked) == count, department
        assert {c.fill.fgColor.rgb for c in unlocked} == {"FFDDEBF7"}
        assert book[ISSUED_SHEET].sheet_state == "veryHidden"
        total += len(unlocked)
    assert total == 52


def is_covered(sheet: openpyxl.worksheet.worksheet.Worksheet, cell: object) -> bool:
    return type(cell).__name__ == "MergedCell"


def test_a_copy_has_nothing_to_write_in(forms: Path) -> None:
    book = openpyxl.load_workbook(forms / "確認用_生活支援課.xlsx")
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.protection.sheet
            assert all(c.protection.locked for row in sheet.iter_rows() for c in row)
    numbers = [c.value for c in book["柱2"]["A"] if str(c.value).startswith("柱2(")]
    assert numbers == ["柱2(1)①ウ", "柱2(1)②カ"]


def test_cells_to_fill_have_the_rows_unit(forms: Path) -> None:
    formats = {}
    for department in FILLERS:
        book = openpyxl.load_workbook(forms / f"{department}.xlsx")
        for key, column, owned, sheet, cell in issued_lines(book):
            if owned and column == "actual:2023":
                formats[key] = book[sheet][cell].number_format
    assert formats["柱2(1)①ア"] == "0.00%"
    assert formats["柱2(1)①イ"] == '#,##0"件"'
    assert formats["柱2(1)①オ"] == '#,##0"箇所"'
    assert formats["柱2(3)①ア"] == "#,##0"


def test_the_form_says_who_what_until_when(forms: Path) -> None:
    book = openpyxl.load_workbook(forms / "福祉政策課.xlsx")
    assert book.sheetnames[0] == "記入要領" and book.sheetnames[-2] == "修正申出"
    said = "\n".join(str(c.value) for row in book["記入要領"].iter_rows() for c in row if c.value)
    for words in (
        "福祉政策課",
        "2024年5月31日",
        "10か所",
        "回答者・内線",
        "確認者・確認日",
        "提出区分",
        "集計中",
        "再掲",
    ):
        assert words in said
    assert "関係部局：生活支援課（調整の上ご記入ください）" in said
    assert any("関係部局：生活支援課" in str(c.value) for c in book["柱2"]["A"])
    letter = (forms / "依頼文_福祉政策課.txt").read_text(encoding="utf-8-sig")
    assert "福祉政策課　御中" in letter and "2024年5月31日" in letter and "10か所" in letter


def test_relisted_rows_are_grey_and_not_to_fill(forms: Path) -> None:
    sheet = openpyxl.load_workbook(forms / "障害福祉課.xlsx")["柱2"]
    row = next(c.row for c in sheet["A"] if c.value == "柱2(1)②イ")
    values = [c for r in sheet.iter_rows(min_row=row, max_row=row + 1) for c in r if c.value]
    not_to_fill = [c for c in values if str(c.value).startswith("記入不要")]
    assert len(not_to_fill) == 2 and all(c.protection.locked for c in not_to_fill)
    assert {c.fill.fgColor.rgb for c in not_to_fill} == {"FFE7E6E6"}


def test_input_messages_are_short_and_hinder_nothing(forms: Path) -> None:
    for department in FILLERS:
        for sheet in openpyxl.load_workbook(forms / f"{department}.xlsx").worksheets:
            for rule in sheet.data_validations.dataValidation:
                assert rule.errorStyle != "stop"  # 集計中, － and a unit stay typable
                assert len(rule.prompt or "") <= 24


# -------------------------------------------------------------------------------------------------------------- the merge
def test_352_cells_equal_the_print(merged: Round) -> None:
    compared, differences = 0, []
    for number, row in ROWS.items():
        for name, printed, got in printed_fields(merged.plan, number, row):
            copied = name == "記述" and number in DIFFERING
            want = ROWS[DIFFERING[number]]["成果・課題・方向性"] if copied else printed
            compared += 1
            if want != got:
                differences.append((number, name, want, got))
    assert compared == 352
    assert differences == []


def test_a_reader_without_calculation_sees_every_copy(merged: Round) -> None:
    book = openpyxl.load_workbook(merged.output, data_only=True)
    live = openpyxl.load_workbook(merged.output)
    copies = [c for row in live["柱2"].iter_rows() for c in row if c.data_type == "f"]
    assert len(copies) == 12
    assert all(book["柱2"][c.coordinate].value not in (None, "", 0) for c in copies)


def test_the_consolidated_workbook_has_the_report_sheets(merged: Round) -> None:
    names = [sheet.name for sheet in merged.book.sheets if sheet.state == "visible"]
    assert names[0] == "柱2"
    assert {"設定", "提出状況", "確認事項", "修正申出", "転記元一覧"} <= set(names)


def test_every_value_names_file_hash_sheet_and_cell(merged: Round) -> None:
    import hashlib

    sheet = openpyxl.load_workbook(merged.output)["転記元一覧"]
    lines = [row for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("柱2(")]
    assert len(lines) == 64
    for _, _, _, _, file, sha256, source in (row[:7] for row in lines):
        data = (INBOX / str(file)).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
        name, _, cell = str(source).partition(" ")
        assert openpyxl.load_workbook(INBOX / str(file))[name][cell].value not in (None, "")


def test_the_same_bytes_whatever_the_order_times_and_jobs(tmp_path: Path) -> None:
    names = sorted(p.name for p in INBOX.glob("*.xlsx"))
    outputs = []
    for seed, jobs in ((1, 1), (2, 2), (3, 1)):
        inbox, out = tmp_path / f"in{seed}", tmp_path / f"out{seed}"
        inbox.mkdir()
        shuffled = random.Random(seed).sample(names, len(names))
        for index, name in enumerate(shuffled):
            shutil.copyfile(INBOX / name, inbox / name)
            os.utime(inbox / name, (1_600_000_000 + index * 999, 1_700_000_000 - index * 777 * seed))
        done = run_merge(inbox, TEMPLATE, out, MergeOptions(jobs=jobs))
        assert done.output is not None
        outputs.append(done.output.read_bytes())
    again = run_merge(tmp_path / "in3", TEMPLATE, tmp_path / "out3")
    assert again.output is not None
    outputs.append(again.output.read_bytes())
    assert len(set(outputs)) == 1


def test_the_inbox_is_not_touched(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(INBOX, inbox)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()}
    run_merge(inbox, TEMPLATE, tmp_path / "out")
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()} == before


def test_one_foreign_cell_changed_is_one_finding_and_never_reaches_the_output(tmp_path: Path, merged: Round) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(INBOX, inbox)
    path = inbox / "障害福祉課.xlsx"
    book = openpyxl.load_workbook(path)
    row = next(c.row for c in book["柱2"]["A"] if c.value == "柱2(1)①イ") + 1
    cell = next(c for c in book["柱2"][row] if c.value == 13282)
    cell.value = 987654321
    address = cell.coordinate
    book.save(path)
    done = run_merge(inbox, TEMPLATE, tmp_path / "out")
    clean = run_merge(INBOX, TEMPLATE, tmp_path / "clean")
    new = [f for f in done.findings if f not in clean.findings]
    assert [(f.code, f.department, f.place.file, f.place.sheet, f.place.cell) for f in new] == [
        ("XP201", "障害福祉課", "障害福祉課.xlsx", "柱2", address)
    ]
    assert (new[0].place.number, new[0].place.column) == ("柱2(1)①イ", "Ｒ4 実績値")
    assert (new[0].expected, new[0].got) == ("13,282件", "987,654,321件")
    assert done.output is not None
    sheet = read(done.output).sheet("柱2")
    assert sheet is not None
    assert not any("987654321" in str(c.value) for c in sheet.cells.values())
    assert {k: c.value for k, c in sheet.cells.items()} == {
        k: c.value for k, c in read(merged.output).sheets[0].cells.items()
    }


def test_a_missing_department_does_not_stop_it_and_is_visible(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(INBOX, inbox)
    (inbox / "学童保育課.xlsx").unlink()
    done = run_merge(inbox, TEMPLATE, tmp_path / "out")
    assert done.merged.missing == ("学童保育課",)
    assert done.output is not None
    book = openpyxl.load_workbook(done.output)
    row = next(c.row for c in book["柱2"]["A"] if c.value == "柱2(1)④ウ")
    shown = [c.value for r in book["柱2"].iter_rows(min_row=row, max_row=row + 1) for c in r]
    assert shown.count("〔未提出〕") == 2
    again, _ = load_plan(done.output)
    programme = next(p for p in again.programmes if p.number == "柱2(1)④ウ")
    assert again.owned_by("学童保育課") and programme.text("actual:2023") == "〔未提出〕"


def test_the_consolidated_workbook_reads_back_as_a_plan(merged: Round, tmp_path: Path) -> None:
    template = load_plan(TEMPLATE)[0]
    assert [p.number for p in merged.plan.programmes] == [p.number for p in template.programmes]
    assert merged.plan.relisting == template.relisting
    assert merged.plan.settings == template.settings
    again = run_split(merged.output, tmp_path)
    assert [(d, n) for d, _, n in again.forms] == [
        (d.name, FILLERS[d.name]) for d in template.departments if d.name in FILLERS
    ]
