"""What the texts of cells mean, from real phrasing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_plan.meaning.values import (
    HELD,
    UNANSWERED,
    UNSUBMITTED,
    Kind,
    Meaning,
    Remark,
    is_answer,
    is_blank,
    is_pending,
    lower_is_better,
    meaning,
    reached,
    row_unit,
    same_unit,
)
from xl_plan.meaning.words import PENDING, may_be_pending

SHEET = json.loads((Path(__file__).parent / "data" / "pillar2.json").read_text(encoding="utf-8"))
PROGRAMMES = [programme for section in SHEET["節"] for programme in section["事業"]]
VALUES = sorted({programme[column] for programme in PROGRAMMES for column in SHEET["値の列"]})


@pytest.mark.parametrize("text", VALUES)
def test_every_value_of_the_printed_sheet_is_understood(text: str) -> None:
    assert meaning(text).kind not in {Kind.TEXT, Kind.REFUSED, Kind.BLANK}


def test_kinds_of_the_printed_sheet() -> None:
    kinds = {kind: {text for text in VALUES if meaning(text).kind is kind} for kind in Kind}
    assert kinds[Kind.NONE] == {"－", "ー"}
    assert kinds[Kind.PENDING] == {"集計中"}
    assert kinds[Kind.DIRECTION] == {"増加"}
    assert kinds[Kind.SEVERAL] == {"利用者\n59.9%\n家族\n59.8%"}
    assert {meaning(text).unit for text in kinds[Kind.NUMBER]} == {"件", "箇所", "回", "人", "名", "時間", "地域", ""}


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: programme["番号"])
def test_narratives_are_no_refusals(programme: dict[str, str]) -> None:
    # 柱2(2)②ア lists figures (多職種連携協議会：３回 …): several values, which is what it says
    several = programme["番号"] == "柱2(2)②ア"
    assert meaning(programme["成果・課題・方向性"]).kind is (Kind.SEVERAL if several else Kind.TEXT)


NUMBERS = [
    ("4,049件", "4049", "件"),
    ("５箇所", "5", "箇所"),
    ("49,451", "49451", ""),
    ("0", "0", ""),
    ("0名", "0", "名"),
    ("０件", "0", "件"),
    ("2回/年", "2", "回/年"),
    ("２回／年", "2", "回/年"),
    ("年2回", "2", "回/年"),
    ("年に２回", "2", "回/年"),
    ("年間120件", "120", "件/年"),
    ("月2回", "2", "回/月"),
    ("毎月１回", "1", "回/月"),
    ("週3回", "3", "回/週"),
    ("2年に1回", "1", "回/2年"),
    ("1,000人／年", "1000", "人/年"),
    ("30ヶ所", "30", "ヶ所"),
    ("3か所", "3", "か所"),
    ("１，２３４件", "1234", "件"),
    ("１、２３４件", "1234", "件"),
    ("1,234.5㎡", "1234.5", "㎡"),
    ("4, 049件", "4049", "件"),
    ("4,049 件", "4049", "件"),
    ("4,049\n件", "4049", "件"),
    ("13,980,306回", "13980306", "回"),
    ("70.1", "70.1", ""),
    ("１．５倍", "1.5", "倍"),
    ("0.872", "0.872", ""),
    ("△3.2", "-3.2", ""),
    ("▲5人", "-5", "人"),
    ("－5件", "-5", "件"),
    ("+3件", "3", "件"),
    ("±0", "0", ""),
    ("±0件", "0", "件"),
    ("1万2千人", "12000", "人"),
    ("約1.2万人", "12000", "人"),
    ("1億2,345万円", "123450000", "円"),
    ("5,000千円", "5000", "千円"),
    ("¥1,234", "1234", "円"),
    ("3,000t-CO2", "3000", "t-CO2"),
    ("7か国語", "7", "か国語"),
    ("24時間", "24", "時間"),
    ("3回実施", "3", "回"),
    ("5点満点", "5", "点満点"),
    ("5(箇所)", "5", "箇所"),
    ("十名", "10", "名"),
    ("三か所", "3", "か所"),
    ("二十五人", "25", "人"),
    ("1.3E+07回", "13000000", "回"),
]


@pytest.mark.parametrize(("text", "number", "unit"), NUMBERS)
def test_number_with_unit(text: str, number: str, unit: str) -> None:
    found = meaning(text)
    assert (found.kind, found.number, found.unit) == (Kind.NUMBER, Decimal(number), unit)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("87.20%", "87.2"), ("75%", "75"), ("７５％", "75"), ("87.2％", "87.2"), ("8720%", "8720"), ("▲5%", "-5")),
        *(("-5%", "-5"), ("ー5%", "-5"), ("100パーセント", "100"), ("0.0%", "0"), ("約80%", "80"), ("80％程度", "80")),
    ],
)
def test_percentage(text: str, number: str) -> None:
    found = meaning(text)
    assert (found.kind, found.number, found.unit) == (Kind.PERCENT, Decimal(number), "%")


def test_numbers_are_exact() -> None:
    assert str(meaning("87.20%").number) == "87.20"
    assert meaning("0.1").number == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "kind", "note"),
    [
        ("年1回(新型コロナウイルス感染症のため1回中止)", Kind.NUMBER, "新型コロナウイルス感染症のため1回中止"),
        ("70.1(H22速報)", Kind.NUMBER, "H22速報"),
        ("120件（うち新規３０件）", Kind.NUMBER, "うち新規３０件"),
        ("120件 うち新規30件", Kind.NUMBER, "うち新規30件"),
        ("120件※速報値", Kind.NUMBER, "速報値"),
        ("(見込)120件", Kind.NUMBER, "見込"),
        ("120件（見込）（再集計）", Kind.NUMBER, "見込 再集計"),
        ("12人(ボランティア(学生)を含む)", Kind.NUMBER, "ボランティア(学生)を含む"),
        ("100%(12/12校)", Kind.PERCENT, "12/12校"),
        ("12人\n（前年度10人）", Kind.NUMBER, "前年度10人"),
        ("－（調査年でない）", Kind.NONE, "調査年でない"),
        ("集計中（9月公表予定）", Kind.PENDING, "9月公表予定"),
        ("増加（前年度比）", Kind.DIRECTION, "前年度比"),
        ("実施(3回)", Kind.MILESTONE, "3回"),
        ("90%以上（R6）", Kind.BOUND, "R6"),
        ("同上（詳細は別紙）", Kind.REFUSED, "詳細は別紙"),
    ],
)
def test_notes_are_kept_as_typed(text: str, kind: Kind, note: str) -> None:
    found = meaning(text)
    assert (found.kind, found.note) == (kind, note)


@pytest.mark.parametrize(
    ("text", "label", "number", "unit"),
    [
        ("利用者\n62.6%", "利用者", "62.6", "%"),
        ("満足度：85%", "満足度", "85", "%"),
        ("男性 12人", "男性", "12", "人"),
        ("延べ1,234人", "延べ", "1234", "人"),
        ("R5 120件", "R5", "120", "件"),
        ("1人当たり3件", "1人当たり", "3", "件"),
        ("研修会３回", "研修会", "3", "回"),
    ],
)
def test_one_number_with_a_label(text: str, label: str, number: str, unit: str) -> None:
    found = meaning(text)
    assert (found.label, found.number, found.unit) == (label, Decimal(number), unit)


@pytest.mark.parametrize(
    ("text", "unit", "parts"),
    [
        ("利用者\n59.9%\n家族\n59.8%", "%", [("利用者", "59.9"), ("家族", "59.8")]),
        ("男性 12人／女性 8人", "人", [("男性", "12"), ("女性", "8")]),
        ("男性12人女性8人", "人", [("男性", "12"), ("女性", "8")]),
        ("男性：１２人，女性：８人", "人", [("男性", "12"), ("女性", "8")]),
        ("小15回・中8回・大1回", "回", [("小", "15"), ("中", "8"), ("大", "1")]),
        ("小学校 5校、中学校 3校", "校", [("小学校", "5"), ("中学校", "3")]),
        ("【利用者】59.9%【家族】59.8%", "%", [("利用者", "59.9"), ("家族", "59.8")]),
        ("（利用者）59.9%\n（家族）59.8%", "%", [("利用者", "59.9"), ("家族", "59.8")]),
        ("令和4年度 1,100件／令和5年度 1,200件", "件", [("令和4年度", "1100"), ("令和5年度", "1200")]),
        ("4件\n5件", "件", [("", "4"), ("", "5")]),
        ("2,041件、954件", "件", [("", "2041"), ("", "954")]),
        ("59.9\n59.8", "", [("", "59.9"), ("", "59.8")]),
        ("12件 34人", "", [("", "12"), ("", "34")]),
        ("10～20人", "人", [("", "10"), ("", "20")]),
        ("5-6回", "回", [("", "5"), ("", "6")]),
    ],
)
def test_several_numbers(text: str, unit: str, parts: list[tuple[str, str]]) -> None:
    found = meaning(text)
    assert (found.kind, found.unit, found.number) == (Kind.SEVERAL, unit, None)
    assert [(part.label, str(part.number)) for part in found.parts] == parts


def test_a_part_may_be_pending_or_carry_a_note() -> None:
    first, second = meaning("男性 12人(うち新規3人) 女性 集計中").parts
    assert (first.note, second.kind, second.label) == ("うち新規3人", Kind.PENDING, "女性")


WORDS = {
    Kind.NONE: """－ - − ― ‐ ー -- なし 該当なし 無し 特になし 実績なし 未実施 中止 N/A … 対象外 隔年調査のためなし －件 -％""",
    Kind.PENDING: """集計中 調査中 未集計 集計中です。 現在集計中 未確定 後日報告 算定中 精査中 9月公表予定 未定 （集計中）
        集計中のため後日報告 令和6年９月頃確定予定""",
    Kind.DIRECTION: """増加 減少 維持 増加を目指す ↑ アップ 増 現状維持 前年度より増加 減らす 前年度と同じ水準を維持 横ばい 向上""",
    Kind.MILESTONE: """設置 策定 未着手 完了 設置済み 検討中 協議会の設置 令和7年度策定 一部実施 3月策定予定 着手 運用開始 継続実施 充実 未策定""",
    Kind.REFUSED: """同上 〃 ″ 同左 同じ 別紙のとおり 別紙参照 別添参照 別紙 前年度と同じ 前年度同様 前年並み 上記と同じ 上に同じ
        省略 変更なし R4と同じ ①と同じ 柱2(1)①アと同じ 詳細は別紙参照 計画書参照 再掲 【再掲】 同上です。 例年どおり 前年度の実績と同様""",
    Kind.TEXT: """◎ ○ △ × A 件 第３ Ⅲ 第3回 1-10 3月31日 2024/3/31 12,3456 1,23 1,2345件 3/5回 (5) 〇件 ○件 1_234件 12:30 一部
        十分 令和5年度 R5 2023年 3回目 柱2 10月 #N/A 平日10:00～17:00 #VALUE!""",
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WORDS.items() for text in texts.split()])
def test_words(kind: Kind, text: str) -> None:
    assert meaning(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "前年度と同様に相談支援を実施した。",
        "別紙のとおり実施要領を改め、各地区で説明会を開いた。",
        "同上の理由により参加者が減少したため、周知の方法を見直す。",
        "詳細は別紙のとおりだが、件数は前年度と同じ水準となった。",
        "集計中の項目を除き、前年度を上回った。",
    ],
)
def test_such_words_inside_a_sentence_are_no_refusal(text: str) -> None:
    assert meaning(text).kind is Kind.TEXT


