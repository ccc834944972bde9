"""再掲 marks in every spelling, and what only looks like one."""

from __future__ import annotations

import pytest

from relisted_plans import Row, groups, office, said
from xl_plan.relisted.marks import Mark, completed, components, is_mark_column, read_mark, read_marks

NAME = "総合相談"
ONE = ("柱2(1)①ア",)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("総合相談\n【再掲】\n柱2(1)①ア", ONE),
        ("総合相談（再掲）柱2(1)①ア", ONE),
        ("総合相談 [再掲] 柱2(1)①ア", ONE),
        ("総合相談［再掲］柱2(1)①ア", ONE),
        ("総合相談\n再掲 柱2(1)①ア", ONE),
        ("総合相談※再掲　柱2(1)①ア", ONE),
        ("総合相談\n再：柱2(1)①ア", ONE),
        ("再：柱2(1)①ア\n総合相談", ONE),
        ("【再掲：柱2(1)①ア】総合相談", ONE),
        ("総合相談（再掲元：柱2(1)①ア）", ONE),
        ("総合相談(柱2(1)①アの再掲)", ONE),
        ("総合相談（再掲）（柱2(1)①ア）", ONE),
        ("総合相談\n※柱2(1)①アより再掲", ONE),
        ("総合相談【再】柱2(1)①ア", ONE),
        ("総合相談【再掲】", ()),
        ("総合相談再掲", ()),
        ("総合相談\n【再掲】\n柱1(1)②ア\n柱1(2)①エ\n※令和4年度から", ("柱1(1)②ア", "柱1(2)①エ")),
        ("総合相談【再掲】柱2(1)①ア、②ア", ("柱2(1)①ア", "②ア")),
        ("総合相談【再掲】柱2(1)①ア 柱2(1)②ア", ("柱2(1)①ア", "柱2(1)②ア")),
        ("総合相談【再掲】柱2(1)①ア及び②ア", ("柱2(1)①ア", "②ア")),
        ("総合相談【再掲】No.12・No.13", ("12", "13")),
        ("総合相談【再掲】1-2-3，4", ("1-2-3", "4")),
        ("総合相談【再掲】（1-2-3、4）", ("1-2-3", "4")),
        ("総合相談【再掲】施策の方向Ⅱ-1-(2)", ("施策の方向Ⅱ-1-(2)",)),
        ("総合相談【再掲】P12参照", ()),
    ],
)
def test_a_mark_is_read(text: str, cited: tuple[str, ...]) -> None:
    assert read_mark(text) == Mark(NAME, True, cited)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("総合相談（基本目標3に再掲）", ("基本目標3",)),
        ("総合相談（柱2(1)②アに再掲）", ("柱2(1)②ア",)),
        ("総合相談（柱2(1)②アにも再掲）", ("柱2(1)②ア",)),
        ("総合相談（再掲先：柱3(1)①ア、②ア）", ("柱3(1)①ア", "②ア")),
    ],
)
def test_a_mark_on_the_original_points_forward(text: str, listed: tuple[str, ...]) -> None:
    assert read_mark(text) == Mark(NAME, False, (), listed)


@pytest.mark.parametrize(
    "text",
    [
        "総合相談",
        "再掲示板の管理",
        "相談延べ件数（実人数は再掲）",
        "件数は再掲を除く",
        "実人数（再掲分）",
        "目標値は再掲",
        "再掲載の手続",
        "",
    ],
)
def test_no_mark(text: str) -> None:
    assert read_mark(text) == Mark(text)


