"""表記ゆれ: what is found, what is proposed, and that only what staff accepted is changed, and listed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from xl_plan.cells import Book, Cell, Run, a1
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.model import Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import MergeResult, run_merge
from xl_plan.spelling import FAMILIES, HEAD, KEY, Variation, corrected, variations

ROOT = Path(__file__).resolve().parent.parent
INBOX = ROOT / "inbox"
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"
SHEET = "表記ゆれ"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(TEMPLATE)[0]


def found_in(plan: Plan, *texts: str) -> list[tuple[str, str, int]]:
    """What is found where these texts stand in the narratives of the plan's first rows."""
    programmes = plan.programmes[: len(texts)]
    cells = {(p.key, "narrative"): text for p, text in zip(programmes, texts, strict=True)}
    return [(v.now, v.proposed, v.count) for v in variations(plan, cells)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("研修，講座，相談", "研修、講座"), [("、", "，", 1)]),
        (("研修、講座", "研修，講座"), [("，", "、", 1)]),  # equally common: the usual way
        (("研修、講座", "1，234件と5，000人"), []),  # a full-width comma in a figure is no 読点
        (("5箇所", "3か所", "2箇所", "1ヶ所"), [("か所", "箇所", 1), ("ヶ所", "箇所", 1)]),
        (("3か月", "6ヶ月", "2か月"), [("ヶ月", "か月", 1)]),
        (("5件", "８件", "12人"), [("全角の数字", "半角の数字", 1)]),
        (("2024/5/10", "８件"), []),
        (("ー", "-"), [("ー", "－", 1)]),
        (("10ー20人",), [("ー", "－", 1)]),
        (("センター", "データ、ケース"), []),  # a long vowel is a letter
        (("①②③", "Ｒ５とR5"), []),
    ],
)
def test_what_is_written_in_several_ways(
    plan: Plan, texts: tuple[str, ...], expected: list[tuple[str, str, int]]
) -> None:
    assert found_in(plan, *texts) == expected


def test_a_correction_changes_only_what_it_names() -> None:
    digits = next(f for f in FAMILIES if f.name == "数字の幅")
    each = Variation(("a", "b"), "", "", digits, "全角の数字", "半角の数字", 1, "")
    assert corrected("第６期は10名、Ｒ５は２回（2024/5）", each) == "第6期は10名、Ｒ５は2回（2024/5）"
    marks = next(f for f in FAMILIES if f.name == "横線")
    assert corrected(" ー\n", Variation(("a", "b"), "", "", marks, "ー", "－", 1, "")) == " －\n"


def test_every_correction_keeps_the_number_of_characters() -> None:
    for family in FAMILIES:
        if family.name != "数字の幅":
            assert len({len(way) for way in family.variants}) == 1