@given(st.from_regex(PENDING, fullmatch=True))
def test_every_wording_of_pending_has_a_sign_of_it(text: str) -> None:
    assert may_be_pending(text)
    assert is_pending(text) == (meaning(text).kind is Kind.PENDING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("集計中（9月公表予定）", "9月"),
        ("集計中（令和６年９月末公表予定）", "令和６年９月末"),
        ("未確定（R6.9月頃）", "R6.9月頃"),
        ("集計中(年度末)", "年度末"),
        ("9月中旬公表予定", "9月中旬"),
        ("集計中", ""),
    ],
)
def test_pending_says_when(text: str, expected: str) -> None:
    found = meaning(text)
    assert (found.kind, found.expected) == (Kind.PENDING, expected)


@pytest.mark.parametrize(
    ("text", "bound", "number", "unit", "strict"),
    [
        ("90%以上", "min", "90", "%", False),
        ("９０％以上を維持", "min", "90", "%", False),
        ("24.3以下", "max", "24.3", "", False),
        ("200人以上", "min", "200", "人", False),
        ("年2回以上", "min", "2", "回/年", False),
        ("5,500件以上/年", "min", "5500", "件/年", False),
        ("10件未満", "max", "10", "件", True),
        ("80%超", "min", "80", "%", True),
        ("3日以内", "max", "3", "日", False),
        ("最低3回", "min", "3", "回", False),
    ],
)
def test_bounds(text: str, bound: str, number: str, unit: str, strict: bool) -> None:
    found = meaning(text)
    assert (found.kind, found.bound, found.unit, found.strict) == (Kind.BOUND, bound, unit, strict)
    assert found.number == Decimal(number)


