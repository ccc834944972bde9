"""Owned cells: taken, held or blank; struck words, changed characters, what Excel made of the typing."""

from __future__ import annotations

import pytest

from value_rounds import USUAL, Round, answered, cell_of, struck_out
from xl_plan.cells import Cell, Font, Run, Style
from xl_plan.checks.answers import Verdict
from xl_plan.excel.richtext import TextCollector
from xl_plan.findings import Severity

PERCENT = Round(past={"Ｒ2": "76.90%", "Ｒ3": "82.30%", "Ｒ4": "78.40%"}, targets={"Ｒ6": "増加"}, number_format="0.00%",
                indicator="対応満足度")  # fmt: skip


# ---------------------------------------------------------------------------------------------- answered or not
@pytest.mark.parametrize(
    "text", ["15,107件", "１５，１０７件", "集計中", "集計中（9月公表予定）", "15,107件（速報値）"]
)
def test_answers_are_taken_as_typed(text: str) -> None:
    done = answered(text)
    assert done.verdict() is Verdict.TAKEN and done.taken().text == text
    assert not [f for f in done.findings if f.severity is not Severity.INFO]


@pytest.mark.parametrize("text", [None, "", " ", "　", "〔未記入〕", "〔保留〕", "\u200b"])
def test_blank_is_unanswered_and_not_filled(text: str | None) -> None:
    done = answered(text)
    assert done.verdict() is Verdict.BLANK
    assert done.judged.filled == 1 and done.judged.owned == 2
    assert [f.code for f in done.findings if f.severity is Severity.WARNING] == ["XP301"]


def test_several_blanks_are_one_finding_with_the_list_of_cells() -> None:
    finding = answered(None, None).only("XP301")
    assert len(finding.places) == 2 and "2セル" in finding.message


@pytest.mark.parametrize("text", ["－", "なし", "該当なし", "ー"])
def test_none_is_an_answer_and_no_blank(text: str) -> None:
    done = Round(past={"Ｒ3": "－", "Ｒ4": "－"}).answered(text)
    assert done.verdict() is Verdict.TAKEN and done.judged.filled == 2
    assert done.codes == (["XP339"] if text == "ー" else [])


def test_none_or_zero_where_there_were_values_is_asked_with_the_history() -> None:
    for text in ("－", "なし", "0件", "0"):
        finding = answered(text).only("XP317")
        assert finding.severity is Severity.WARNING and "Ｒ4 13,282件" in finding.message


@pytest.mark.parametrize("past", [{"Ｒ3": "12件", "Ｒ4": "－"}, {"Ｒ3": "0名", "Ｒ4": "37名"}, {"Ｒ4": "4名"}])
def test_none_and_zero_are_quiet_where_the_row_knows_them(past: dict[str, str]) -> None:
    assert Round(past=past).answered("－" if "12件" in past.values() else "0名").codes == []


@pytest.mark.parametrize("text", ["同上", "〃", "別紙のとおり", "前年度と同じ", "別添資料参照"])
def test_no_answer_is_held_with_the_reason(text: str) -> None:
    done = answered(text)
    finding = done.only("XP302")
    assert done.verdict() is Verdict.HELD and finding.severity is Severity.ERROR and text in finding.message


def test_a_narrative_that_says_as_last_year_and_what_is_taken() -> None:
    assert answered("15,107件", "前年度と同じく3回開催した。").codes == []
    assert answered("15,107件", "同上").codes == ["XP302"]


# ------------------------------------------------------------------------------------------------ what Excel changed
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ((45301, 'm"月"d"日"'), "XP306"),  # 1-10
        ((45301, "yyyy/m/d"), "XP306"),
        (Cell("#NAME?", formula="-5%増", error=True), "XP303"),
        (Cell("#REF!", error=True), "XP303"),
        ("#NAME?", "XP303"),
        ("########", "XP303"),
        (Cell(None, formula="A1+A2"), "XP305"),
        ("1.84E+07", "XP307"),
    ],
)
def test_what_excel_made_of_it_is_not_taken(cell: object, code: str) -> None:
    done = answered(cell)  # type: ignore[arg-type]
    assert done.verdict() is Verdict.HELD
    assert done.only(code).severity is Severity.ERROR


def test_an_error_quotes_what_was_typed() -> None:
    assert "=-5%増" in answered(Cell("#NAME?", formula="-5%増", error=True)).only("XP303").message


def test_a_formula_gives_its_result_and_is_named() -> None:
    done = answered(Cell(15107, Style(number_format='#,##0"件"'), formula="C3+C4"))
    finding = done.only("XP304")
    assert "=C3+C4" in finding.message and "15,107件" in finding.message and done.verdict() is Verdict.TAKEN