# ------------------------------------------------------------------------------------------------------- from merge to merge
class Desk:
    """An outbox in which the division opens the consolidated workbook and puts marks into 採用."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.out = folder / "inbox", folder / "out"
        shutil.copytree(INBOX, self.inbox)

    def merge(self) -> MergeResult:
        return run_merge(self.inbox, TEMPLATE, self.out)

    @property
    def output(self) -> Path:
        return self.out / "進捗状況_R5.xlsx"

    def lines(self) -> list[dict[str, str]]:
        sheet = read_book(self.output.read_bytes()).sheet(SHEET)
        if sheet is None:
            return []
        rows = [{col: str(cell.value or "") for col, cell in cells} for _, cells in sheet.rows()]
        start = next(n for n, row in enumerate(rows) if row.get(0) == HEAD[0])
        return [{name: row.get(col, "") for col, name in enumerate(HEAD)} for row in rows[start + 1 :]]

    def mark(self, choices: Mapping[str, str], edits: Mapping[str, str] = {}) -> None:
        """Marks by the key of the line, texts by the address on 柱2, saved by another program."""
        book = read_book(self.output.read_bytes())
        sheets = []
        for sheet in book.sheets:
            cells = dict(sheet.cells)
            for (row, col), cell in sheet.cells.items():
                if sheet.name == SHEET and col == HEAD.index(KEY) and cell.value in choices:
                    cells[row, 0] = replace(sheet.at(row, 0), value=choices[str(cell.value)])
                if sheet.name == "柱2" and a1(row, col) in edits:
                    cells[row, col] = cell.with_value(edits[a1(row, col)])
            sheets.append(replace(sheet, cells=cells))
        self.output.write_bytes(book_bytes(Book(tuple(sheets), book.properties, book.names)))

    def text(self, here: str) -> str:
        name, _, address = here.partition(" ")
        sheet = read_book(self.output.read_bytes()).sheet(name)
        assert sheet is not None
        return next(str(cell.value) for at, cell in sheet.cells.items() if a1(*at) == address)

    def revisions(self) -> str:
        sheet = read_book(self.output.read_bytes()).sheet("事務局修正")
        return "" if sheet is None else "\n".join(str(c.value) for c in sheet.cells.values() if c.value is not None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.merge()
    return desk


def test_the_real_sheet_has_what_stands_in_the_print(desk: Desk) -> None:
    lines = desk.lines()
    assert {line["種類"] for line in lines} == {"読点", "箇所・か所", "数字の幅", "横線"}
    dash = [line for line in lines if line["種類"] == "横線"]
    assert [(line["番号"], line["現在の書き方"], line["提案"]) for line in dash] == [("柱2(2)②エ", "ー", "－")]
    commas = {line["番号"] for line in lines if line["種類"] == "読点"}
    assert "柱2(1)①エ" in commas and all(line["提案"] == "，" for line in lines if line["種類"] == "読点")
    assert all(line["採用"] == "" for line in lines)


def test_accepted_is_applied_listed_and_stays_and_nothing_else_changes(desk: Desk) -> None:
    lines = desk.lines()
    taken = next(line for line in lines if line["種類"] == "読点")
    refused = next(line for line in lines if line["種類"] == "横線")
    before = {line["本書のセル"]: desk.text(line["本書のセル"]) for line in lines}
    desk.mark({taken["照合番号"]: "○", refused["照合番号"]: "×"})
    done = desk.merge()
    where = taken["本書のセル"]
    assert desk.text(where) == before[where].replace("、", "，") != before[where]
    assert {here: desk.text(here) for here in before if here != where} == {
        h: t for h, t in before.items() if h != where
    }
    assert before[where] in desk.revisions() and desk.text(where) in desk.revisions()
    assert any(f.place.number == taken["番号"] and f.rule.name == "answer-revised-by-hand" for f in done.findings)
    again = {line["照合番号"]: line["採用"] for line in desk.lines()}
    assert taken["照合番号"] not in again and again[refused["照合番号"]] == "×"
    desk.merge()  # the copy is counted by what it keeps, so that from here on nothing changes
    data = desk.output.read_bytes()
    desk.merge()
    assert desk.output.read_bytes() == data


def test_without_a_mark_nothing_is_applied(desk: Desk) -> None:
    data = desk.output.read_bytes()
    desk.merge()
    assert desk.output.read_bytes() == data and desk.revisions() == ""


def test_a_cell_that_changed_meanwhile_is_not_touched_and_said(desk: Desk) -> None:
    taken = next(line for line in desk.lines() if line["種類"] == "読点")
    address = taken["本書のセル"].partition(" ")[2]
    desk.mark({taken["照合番号"]: "○"}, {address: "手で、書き直した。"})
    done = desk.merge()
    assert desk.text(taken["本書のセル"]) == "手で、書き直した。"
    (said,) = [f for f in done.findings if f.rule.name == "hand-work-not-kept"]
    assert said.place.number == taken["番号"] and "表記ゆれ" in said.message


def test_marks_inside_a_text_stay_where_they_are() -> None:
    from xl_plan.spelling import _type_in

    commas = FAMILIES[0]
    each = Variation(("a", "b"), "", "", commas, "、", "，", 2, "旧、新、語")
    cells = {(0, 0): Cell("旧、新、語", runs=(Run("旧、", strike=True), Run("新、語", colour="#FF0000")))}
    _type_in(cells, [(0, 0)], each)
    assert cells[0, 0].runs == (Run("旧，", strike=True), Run("新，語", colour="#FF0000"))
