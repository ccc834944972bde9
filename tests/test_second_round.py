"""Columns that the division or a meeting fills after the collection: a second round on the consolidated workbook."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from issued_lines import issued_lines
from layouts.drawing import drawn
from small_round import ROOT
from xl_plan.cells import Sheet
from xl_plan.cli import main
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.model import REVISIONS_SHEET, SOURCES_SHEET, STATE_SHEET, STATUS_SHEET, Filler, Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.comparing import run_diff
from xl_plan.pipeline.exporting import run_export
from xl_plan.pipeline.following import run_status
from xl_plan.pipeline.merging import MergeResult, run_merge
from xl_plan.pipeline.publishing import run_publish
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.tables.colours import PALE_BLUE

# openpyxl, which plays the person at Excel here, drops what it does not know of the report sheets.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
TYPING = ROOT.parent / "shared" / "tools" / "type_in_libreoffice.py"
PRINT_LOSS = ROOT.parent / "shared" / "tools" / "print_loss.py"
OURS = tuple(f"XP22{n}" for n in range(1, 9))

TABLE = """
健康計画
番号 | 事業名 | 評価指標 | Ｒ4 実績値 | Ｒ5 実績値 | Ｒ5取り組みの成果 | 事務局評価 | Ｒ5 推進会議の評価 | 推進会議の意見 | Ｒ6 目標値 | 担当課
柱1ア | 健診 | 受診者数 | 40人 | 42人 | 増えた。 |  |  |  | 50人 | 健康課
柱1イ | 接種 | 接種率 | 80% | 81% | 続ける。 |  |  |  | 90% | 保健所
柱1ウ | 体操 | 回数 | 5回 | 6回 | 人気がある。 |  |  |  | 9回 | 健康課
柱2ア | 健診【再掲 柱1ア】 | 受診者数 | 40人 | 42人 | 増えた。 |  |  |  | 50人 | 健康課
"""
OFFICE, MEETING, OPINION = "事務局評価", "Ｒ5 推進会議の評価", "推進会議の意見"


@dataclass
class Division:
    """A division whose plan has columns of its own and of a meeting."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "元.xlsx").write_bytes(book_bytes(drawn(表=TABLE)))
        run_rollover(self.folder / "元.xlsx", "R5", self.plan, title="健康計画", division="企画課")
        book = openpyxl.load_workbook(self.plan)
        by = {OFFICE: "事務局", MEETING: "会議", OPINION: "会議", "事務局・会議の期限": "2024-08-30"}
        by |= {"評価者": "会議", "基準日": "2024-07-01"}
        for line in book["設定"].iter_rows(max_col=4):
            if line[0].value in by:
                line[3 if line[1].value in ("評価", "その他") else 1].value = by[line[0].value]
        book.save(self.plan)
        self.inbox.mkdir()
        for department, form, _ in run_split(self.plan, self.folder).forms:
            self.answer(department, form, self.inbox / form.name)

    @property
    def plan(self) -> Path:
        return self.folder / "R5.xlsx"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def output(self) -> Path:
        return self.folder / "進捗状況_R5.xlsx"

    def answer(self, department: str, form: Path, target: Path, value: str = "44人") -> None:
        book = openpyxl.load_workbook(form)
        for _, column, owned, sheet, cell in issued_lines(book):
            if owned:
                book[sheet][cell].value = f"{department}の成果" if column.startswith("narr") else value
        book.save(target)

    def merge(self) -> MergeResult:
        return run_merge(self.inbox, self.plan, self.folder)

    def type(self, header: str, **marks: Any) -> None:
        """Type into a column of the consolidated workbook; marks by the programme's number."""
        plan = load_plan(self.output)[0]
        book = openpyxl.load_workbook(self.output)
        for number, mark in marks.items():
            programme = next(p for p in plan.programmes if p.number == number)
            column = next(c for c in programme.block.columns if c.header == header)
            row, col = programme.block.places[column.key][0]
            book["表"].cell(row + 1, col + 1).value = mark
        book.save(self.output)

    def column(self, header: str, path: Path | None = None) -> dict[str, str]:
        plan = load_plan(path or self.output)[0]
        return {p.number: p.text(c.key) for p in plan.programmes for c in p.block.columns if c.header == header}

    def sheet(self, name: str) -> Sheet:
        sheet = read_book(self.output.read_bytes()).sheet(name)
        assert sheet is not None
        return sheet


@pytest.fixture
def division(tmp_path: Path) -> Division:
    made = Division(tmp_path)
    made.merge()
    return made


