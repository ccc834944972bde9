"""Relisted rows: groups, what their rows say, what looks relisted, and the real plan."""

from __future__ import annotations

import cProfile
import json
import pstats
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from layouts.drawing import drawn
from relisted_plans import ACTUAL, NARRATIVE, YEAR, Row, groups, merged, office, opened, said, sheet_of, written
from xl_plan.book.alignment import aligned, to_align
from xl_plan.book.planbook import all_columns, plan_book
from xl_plan.book.relisted_sheet import relisted_sheet
from xl_plan.cells import Book, Cell
from xl_plan.checks.relisting import relisting_findings
from xl_plan.cli import main
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Finding, Severity
from xl_plan.layout.sheets import looks_of
from xl_plan.model import Merged, Plan, Settings, Sharing, SharingException
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.rounds import run_rollover
from xl_plan.plan import read_plan
from xl_plan.relisted.agreement import Degree, degree, in_words, marked_pieces
from xl_plan.rollover import open_round

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"

A = Row("柱2(1)①ア", values=("418件", "502件"))
B = Row("柱2(1)①イ", name="地域の見守り活動", indicator="見守り世帯数", values=("35世帯", "48世帯"))
C = Row("柱2(1)①ウ", name="介護予防教室の開催", indicator="参加者数", values=("1,240人", "1,377人"))


def again(original: Row, number: str, cites: str | None = None, mark: str = "\n【再掲】\n", **other: object) -> Row:
    """The original once more under another number."""
    cited = original.number if cites is None else cites
    return replace(original, number=number, name=f"{original.name}{mark}{cited}", **other)  # type: ignore[arg-type]


def checked(*rows: Row, **sheets: object) -> tuple[Plan, list[Finding]]:
    plan, findings = office(*rows, **sheets)  # type: ignore[arg-type]
    return plan, [f for f in (*findings, *relisting_findings(plan, "計画.xlsx")) if f.code.startswith("XP4")]


# ------------------------------------------------------------------------------------------------------ the real plan
def xp4(path: Path) -> list[tuple[str, str, str, str]]:
    _, findings = load_plan(path)
    return sorted(
        (f.code, f.severity.label, f.place.number, f.place.column[:4]) for f in findings if f.code.startswith("XP4")
    )


ALWAYS = [
    ("XP401", "要確認", "柱2(1)①オ", "事業名"),
    ("XP401", "要確認", "柱2(2)②イ", "事業名"),
    ("XP412", "要確認", "柱2(1)②イ", "評価指標"),
    ("XP415", "要確認", "柱2(2)①イ", "事業名"),
]


def test_the_real_sheet_disagrees_with_itself_where_it_does_and_nowhere_else() -> None:
    assert xp4(OFFICE) == sorted(
        [
            *ALWAYS,
            ("XP411", "参考", "柱2(1)②ア", "・Ｒ5取"),
            ("XP411", "参考", "柱2(2)①ア", "・Ｒ5取"),
            ("XP412", "要確認", "柱2(3)②ウ", "・Ｒ5取"),
        ]
    )


def test_the_rounds_plan_has_only_what_does_not_depend_on_the_round() -> None:
    assert xp4(TEMPLATE) == ALWAYS


def test_the_findings_say_what_differs_and_name_both_rows() -> None:
    _, findings = load_plan(OFFICE)
    by_place = {(f.code, f.place.number): f for f in findings}
    indicator = by_place["XP412", "柱2(1)②イ"]
    assert (indicator.expected, indicator.got) == ("相談支援件数", "相談件数")
    assert "柱2(1)②イ" in indicator.message and "柱2(1)①イ" in indicator.message
    assert "元「相談支援件数」→「相談件数」" in indicator.message
    assert (indicator.place.sheet, indicator.place.cell) == ("柱2", "C26")
    assert "元「令和６年度」→「令和6年度」" in by_place["XP411", "柱2(2)①ア"].message
    narrative = by_place["XP412", "柱2(3)②ウ"].message
    assert "元「年度の取り」→「年度取り」" in narrative and "ルールブック" not in narrative.split("（元")[0]
    unmarked = by_place["XP415", "柱2(2)①イ"].message
    assert "柱2(1)①イ" in unmarked
    for reason in ("事業名", "評価指標", "過去の実績値", "記述"):
        assert reason in unmarked


