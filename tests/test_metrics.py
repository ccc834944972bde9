"""Line counting: each rule by an example, and what must hold for any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xl_plan.cells import Font
from xl_plan.layout.metrics import DOUBT, break_lines, column_pixels, line_count, line_pitch, text_height, text_width

UD = Font("BIZ UDゴシック", 9)  # 12 pixels an em
NARRATIVE = "令和５年度は，相談支援体制の構築に取り組み，1,849件（前年比102.8%）の相談を受けた。"
TEXTS = st.text(alphabet="あ漢ーァ。、（）「」％ABz09 .-/\u3000\n\r\t①※→ｱﾞé\u0301\u3099\u200b😀=", max_size=80)


@pytest.mark.parametrize(("chars", "pixels"), [(0, 0), (8.43, 64), (10, 75), (44, 313), (0.5, 8)])
def test_column_pixels(chars: float, pixels: int) -> None:
    assert column_pixels(chars) == pixels


@pytest.mark.parametrize(("size", "pitch"), [(9, 12.0), (10.5, 13.5), (12, 15.0)])
def test_line_pitch_of_the_fixed_font(size: float, pitch: float) -> None:
    assert line_pitch(size) == line_pitch(size, "BIZ UDゴシック") == line_pitch(size, "ＭＳ ゴシック") == pitch


def test_tall_fonts_set_lines_about_40_per_cent_higher() -> None:
    assert line_pitch(9, "游ゴシック") >= line_pitch(9) * 1.4
    assert line_pitch(9, "メイリオ") == line_pitch(9, "Meiryo UI")


def test_height_is_lines_and_padding() -> None:
    assert text_height("一行", 300, UD) == 15.0
    assert text_height("一\n二", 300, UD) == 27.0


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 100, ("",)),
        ("短い", 100, ("短い",)),
        ("一\n\n三", 100, ("一\n", "\n", "三")),
        ("行末\n", 100, ("行末\n", "")),
        ("一\r\n二", 100, ("一\r\n", "二")),
        # 63 pixels hold five full-width characters, 5 % wider
        ("あいうえおかき", 63, ("あいうえお", "かき")),
        ("あいうえ。かき", 54, ("あいう", "え。かき")),  # 。 does not begin a line
        ("あいう「えお」", 54, ("あいう", "「えお」")),  # 「 does not end one
        ("約ABCDEFGH件", 54, ("約", "ABCDEFGH", "件")),  # a run stays whole
        ("abc def ghij", 54, ("abc def ", "ghij")),
        ("(１２)％あ", 54, ("(１２)％", "あ")),
        # a closing bracket holds the letters behind it, as LibreOffice has it
        ("千葉県柏市（公式）Twitterフォロワー数", 147, ("千葉県柏市（公", "式）Twitterフォロワー数")),
    ],
)
def test_breaking(text: str, width: int, lines: tuple[str, ...]) -> None:
    assert break_lines(text, width, UD) == lines


def test_a_run_longer_than_the_line_counts_by_the_worst_rule() -> None:
    address = "詳細は https://www.example.lg.jp/fukushi/keikaku/index.html を参照"
    lines = break_lines(address, 120, UD)
    assert "".join(lines) == address
    assert len(lines) >= len(address) * 6 / 120 + 1


def test_half_width_characters_take_half() -> None:
    assert text_width("あいう", UD) == text_width("abcdef", UD)
    assert text_width("ｱｲｳ", UD) == text_width("123", UD)
    assert text_width("か\u0301", UD) == text_width("か", UD)  # combining marks take nothing


def test_fonts_without_metrics_get_more_margin() -> None:
    for name in ("ＭＳ Ｐゴシック", "游ゴシック", "Some Font"):
        assert line_count(NARRATIVE * 5, 300, Font(name, 9)) >= line_count(NARRATIVE * 5, 300, UD)
    bold = Font("ＭＳ ゴシック", 9, bold=True)
    assert line_count("あ" * 200, 300, bold) > line_count("あ" * 200, 300, Font("ＭＳ ゴシック", 9))


@given(TEXTS, st.integers(7, 400))
@example("（" * 30, 20)
@example("a" * 50 + "。", 8)
def test_the_lines_joined_are_the_text(text: str, width: int) -> None:
    lines = break_lines(text, width, UD)
    assert "".join(lines) == text
    assert 0 <= line_count(text, width, UD) - len(lines) <= len(lines) / DOUBT


@given(st.text(alphabet="あ漢字ー。、ッ", max_size=60), st.integers(110, 300), st.integers(0, 60))
def test_a_wider_area_never_needs_more_lines_where_every_stretch_fits(text: str, width: int, more: int) -> None:
    text = "".join(f"字{ch}" for ch in text)  # no stretch longer than two characters
    assert line_count(text, width + more, UD) <= line_count(text, width, UD)


@given(TEXTS, TEXTS, st.integers(20, 300))
def test_a_typed_line_break_separates_the_counts(a: str, b: str, width: int) -> None:
    if a.endswith("\r") or b.startswith("\n"):
        return
    assert break_lines(f"{a}\n{b}", width, UD)[-len(break_lines(b, width, UD)) :] == break_lines(b, width, UD)


@given(TEXTS, st.integers(30, 300))
def test_never_fewer_lines_than_the_glyphs_need(text: str, width: int) -> None:
    least = sum(max(1, text_width(part, UD) / 1.05 / width) for part in text.replace("\r\n", "\n").split("\n"))
    assert line_count(text, width, UD) >= least - 1


def test_a_usual_cell_takes_well_under_a_millisecond() -> None:
    texts = [f"{n}{NARRATIVE * 4}" for n in range(50)]
    start = time.perf_counter()
    for text in texts:
        line_count(text, 308, UD)
    assert (time.perf_counter() - start) / len(texts) < 0.005  # far from the usual 0.2 ms: machines differ