def fills(plan: Plan, sheet: Sheet, header: str) -> dict[str, str | None]:
    return {
        p.number: sheet.at(*place).style.fill
        for p in plan.programmes
        for c in p.block.columns
        if c.header == header and (place := p.place(c.key))
    }


def codes(done: MergeResult) -> list[str]:
    return [f.code for f in done.findings if f.code in OURS]


def lines_of(sheet: Sheet) -> list[list[str]]:
    return [[str(cell.value) for _, cell in cells if not cell.blank] for _, cells in sheet.rows()]


# ------------------------------------------------------------------------------------------------------- what is asked
def test_departments_are_not_asked_for_them(division: Division) -> None:
    plan = load_plan(division.plan)[0]
    headers = {c.header for d in plan.departments for _, c in plan.owned_by(d.name)}
    assert headers == {"Ｒ5 実績値", "Ｒ5取り組みの成果"}
    assert {c.header: c.filler for c in plan.tables[0].columns if c.filler not in (None, Filler.DEPARTMENT)} == {
        OFFICE: Filler.OFFICE,
        MEETING: Filler.MEETING,
        OPINION: Filler.MEETING,
    }
    assert plan.settings.later_deadline == "2024-08-30"


def test_the_form_says_who_fills_them_later(division: Division) -> None:
    sheet = read_book((division.folder / "調査票" / "健康課.xlsx").read_bytes()).sheet("表")
    assert sheet is not None
    first = next(line for line in lines_of(sheet) if line[0] == "柱1ア")
    assert [text for text in first if text.startswith("記入不要")] == [
        "記入不要\n（後で事務局が記入します）",
        "記入不要\n（後で会議が記入します）",
        "記入不要\n（後で会議が記入します）",
    ]


@pytest.mark.parametrize(
    ("header", "others", "filler"),
    [("評価", "", Filler.MEETING), ("評価", "自己評価 | ", None), ("推進会議の評価", "", Filler.MEETING)],
)
def test_who_rates_fills_the_one_rating_column(tmp_path: Path, header: str, others: str, filler: Filler | None) -> None:
    blank = " | " if others else ""
    book = drawn(表=f"番号 | 事業名 | R5 | {others}{header} | 担当課\n1 | 健診 | 40 | {blank} | 健康課")
    (tmp_path / "元.xlsx").write_bytes(book_bytes(book))
    run_rollover(tmp_path / "元.xlsx", "R5", tmp_path / "R5.xlsx", title="計画")
    edited = openpyxl.load_workbook(tmp_path / "R5.xlsx")
    line = next(line for line in edited["設定"].iter_rows(max_col=2) if line[0].value == "評価者")
    line[1].value = "会議"
    edited.save(tmp_path / "R5.xlsx")
    plan = load_plan(tmp_path / "R5.xlsx")[0]
    assert next(c for c in plan.tables[0].columns if c.header == header).filler is filler
    assert {c.key for _, c in plan.owned_by("健康課")} == {"actual:2023"}


def test_what_a_department_types_there_is_not_taken(division: Division) -> None:
    form = division.inbox / "保健所.xlsx"
    book = openpyxl.load_workbook(form)
    sheet, cell = next((s, c) for _, column, _, s, c in issued_lines(book) if column.startswith("rating"))
    book[sheet][cell].value = "◎"
    book.save(form)
    done = division.merge()
    assert set(division.column(OFFICE).values()) == {""}
    assert [f.code for f in done.findings if f.got == "◎"] == ["XP201"]


# -------------------------------------------------------------------------------------- on the consolidated workbook
def test_open_cells_are_pale_blue_and_offer_the_marks(division: Division) -> None:
    plan, sheet = load_plan(division.output)[0], division.sheet("表")
    assert fills(plan, sheet, MEETING) == {"柱1ア": PALE_BLUE, "柱1イ": PALE_BLUE, "柱1ウ": PALE_BLUE, "柱2ア": None}
    marks = [v for v in sheet.validations if v.kind == "list"]
    assert [(v.title, v.source) for v in marks] == [(OFFICE, ("◎", "○", "△", "×")), (MEETING, ("◎", "○", "△", "×"))]
    assert "会議が記入する欄です（期限：2024年8月30日" in marks[1].message
    division.type(MEETING, 柱1イ="◎")
    division.merge()
    after = fills(load_plan(division.output)[0], division.sheet("表"), MEETING)
    assert after == {"柱1ア": PALE_BLUE, "柱1イ": None, "柱1ウ": PALE_BLUE, "柱2ア": None}