def test_an_unmarked_duplicate_stays_a_row_to_fill() -> None:
    plan, _ = load_plan(TEMPLATE)
    assert ("柱2(2)①イ", ACTUAL) in {(p.key, c.key) for p, c in plan.owned_by("障害福祉課")}


# ------------------------------------------------------------------------------------------------------------ groups
def test_chains_and_incomplete_lists_close_silently() -> None:
    plan, findings = checked(
        A, again(A, "柱2(1)②ア"), again(A, "柱2(1)③ア", "柱2(1)②ア"), again(A, "柱2(1)④ア", "柱2(1)③ア")
    )
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア", "柱2(1)③ア", "柱2(1)④ア")}
    assert findings == []


def test_a_list_may_name_places_outside_beside_the_original() -> None:
    plan, findings = checked(A, again(A, "柱2(1)②ア", "柱2(1)①ア\n柱3(1)①ア"))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)}
    assert findings == []


def test_an_original_elsewhere_leaves_an_ordinary_row() -> None:
    plan, findings = checked(A, again(B, "柱2(1)②イ", "柱1(1)①イ"))
    assert groups(plan) == {}
    assert dict(plan.relisting.outside) == {"柱2(1)②イ": ("柱1(1)①イ",)}
    assert said(findings) == [("XP401", "柱2(1)②イ")]
    assert "柱1(1)①イ" in findings[0].message


def test_the_group_closes_when_the_sheet_of_the_original_is_added() -> None:
    copy = again(B, "柱2(1)②イ", "柱1(1)①イ")
    plan, findings = checked(A, copy, 柱1=[replace(B, number="柱1(1)①イ")])
    assert groups(plan) == {"柱1(1)①イ": ("柱2(1)②イ",)}
    assert said(findings) == [("XP404", "柱1(1)①イ")]  # the sheet was added behind
    plan, findings = checked(柱1=[replace(B, number="柱1(1)①イ")], 柱3=[copy])
    assert groups(plan) == {"柱1(1)①イ": ("柱2(1)②イ",)}
    assert findings == []


def test_rows_that_cite_one_absent_number_are_not_joined() -> None:
    rows = [again(B, "柱2(1)②イ", "柱1(1)①イ"), again(C, "柱2(1)③ウ", "柱1(1)①イ")]
    plan, findings = checked(*rows)
    assert groups(plan) == {}
    assert said(findings) == [("XP401", "柱2(1)②イ"), ("XP401", "柱2(1)③ウ")]


def test_rows_of_one_absent_number_that_look_alike_are_said_to() -> None:
    plan, findings = checked(again(B, "柱2(1)②イ", "柱1(1)①イ"), again(B, "柱2(1)③イ", "柱1(1)①イ"))
    assert groups(plan) == {}
    assert said(findings)[-1:] == [("XP406", "柱2(1)③イ")]
    assert [f.code for f in findings].count("XP415") == 0
    assert "柱2(1)②イ" in findings[-1].message


def test_a_cycle_is_an_error_and_leaves_ordinary_rows() -> None:
    plan, findings = checked(again(A, "柱2(1)①ア", "柱2(1)②ア"), again(A, "柱2(1)②ア", "柱2(1)①ア"), B)
    assert groups(plan) == {}
    assert said(findings)[0] == ("XP402", "柱2(1)①ア")
    assert findings[0].severity is Severity.ERROR and len(findings[0].places) == 2


def test_several_originals_leave_only_the_row_between_them_ordinary() -> None:
    plan, findings = checked(
        A, B, again(A, "柱2(1)②ア"), again(B, "柱2(1)②イ"), again(C, "柱2(1)②ウ", "柱2(1)①ア、柱2(1)①イ")
    )
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",), "柱2(1)①イ": ("柱2(1)②イ",)}
    assert said(findings) == [("XP403", "柱2(1)②ウ")]
    assert "柱2(1)①ア、柱2(1)①イ" in findings[0].message


def test_relisted_rows_of_an_absent_original_have_the_first_stand_in() -> None:
    plan, findings = checked(again(A, "柱2(1)①ア", "柱1(1)①ア"), again(A, "柱2(1)②ア", "柱2(1)①ア、柱1(1)①ア"))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)}
    assert said(findings) == [("XP408", "柱2(1)①ア")]
    assert dict(plan.relisting.outside) == {"柱2(1)①ア": ("柱1(1)①ア",)}


