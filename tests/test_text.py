"""Comparing, cleaning and searching texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_plan.meaning.exchange import exchanging
from xl_plan.meaning.text import (
    LookAlikeKind,
    differing,
    edge_blanks,
    fold,
    fold_number,
    look_alikes,
    number_in_prose,
    printable,
    same_but_width,
    segments,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("令和６年度", "令和6年度"),
        ("（ｱ）", "(ア)"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("成果，課題", "成果、課題"),
        ("成果, 課題", "成果，課題"),
        ("終わり。", "終わり．"),
        ("A・B", "A･B"),
        ("５～６", "5〜6"),
        ("－", "―"),
        ("ー", "-"),
        ("柏市 福祉", "柏市　福祉"),
        ("一行\n二行", "一行\r\n二行"),
        ("⽂化", "文化"),
        ("⻑寿", "長寿"),
        ("は\u3099", "ば"),
        ("〔注〕", "［注］"),
        ("○", "〇"),
    ],
)
def test_same_but_width(one: str, other: str) -> None:
    assert same_but_width(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("①", "1"),
        ("①", "(1)"),
        ("相談件数", "相談支援件数"),
        ("令和5年度", "令和6年度"),
        ("か所", "箇所"),
        ("×", "x"),
        ("", "－"),
    ],
)
def test_not_only_width(one: str, other: str) -> None:
    assert not same_but_width(one, other)


@given(st.text(alphabet="aあ-]^\\[&~|．，　"))
def test_exchanging_is_translating(text: str) -> None:
    table = {"-": "+", "]": ")", "^": "あ", "\\": "/", "[": "(", "&": "", "~": "--", "|": "|", "．": ".", "　": " "}
    assert exchanging(table)(text) == text.translate(str.maketrans(table))


def test_numbers_of_programmes() -> None:
    assert fold_number("柱２（１）①ｱ") == fold_number("柱2(1)①ア") == "柱2(1)①ア"
    assert fold_number("柱２ ⑴ ①ア") == "柱2(1)①ア"
    assert fold_number("柱2(1)1ア") != fold_number("柱2(1)①ア")
    assert fold_number("No．１") == "No.1"


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="ｶﾞがか\u3099゛①⑴ー－〜㈱㍻⽂⻑ 　\n、，。０Ａ…´˜①\u00ad\u200b㊿⓪", max_size=12))
def test_fold_is_idempotent_on_awkward_characters(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_look_alikes() -> None:
    text = "⽂⻑ｶﾞか\u3099\ufa1b\ue000\x0b\u200b\u202e葛\U000e0100\ufffd"
    found = [(each.index, each.kind, each.suggestion) for each in look_alikes(text)]
    assert found == [
        (0, LookAlikeKind.KANGXI, "文"),
        (1, LookAlikeKind.RADICAL, "長"),
        (2, LookAlikeKind.HALF_KANA, "ガ"),
        (4, LookAlikeKind.DECOMPOSED, "が"),
        (6, LookAlikeKind.COMPATIBILITY, "福"),
        (7, LookAlikeKind.PRIVATE, ""),
        (8, LookAlikeKind.CONTROL, ""),
        (9, LookAlikeKind.ZERO_WIDTH, ""),
        (10, LookAlikeKind.DIRECTION, ""),
        (12, LookAlikeKind.VARIATION, ""),
        (13, LookAlikeKind.DAMAGED, ""),
    ]
    assert look_alikes(text)[0].code == "U+2F42"
    assert look_alikes(text)[3].code == "U+304B U+3099"


@pytest.mark.parametrize("text", ["", "abc", "柏市，福祉。\n①㈱㍻〜―", "髙橋 﨑 神 ～", "一行\r\n二行", "人口(人)"])
def test_nothing_to_name(text: str) -> None:
    assert look_alikes(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("一行\x0b二行\u2028三行\x85", "一行\n二行\n三行\n"),
        ("表\tの中", "表 の中"),
        ("a\x00b\x07c\x7f", "abc"),
        ("相\u200b談\ufeff", "相談"),
        ("\u202e逆\u202c", "逆"),
        ("e\ud800f\ufffe\uffff", "ef"),
        ("ソフト\u00adハイフン", "ソフトハイフン"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize("text", ["", "成果\n課題", "⽂\ue000葛\U000e0100", "👨\u200d👩\u200d👧", "か\u3099", "ｶﾞ①～"])
def test_what_prints_is_the_same_object(text: str) -> None:
    assert printable(text) is text


@given(st.text(alphabet=st.characters(), max_size=40))
def test_printable_is_idempotent_and_ends_clean(text: str) -> None:
    once = printable(text)
    assert printable(once) is once
    once.encode("utf-8")


def test_edge_blanks() -> None:
    assert edge_blanks("　 件数 \n") == ("　 ", " \n")
    assert edge_blanks("件数") == ("", "")
    assert edge_blanks(" 　") == (" 　", "")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("相談支援件数", "相談件数", (("支援", ""),)),
        ("令和６年度", "令和6年度", (("６", "6"),)),
        ("1,510件", "15,107件", (("1,510", "15,107"),)),
        ("年度取り組みの成果", "年度の取り組みの成果", (("", "の"),)),
        ("マニュアルを作成", "マニュアルの作成", (("を", "の"),)),
        ("同じ", "同じ", ()),
        ("", "新規", (("", "新規"),)),
        ("ガイド", "ガイドブック", (("ガイド", "ガイドブック"),)),
    ],
)
def test_differing(one: str, other: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert differing(one, other) == expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_segments_give_both_texts_back(one: str, other: str) -> None:
    pieces = segments(one, other)
    assert "".join(piece[0] for piece in pieces) == one
    assert "".join(piece[1] for piece in pieces) == other


def test_long_texts_are_compared_coarsely() -> None:
    one = "頭" + "あいうえお" * 1000 + "尾"
    other = "頭" + "かきくけこ" * 1000 + "尾"
    assert differing(one, other) == (("あいうえお" * 1000, "かきくけこ" * 1000),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("内訳は，福祉の総合相談904件（福祉政策課所管），生活困窮者自立相談945件", [("904", "件"), ("945", "件")]),
        ("小会議を15回，中会議を8回，大会議を1回開催した。", [("15", "回"), ("8", "回"), ("1", "回")]),
        ("目標６回に対し４回であった", [("6", "回"), ("4", "回")]),
        ("修了は１０名，新たに３名", [("10", "名"), ("3", "名")]),
        ("令和5年5月に2類相当から5類に引き下げ", [("2", "類相当"), ("5", "類")]),
        ("24時間365日", [("24", "時間"), ("365", "日")]),
        ("部屋の新規開設数：５３部屋", [("53", "部屋")]),
        (
            "1,849件、１，８４９件、1万2千人、1億2,345万円",
            [("1849", "件"), ("1849", "件"), ("12000", "人"), ("123450000", "円")],
        ),
        ("▲5.2％、-3件", [("-5.2", "%"), ("-3", "件")]),
        ("第５期計画、5月1日、(1)設置、ＤＸ2", []),
        ("フォロワーは57,666", [("57666", "")]),
        ("", []),
    ],
)
def test_figures_in_prose(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(figure.value), figure.unit) for figure in number_in_prose(text)] == expected


def test_a_figure_knows_its_place() -> None:
    text = "延べ１，２３４人が参加"
    (figure,) = number_in_prose(text)
    assert (figure.value, figure.text, text[figure.start : figure.end]) == (
        Decimal(1234),
        "１，２３４人",
        "１，２３４人",
    )


@given(st.text(max_size=60))
def test_any_prose_is_read_without_error(text: str) -> None:
    for figure in number_in_prose(text):
        assert text[figure.start : figure.end] == figure.text
