"""What Excel shows of constants."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_plan.cells import Scalar
from xl_plan.meaning.numberformat import equivalent, format_for, is_date, shown, unit_of
from xl_plan.meaning.values import meaning

NUMBERS = [
    (4049, '#,##0"件"', "4,049件"),
    (4049, r"#,##0\件", "4,049件"),
    (21, '#,##0"地域"', "21地域"),
    (49451, "#,##0", "49,451"),
    (13980306, '#,##0"回"', "13,980,306回"),
    (0, '#,##0"名"', "0名"),
    (0.872, "0.00%", "87.20%"),
    (0.872, "0%", "87%"),
    (1, "0%", "100%"),
    (0.125, "0.00", "0.13"),
    (2.5, "0", "3"),
    (-2.5, "0", "-3"),
    (1.005, "0.00", "1.01"),
    (0.285, "0.00", "0.29"),
    (0.8725, "0.0%", "87.3%"),
    (1234.5, '#,##0.0"人"', "1,234.5人"),
    (5, "000", "005"),
    (0, "#,###", ""),
    (0.05, "#.##", ".05"),
    (5, "#.##", "5."),
    (1234, "000-0000", "000-1234"),
    (1234567, "#,##0,", "1,235"),
    (1234567, "#,##0.0,", "1,234.6"),
    (1234567890, '0,,"百万"', "1235百万"),
    (5, '"年"0"回"', "年5回"),
    (5, '"約"#,##0"人"', "約5人"),
    (3, "0年", "3年"),
    (5, '0"%"', "5%"),
    (5, "[$¥-411]#,##0", "¥5"),
    (5, r"\¥#,##0", "¥5"),
    (5, "#,##0_ ", "5"),
    (5, "* #,##0", "5"),
    (12345, "0.00E+00", "1.23E+04"),
    (0.00012, "0.0E+00", "1.2E-04"),
    (12345, "##0.0E+0", "12.3E+3"),
    (0.5, "# ?/?", "0.5"),
    (5, ";;;", ""),
    (float("nan"), "0", "#NUM!"),
]
SECTIONS = [
    (-5, "#,##0;[Red]-#,##0", "-5"),
    (-5, r"#,##0_);\(#,##0\)", "(5)"),
    (5, r"#,##0_);\(#,##0\)", "5"),
    (-4, '"△"0;"▲"0', "▲4"),
    (0, '0;-0;"－"', "－"),
    (0, "0;;", ""),
    (-1, "0;;", ""),
    (150, '[>=100]"多"0;[<10]"少"0;0', "多150"),
    (50, '[>=100]"多"0;[<10]"少"0;0', "50"),
    (-5, '[>=100]"多"0;[<10]"少"0;0', "-少5"),
    (5, "[>=100]0", "5"),
    (5, "[Red][<10]0.0;[Blue]0", "5.0"),
    (-5, "[>=0]0;(0)", "(5)"),
    (-1234, "#,##0", "-1,234"),
]
GENERAL = [
    (0, "0"),
    (1, "1"),
    (-1, "-1"),
    (1.0, "1"),
    (0.1, "0.1"),
    (0.1 + 0.2, "0.3"),
    (87.2, "87.2"),
    (1 / 3, "0.333333333"),
    (-1 / 3, "-0.333333333"),
    (12345.6789, "12345.6789"),
    (1234567.891234, "1234567.891"),
    (12345678901, "12345678901"),
    (99999999999, "99999999999"),
    (123456789012, "1.23457E+11"),
    (1e20, "1E+20"),
    (1.5e-10, "1.5E-10"),
    (0.00001, "0.00001"),
    (36866436, "36866436"),
    (12345678901234567890, "1.23457E+19"),
]
DATES = [
    (45383, "yyyy/m/d", "2024/4/1"),
    (45383, "m/d", "4/1"),
    (45383, "m月d日", "4月1日"),
    (45383, 'm"月"d"日"', "4月1日"),
    (45383, "yyyy-mm-dd", "2024-04-01"),
    (45383, '[$-411]ggge"年"m"月"d"日"', "令和6年4月1日"),
    (45383, "[$-411]ge.m.d;@", "R6.4.1"),
    (43585, '[$-411]ggge"年"m"月"d"日"', "平成31年4月30日"),
    (43586, '[$-411]ggge"年"m"月"d"日"', "令和1年5月1日"),
    (43586, '[$-ja-JP-x-gannen]ggge"年"m"月"d"日"', "令和元年5月1日"),
    (32515, "[$-411]gge", "昭64"),
    (32516, "[$-411]ge", "H1"),
    (45383, "aaa", "月"),
    (45383, "aaaa", "月曜日"),
    (45383, "ddd d mmm yy", "Mon 1 Apr 24"),
    (45383, "mmmmm", "A"),
    (1, "yyyy/m/d", "1900/1/1"),
    (60, "yyyy/m/d", "1900/2/29"),
    (61, "yyyy/m/d", "1900/3/1"),
    (0.75, "h:mm", "18:00"),
    (0.75, "h:mm AM/PM", "6:00 PM"),
    (0.5, "h時mm分", "12時00分"),
    (1.5, "[h]:mm", "36:00"),
    (0.0625, "[m]", "90"),
    (45383.5, "yyyy/m/d h:mm", "2024/4/1 12:00"),
    (45383.999999, "yyyy/m/d hh:mm:ss", "2024/04/02 00:00:00".replace("/0", "/")),
    (0.123456, "mm:ss.0", "57:46.6"),
    (-1, "yyyy/m/d", "########"),
    (3_000_000, "yyyy/m/d", "########"),
]


@pytest.mark.parametrize(("value", "code", "expected"), NUMBERS)
def test_numbers(value: Scalar, code: str, expected: str) -> None:
    assert shown(value, code) == expected


@pytest.mark.parametrize(("value", "code", "expected"), SECTIONS)
def test_sections_and_conditions(value: Scalar, code: str, expected: str) -> None:
    assert shown(value, code) == expected


@pytest.mark.parametrize(("value", "expected"), GENERAL)
def test_general(value: Scalar, expected: str) -> None:
    assert shown(value, "General") == expected
    assert shown(value, "") == expected


@pytest.mark.parametrize(("value", "code", "expected"), DATES)
def test_dates(value: Scalar, code: str, expected: str) -> None:
    assert shown(value, code) == expected
    assert is_date(code)


def test_dates_of_1904() -> None:
    assert shown(45383 - 1462, "yyyy/m/d", date1904=True) == "2024/4/1"
    assert shown(0, "yyyy/m/d", date1904=True) == "1904/1/1"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        ("５箇所", "General", "５箇所"),
        ("５箇所", '#,##0"件"', "５箇所"),
        ("山田", '@"様"', "山田様"),
        ("山田", '0;0;0;"<"@">"', "<山田>"),
        ("山田", "0;0;0;", ""),
        ("山田", "0;@", "山田"),
        ("", '@"様"', ""),
        (None, '#,##0"件"', ""),
        (True, "0", "TRUE"),
        (False, "0.00%", "FALSE"),
        (12, "@", "12"),
        (5, "G/標準", "5"),
        (5, 'General"件"', "5件"),
        (12.5, 'G/標準"件"', "12.5件"),
    ],
)
def test_texts_truth_and_general_with_words(value: Scalar, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_one_and_true_are_kept_apart() -> None:
    assert shown(1, "0") == "1"
    assert shown(True, "0") == "TRUE"
    assert shown(1.0, "0.0") == "1.0"


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ('#,##0"件"', "件"),
        (r"#,##0\件", "件"),
        (r"#,##0\か\所", "か所"),
        ('"年"0"回"', "回"),
        ('0"回/年"', "回/年"),
        ('#,##0"件"_ ', "件"),
        ('#,##0"件";[Red]-#,##0"件"', "件"),
        ("0.00%", "%"),
        ("0年", "年"),
        ("[$¥-411]#,##0", "円"),
        ("#,##0", ""),
        (r"#,##0_);\(#,##0\)", ""),
        ("General", ""),
        ('General"件"', "件"),
        ("yyyy/m/d", ""),
        ('m"月"d"日"', ""),
        ("@", ""),
        ("", ""),
    ],
)
def test_unit_of(code: str, unit: str) -> None:
    assert unit_of(code) == unit


@pytest.mark.parametrize("code", ['#,##0"年"', "General", "0.00%", "[Red]0", '0"日"', "@", "0.0E+00", r"\d0"])
def test_is_no_date(code: str) -> None:
    assert not is_date(code)


@pytest.mark.parametrize(
    ("unit", "decimals", "code"),
    [("件", 0, '#,##0"件"'), ("%", 2, "0.00%"), ("%", 0, "0%"), ("", 0, "#,##0"), ("人", 1, '#,##0.0"人"')],
)
def test_format_for(unit: str, decimals: int, code: str) -> None:
    assert format_for(unit, decimals) == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('#,##0"件"', r"#,##0\件", True),
        ('#,##0"件"', '###,##0"件"', True),
        ("#,##0", r"#,##0_ ;[Red]\-#,##0\ ", False),  # a blank more behind negative numbers
        ("#,##0", "#,##0;[Red]-#,##0", True),
        ("General", "", True),
        ("General", "@", True),
        ("yyyy/m/d", "yyyy/m/d;@", True),
        ("[$-411]ge.m.d", "[$-ja-JP]ge.m.d", True),
        ("#,##0", "0", False),
        ("0.0%", "0.00%", False),
        ('#,##0"件"', '#,##0"人"', False),
        ("[>=100]0;0.0", "[>=200]0;0.0", False),
        ("m/d", "d/m", False),
    ],
)
def test_equivalent(one: str, other: str, same: bool) -> None:
    assert equivalent(one, other) is same


@given(st.integers(-(10**13), 10**13), st.sampled_from(["件", "人", "箇所", "か所", "回", "名", "地域", "時間", ""]))
def test_what_is_shown_means_the_number(number: int, unit: str) -> None:
    found = meaning(shown(number, format_for(unit)))
    assert found.number == number
    assert found.unit == unit


@given(st.integers(0, 10_000_000))
def test_percentages_mean_the_number_in_per_cent(hundredths: int) -> None:
    found = meaning(shown(hundredths / 10_000, "0.00%"))
    assert found.number == Decimal(hundredths) / 100


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12))
def test_any_format_shows_something_without_error(number: float, code: str) -> None:
    assert isinstance(shown(number, code), str)
    assert isinstance(shown("文", code), str)
    assert isinstance(unit_of(code), str)


@given(st.floats(min_value=1e-3, max_value=1e13), st.integers(0, 4))
def test_the_quick_way_and_the_long_way_agree(number: float, decimals: int) -> None:
    point = "." + "0" * decimals if decimals else ""
    assert shown(number, f"#,##0{point}") == shown(number, f"#,##0{point};-0;0")
    assert shown(number, f"0{point}%") == shown(number, f"0{point}%;-0;0")