def test_an_original_behind_its_copy_is_said() -> None:
    plan, findings = checked(again(A, "柱2(1)②ア"), A)
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)}
    assert said(findings) == [("XP404", "柱2(1)①ア")]


def test_a_mark_without_number_is_asked_about_unless_name_and_indicator_decide() -> None:
    plan, findings = checked(A, again(A, "柱2(1)②ア", ""))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)} and findings == []
    plan, findings = checked(A, B, again(A, "柱2(1)②ア", "", indicator="別の指標", values=("1件", "2件")))
    assert groups(plan) == {}
    assert said(findings)[0] == ("XP405", "柱2(1)②ア")
    plan, findings = checked(A, replace(A, number="柱2(1)①カ"), again(A, "柱2(1)②ア", ""))
    assert groups(plan) == {}
    assert ("XP405", "柱2(1)②ア") in said(findings)


def test_a_number_of_this_sheet_that_no_row_has_is_said() -> None:
    plan, findings = checked(A, B, again(C, "柱2(1)②ウ", "柱2(1)⑦ア"))
    assert groups(plan) == {}
    assert said(findings) == [("XP407", "柱2(1)②ウ")]


def test_a_mark_on_the_original_makes_the_other_row_the_copy() -> None:
    plan, findings = checked(replace(A, name=f"{A.name}（柱2(1)②アに再掲）"), replace(A, number="柱2(1)②ア"))
    assert groups(plan) == {"柱2(1)①ア": ("柱2(1)②ア",)} and findings == []
    forward = replace(A, name=f"{A.name}（基本目標3に再掲）")
    plan, findings = checked(forward, 基本目標3=[B, replace(A, number="基3(1)②ア")])
    assert groups(plan) == {"柱2(1)①ア": ("基3(1)②ア",)} and findings == []
    plan, findings = checked(forward, B)
    assert groups(plan) == {} and findings == []


# --------------------------------------------------------------------------------------------- what the rows say
@pytest.mark.parametrize(
    ("original", "copy", "expected"),
    [
        ("418件", "418件", None),
        ("一行目\r\n二行目", "一行目\n二行目", None),
        ("", "〔未記入〕", None),
        ("418件", "４１８件", Degree.WRITING),
        ("4,049件", "4049件", Degree.WRITING),
        ("87.20%", "87.2%", Degree.WRITING),
        ("－", "ー", Degree.WRITING),
        ("令和６年度、", "令和6年度，", Degree.WRITING),
        ("相談支援件数", "相談件数", Degree.WORDING),
        ("増加", "減少", Degree.WORDING),
        ("418件", "", Degree.WORDING),
        ("418件", "418人", Degree.WORDING),
        ("－", "なし", Degree.WORDING),
        ("令和5年度に実施", "令和4年度に実施", Degree.WORDING),
        ("418件", "361件", Degree.FIGURES),
        ("418件", "集計中", Degree.FIGURES),
        ("87.2%", "0.872", Degree.FIGURES),
        ("男性 12人／女性 8人", "男性 12人／女性 9人", Degree.FIGURES),
        ("相談は418件あった。", "相談は361件あった。", Degree.FIGURES),
        ("相談は418件あった。", "418件の相談があった。", Degree.WORDING),
    ],
)
def test_a_difference_has_its_degree(original: str, copy: str, expected: Degree | None) -> None:
    assert degree(original, copy) is expected


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"values": ("４１８件", "502件")}, "XP411", Severity.INFO),
        ({"indicator": "相談支援件数"}, "XP412", Severity.WARNING),
        ({"values": ("361件", "502件")}, "XP413", Severity.ERROR),
        ({"target": "減少"}, "XP412", Severity.WARNING),
    ],
)
def test_each_degree_has_its_finding_at_the_copy(change: dict[str, object], code: str, severity: Severity) -> None:
    _, findings = checked(A, again(A, "柱2(1)②ア", **change))
    assert said(findings) == [(code, "柱2(1)②ア")]
    assert findings[0].severity is severity
    assert findings[0].place.cell.endswith("3") and findings[0].expected != findings[0].got


def test_what_belongs_to_the_row_may_differ() -> None:
    rows = sheet_of([A, again(A, "柱2(1)②ア")])
    cells = dict(rows.cells)
    cells[2, 3] = Cell("まったく別の説明")
    plan, _ = read_plan(Book((replace(rows, cells=cells),)), "計画.xlsx")
    assert relisting_findings(plan) == ()