def test_what_is_typed_stays_and_is_no_revision_of_a_department(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ", 柱1ウ="Ｂ")
    division.type(OPINION, 柱1イ="案内の方法を\n工夫すること。")
    done = division.merge()
    assert codes(done) == []
    assert division.column(OFFICE) == {"柱1ア": "Ａ", "柱1イ": "", "柱1ウ": "Ｂ", "柱2ア": "Ａ"}
    assert division.column(OPINION)["柱1イ"] == "案内の方法を\n工夫すること。"
    assert read_book(division.output.read_bytes()).sheet(REVISIONS_SHEET) is None
    sources = [line for line in lines_of(division.sheet(SOURCES_SHEET)) if line[:2] == ["柱1ア", OFFICE]]
    assert [line[-1] for line in sources] == ["（取りまとめのブックに事務局が記入）"]
    before = division.output.read_bytes()
    division.merge()
    assert division.output.read_bytes() == before


def test_a_late_answer_changes_nothing_of_them(division: Division) -> None:
    late = division.inbox / "保健所.xlsx"
    kept = late.read_bytes()
    late.unlink()
    division.merge()
    division.type(OFFICE, 柱1ア="Ａ", 柱1イ="Ｃ")
    late.write_bytes(kept)
    done = division.merge()
    assert codes(done) == []
    assert division.column("Ｒ5 実績値")["柱1イ"] == "44人"
    assert division.column(OFFICE) == {"柱1ア": "Ａ", "柱1イ": "Ｃ", "柱1ウ": "", "柱2ア": "Ａ"}


def test_a_mark_may_be_changed_and_taken_back(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ", 柱1イ="Ｃ")
    division.merge()
    division.type(OFFICE, 柱1ア="Ｂ", 柱1イ=None)
    assert codes(division.merge()) == []
    assert division.column(OFFICE) == {"柱1ア": "Ｂ", "柱1イ": "", "柱1ウ": "", "柱2ア": "Ｂ"}
    assert run_status(division.inbox, division.plan, division.folder).later.filled == 1


def test_a_department_s_cell_edited_at_the_same_time_is_a_revision(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    division.type("Ｒ5 実績値", 柱1ア="45人")
    done = division.merge()
    assert codes(done) == ["XP221"]
    assert [line[1:3] for line in lines_of(division.sheet(REVISIONS_SHEET))[4:]] == [["柱1ア", "Ｒ5 実績値"]]


def test_the_plan_and_the_consolidated_workbook_say_two_things(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    division.merge()
    book = openpyxl.load_workbook(division.plan)
    plan = load_plan(division.plan)[0]
    first = plan.programmes[0]
    place = first.place(next(c.key for c in first.block.columns if c.header == OFFICE))
    assert place is not None
    book["表"].cell(place[0] + 1, place[1] + 1).value = "Ｂ"
    book.save(division.plan)
    found = [f for f in division.merge().findings if f.code == "XP222"]
    assert [(f.got, f.details["submitted"], f.details["source"], f.department) for f in found] == [
        ("Ａ", "Ｂ", "計画のブック", "")
    ]
    assert division.column(OFFICE)["柱1ア"] == "Ａ"


def test_a_mark_over_a_relisted_row_s_reference_stays_and_is_pointed_out(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ", 柱2ア="Ｂ")
    done = division.merge()
    assert [(f.expected, f.got) for f in done.findings if f.code.startswith("XP4")] == [("Ａ", "Ｂ")]
    assert division.column(OFFICE)["柱2ア"] == "Ｂ"


def test_every_character_is_printed(division: Division) -> None:
    if not PRINT_LOSS.is_file():
        pytest.skip("the measuring tool is not beside this repository")
    words = "健診の案内は世帯ごとに送り、受診しなかった人には電話でも知らせること。" * 6
    division.type(OPINION, 柱1ア=words, 柱1ウ=f"{words}\n以上")
    division.type(MEETING, 柱1ア="○（条件付き）")
    division.merge()
    judged = subprocess.run(
        [sys.executable, str(PRINT_LOSS), str(division.output), "--pass", "excel"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "every character is printed" in judged.stdout, judged.stdout[-2000:]


@pytest.mark.office
def test_marks_typed_in_libreoffice_stay(division: Division, tmp_path: Path) -> None:
    if not TYPING.is_file():
        pytest.skip("the typing tool is not beside the repository")
    entries, saved = tmp_path / "entries.json", tmp_path / "saved.xlsx"
    entries.write_text(json.dumps([["表", "G3", "Ａ"], ["表", "H4", "◎"]], ensure_ascii=False), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(TYPING), str(division.output), str(saved), "--json", str(entries)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    division.output.write_bytes(saved.read_bytes())
    assert codes(division.merge()) == []
    assert division.column(OFFICE) == {"柱1ア": "Ａ", "柱1イ": "", "柱1ウ": "", "柱2ア": "Ａ"}
    assert division.column(MEETING)["柱1イ"] == "◎"


# -------------------------------------------------------------------------------------------------------------- status
def test_status_counts_them_as_a_second_round(division: Division) -> None:
    before = run_status(division.inbox, division.plan, division.folder).later
    assert (before.filled, before.owned, before.overdue) == (0, 10, False)
    division.type(OFFICE, 柱1ア="Ａ", 柱1イ="－")
    arguments = ["status", str(division.inbox), "--plan", str(division.plan), "--out", str(division.folder)]
    said = CliRunner().invoke(main, arguments, standalone_mode=False)
    assert "事務局・会議が記入する10か所のうち2か所が記入済みで、残りは8か所です（期限：2024年8月30日" in said.output
    assert "　事務局　事務局評価　2/3　一部未記入" in said.output
    data = json.loads(CliRunner().invoke(main, [*arguments, "--json"], standalone_mode=False).stdout)
    second = data["second_round"]
    assert (second["owned"], second["filled"], second["deadline"], second["overdue"]) == (10, 2, "2024-08-30", False)
    assert second["columns"][0] == {
        "column": OFFICE,
        "by": "事務局",
        "owned": 3,
        "filled": 2,
        "open": [{"number": "柱1ウ", "name": "体操"}],
    }
    assert [line["owned"] for line in data["departments"]] == [4, 2]


def test_the_status_tables_have_a_line_for_each_column(division: Division) -> None:
    division.type(MEETING, 柱1ア="◎", 柱1イ="○", 柱1ウ="△")
    done = division.merge()
    assert done.later.filled == 3
    rows = lines_of(division.sheet(STATUS_SHEET))
    assert ["会議（Ｒ5 推進会議の評価）", "取りまとめのブック", "記入済み", "3", "3"] in rows
    excel = run_status(division.inbox, division.plan, division.folder, excel=True).written[0]
    sheet = read_book(excel.read_bytes()).sheets[0]
    assert ["会議（推進会議の意見）", "未記入", "0", "4", "□" * 20, "0"] in lines_of(sheet)


def test_after_its_deadline_the_second_round_is_overdue(division: Division) -> None:
    book = openpyxl.load_workbook(division.plan)
    line = next(line for line in book["設定"].iter_rows(max_col=2) if line[0].value == "基準日")
    line[1].value = "2024-09-02"
    book.save(division.plan)
    later = run_status(division.inbox, division.plan, division.folder).later
    assert later.overdue and later.sentence.endswith("期限を過ぎています。")


def test_a_workbook_that_cannot_be_read_or_compared_is_said(division: Division) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    book = openpyxl.load_workbook(division.output)
    del book[STATE_SHEET]
    book.save(division.output)
    lost = run_status(division.inbox, division.plan, division.folder)
    assert [f.code for f in lost.findings if f.code == "XP230"] == ["XP230"]
    quoted = [f.message for f in division.merge().findings if f.code == "XP228"]
    assert "柱1ア 事務局評価「Ａ」" in quoted[0]
    division.output.write_bytes(b"PK broken")
    broken = run_status(division.inbox, division.plan, division.folder)
    assert [f.code for f in broken.findings if f.code == "XP230"] == ["XP230"]


def test_a_plan_without_such_columns_has_no_second_round() -> None:
    done = run_status(ROOT / "inbox", ROOT / "templates" / "plan_template.xlsx", ROOT / "outbox")
    assert done.later.columns == () and done.later.sentence == ""


# ------------------------------------------------------------------------------------------------------- what follows
def test_the_marks_reach_the_report_sheets(division: Division) -> None:
    division.type(MEETING, 柱1ア="◎")
    division.type(OFFICE, 柱1ア="Ｄ")
    division.merge()
    assert any("◎" in line and "柱1ア" in line for line in lines_of(division.sheet("達成状況")))
    data = [line for line in lines_of(division.sheet("データ一覧")) if "柱1ア" in line]
    assert any(MEETING in line and "◎" in line for line in data)


def test_an_export_says_whose_marks_they_are_and_of_which_year(division: Division, tmp_path: Path) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    division.type(OPINION, 柱1ア="-5%増とすること。")
    division.merge()
    run_export(division.output, tmp_path / "表.csv")
    table = pd.read_csv(tmp_path / "表.csv", dtype=str, keep_default_na=False)
    first = table[table["番号"] == "柱1ア"].set_index("列")
    assert list(first.loc[OFFICE, ["原文", "記入部局", "西暦年度", "元号年度", "転記元"]]) == [
        "Ａ", "事務局", "2023", "R5", "（取りまとめのブックに事務局が記入）"
    ]  # fmt: skip
    assert first.loc[OPINION, "原文"] == "'-5%増とすること。" and first.loc[OPINION, "記入部局"] == "会議"
    assert first.loc["Ｒ5 実績値", "評価"] == "Ａ" and first.loc["Ｒ4 実績値", "評価"] == ""


def test_the_next_year_asks_again_and_history_keeps_the_marks(division: Division, tmp_path: Path) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    division.type(MEETING, 柱1イ="◎")
    division.type(OPINION, 柱1ウ="続けること。")
    run_rollover(division.output, "R6", tmp_path / "R6.xlsx")  # as typed, without another merge
    plan = load_plan(tmp_path / "R6.xlsx")[0]
    later = {c.header: c.filler for c in plan.tables[0].columns if c.filler not in (None, Filler.DEPARTMENT)}
    assert later == {
        OFFICE: Filler.OFFICE,
        "Ｒ6 推進会議の評価": Filler.MEETING,
        OPINION: Filler.MEETING,
    }
    for header in later:
        assert set(division.column(header, tmp_path / "R6.xlsx").values()) == {""}
    sheet = read_book((tmp_path / "R6.xlsx").read_bytes()).sheet("表")
    assert sheet is not None
    assert set(fills(plan, sheet, OFFICE).values()) == {None}
    kept = {(h.number, h.header, h.text) for h in plan.history if h.item in ("評価", "その他")}
    assert kept == {("柱1ア", OFFICE, "Ａ"), ("柱1イ", MEETING, "◎"), ("柱1ウ", OPINION, "続けること。")}
    assert plan.settings.later_deadline == ""


def test_a_rating_beside_its_year_s_actual_stays_and_the_next_year_s_is_empty(tmp_path: Path) -> None:
    table = "番号 | 事業名 | R4 実績値 | R4 評価 | R5 実績値 | R5 評価 | 担当課\n1 | 健診 | 40 | Ａ | 42 | Ｂ | 健康課"
    apart = "番号 | 事業名 | R4 実績値 | R5 実績値 | R4 評価 | R5 評価 | 担当課\n1 | 健診 | 40 | 42 | Ａ | Ｂ | 健康課"
    for name, drawing in (("並び", table), ("別", apart)):
        (tmp_path / f"{name}.xlsx").write_bytes(book_bytes(drawn(表=drawing)))
        run_rollover(tmp_path / f"{name}.xlsx", "R6", tmp_path / f"{name}_R6.xlsx")
        plan = load_plan(tmp_path / f"{name}_R6.xlsx")[0]
        said = {c.header: plan.programmes[0].text(c.key) for c in plan.tables[0].columns}
        assert (said["R4 評価"], said["R5 評価"], said["R6 評価"], said["R6 実績値"]) == ("Ａ", "Ｂ", "", "")


def test_the_public_copy_has_no_cells_to_fill(division: Division, tmp_path: Path) -> None:
    division.type(OFFICE, 柱1ア="Ａ")
    public = run_publish(division.output, tmp_path / "public").output
    sheet = read_book(public.read_bytes()).sheet("表")
    assert sheet is not None
    assert PALE_BLUE not in {cell.style.fill for cell in sheet.cells.values()}
    assert "Ａ" in {cell.value for cell in sheet.cells.values()}


def test_a_correction_list_names_the_marks(division: Division, tmp_path: Path) -> None:
    before = tmp_path / "前.xlsx"
    before.write_bytes(division.output.read_bytes())
    division.type(OFFICE, 柱1ア="Ａ")
    division.merge()
    done = run_diff(before, division.output, tmp_path / "diff")
    sheet = read_book(done.output.read_bytes()).sheets[0]
    assert next(line[2:] for line in lines_of(sheet) if "Ａ" in line)[:3] == ["柱1ア", "健診", OFFICE]
