"""Fiscal years as written in headers and prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_plan.meaning.fiscal import FiscalYear, find_years, parse_year, shift_years


@pytest.mark.parametrize(
    ("year", "label", "japanese", "western"),
    [
        (2023, "R5", "令和5年度", "2023年度"),
        (2019, "R1", "令和元年度", "2019年度"),
        (2018, "H30", "平成30年度", "2018年度"),
        (1989, "H1", "平成元年度", "1989年度"),
        (1988, "S63", "昭和63年度", "1988年度"),
        (1926, "T15", "大正15年度", "1926年度"),
    ],
)
def test_names_of_a_year(year: int, label: str, japanese: str, western: str) -> None:
    fiscal = FiscalYear(year)
    assert (fiscal.era_label, fiscal.japanese, fiscal.western, str(fiscal)) == (label, japanese, western, label)


def test_order_and_steps() -> None:
    assert FiscalYear(2018).next() == FiscalYear(2019)
    assert FiscalYear(2023).plus(-5) == FiscalYear(2018)
    assert sorted([FiscalYear(2020), FiscalYear(2017)])[0].era_label == "H29"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ｈ29 実績値", "H29"),
        ("H29", "H29"),
        ("h29", "H29"),
        ("平成29年度", "H29"),
        ("平成２９年度実績", "H29"),
        ("㍻29年度", "H29"),
        ("R1", "R1"),
        ("R元", "R1"),
        ("R01", "R1"),
        ("R.5", "R5"),
        ("令和元年度", "R1"),
        ("令和 5 年度", "R5"),
        ("令和五年度", "R5"),
        ("令和十二年度", "R12"),
        ("令和⑤年度", "R5"),
        ("2019年度", "R1"),
        ("２０１９年度", "R1"),
        ("2019", "R1"),
        ("2019実績", "R1"),
        ("FY2023", "R5"),
        ("FY23", "R5"),
        ("Ｒ3(中間年) 目標値", "R3"),
        ("Ｒ3(中間年)\n目標値", "R3"),
        ("平成15年末見込", "H15"),
        ("2007年度", "H19"),
        ("H23", "H23"),
        ("平成34年", "R4"),
        ("平成31年度", "R1"),
        ("S60", "S60"),
        ("昭和60年度", "S60"),
        ("2023年度（令和5年度）", "R5"),
        ("令和5(2023)年度", "R5"),
        # a date belongs to the fiscal year it lies in
        ("R6.2月現在", "R5"),
        ("R6.2現在", "R5"),
        ("R6.4月現在", "R6"),
        ("R5.12", "R5"),
        ("R6.3.31", "R5"),
        ("令和6年3月31日現在", "R5"),
        ("令和6年4月1日現在", "R6"),
        ("2024年2月", "R5"),
        ("2024/2/1", "R5"),
        ("2024.2.1", "R5"),
        ("R5年1月～12月", "R5"),  # a calendar year
    ],
)
def test_one_year(text: str, label: str) -> None:
    year = parse_year(text)
    assert year is not None
    assert year.era_label == label


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "件",
            "実績値",
            "担当部局",
            "2019件",
            "49,451",
            "24時間365日",
            "5月",
            "15,107件",
            "１",
            "R15,000",
            "第５期",
        ),
        *(
            "H29～R3",
            "H29・30",
            "平成29・30年度",
            "令和3～5年度",
            "2019-2023年度",
            "令和5年度は4年度に比べ",
            "23年",
            "5年度間",
        ),
        *("SNS2", "R2D2", "年1回", "10年後", "3年間", "平成", "Ｒ"),
    ],
)
def test_none_or_several(text: str) -> None:
    assert parse_year(text) is None


@pytest.mark.parametrize(
    ("text", "near", "label"),
    [
        ("31年度", 2021, "R1"),
        ("31年度", 2016, "R1"),
        ("5年度", 2021, "R5"),
        ("5年度", 1995, "H5"),
        ("23年度", 2021, "H23"),
        ("23年度実績", 2010, "H23"),
        ("元年度", 2021, "R1"),
        ("元年度", 1992, "H1"),
        ("60年度", 1990, "S60"),
        ("23年", 2010, "H23"),
    ],
)
def test_a_year_without_era_is_the_closest(text: str, near: int, label: str) -> None:
    year = parse_year(text, near=FiscalYear(near))
    assert year is not None
    assert year.era_label == label


@pytest.mark.parametrize(("text", "label"), [("31年度", "R1"), ("23年度", "H23"), ("5年度", "R5"), ("40年度", "S40")])
def test_a_year_without_era_and_nothing_near(text: str, label: str) -> None:
    year = parse_year(text)
    assert year is not None
    assert year.era_label == label


def test_years_in_prose() -> None:
    text = (
        "令和5年度は、令和２年から続く影響があった。Ｒ6に向けて4年度の24件を見直す。平成29年に5件、2019年度は3年ぶり。"
    )
    found = [(str(year), text[start:end]) for year, start, end in find_years(text)]
    assert found == [
        ("R5", "令和5年度"),
        ("R2", "令和２年"),
        ("R6", "Ｒ6"),
        ("R4", "4年度"),
        ("H29", "平成29年"),
        ("R1", "2019年度"),
    ]


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [
        ("Ｒ5取り組みの成果", 1, "Ｒ6取り組みの成果"),
        ("Ｒ９", 1, "Ｒ１０"),
        ("R5", 1, "R6"),
        ("R05", 1, "R06"),
        ("令和5年度", 1, "令和6年度"),
        ("令和５年度", 1, "令和６年度"),
        ("令和五年度", 1, "令和六年度"),
        ("令和⑤年度", 1, "令和⑥年度"),
        ("令和元年度", 1, "令和2年度"),
        ("令和2年度", -1, "令和元年度"),
        ("R2", -1, "R1"),
        ("R元", 1, "R2"),
        ("Ｈ30", 1, "Ｒ1"),
        ("h30", 1, "r1"),
        ("平成30年度", 1, "令和元年度"),
        ("平成３０年４月", 1, "平成３１年４月"),
        ("㍻30年度", 1, "㋿元年度"),
        ("R1", -1, "H30"),
        ("令和元年度", -1, "平成30年度"),
        ("30年度", 1, "元年度"),
        ("31年度", 1, "2年度"),
        ("元年度", -1, "30年度"),
        ("2019年度", 1, "2020年度"),
        ("２０１９年度", 1, "２０２０年度"),
        ("FY23", 1, "FY24"),
        ("2019年度(令和元年度)", 1, "2020年度(令和2年度)"),
        ("R6.2月現在", 1, "R7.2月現在"),
        ("令和6年3月31日現在", 1, "令和7年3月31日現在"),
        ("実績値", 1, "実績値"),
        ("平成34年", 0, "平成34年"),
        (
            "・Ｒ5取り組みの成果，課題\n・Ｒ6に向けた具体的施策や方向性\n・Ｒ5実績が△，×の場合は改善策",
            1,
            "・Ｒ6取り組みの成果，課題\n・Ｒ7に向けた具体的施策や方向性\n・Ｒ6実績が△，×の場合は改善策",
        ),
    ],
)
def test_shift(text: str, by: int, expected: str) -> None:
    assert shift_years(text, by) == expected


_STYLES = ["Ｒ{}取り組み", "R{}", "令和{}年度", "{}令和{}年度と令和{}年度", "令和{}年2月現在"]


@given(st.integers(2, 60), st.integers(-20, 20), st.sampled_from(_STYLES), st.booleans())
def test_shift_there_and_back(number: int, by: int, style: str, full: bool) -> None:
    if not 2 <= number + by <= 60:
        return
    digits = str(number)
    if full:
        digits = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)
    text = style.replace("{}令和", "令和").replace("{}", digits)
    assert shift_years(shift_years(text, by), -by) == text


@given(st.integers(1950, 2060))
def test_every_name_reads_back(year: int) -> None:
    fiscal = FiscalYear(year)
    assert parse_year(fiscal.era_label) == fiscal
    assert parse_year(fiscal.japanese) == fiscal
    assert parse_year(fiscal.western) == fiscal


@given(st.text(max_size=60))
def test_any_text_is_read_without_error(text: str) -> None:
    for _, start, end in find_years(text):
        assert 0 <= start < end <= len(text)
    assert isinstance(shift_years(text, 1), str)


@given(st.text(alphabet="RHＲ令和平成元年度月日0123456789０１２.・～（）()現在 ", max_size=14))
def test_year_like_texts_are_read_without_error(text: str) -> None:
    parse_year(text)
    assert isinstance(shift_years(text, 1), str)