def test_every_difference_is_told_though_there_are_many() -> None:
    words = in_words("あ1い2う3え4お5か6き", "あ9い9う9え9お9か9き")
    assert words.count("→") == 5 and words.endswith("ほか1か所")
    assert in_words("418件", "") == "再掲の行が空欄"
    long = "同じ文が長く続きます。" * 20
    pieces = marked_pieces(long + "甲" + long, long + "乙" + long)
    assert [a for a, b in pieces if a != b] == ["甲"] and sum(len(a) for a, _ in pieces) < 100


# ------------------------------------------------------------------------------------------------- unmarked duplicates
def suspected(*rows: Row) -> list[tuple[str, str]]:
    return [(f.code, f.place.number) for f in checked(*rows)[1]]


@pytest.mark.parametrize(
    "other",
    [
        replace(A, number="柱2(2)①ア", values=("1件", "2件"), indicator="別の指標"),  # the name
        replace(A, number="柱2(2)①ア", name="まったく違う名前の取組"),  # indicator and history
        replace(A, number="柱2(2)①ア", name="高齢者総合相談"),  # の and 事業 left out
        replace(A, number="柱2(2)①ア", name="高齢者の　総合相談事業"),
        replace(A, number="柱2(2)①ア", name="高齢者の総合相談室", values=("", "")),  # nearly, with the indicator
    ],
)
def test_rows_that_look_like_one_programme_are_suspected_at_the_later_row(other: Row) -> None:
    assert suspected(replace(A, name="高齢者の総合相談事業"), B, other) == [("XP415", "柱2(2)①ア")]


def test_spellings_of_one_word_do_not_hide_a_duplicate() -> None:
    one = Row("1", name="障害者の就労支援センター事業", indicator="", values=("", ""))
    other = Row("2", name="障がい者就労支援センター", indicator="", values=("", ""))
    assert suspected(one, other) == [("XP415", "2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # a short generic name
        (Row("1", name="研修の実施"), Row("2", name="研修の実施", indicator="回数", values=("3回", "4回"))),
        (
            Row("1", name="広報・啓発活動の推進", indicator="－"),
            Row("2", name="広報啓発活動の推進", values=("9回", "8回")),
        ),
        # trivial histories
        (Row("1", name="甲の取組", values=("－", "－")), Row("2", name="乙の取組", values=("－", "－"))),
        (
            Row("1", name="甲の会議", indicator="開催回数", values=("12回", "12回")),
            Row("2", name="乙の会議", indicator="開催回数", values=("12回", "12回")),
        ),
        # names that a figure or a direction tells apart
        (
            Row("1", name="東部地域包括支援センター運営", indicator="箇所数", values=("", "")),
            Row("2", name="西部地域包括支援センター運営", indicator="箇所数", values=("", "")),
        ),
        (
            Row("1", name="健康づくり計画第1期の策定", indicator="進捗", values=("", "")),
            Row("2", name="健康づくり計画第2期の策定", indicator="進捗", values=("", "")),
        ),
        # another history under the same indicator
        (
            Row("1", name="小学校の交流事業プラン", values=("101件", "202件")),
            Row("2", name="小学校の交流事業プラス", values=("7件", "8件")),
        ),
    ],
)
def test_false_alarms_are_kept_out(one: Row, other: Row) -> None:
    assert suspected(one, other) == []


def test_a_group_is_suspected_once_and_by_its_original() -> None:
    assert suspected(A, again(A, "柱2(1)②ア"), replace(A, number="柱2(2)①ア"), B) == [("XP415", "柱2(2)①ア")]


# -------------------------------------------------------------------------------------------------- sharing by column
def rounded(plan: Plan, *exceptions: SharingException, settings: Settings | None = None) -> Plan:
    wanted = replace(settings or Settings(title="計画", given=True), exceptions=exceptions)
    return read_plan(open_round(plan, wanted, YEAR).book, "計画.xlsx")[0]


def test_an_exception_makes_a_column_of_one_row_its_own() -> None:
    rows = (A, again(A, "柱2(1)②ア", indicator="別の指標"), again(A, "柱2(1)③ア", indicator="別の指標"))
    plan = rounded(office(*rows)[0], SharingException("柱２（１）②ｱ", "評価指標", Sharing.OWN))
    assert [f.place.number for f in relisting_findings(plan)] == ["柱2(1)③ア"]
    assert plan.settings.exceptions[0].sharing is Sharing.OWN


