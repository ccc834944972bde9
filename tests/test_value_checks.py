"""A value against its row, its narrative, its year: each rule firing and staying quiet, with real phrasing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from value_rounds import FILLED, Round, answered
from xl_plan.checks.answers import Verdict
from xl_plan.checks.constants import plan_values
from xl_plan.checks.figures import leaps
from xl_plan.checks.ratings import has_ratings
from xl_plan.findings import Finding, Severity
from xl_plan.model import Group, Plan, Relisting
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import run_merge

ROOT = Path(__file__).resolve().parent.parent
PERCENT = Round(
    past={"Ｒ2": "76.90%", "Ｒ3": "82.30%", "Ｒ4": "78.40%"}, targets={"Ｒ6": "増加"}, number_format="0.00%",
    indicator="相談や問い合わせへの対応満足度",
)  # fmt: skip
MEETINGS = Round(
    past={"Ｒ2": "３回", "Ｒ3": "５回", "Ｒ4": "４回"}, targets={"Ｒ3": "６回", "Ｒ6": "６回"}, indicator="会議開催回数"
)


# ----------------------------------------------------------------------------------------------------------------- units
@pytest.mark.parametrize("text", ["15,107人", "15,107回", "15,107世帯", "50%"])
def test_another_unit_is_asked_and_taken(text: str) -> None:
    done = answered(text)
    finding = done.only("XP310")
    assert done.taken().text == text and "「件」で数えています" in finding.message and "Ｒ4 13,282件" in finding.message


def test_one_unit_in_several_spellings_is_quiet() -> None:
    assert Round(past={"Ｒ3": "８箇所", "Ｒ4": "９箇所"}).answered("１０か所").codes == []
    assert Round(past={"Ｒ3": "21名", "Ｒ4": "37名"}).answered("40人").codes == []
    assert Round(past={"Ｒ3": "49,451", "Ｒ4": "56,564"}).answered("57,666人").codes == []  # the row has no unit
    assert Round(past={"Ｒ3": "120件", "Ｒ4": "80人"}).answered("90件").codes == []  # the row has counted both ways


def test_a_text_without_the_rows_unit_is_a_note() -> None:
    for value in ("15107", "１５１０７", 15107):
        findings = [f for f in answered(value).findings if f.code == "XP311"]
        assert [f.severity for f in findings] == [Severity.INFO] and "これまで「件」" in findings[0].message
    assert answered((15107, '#,##0"件"')).codes == []


# ----------------------------------------------------------------------------------------------------------- percentages
@pytest.mark.parametrize("value", ["87.2", 87.2, 0.872, "0.872", (0.872, "0.00"), (87, "#,##0")])
def test_a_bare_number_in_a_row_of_percentages_is_asked_never_guessed(value: object) -> None:
    done = PERCENT.answered(value)  # type: ignore[arg-type]
    finding = done.only("XP312")
    assert done.verdict() is Verdict.HELD and finding.got in {"87.2", "0.872", "0.87", "87"}
    assert "Ｒ4 78.40%" in finding.message


@pytest.mark.parametrize("value", ["8720%", (87.2, "0.00%"), "7,840％"])
def test_a_hundredfold_percentage_is_held(value: object) -> None:
    done = PERCENT.answered(value)  # type: ignore[arg-type]
    assert done.verdict() is Verdict.HELD
    assert done.only("XP313").severity is Severity.ERROR


@pytest.mark.parametrize("value", ["87.2%", "８７．２％", (0.872, "0.00%"), (0.872, "0.0%"), "集計中", "100%"])
def test_percentages_are_quiet(value: object) -> None:
    done = PERCENT.answered(value)  # type: ignore[arg-type]
    assert not [f for f in done.findings if f.severity is not Severity.INFO]


def test_over_a_hundred_is_asked_where_it_never_was() -> None:
    assert PERCENT.answered("120%").only("XP314").severity is Severity.WARNING
    assert Round(past={"Ｒ3": "104%", "Ｒ4": "98%"}, indicator="達成率").answered("120%").codes == []


def test_a_fraction_typed_into_a_percent_cell_is_a_question_of_magnitude() -> None:
    assert PERCENT.answered("0.78%").codes == ["XP315"]
    assert PERCENT.answered("7.84%").codes == ["XP315"]


def test_a_row_that_writes_percentages_bare_goes_on_so() -> None:
    assert Round(past={"Ｒ3": "82.3", "Ｒ4": "78.4"}, indicator="満足度(％)").answered("80.1").codes == []


# ------------------------------------------------------------------------------------------------------------- magnitude
@pytest.mark.parametrize("text", ["1,510件", "151,070件", "1,511,707件", "151件", "15件"])
def test_a_digit_too_many_or_too_few_is_asked_with_the_history(text: str) -> None:
    done = answered(text)
    finding = done.only("XP315")
    assert finding.severity is Severity.WARNING and done.taken().text == text
    assert "Ｒ1 8,337件、Ｒ2 8,247件、Ｒ3 8,884件、Ｒ4 13,282件" in finding.message


@pytest.mark.parametrize(
    ("number", "past"),
    [
        (1849, [999, 954, 2041, 1707, 1799]),
        (24, [7]),
        (7, [1]),
        (75, [209, 17]),
        (209, [209, 17]),  # back where it was
        (18, [21, 37, 4]),
        (3, [5, 6]),
        (181, [209, 17, 75, 153]),
        (18410008, [13980306, 18798631, 36866436, 38049584, 26269999]),
    ],
)
def test_ordinary_ups_and_downs_are_quiet(number: int, past: list[int]) -> None:
    assert not leaps(Decimal(number), [Decimal(n) for n in past])


@pytest.mark.parametrize(
    ("number", "past"), [(184, [954, 2041, 1707, 1799]), (40, [5, 4, 4]), (1, [8, 9, 10]), (860, [59, 86])]
)
def test_lost_and_added_digits_leap(number: int, past: list[int]) -> None:
    assert leaps(Decimal(number), [Decimal(n) for n in past])


def test_parts_are_held_against_equal_labels() -> None:
    row = Round(past={"Ｒ2": "男性 12人／女性 80人", "Ｒ4": "男性 14人／女性 85人"}, indicator="参加者")
    assert row.answered("男性 13人／女性 860人").codes == ["XP315"]
    assert row.answered("男性 13人／女性 86人").codes == []


def test_last_years_value_to_the_digit_is_asked() -> None:
    finding = answered("13,282件", "相談件数が増加した。").only("XP316")
    assert finding.severity is Severity.WARNING and "Ｒ4 実績値" in finding.message and "Ｒ3 8,884件" in finding.message


def test_a_narrative_that_is_last_years_is_the_one_cause() -> None:
    row = Round(told="相談が増えたため，相談員を増員した。")
    assert row.answered("13,282件", "相談が増えたため,相談員を増員した。").only("XP329").severity is Severity.WARNING
    assert row.answered("13,282件", "窓口を増やし，相談員を増員した。").codes == ["XP316"]
    assert row.answered("15,107件", "窓口を増やし，相談員を増員した。").codes == []
    assert Round(told="継続").answered("15,107件", "継続").codes == []


def test_a_small_value_repeated_is_a_note_and_what_repeats_itself_is_quiet() -> None:
    assert (
        Round(past={"Ｒ2": "75回", "Ｒ3": "72回", "Ｒ4": "73回"}).answered("73回").only("XP328").severity
        is Severity.INFO
    )
    for past, text in (
        ({"Ｒ3": "21地域", "Ｒ4": "21地域"}, "21地域"),
        ({"Ｒ2": "59箇所", "Ｒ3": "59箇所", "Ｒ4": "86箇所"}, "86箇所"),
        ({"Ｒ3": "75%", "Ｒ4": "100%"}, "100%"),
        ({"Ｒ3": "５回", "Ｒ4": "４回"}, "４回"),
        ({"Ｒ3": "0名", "Ｒ4": "0名"}, "0名"),
    ):
        assert Round(past=past).answered(text).codes == [], text


@pytest.mark.parametrize("text", ["増加", "多数", "90件以上", "実施", "相談員を増員して対応した"])
def test_words_where_the_row_has_figures_are_asked_and_taken(text: str) -> None:
    done = answered(text)
    assert done.only("XP318").severity is Severity.WARNING and done.taken().text == text


def test_words_are_quiet_where_the_row_has_words() -> None:
    assert Round(past={"Ｒ3": "検討", "Ｒ4": "設置"}).answered("完了").codes == []
    assert Round(past={}).answered("多数").codes == []


def test_pending_is_quiet_and_a_note_where_last_years_is_pending_too() -> None:
    assert answered("集計中").codes == []
    assert Round(past={"Ｒ3": "82.30%", "Ｒ4": "集計中"}).answered("集計中").only("XP324").severity is Severity.INFO


# --------------------------------------------------------------------------------------------------- targets and ratings
def test_target_and_actual_swapped_is_asked() -> None:
    row = Round(past={"Ｒ3": "1,707件", "Ｒ4": "1,799件"}, targets={"Ｒ6": "1,575件"})
    swapped = row.answered("1,575件", target_2024="1,849件")
    assert "目標値の欄" in swapped.only("XP319").message and "1,849件" in swapped.only("XP319").message
    assert row.answered("1,575件").codes == ["XP319"]  # to the digit
    assert row.answered("1,849件").codes == []


@pytest.mark.parametrize(
    ("past", "text"), [({"Ｒ4": "75%"}, "100%"), ({"Ｒ4": "94件"}, "150件"), ({"Ｒ4": "20地域"}, "21地域")]
)
def test_a_target_just_met_is_reached_and_no_swap(past: dict[str, str], text: str) -> None:
    assert Round(past=past, targets={"Ｒ6": text}).answered(text).codes == ["XP325"]


def test_a_target_newly_reached_is_a_note() -> None:
    row = Round(past={"Ｒ3": "59箇所", "Ｒ4": "70箇所"}, targets={"Ｒ3": "65箇所", "Ｒ6": "80箇所"})
    finding = row.answered("86箇所").only("XP325")
    assert finding.severity is Severity.INFO and "目標達成済み" in finding.message
    assert row.answered("79箇所").codes == []
    assert Round(past={"Ｒ4": "90箇所"}, targets={"Ｒ6": "80箇所"}).answered("86箇所").codes == []  # said of the plan


@pytest.mark.parametrize("mark", ["△", "×", "✕"])
def test_a_low_rating_without_measures_is_asked(mark: str) -> None:
    row = Round(rating=mark, rated_by="担当部局")
    assert row.answered("15,107件", "研修を3回開催した。").only("XP323").got == mark
    assert row.answered("15,107件", "研修を開催した。周知方法を見直す。").codes == []


def test_ratings_are_checked_only_where_the_plan_has_them() -> None:
    assert Round(rating="△").answered("15,107件", "研修を3回開催した。").codes == []
    given = Round(rating="×", rated_by="会議").plan()
    assert has_ratings(given) and not has_ratings(Round(rating="×").plan())
    assert Round(rating="○", rated_by="担当部局").answered("15,107件", "研修を3回開催した。").codes == []
    assert answered("△", "研修を3回開催した。").codes == ["XP318"]


# ------------------------------------------------------------------------------------------------- figures in the narrative
def test_a_target_and_an_actual_in_the_narrative() -> None:
    narrative = "・会議開催回数は目標６回に対し４回であったが，会議開催準備に時間をかけ中身の充実した会議となった。"
    assert MEETINGS.answered("４回", narrative).codes == []
    finding = MEETINGS.answered("５回", narrative).only("XP320")
    assert "目標６回に対し４回" in finding.message and [p.column for p in finding.places] == [
        "Ｒ5 実績値",
        "成果・課題",
    ]
    assert MEETINGS.answered("６回", narrative).codes == ["XP319"]  # the target stands in the actual's cell


def test_a_target_that_is_none_of_the_plans() -> None:
    finding = MEETINGS.answered("４回", "目標８回に対し４回であった。").only("XP320")
    assert "Ｒ6 目標値は６回" in finding.message


BREAKDOWN = "（令和5年度新規相談受付件数の内訳は，福祉の総合相談904件（福祉政策課所管），生活困窮者自立相談945件（生活支援課所管））"


def test_a_breakdown() -> None:
    row = Round(past={"Ｒ3": "1,707件", "Ｒ4": "1,799件"}, indicator="新規相談受付件数")
    assert row.answered("1,849件", BREAKDOWN).codes == []
    assert "904件＋945件＝1,849" in row.answered("1,894件", BREAKDOWN).only("XP320").message


def test_an_enumeration_of_what_the_indicator_counts() -> None:
    row = Round(past={"Ｒ4": "7回"}, indicator="重層的支援会議及び支援会議の開催回数（小・中・大会議）")
    narrative = "小会議を15回，中会議を8回，大会議を1回開催した。"
    assert row.answered("24回", narrative).codes == []
    assert "15回＋8回＋1回＝24" in row.answered("23回", narrative).only("XP320").message


@pytest.mark.parametrize(
    ("narrative", "fires"),
    [
        ("相談支援件数は15,017件であった。", True),
        ("令和5年度の相談支援件数は15,017件となった。", True),
        ("相談支援件数：１５，０１７件", True),
        ("相談支援件数は約15,000件であった。", False),
        ("相談支援件数は約25,000件であった。", True),
        ("相談支援件数は15,107件であった。", False),
        ("電話の相談支援件数は300件，来所の相談支援件数は200件であった。", False),
        ("新規の相談支援件数は300件であった。", False),
        ("前年度の相談支援件数は13,282件であった。", False),
        ("令和4年度の相談支援件数は13,282件，令和5年度は15,107件であった。", False),
        ("相談支援件数は月平均1,258件であった。", False),
        ("相談支援件数は1,825件増加した。", False),
        ("相談支援件数は6,000件を目標とする。", False),
        ("相談支援件数のうち3,000件が電話であった。", False),
        ("研修を3回，講座を2回開催し，苦情が12件あった。", False),
        ("主な内訳は，電話9,000件，来所3,000件である。", False),
        ("内訳は，電話9,000件，来所6,107件である。", False),
        ("内訳は，電話9,000件，来所6,170件である。", True),
        ("目標6,000件に対し15,107件と大幅に上回った。", False),
        ("相談支援件数が13,282件から15,107件へ増加した。", False),
        ("相談支援件数は、令和4年度13,282件から令和5年度15,107件に増加した。", False),
        ("相談支援件数は15,107件で，目標6,000件を大きく上回った。", False),
    ],
)
def test_the_indicator_by_its_name(narrative: str, fires: bool) -> None:
    assert answered("15,107件", narrative).codes == (["XP320"] if fires else [])


@pytest.mark.parametrize(
    "narrative",
    [
        "多職種連携協議会：３回\n多職種連携・情報共有システム部会：３回\n研修部会：２回",
        "第６期市民後見人養成研修を実施し、１０名が修了となった。\n新たに３名の市民後見人が受任した。",
        "研修を3回，講座を2回開催した。",
        "感染症法の位置づけが令和5年5月に2類相当から5類に引き下げられた。",
    ],
)
def test_other_figures_are_prose(narrative: str) -> None:
    assert MEETINGS.answered("４回", narrative).codes == []


def test_a_sum_that_is_written_out() -> None:
    finding = answered("15,107件", "相談は904件＋945件＝1,894件を含む。").only("XP321")
    assert finding.expected == "1,849件"
    assert answered("15,107件", "相談は904件＋945件＝1,849件を含む。").codes == []
    assert answered("15,107件", "１５回＋８回＋１回の計２４回の会議を開いた。").codes == []


# ----------------------------------------------------------------------------------------------------------------- years
@pytest.mark.parametrize(
    ("narrative", "fires"),
    [
        ("令和5年度は相談員を増員し，多様な福祉のニーズに対応する。", True),
        ("令和６年度は相談員を増員し，多様な福祉のニーズに対応する。", False),
        ("【令和6年度に向けた方向性】\n令和５年度も引き続き周知を図っていく。", True),
        ("【令和5年度に向けた具体的施策や方向性】\nマニュアルを整備する。", True),
        ("【令和6年度に向けた具体的施策や方向性】\nマニュアルを整備する。", False),
        ("【令和4年度取り組みの成果】\nマニュアルを整備した。", True),
        ("【令和5年度取り組みの成果】\nマニュアルを整備した。", False),
        ("令和6年度は研修を3回開催した。", True),
        ("令和6年度は，4月に新しい拠点を開設した。", False),
        ("令和5年度実績：15,107件\n令和4年度実績：13,282件", False),
        ("令和4年度は研修を3回開催した。", True),
        ("令和5年度（2022年度）の事業として開催した。", True),
        ("令和5年度（2023年度）の事業として開催した。", False),
        ("平成5年度は研修を3回開催した。", True),
        ("令和5年度は研修を3回開催した。", False),
        (
            "令和5年度は令和4年度に比べ，実施時間数が減少しているものの，充実した研修ができた。\n令和6年度においても，さらに研修内容を工夫していく。",
            False,
        ),
        ("令和5年度は点訳奉仕員養成講座のみの開講であったため，人数に変動が生じている。", False),
        ("令和5年度に作成した指針を基に，研修を実施する。", False),
        ("令和5年度から令和8年度まで継続する。", False),
        ("令和2年から続く感染症の影響が残った。", False),
        ("令和8年度から予定されているＤＸ化に備える。", False),
        ("・令和６年度に向けては，引き続き，研修等の実施により，質の向上を図る。", False),
        ("令和5年度も利用者数は増加傾向にある。", False),
    ],
)
def test_year_slips(narrative: str, fires: bool) -> None:
    done = answered("15,107件", narrative)
    assert done.codes == (["XP322"] if fires else []), [f.message for f in done.findings]


# ------------------------------------------------------------------------------------------------------- the plan's cells
def plan_codes(row: Round) -> list[str]:
    return sorted(f.code for f in plan_values(row.plan(), "計画.xlsx"))


@pytest.mark.parametrize(
    ("past", "targets", "codes"),
    [
        ({"Ｒ3": "59箇所", "Ｒ4": "86箇所"}, {"Ｒ6": "80箇所"}, ["XP325"]),
        ({"Ｒ3": "59箇所", "Ｒ4": "79箇所"}, {"Ｒ6": "80箇所"}, []),
        ({"Ｒ3": "59件", "Ｒ4": "40件"}, {"Ｒ6": "45件以下"}, ["XP325"]),
        ({"Ｒ3": "59件", "Ｒ4": "70件"}, {"Ｒ6": "増加"}, []),
        ({"Ｒ3": "8,884件", "Ｒ4": "集計中"}, {}, ["XP324"]),
        ({"Ｒ3": "８箇所", "Ｒ4": "8箇所"}, {}, ["XP338"]),
        ({"Ｒ3": "７箇所", "Ｒ4": "８箇所"}, {}, []),
        ({"Ｒ3": "－", "Ｒ4": "7回"}, {"Ｒ6": "ー"}, ["XP339"]),
        ({"Ｒ3": "－", "Ｒ4": "7回"}, {"Ｒ6": "－"}, []),
        ({"Ｒ3": "12件", "Ｒ4": "#REF!"}, {}, ["XP341"]),
        ({"Ｒ3": "12件", "Ｒ4": "同上"}, {}, ["XP341"]),
        ({"Ｒ3": "12件", "Ｒ4": (45301, "yyyy/m/d")}, {}, ["XP341"]),
        ({"Ｒ2": "82.3%", "Ｒ3": "80.1%", "Ｒ4": "78.4"}, {}, ["XP341"]),
        ({"Ｒ2": "12件", "Ｒ3": "14件", "Ｒ4": "1○件"}, {}, ["XP341"]),
        ({"Ｒ2": "12件", "Ｒ3": "14件", "Ｒ4": "15人"}, {}, ["XP342"]),
        ({"Ｒ3": "12か所", "Ｒ4": "14箇所"}, {"Ｒ6": "18ヶ所"}, []),
        ({"Ｒ1": "209件", "Ｒ2": "17件", "Ｒ3": "75件"}, {"Ｒ6": "－"}, []),
    ],
)
def test_the_plans_own_values(past: dict[str, object], targets: dict[str, object], codes: list[str]) -> None:
    assert plan_codes(Round(past=past, targets=targets)) == codes  # type: ignore[arg-type]


def test_nothing_of_the_plan_is_held() -> None:
    findings = plan_values(Round(past={"Ｒ3": "同上", "Ｒ4": "#REF!"}).plan(), "計画.xlsx")
    assert {f.severity for f in findings} == {Severity.WARNING}


def test_odd_characters_of_the_plan_are_one_finding_a_sheet() -> None:
    findings = plan_values(Round(past={"Ｒ3": "⽂", "Ｒ4": "⻑"}, indicator="⽂化").plan(), "計画.xlsx")
    assert [(f.code, len(f.places)) for f in findings] == [("XP333", 3)]


def test_a_copy_is_named_with_its_original_not_again() -> None:
    from dataclasses import replace

    plan = Round(past={"Ｒ3": "59箇所", "Ｒ4": "86箇所"}, targets={"Ｒ6": "80箇所"}).plan()
    copy = replace(plan.programmes[0], key="柱2(2)①ア", number="柱2(2)①ア")
    group = Relisting((Group("柱2(1)①イ", ("柱2(2)①ア",)),))
    both: Plan = replace(plan, programmes=(copy, plan.programmes[0]), relisting=group)
    (finding,) = plan_values(both, "計画.xlsx")
    assert finding.place.number == "柱2(1)①イ"
    assert [p.number for p in finding.places] == ["柱2(1)①イ"] * 2 + ["柱2(2)①ア"] * 2


# ------------------------------------------------------------------------------------------------------------ the real plan
def xp3(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return sorted((f.code, f.place.number) for f in findings if f.code.startswith("XP3"))


def test_the_real_plan_says_only_what_a_reader_would() -> None:
    _, findings = load_plan(ROOT / "tests" / "data" / "柱2_進捗状況.xlsx")
    reached = [
        "柱2(1)①イ", "柱2(1)①ウ", "柱2(1)②ウ", "柱2(1)②エ", "柱2(1)③ア", "柱2(1)③イ", "柱2(1)④ウ",
        "柱2(2)①イ", "柱2(2)②イ", "柱2(2)②ウ", "柱2(3)①ア",
    ]  # fmt: skip
    expected = [("XP325", number) for number in reached]
    expected += [("XP338", "柱2(1)①オ"), ("XP338", "柱2(1)④イ"), ("XP339", "柱2(2)②エ")]
    assert xp3(findings) == sorted(expected)


def test_the_shipped_round_raises_no_question_about_a_value(tmp_path: Path) -> None:
    done = run_merge(ROOT / "inbox", ROOT / "templates" / "plan_template.xlsx", tmp_path)
    of_files = [f for f in done.findings if f.code.startswith("XP3") and f.department]
    assert [(f.code, f.place.number) for f in of_files] == [("XP328", "柱2(2)②ウ")]
    assert all(f.severity is not Severity.ERROR for f in done.findings)
    assert done.merged.plan.settings.year == FILLED
