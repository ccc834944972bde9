"""Departments renamed, joined, split; programmes new, joined, ended: lines in 設定."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from small_round import SHEET, Office
from xl_plan.meaning.text import fold
from xl_plan.model import Department
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.rounds import run_rollover, run_split
from xl_plan.relisted.names import official_names

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")


def owner(office: Office, number: str) -> str:
    return next(p for p in load_plan(office.plan)[0].programmes if p.number == number).responsible


IDLE = ("防災安全課", "広報広聴課", "消費生活センター")  # departments of 設定 without a row here: their lines are free


def reorganise(office: Office, changes: dict[str, list[str]]) -> None:
    """Old department → its new ones: 設定 gets the new lines, the rows of the plan the first of the new names."""

    def edit(book: Any) -> None:
        settings = book["設定"]
        names = [name for news in changes.values() for name in news]
        former: dict[str, list[str]] = {name: [old for old, news in changes.items() if name in news] for name in names}
        for cell in list(settings["A"]):
            if cell.value in changes:
                new = changes[cell.value][0]
                settings.cell(cell.row, 3).value = "、".join(former[new])
                cell.value = new
        extra = [name for news in changes.values() for name in news[1:]]
        in_rows = {row[0].value for row in book[SHEET].iter_rows(min_col=13, max_col=13)}
        for name in extra:
            line = next(c.row for c in settings["A"] if c.value in IDLE and c.value not in in_rows)
            settings.cell(line, 1).value = name
            settings.cell(line, 3).value = "、".join(former[name])
        for row in book[SHEET].iter_rows(min_col=13, max_col=13):
            if row[0].value in changes:
                row[0].value = changes[row[0].value][0]

    office.change_plan(edit)


def moved(office: Office, *lines: tuple[str, str, str, str]) -> None:
    """Lines of ■事業の異動."""

    def edit(book: Any) -> None:
        settings = book["設定"]
        head = next(c.row for c in settings["A"] if c.value == "■事業の異動")
        first = head + 3
        settings.insert_rows(first, len(lines))
        for n, line in enumerate(lines):
            for col, text in enumerate(line, 1):
                settings.cell(first + n, col).value = text

    office.change_plan(edit)


# --------------------------------------------------------------------------------------------------------- departments
def test_a_submission_under_the_old_name_is_taken_and_named(office: Office) -> None:
    reorganise(office, {"学童保育課": ["放課後支援課"]})
    done = office.merge()
    (finding,) = [f for f in done.findings if f.code == "XP131"]
    assert (finding.got, finding.expected, finding.department) == ("学童保育課", "放課後支援課", "放課後支援課")
    assert not office.text("柱2(1)④ウ", "actual:2023").startswith("〔")
    assert done.merged.missing == ()


def test_the_new_name_alone_needs_no_word(office: Office) -> None:
    assert [f for f in office.merge().findings if f.code in ("XP131", "XP132")] == []


def test_two_departments_joined_both_count(office: Office) -> None:
    first, second = owner(office, "柱2(1)③ア"), owner(office, "柱2(1)④ウ")
    reorganise(office, {first: ["統合課"], second: ["統合課"]})
    texts = [office.text(number, "actual:2023") for number in ("柱2(1)③ア", "柱2(1)④ウ")]
    done = office.merge()
    assert [office.text(number, "actual:2023") for number in ("柱2(1)③ア", "柱2(1)④ウ")] == texts
    assert len([f for f in done.findings if f.code == "XP131"]) == 2


def test_a_department_that_was_split_is_known_by_what_it_answered(office: Office) -> None:
    reorganise(office, {"学童保育課": ["放課後支援課", "学校安全課"]})
    done = office.merge()
    (finding,) = [f for f in done.findings if f.code == "XP132"]
    assert sorted(str(finding.expected).split("、")) == ["学校安全課", "放課後支援課"]
    assert not office.text("柱2(1)④ウ", "actual:2023").startswith("〔")


@pytest.mark.parametrize(
    ("departments", "name", "expected"),
    [
        ((Department("新課", former=("旧課",)),), "旧課", "新課"),
        ((Department("甲課", former=("旧課",)), Department("乙課", former=("旧課",))), "旧課", None),
        ((Department("甲課", former=("乙課",)), Department("乙課")), "乙課", "乙課"),
        ((Department("甲課", short="甲"),), "甲", "甲課"),
    ],
)
def test_whose_name_it_is(departments: tuple[Department, ...], name: str, expected: str | None) -> None:
    assert official_names(departments).get(fold(name)) == expected


# ---------------------------------------------------------------------------------------------------------- programmes
@pytest.mark.parametrize(
    ("line", "asked", "note"),
    [
        (("柱2(1)④ウ", "廃止", "R5", ""), False, "令和5年度に廃止されました"),
        (("柱2(1)④ウ", "廃止", "R6", ""), True, ""),
        (("柱2(1)④ウ", "統合", "R5", "柱2(1)③ア"), False, "令和5年度に柱2(1)③アに統合されました"),
        (("柱2(1)④ウ", "新規", "R6", ""), False, "令和6年度からの事業です"),
        (("柱2(1)④ウ", "新規", "R5", ""), True, ""),
    ],
)
def test_programmes_that_came_or_went_are_kept_and_not_asked(
    office: Office, tmp_path: Path, line: tuple[str, str, str, str], asked: bool, note: str
) -> None:
    moved(office, line)
    plan = load_plan(office.plan)[0]
    assert bool(plan.owned_by("学童保育課")) is asked
    assert any(p.number == "柱2(1)④ウ" for p in plan.programmes)
    done = run_split(office.plan, tmp_path / "forms")
    assert ("学童保育課" in [department for department, _, _ in done.forms]) is asked
    assert ("学童保育課" in done.nothing_to_fill) is not asked
    from xl_plan.forms import form

    texts = [str(c.value) for s in form(plan, "学童保育課").book.sheets for c in s.cells.values() if not c.blank]
    assert (f"記入不要\n（{note}）" in texts) is not asked


def test_an_ended_programme_stays_in_the_history_of_the_next_plan(office: Office, tmp_path: Path) -> None:
    moved(office, ("柱2(1)④ウ", "廃止", "R6", ""))
    office.merge()
    following = tmp_path / "r6.xlsx"
    run_rollover(office.output, "R6", following)
    plan = load_plan(following)[0]
    programme = next(p for p in plan.programmes if p.number == "柱2(1)④ウ")
    assert not plan.owned_by("学童保育課")
    assert programme.text("actual:2023") == office.text("柱2(1)④ウ", "actual:2023")
    assert programme.name
    assert [m.number for m in plan.settings.moves] == ["柱2(1)④ウ"]


def test_a_line_that_names_no_row_is_pointed_out(office: Office) -> None:
    moved(office, ("柱2(9)⑨ア", "廃止", "R5", ""))
    _, findings = load_plan(office.plan)
    assert [f.got for f in findings if f.code == "XP522"] == ["柱2(9)⑨ア"]


def test_a_line_that_is_not_understood_is_pointed_out(office: Office) -> None:
    moved(office, ("柱2(1)④ウ", "休止中", "R5", ""))
    _, findings = load_plan(office.plan)
    assert [f.got for f in findings if f.code == "XP507"] == ["休止中"]


# ------------------------------------------------------------------------------------------------- plans side by side
def test_a_form_of_another_plan_is_named_as_such_and_gives_nothing(office: Office, tmp_path: Path) -> None:
    def rename(book: Any) -> None:
        cell = next(c for c in book["設定"]["A"] if c.value == "計画名")
        book["設定"].cell(cell.row, 2).value = "別の計画"

    office.change_plan(rename)
    office.output.unlink()
    done = office.merge()
    others = [f for f in done.findings if f.code == "XP104"]
    assert len(others) == len(list(office.inbox.iterdir()))
    assert {(f.expected, f.got) for f in others} == {("別の計画 R5", "柏市地域健康福祉計画 R5")}
    assert office.text("柱2(1)④ウ", "actual:2023") == "〔未提出〕"