def test_an_own_column_of_a_relisted_row_is_filled_by_its_department() -> None:
    rows = (A, again(A, "柱2(1)②ア", department="高齢者支援課"))
    plan = rounded(office(*rows)[0], SharingException("柱2(1)②ア", "成果，課題", Sharing.OWN))
    assert [(p.key, c.key) for p, c in plan.owned_by("高齢者支援課")] == [("柱2(1)②ア", NARRATIVE)]
    result, _ = merged(plan)
    assert result.entries["柱2(1)②ア", NARRATIVE].original == ""
    assert result.entries["柱2(1)②ア", ACTUAL].original == "柱2(1)①ア"


def test_the_settings_of_a_column_hold_for_every_row() -> None:
    plan, _ = office(A, again(A, "柱2(1)②ア", indicator="別の指標"))
    own = [replace(c, sharing=Sharing.OWN) if c.key == "indicator" else c for c in all_columns(plan)]
    book = plan_book(plan, Settings(title="計画", given=True), own, {}).book
    assert relisting_findings(read_plan(book, "計画.xlsx")[0]) == ()


def test_an_exception_that_names_nothing_is_said() -> None:
    plan, _ = office(A, again(A, "柱2(1)②ア"))
    wrong = (
        SharingException("柱2(9)①ア", "評価指標", Sharing.OWN),
        SharingException("柱2(1)②ア", "ない列", Sharing.OWN),
    )
    book = open_round(plan, Settings(title="計画", given=True, exceptions=wrong), YEAR).book
    findings = [f for f in read_plan(book, "計画.xlsx")[1] if f.code == "XP507"]
    assert sorted(f.got or "" for f in findings) == ["ない列", "柱2(9)①ア"]
    assert all(f.place.sheet == "設定" and f.place.cell for f in findings)


def test_an_exception_that_cannot_be_read_is_said() -> None:
    plan, _ = office(A, again(A, "柱2(1)②ア"))
    odd = SharingException("柱2(1)②ア", "評価指標", Sharing.OWN)
    book = open_round(plan, Settings(title="計画", given=True, exceptions=(odd,)), YEAR).book
    sheet = book.sheet("設定")
    assert sheet is not None
    place = next(p for p, cell in sheet.cells.items() if cell.value == "柱2(1)②ア")
    cells = {**sheet.cells, (place[0], 2): Cell("べつ")}
    changed = replace(book, sheets=tuple(replace(s, cells=cells) if s is sheet else s for s in book.sheets))
    findings = [f for f in read_plan(changed, "計画.xlsx")[1] if f.code == "XP507"]
    assert [f.got for f in findings] == ["べつ"]


# ---------------------------------------------------------------------------------------------------- counting, scale
def test_a_programme_is_counted_once() -> None:
    plan = opened(A, again(A, "柱2(1)②ア"), B)
    assert [p.key for p in plan.counted()] == ["柱2(1)①ア", "柱2(1)①イ"]
    assert len(plan.owned_by("福祉政策課")) == 4
    real, _ = load_plan(TEMPLATE)
    assert (len(real.programmes), len(real.counted())) == (32, 26)


def test_every_summary_says_that_it_leaves_relisted_rows_out(tmp_path: Path) -> None:
    run = CliRunner()
    plan = ["--plan", str(TEMPLATE), "--out", str(tmp_path)]
    split = run.invoke(main, ["split", *plan])
    assert "10部局分" in split.output and "再掲を除く" in split.output
    merging = run.invoke(main, ["merge", str(ROOT / "inbox"), *plan])
    assert "32行、26事業（再掲を除く）" in merging.output
    following = run.invoke(main, ["status", str(ROOT / "inbox"), *plan])
    assert "再掲を除く" in following.output
    book = read_book((tmp_path / "進捗状況_R5.xlsx").read_bytes())
    for name in ("提出状況", "再掲一覧"):
        sheet = book.sheet(name)
        assert sheet is not None
        assert any("再掲を除" in str(cell.value) for cell in sheet.cells.values()), name


def large(groups_of_four: int) -> Plan:
    rows = []
    for group in range(groups_of_four):
        name = f"地域包括支援体制{group}番の整備"
        original = Row(
            f"柱2({group})①ア", name=name, indicator=f"指標{group}", values=(f"{group * 7 + 11}件", f"{group}件")
        )
        rows += [original, *(again(original, f"柱2({group})②{kana}") for kana in "アイウ")]
    return opened(*rows)


