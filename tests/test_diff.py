"""diff: rows by identity, texts as shown, changed words marked."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_plan.comparing import Change, ChangeKind, compare
from xl_plan.excel.read import read_book
from xl_plan.meaning.wordmarks import marked, words
from xl_plan.model import Plan
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.comparing import run_diff

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(OFFICE)[0]


def edited(tmp_path: Path, cells: dict[str, object], formats: dict[str, str] | None = None) -> Plan:
    book = openpyxl.load_workbook(OFFICE)
    for address, value in cells.items():
        book["柱2"][address].value = value
    for address, code in (formats or {}).items():
        book["柱2"][address].number_format = code
    book.save(tmp_path / "edited.xlsx")
    return load_plan(tmp_path / "edited.xlsx")[0]


def short(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(c.kind.value, c.number, c.item, c.old, c.new) for c in changes]


def test_a_plan_against_itself_has_no_changes(plan: Plan) -> None:
    assert compare(plan, plan) == ()


def test_the_template_against_the_office_sheet_has_only_the_emptied_columns(plan: Plan) -> None:
    changes = compare(plan, load_plan(TEMPLATE)[0])
    assert {(c.kind, c.item[:5], c.plan) for c in changes} == {
        (ChangeKind.REMOVED, "Ｒ5 実績", False),
        (ChangeKind.REMOVED, "・Ｒ5取り", False),
    }
    assert len(changes) == 64


def test_a_changed_value_is_one_change_with_both_texts(plan: Plan, tmp_path: Path) -> None:
    changes = compare(plan, edited(tmp_path, {"I10": 1328}))
    assert short(changes) == [("変更", "柱2(1)①イ", "Ｒ4 実績値", "13,282件", "1,328件")]
    assert (changes[0].sheet, changes[0].cell, changes[0].plan) == ("柱2", "I10", False)


def test_what_is_only_reformatted_is_no_change(plan: Plan, tmp_path: Path) -> None:
    assert compare(plan, edited(tmp_path, {}, {"I10": r"#,##0\件"})) == ()


def test_targets_and_departments_belong_to_the_plan(plan: Plan, tmp_path: Path) -> None:
    changes = compare(plan, edited(tmp_path, {"L10": 7000, "M9": "障害福祉推進課"}))
    assert [(c.item[:4], c.plan, c.old, c.new) for c in changes] == [
        ("Ｒ6 目", True, "6,000件", "7,000件"),
        ("担当部局", True, "障害福祉課（記入）", "障害福祉推進課（記入）"),
    ]


def test_a_moved_row_is_one_change(plan: Plan) -> None:
    rows = list(plan.programmes)
    rows.insert(5, rows.pop(1))
    changes = compare(plan, replace(plan, programmes=tuple(rows)))
    assert [(c.kind, c.number) for c in changes] == [(ChangeKind.MOVED, "柱2(1)①イ")]


def test_added_and_removed_rows(plan: Plan) -> None:
    fewer = replace(plan, programmes=plan.programmes[:-1])
    assert [(c.kind, c.number) for c in compare(plan, fewer)] == [(ChangeKind.REMOVED, "柱2(3)②ウ")]
    assert [(c.kind, c.number) for c in compare(fewer, plan)] == [(ChangeKind.ADDED, "柱2(3)②ウ")]


def test_a_renumbered_row_is_the_same_row(plan: Plan, tmp_path: Path) -> None:
    changes = compare(plan, edited(tmp_path, {"A37": "柱2(1)②ケ"}))
    assert short(changes) == [("変更", "柱2(1)②ケ", "番号", "柱2(1)②ク", "柱2(1)②ケ")]


@functools.cache
def office() -> Plan:
    return load_plan(OFFICE)[0]


@settings(deadline=None)
@given(st.permutations(range(12)))
def test_any_order_is_explained_by_moves_alone(order: list[int]) -> None:
    plan = office()
    rows = plan.programmes[:12]
    old = replace(plan, programmes=rows)
    changes = compare(old, replace(plan, programmes=tuple(rows[i] for i in order)))
    assert {c.kind for c in changes} <= {ChangeKind.MOVED}
    assert len(changes) < 12 and (not changes) == (order == sorted(order))


@given(st.text(max_size=40), st.text(max_size=40))
def test_marked_words_joined_are_the_texts(old: str, new: str) -> None:
    went, came = marked(old, new)
    assert "".join(run.text for run in went) == old == "".join(words(old))
    assert "".join(run.text for run in came) == new
    kept = "".join(run.text for run in went if not run.strike)
    assert kept == "".join(run.text for run in came if not run.underline)


def test_the_workbook_marks_the_words(tmp_path: Path) -> None:
    edited(tmp_path, {"C10": "相談支援の件数", "I10": 1328, "C14": "相談件数"})
    done = run_diff(OFFICE, tmp_path / "edited.xlsx", tmp_path)
    book = read_book(done.output.read_bytes())
    assert [sheet.name for sheet in book.sheets] == ["修正箇所一覧", "新旧対照表"]
    sheet = book.sheets[1]
    cells = [cell for _, row in sheet.rows() for _, cell in row]
    new = next(cell for cell in cells if cell.value == "相談支援の件数")
    assert [run.text for run in new.runs if run.underline] == ["の"]
    old = next(cell for cell in cells if cell.value == "相談支援件数")
    assert old.runs == () and not old.style.font.strike  # nothing went
    values = [cell for _, row in book.sheets[0].rows() for _, cell in row]
    gone = next(cell for cell in values if cell.value == "13,282件")
    assert [run.text for run in gone.runs if run.strike] == ["13,282"]