def test_a_bound_by_the_year_before_has_no_number() -> None:
    found = meaning("前年度以上")
    assert (found.kind, found.bound, found.number) == (Kind.BOUND, "min", None)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("増加", "up"),
        ("↑", "up"),
        ("減少", "down"),
        ("削減", "down"),
        ("維持", "keep"),
        ("5%増", "up"),
        ("10件減少", "down"),
    ],
)
def test_directions(text: str, direction: str) -> None:
    assert meaning(text).direction == direction


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("約200人", Remark.APPROXIMATE),
        ("200人程度", Remark.APPROXIMATE),
        ("70.1(H22速報)", Remark.PROVISIONAL),
        ("120件見込み", Remark.PROVISIONAL),
        ("十名", Remark.KANJI_NUMERAL),
        ("1○件", Remark.ZERO_LOOK_ALIKE),
        ("〇件", Remark.ZERO_LOOK_ALIKE),
        ("1O件", Remark.ZERO_LOOK_ALIKE),
        ("ー", Remark.LONG_VOWEL_DASH),
        ("１2件", Remark.MIXED_WIDTH),
        ("1.3E+07", Remark.E_NOTATION),
        ("12,3456", Remark.ODD_GROUPING),
        ("1-10", Remark.DATE_LIKE),
        ("1月10日", Remark.DATE_LIKE),
    ],
)
def test_remarks(text: str, remark: Remark) -> None:
    assert remark in meaning(text).remarks