def calls(groups_of_four: int) -> tuple[int, int]:
    plan = large(groups_of_four)
    profile = cProfile.Profile()
    profile.enable()
    result, findings = merged(plan)
    again_found = relisting_findings(plan)
    profile.disable()
    assert findings == again_found == ()
    copies = sum(entry.original != "" for entry in result.entries.values())
    return pstats.Stats(profile).total_calls, copies  # type: ignore[attr-defined]


def test_the_work_grows_with_the_rows_and_not_with_their_pairs() -> None:
    few, _ = calls(60)
    many, copies = calls(240)
    assert copies == 240 * 3 * 2
    assert many < few * 4.6


# ---------------------------------------------------------------------------------------------------------- alignment
def test_rollover_aligns_relisted_rows_and_lists_what_it_changed(tmp_path: Path) -> None:
    to = tmp_path / "plan.xlsx"
    done = run_rollover(OFFICE, "R5", to, align=True)
    assert done.changes == tmp_path / "plan_再掲の変更一覧.xlsx" and len(done.aligned) == 1
    plan, findings = load_plan(to)
    assert plan.programme("柱2(1)②イ").text("indicator") == "相談支援件数"  # type: ignore[union-attr]
    assert not [f for f in findings if f.code in ("XP411", "XP412", "XP413")]
    told = [f for f in done.findings if f.code == "XP418"]
    assert [(f.place.number, f.expected, f.got) for f in told] == [("柱2(1)②イ", "相談支援件数", "相談件数")]
    assert not [f for f in done.findings if f.code == "XP412" and f.place.column == "評価指標"]
    sheet = read_book(done.changes.read_bytes()).sheets[0]
    lines = [[cell.value for _, cell in cells] for _, cells in sheet.rows()]
    assert any({"柱2(1)②イ", "相談件数", "相談支援件数"} <= set(line) for line in lines)
    runs = next(c.runs for c in sheet.cells.values() if c.value == "相談支援件数" and c.runs)
    assert [(run.text, run.bold) for run in runs] == [("相談", False), ("支援", True), ("件数", False)]


def test_what_aligning_changed_is_named_old_and_new(tmp_path: Path) -> None:
    to = tmp_path / "plan.xlsx"
    arguments = ["rollover", str(OFFICE), "--year", "R5", "--align", "--to", str(to)]
    said = CliRunner().invoke(main, arguments, standalone_mode=False)
    assert "　柱2(1)②イ　評価指標：「相談件数」→「相談支援件数」" in said.output
    data = json.loads(CliRunner().invoke(main, [*arguments, "--json"], standalone_mode=False).stdout)
    assert data["aligned"] == [
        {
            "number": "柱2(1)②イ",
            "column": "評価指標",
            "original": "柱2(1)①イ",
            "old": "相談件数",
            "new": "相談支援件数",
        }
    ]
    history = [(str(h.year), h.number, h.item, h.text) for h in load_plan(to)[0].history]
    assert history == [("R4", "柱2(1)②イ", "評価指標", "相談件数")]


def test_aligning_does_not_ask_what_was_computed(tmp_path: Path) -> None:
    book = drawn(
        表="番号 | 事業名 | R4 実績値 | R4 達成率 | R5 実績値 | R5 達成率 | 目標値 | 担当課\n"
        "1 | 健診 | 40 | =C2/G2 -> 0.8 {0%} |  | =E2/G2 -> 0 {0%} | 50 | 健康課\n"
        "2 | 健診【再掲 1】 | 41 | =C3/G3 -> 0.82 {0%} |  | =E3/G3 -> 0 {0%} | 50 | 健康課"
    )
    (tmp_path / "元.xlsx").write_bytes(book_bytes(book))
    asked = []
    for align in (False, True):
        to = tmp_path / f"{align}.xlsx"
        run_rollover(tmp_path / "元.xlsx", "R5", to, title="計画", align=align)
        plan = load_plan(to)[0]
        asked.append([(p.number, c.header) for p, c in plan.owned_by("健康課")])
    assert asked == [[("1", "R5 実績値")]] * 2