def test_a_number_shown_with_an_exponent_is_taken_and_asked() -> None:
    done = Round(past={"Ｒ3": "98,000件", "Ｒ4": "99,120件"}).answered((100_000, "0.00E+00"))
    assert "100,000" in done.only("XP308").message and done.taken().cell.value == 100_000


def test_a_lost_leading_zero_is_asked() -> None:
    row = Round(past={"Ｒ3": "012", "Ｒ4": "015"}, indicator="登録番号")
    assert "「015」のように0で始まります" in row.answered(18).only("XP309").message
    assert row.answered("018").codes == []
    assert Round(past={"Ｒ3": "12件", "Ｒ4": "15件"}).answered((18, '0"件"')).codes == []


@pytest.mark.parametrize("text", ["1○件", "1O件", "12,3456件", "1月10日"])
def test_doubtful_writing_is_taken_and_asked(text: str) -> None:
    done = Round(past={"Ｒ3": "8件", "Ｒ4": "11件"}).answered(text)
    assert "XP326" in done.codes and done.taken().text == text


@pytest.mark.parametrize("text", ["十件", "Ⅲ", "10件", "12,345,678件"])
def test_numerals_of_other_kinds_are_kept_as_typed(text: str) -> None:
    done = Round(past={"Ｒ3": "－", "Ｒ4": "－"}).answered(text)
    assert done.codes == [] and done.taken().text == text


def test_digits_that_the_format_hides_are_named() -> None:
    row = Round(number_format='#,##0"件"')
    assert "12,345.5" in row.answered((12345.5, '#,##0"件"')).only("XP327").message.replace("12345.5", "12,345.5")
    assert row.answered((12345, '#,##0"件"')).codes == []


# ------------------------------------------------------------------------------------------- number formats of the file
def test_a_number_is_taken_as_the_department_saw_it() -> None:
    row = Round(number_format='#,##0"件"')
    done = row.answered((15107, '#,##0"人"'))
    assert done.only("XP310").severity is Severity.WARNING and done.taken().text == "15,107人"
    bare = row.answered(12345.5)
    assert bare.only("XP311").got == bare.taken().text == "12345.5"


def test_a_file_without_formats_is_read_under_the_plans() -> None:
    past = {"Ｒ3": (0.823, "0.00%"), "Ｒ4": (0.784, "0.00%")}
    row = Round(past=past, number_format="0.00%", indicator="満足度")
    lost = row.answered(0.802, actual_2021=0.823, actual_2022=0.784)
    assert lost.codes == [] and lost.taken().text == "80.20%"
    kept = row.answered(0.802)
    assert kept.codes == ["XP312"]  # the other years kept their formats: this one was typed so


# --------------------------------------------------------------------------------------------------------------- 見え消し
def test_struck_words_are_left_out_and_both_readings_quoted() -> None:
    done = answered(struck_out("~15,017件~", "15,107件"))
    finding = done.only("XP330")
    assert done.taken().text == "15,107件" and done.taken().cell.value == "15,107件"
    assert (finding.got, finding.expected) == ("15,017件15,107件", "15,107件")
    for reading in ("15,017件15,107件", "「15,107件」", "「15,017件」"):
        assert reading in finding.message


def test_struck_words_in_a_narrative() -> None:
    done = answered("15,107件", struck_out("研修を", "~3回~", "4回開催した。"))
    assert done.taken("narrative").text == "研修を4回開催した。"
    assert done.only("XP330").places[0].column == "成果・課題"


@pytest.mark.parametrize(
    "cell", [Cell("15,107件", Style(font=Font(strike=True))), struck_out("~15,107~", "~件~"),
             Cell(15107, Style(number_format='#,##0"件"', font=Font(strike=True)))]
)  # fmt: skip
def test_all_struck_is_held(cell: Cell) -> None:
    done = answered(cell)
    assert done.verdict() is Verdict.HELD
    assert "15,107件" in done.only("XP331").message


def test_struck_blanks_change_nothing() -> None:
    assert answered(struck_out("15,107件", "~ ~")).codes == ["XP337"]


def test_the_rest_of_a_struck_cell_is_judged_like_any_other() -> None:
    done = answered(struck_out("~15,107件~", "同上"))
    assert done.codes == ["XP302", "XP330"] and done.verdict() is Verdict.HELD
    assert PERCENT.answered(struck_out("~78.40%~", "87.2")).codes == ["XP312", "XP330"]