@pytest.mark.parametrize("text", ["4,049件", "５箇所", "－", "なし", "増加", "87.20%", "１，２３４"])
def test_nothing_to_remark(text: str) -> None:
    assert meaning(text).remarks == ()


@pytest.mark.parametrize(
    "text", ["", " ", "　", "\n", "\u200b", "\u00a0 \t", UNSUBMITTED, UNANSWERED, HELD, f" {HELD}\n"]
)
def test_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_answer(text)
    assert meaning(text) == Meaning(Kind.BLANK)


@pytest.mark.parametrize("text", ["－", "0", "なし", "集計中", "同上", ".", "〔未定〕"])
def test_answers(text: str) -> None:
    assert is_answer(text)
    assert meaning(text).kind is not Kind.BLANK


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["4,049件", "8,337件", "5,500件"], "件"),
        (["５箇所", "6か所", "7ヶ所"], "ヶ所"),
        (["－", "209件", "集計中", "－"], "件"),
        (["87.20%", "77.30%", "増加"], "%"),
        (["10件", "11件", "12件", "12人"], "件"),
        (["1件", "2件", "3件", "4人", "5人", "6人", "7人"], "人"),
        (["10件", "10人"], "人"),
        (["49,451", "51,413"], ""),
        (["利用者\n59.9%\n家族\n59.8%"], "%"),
        (["－", "増加"], ""),
        ([], ""),
    ],
)
def test_row_unit(texts: list[str], unit: str) -> None:
    assert row_unit(texts) == unit


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("か所", "箇所", True),
        ("ヶ所", "カ所", True),
        ("名", "人", True),
        ("％", "%", True),
        ("回/年", "回", True),
        ("㎡", "m²", True),
        ("件", "人", False),
        ("円", "千円", False),
        ("回/月", "回", False),
        ("", "件", False),
        ("", "", True),
    ],
)
def test_same_unit(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same


@pytest.mark.parametrize("text", ["減少", "減らす", "24.3以下", "3件未満", "5%減"])
def test_lower_is_better(text: str) -> None:
    assert lower_is_better(meaning(text))


@pytest.mark.parametrize(
    "text", ["増加", "維持", "90%以上", "0件", "▲5%", "5,500件", "－", "設置", "改善", "待機児童数 0人"]
)
def test_nothing_else_makes_lower_better(text: str) -> None:
    assert not lower_is_better(meaning(text))


@pytest.mark.parametrize(
    ("actual", "target", "first", "verdict"),
    [
        ("86箇所", "80箇所", None, True),
        ("59箇所", "65か所", None, False),
        ("73回", "61回", None, True),
        ("80%", "80%", None, True),
        ("92%", "90%以上", None, True),
        ("90%", "90%超", None, False),
        ("24.3", "24.3以下", None, True),
        ("25", "24.3以下", None, False),
        ("10件", "10件未満", None, False),
        ("57,666", "56,000", None, True),
        ("1,542人", "増加", "1,589人", False),
        ("1,600人", "増加", "1,589人", True),
        ("1,542人", "減少", "1,589人", True),
        ("10回", "維持", "10回", True),
        ("12回", "維持", "10回", None),
        ("1,542人", "増加", None, None),
        ("87.2", "90%", None, None),
        ("12人", "10件", None, None),
        ("12", "10件", None, True),
        ("集計中", "80%", None, None),
        ("80%", "－", None, None),
        ("80%", "5%増", "70%", None),
        ("設置済み", "設置", None, True),
        ("設置", "設置", None, True),
        ("完了", "策定", None, True),
        ("未着手", "策定", None, False),
        ("検討中", "策定", None, False),
        ("充実", "策定", None, None),
        ("男性 12人／女性 8人", "男性 10人／女性 8人", None, True),
        ("男性 9人／女性 7人", "男性 10人／女性 8人", None, False),
        ("男性 12人／女性 7人", "男性 10人／女性 8人", None, None),
        ("利用者\n59.9%\n家族\n59.8%", "増加", "利用者\n62.6%", None),
        ("利用者\n59.9%\n家族\n59.8%", "50%以上", None, True),
    ],
)
def test_reached(actual: str, target: str, first: str | None, verdict: bool | None) -> None:
    assert reached(meaning(actual), meaning(target), meaning(first) if first else None) is verdict


@pytest.mark.parametrize(
    "piece", ["を目指す", "以上", "実績値", "設置・", "予定", "1人", "、\n", "と同じ", "(あ)1", "上旬"]
)
def test_repetition_is_no_trap(piece: str) -> None:
    for head in ("", "1件", "前年度"):
        assert (
            meaning((head + piece * 60)[:199] + "x").kind in Kind
        )  # ends at once: no pattern may backtrack without end


@given(st.text(max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    assert meaning(text).kind in Kind
    assert is_blank(text) is (meaning(text).kind is Kind.BLANK)


@given(
    st.text(
        alphabet="0123456789０１,，、.．%％件人回年月約延べ以上下(（)）/／\n 　ー－△▲○〇一十万千男女性増減同上集計中",
        max_size=16,
    )
)
def test_value_like_texts_are_read_without_error(text: str) -> None:
    found = meaning(text)
    assert found.kind in Kind
    if found.kind in {Kind.NUMBER, Kind.PERCENT}:
        assert found.number is not None


@given(st.integers(0, 10**9), st.sampled_from(["件", "人", "箇所", "回", "％", "名"]))
def test_width_never_changes_the_number(number: int, unit: str) -> None:
    half = f"{number:,}{unit}"
    full = half.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert meaning(half).number == meaning(full).number == number
    assert meaning(half).unit == meaning(full).unit