def test_without_align_nothing_is_aligned(tmp_path: Path) -> None:
    done = run_rollover(OFFICE, "R5", tmp_path / "plan.xlsx")
    assert done.changes is None and not [f for f in done.findings if f.code == "XP418"]
    plan, _ = load_plan(tmp_path / "plan.xlsx")
    assert plan.programme("柱2(1)②イ").text("indicator") == "相談件数"  # type: ignore[union-attr]


def test_aligned_cells_are_the_originals_under_its_number_format() -> None:
    plan, _ = office(A, again(A, "柱2(1)②ア", values=("361件", "502件"), target="減少"), B)
    number = replace(plan.programmes[0].cell("actual:2021"), value=418)
    number = replace(number, style=replace(number.style, number_format='#,##0"件"'))
    original = replace(plan.programmes[0], cells={**plan.programmes[0].cells, "actual:2021": number})
    plan = replace(plan, programmes=(original, *plan.programmes[1:]))
    changes = to_align(plan)
    assert [(c.copy.number, c.column.header, c.got) for c in changes] == [
        ("柱2(1)②ア", "Ｒ3 実績値", "361件"),
        ("柱2(1)②ア", "Ｒ6 目標値", "減少"),
    ]
    after = aligned(plan, changes)
    cell = after.programmes[1].cell("actual:2021")
    assert (cell.value, cell.style.number_format) == (418, '#,##0"件"')
    assert to_align(after) == () and after.programmes[1].text("name") == plan.programmes[1].text("name")


def test_what_an_exception_makes_the_rows_own_is_not_aligned() -> None:
    rows = (A, again(A, "柱2(1)②ア", indicator="別の指標"))
    plan = rounded(office(*rows)[0], SharingException("柱2(1)②ア", "評価指標", Sharing.OWN))
    assert to_align(plan) == ()


# --------------------------------------------------------------------------------------------------- the sheet 再掲一覧
def listed(*rows: Row) -> tuple[str, dict[str, list[Cell]]]:
    """The line on counting, and each line of 再掲一覧 by what stands in its fourth column."""
    sheet = written(merged(opened(*rows))[0]).book.sheet("再掲一覧")
    assert sheet is not None
    lines = [[cell for _, cell in cells] for _, cells in sheet.rows()]
    return str(lines[1][0].value), {str(line[3].value): line for line in lines[4:] if len(line) > 3}


def test_the_list_shows_each_group_and_marks_what_differs() -> None:
    count, lines = listed(
        A,
        B,
        again(A, "柱2(1)②ア"),
        again(A, "柱2(1)③ア", values=("361件", "502件")),
        again(C, "柱2(1)④ウ", "柱1(1)①ウ"),
    )
    assert count == "計画の行は5行、事業数は3事業（再掲を除く）です。再掲の組は1組、再掲の行は2行です。"
    agreeing, differing, outside = lines["柱2(1)②ア"], lines["柱2(1)③ア"], lines["柱2(1)④ウ"]
    assert (agreeing[0].value, agreeing[1].value) == ("一致", "柱2(1)①ア")
    assert "すべて" in str(agreeing[4].value) and "Ｒ3 実績値" in str(agreeing[4].value)
    assert str(differing[0].value).startswith("数値が違う") and differing[5].value == "Ｒ3 実績値"
    assert "Ｒ3 実績値" not in str(differing[4].value) and "評価指標" in str(differing[4].value)
    for cell, figure in ((differing[6], "418"), (differing[7], "361")):
        assert [(run.text, run.bold) for run in cell.runs] == [(figure, True), ("件", False)]
    assert outside[0].value == "元がこの計画にない" and outside[1].value == "柱1(1)①ウ"
    assert agreeing[1].link and agreeing[3].link


def test_the_list_shows_rows_that_are_suspected() -> None:
    _, lines = listed(A, B, replace(A, number="柱2(2)①ア"))
    assert lines["柱2(2)①ア"][0].value == "再掲の印がない（要確認）"
    assert "評価指標" in str(lines["柱2(2)①ア"][4].value)


def test_the_list_prints_whole(print_gate: Path, tmp_path: Path) -> None:
    plan, _ = load_plan(OFFICE)
    sheet = relisted_sheet(Merged(plan, {}, (), ()), {}, looks_of(plan.settings))
    path = tmp_path / "再掲一覧.xlsx"
    path.write_bytes(book_bytes(Book((sheet,))))
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    done = subprocess.run([sys.executable, str(print_gate), str(path)], capture_output=True, text=True, check=False)
    assert "every character is printed" in done.stdout, done.stdout