def test_red_words_are_text_like_any_other() -> None:
    runs = (Run("相談員を"), Run("増員した。", colour="#FF0000"))
    done = answered("15,107件", Cell("相談員を増員した。", runs=runs))
    finding = done.only("XP332")
    assert finding.severity is Severity.INFO and "増員した。" in finding.message
    assert done.taken("narrative").text == "相談員を増員した。"
    blue = (Run("相談員を"), Run("増員した。", colour="#0000FF"))
    assert answered("15,107件", Cell("相談員を増員した。", runs=blue)).codes == []


def test_phonetic_guides_are_no_part_of_a_text() -> None:
    collector = TextCollector()
    for event, name, text in [
        ("start", "t", ""), ("end", "t", "柏市"),
        ("start", "rPh", ""), ("start", "t", ""), ("end", "t", "カシワシ"), ("end", "rPh", ""),
    ]:  # fmt: skip
        if event == "start":
            collector.start(name, {})
        else:
            collector.end(name, text)
    assert collector.take() == "柏市"


# ------------------------------------------------------------------------------------------------------------ characters
@pytest.mark.parametrize(
    ("narrative", "code", "said"),
    [
        ("⽂化祭を開催した。", "XP333", "「⽂」U+2F42→「文」"),
        ("⻑寿を祝った。", "XP333", "「⻑」U+2ED1→「長」"),
        ("福祉の\ue000に努めた。", "XP334", "U+E000"),
        ("相談を受け\ufffdた。", "XP334", "U+FFFD"),
        ("㈰研修　㈪講座を開催した。", "XP334", "「㈰」は「①」か"),
        ("ﾎﾞﾗﾝﾃｨｱを募集した。", "XP335", "「ﾎﾞ」"),
        ("福\ufa1b祉の窓口", "XP335", "U+FA1B"),
        ("相談員を増員した。　", "XP337", "余分な空白"),
    ],
)
def test_characters_are_named_and_kept(narrative: str, code: str, said: str) -> None:
    done = answered("15,107件", narrative)
    assert said in done.only(code).message
    assert done.taken("narrative").text == narrative


@pytest.mark.parametrize(
    "narrative",
    ["　令和の取組を振り返り，窓口を増やした。", "①研修 ②講座", "㈱柏と連携した。", "髙橋氏・﨑山氏が講演した。"],
)
def test_ordinary_characters_are_quiet(narrative: str) -> None:
    assert answered("15,107件", narrative).codes == []


@pytest.mark.parametrize(
    ("typed", "printed", "said"),
    [
        ("福祉\u200b課が担当した。", "福祉課が担当した。", "「福祉〔U+200B〕課が担当し」→「福祉課が担当し」"),
        ("研修を\x0b開催した。", "研修を\n開催した。", "〔U+000B〕"),
        ("研修を\x02開催した。", "研修を開催した。", "〔U+0002〕"),
    ],
)
def test_only_what_cannot_be_printed_is_changed_and_listed_with_both_forms(typed: str, printed: str, said: str) -> None:
    done = answered("15,107件", typed)
    assert said in done.only("XP336").message
    assert done.taken("narrative").text == done.taken("narrative").cell.value == printed


def test_line_ends_of_another_system_are_no_change() -> None:
    done = answered("15,107件", "研修を\r\n開催した。")
    assert done.codes == [] and done.taken("narrative").text == "研修を\n開催した。"


def test_runs_are_cleaned_with_their_text() -> None:
    cell = Cell("研修\u200bを開催", runs=(Run("研修\u200b"), Run("を開催", bold=True)))
    done = answered("15,107件", cell)
    taken = done.taken("narrative").cell
    assert taken.value == "研修を開催" == "".join(run.text for run in taken.runs)


def test_one_finding_for_a_file_however_many_cells() -> None:
    done = answered("15,107件　", "⽂化を⻑く支えた。⽂化祭も開いた。　")
    assert done.codes == ["XP333", "XP337"]
    assert [len(f.places) for f in done.findings] == [1, 2]


def test_another_width_of_digits_is_a_note() -> None:
    row = Round(past={"Ｒ3": "６回", "Ｒ4": "７回"})
    assert "７回　8回" in row.answered("8回").only("XP338").message
    assert row.answered("８回").codes == []
    assert Round(past={"Ｒ3": "８回", "Ｒ4": "9回"}).answered("10回").codes == []


def test_usual_round_is_a_row_of_history() -> None:
    assert cell_of(USUAL["Ｒ4"]).value == "13,282件"
    assert answered("15,107件").codes == []