def test_the_mark_may_stand_in_the_remarks_or_in_a_column_of_its_own() -> None:
    assert read_marks(NAME, ["柱2(1)①アの再掲"]) == Mark(NAME, True, ONE)
    assert read_marks(NAME, ["前年度に終了"]) == Mark(NAME)
    assert read_marks(NAME, (), [("再掲", "○")]) == Mark(NAME, True)
    assert read_marks(NAME, (), [("再掲元番号", "12、13")]) == Mark(NAME, True, ("12", "13"))
    assert read_marks(NAME, (), [("再掲先", "柱3(1)①ア")]) == Mark(NAME, False, (), ("柱3(1)①ア",))
    for nothing in ("", "－", "なし", "×"):
        assert read_marks(NAME, (), [("再掲", nothing)]) == Mark(NAME)
    assert is_mark_column("再掲") and is_mark_column("再掲元番号")
    assert not is_mark_column("実人数（再掲）") and not is_mark_column("備考")


@pytest.mark.parametrize(
    ("abbreviated", "before", "whole"),
    [
        ("②ア", "柱2(1)①ア", "柱2(1)②ア"),
        ("イ", "柱2(1)①ア", "柱2(1)①イ"),
        ("(2)①ア", "柱2(1)①ア", "柱2(2)①ア"),
        ("4", "1-2-3", "1-2-4"),
        ("3-1", "1-2-3", "1-3-1"),
        ("柱1(1)①ア", "柱2(1)①ア", ""),
        ("13", "12", ""),
    ],
)
def test_abbreviated_numbers_are_completed(abbreviated: str, before: str, whole: str) -> None:
    assert completed(abbreviated, components(before)) == whole


ORIGINAL = Row("柱2(1)①ア")
OTHER = Row("柱2(1)①イ", name="地域の見守り活動", indicator="見守り世帯数", values=("35世帯", "48世帯"))


@pytest.mark.parametrize(
    "mark",
    [
        "\n【再掲】\n柱2(1)①ア",
        "【再掲】柱２（１）①ｱ",
        "【再掲】柱2 (1) ① ア",
        "【再掲】柱2(1)①あ",
        "【再掲】①ア",
        "【再掲】(1)①ア",
        "【再掲】柱2(1)\n①ア",
        "【再掲】柱2(1)①ア（一部）",
        "【再掲】柱２⑴①ア",
        "【再掲】",
    ],
)
def test_however_the_number_is_written_it_finds_the_row(mark: str) -> None:
    plan, findings = office(ORIGINAL, OTHER, Row("柱2(1)②ア", name=ORIGINAL.name + mark))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)}
    assert said(findings) == []


@pytest.mark.parametrize("more", [{"備考": "柱2(1)①アの再掲"}, {"再掲": "柱2(1)①ア"}, {"再掲": "○"}])
def test_marks_outside_the_name_join_rows_too(more: dict[str, str]) -> None:
    plan, findings = office(ORIGINAL, OTHER, Row("柱2(1)②ア", more=more))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)}
    assert said(findings) == []


def test_a_list_that_is_abbreviated_names_every_row() -> None:
    name = f"{ORIGINAL.name}【再掲】柱2(1)①ア、②ア"
    plan, _ = office(ORIGINAL, Row("柱2(1)②ア", name=f"{ORIGINAL.name}【再掲】①ア"), Row("柱2(1)③ア", name=name))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア", "柱2(1)③ア")}


def test_numbers_without_the_sheet_are_found_by_sheet_and_number() -> None:
    first = [Row("(1)①ア", name="児童の居場所づくり", indicator="箇所数")]
    plan, _ = office(Row("(2)①ア", name="児童の居場所づくり【再掲】柱1(1)①ア", indicator="箇所数"), 柱1=first)
    assert groups(plan) == {"(1)①ア": ("(2)①ア",)}


def test_of_several_lines_of_one_number_the_fitting_one_is_meant() -> None:
    rows = [Row("12", indicator="相談件数"), Row("12", indicator="相談者数", values=("10人", "21人"))]
    plan, _ = office(*rows, Row("15", name=f"{ORIGINAL.name}【再掲】12", indicator="相談者数", values=("10人", "21人")))
    original = plan.programme(next(iter(groups(plan))))
    assert original is not None and original.text("indicator") == "相談者数"
