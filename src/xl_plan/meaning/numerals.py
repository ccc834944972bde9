"""Digits, kanji numerals, counters: what texts, years and values all read numbers with.

Everything here works on *narrowed* text (:func:`narrow`), which has exactly one character for each character typed,
so that a position found in it is a position in the text as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from xl_plan.meaning.exchange import exchanging

_DASHES = "‐‑‒–—−－"  # hyphens, dashes and the minus sign; not ー, which is a letter, nor ―, which stands for "none"
_narrowed = exchanging(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("\u3000\u00a0", " "),
        **dict.fromkeys("〜∼", "~"),
    }
)

KANJI_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "億": 10**8, "兆": 10**12}

# 1,234 and 1、234 are grouped by threes with one kind of mark throughout; ， is narrowed to a comma.
_DIGITS = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,3}(?:、[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
)
_KANJI_NUMERALS = "〇零一二三四五六七八九十百千万億兆"
_KANJI = re.compile(f"[{_KANJI_NUMERALS}]+")
_NUMERAL = re.compile(f"[0-9{_KANJI_NUMERALS}]")
_POSITIONAL = re.compile(r"[〇零一二三四五六七八九]+")

_UNITS = """
件 人 名 回 箇所 か所 ヶ所 カ所 ヵ所 ケ所 個所 ヵ処 所 % ‰ 時間 分 分間 秒 日 日間 か月 ヶ月 カ月 ヵ月 ケ月
箇月 か月間 ヶ月間 年 年間 か年 ヶ年 カ年 週 週間 歳 才 団体 地域 地区 圏域 世帯 戸 棟 室 部屋 施設 園 校
学級 クラス 店 店舗 社 事業所 事業者 法人 機関 組 組織 チーム グループ サークル 班 部 部署 課 冊 枚 通 本 台
基 個 品 品目 点 種 種類 項目 事業 事例 ケース 講座 コース 会場 会議 会 区画 床 病床 席 人日 人回 泊 食 便
路線 系統 km m cm mm kg g mg t トン ㎡ ㎥ ㎞ ㎏ ㎝ ㎜ m2 m3 m² m³ ha ヘクタール L リットル kL kWh MWh kW
GJ t-CO2 ppm dB ℃ 度 円 千円 百万円 ドル 倍 割 ポイント pt ％ポイント %ポイント 位 級 匹 頭 羽 株 町会
自治会 市町村 市 区 町 村 か国 ヶ国 カ国 か国語 言語 アクセス PV ビュー フォロワー ダウンロード DL ブロック
コマ 時限 単位 セット 箱 袋 着 足 杯 束 面 問 票 議案 計画 制度 件数 人数 回数 名分 食分 人分 世帯分 拠点
窓口 センター ルーム 支部 家庭 家族 例 症例 口 口座 筆 者 両 隻 機 橋 学年 学区 校区 団 隊 分団 夜 版 文字
語 字 ページ 頁 行 曲 作品 枠 区間 パーセント 組合 市民 児童 生徒 人工 坪 反 畳 か村 丁目 灯 系 層 段 段階
階 ha/年 人月 人年 延人 延べ人 実人 kcal cal W V A ℓ cc ml mL μg μSv
"""
UNITS = frozenset(_UNITS.split())
_LONGEST_UNIT = max(map(len, UNITS))

# One counter written in several ways. 人 and 名 both count people; per year is what every value here is.
_FAMILIES = (
    ("箇所", "か所", "ヶ所", "カ所", "ヵ所", "ケ所", "個所", "ヵ処", "所", "ヶ処"),
    ("か月", "ヶ月", "カ月", "ヵ月", "ケ月", "箇月", "か月間", "ヶ月間"),
    ("か国", "ヶ国", "カ国", "ヵ国", "ケ国", "箇国"),
    ("か年", "ヶ年", "カ年", "ヵ年", "年間", "年"),
    ("人", "名", "延人", "延べ人", "実人", "人数", "者"),
    ("件", "件数"),
    ("回", "回数"),
    ("%", "パーセント", "ぱーせんと"),
    ("m2", "平方メートル", "平米"),
    ("m3", "立方メートル", "立米"),
    ("km", "キロメートル", "キロ"),
    ("kg", "キログラム"),
    ("t", "トン"),
    ("ha", "ヘクタール"),
    ("l", "リットル", "ℓ"),
    ("円", "¥", "yen"),
    ("ポイント", "pt", "%ポイント", "p"),
    ("歳", "才"),
    ("日", "日間"),
    ("週", "週間"),
    ("分", "分間"),
    ("頁", "ページ"),
    ("ダウンロード", "dl"),
)
_FAMILY = {member: family[0] for family in _FAMILIES for member in family}


def narrow(text: str) -> str:
    """The text with full-width ASCII, spaces and dashes made half-width, character for character.

    >>> narrow("１，２３４件　（Ｒ５）")
    '1,234件 (R5)'
    """
    return text if text.isascii() else _narrowed(text)


class Number(NamedTuple):
    """A number found in narrowed text: its value, where it ends, and whether kanji wrote it."""

    value: Decimal
    end: int
    kanji: bool


def may_hold_number(text: str) -> bool:
    """Whether a number may stand in a narrowed text: without a numeral none does."""
    return _NUMERAL.search(text) is not None


def read_number(text: str, start: int = 0) -> Number | None:
    """The number that begins at ``start``: ``1,234`` ``1、234`` ``0.5`` ``1万2千`` ``1億2,345万`` ``二十五``.

    Without sign and unit; ``1,234千円`` is 1234 (of 千円, as budget tables write). None where no number begins.
    """
    total = part = Decimal(0)
    position = start
    kanji = False
    while True:
        match = _DIGITS.match(text, position)
        if match is None:
            break
        value, position = _plain(match[0]), match.end()
        scale, width = _scale(text, position)
        position += width
        if scale >= 10**4:
            total += (part + value) * scale
            part = Decimal(0)
        else:
            part += value * scale
        if width == 0:
            break
    if position == start:
        match = _KANJI.match(text, start)
        if match is None or (value_of := kanji_value(match[0])) is None:
            return None
        total, position, kanji = Decimal(value_of), match.end(), True
    return Number(total + part, position, kanji)


def _plain(digits: str) -> Decimal:
    return Decimal(digits.replace(",", "").replace("、", ""))


def _scale(text: str, position: int) -> tuple[int, int]:
    """The 千, 万 or 億 standing here as (factor, characters); (1, 0) for none or for one that is the unit's."""
    if text.startswith(("千円", "百万円", "千葉"), position):
        return 1, 0
    scale, width = 1, 0
    for table in (_SMALL, _BIG):
        letter = text[position + width : position + width + 1]
        if letter in table:
            scale *= table[letter]
            width += 1
    return scale, width


@lru_cache(maxsize=4096)
def kanji_value(text: str) -> int | None:
    """``二十五`` → 25, ``一〇`` → 10, ``千二百`` → 1200; None for what is no kanji numeral."""
    if _POSITIONAL.fullmatch(text):
        return int("".join(str(KANJI_DIGITS[letter]) for letter in text))
    total = section = digit = 0
    for letter in text:
        if letter in KANJI_DIGITS:
            if digit:
                return None
            digit = KANJI_DIGITS[letter]
        elif letter in _SMALL:
            section += (digit or 1) * _SMALL[letter]
            digit = 0
        elif letter in _BIG and section + digit:
            total += (section + digit) * _BIG[letter]
            section = digit = 0
        else:
            return None
    return total + section + digit if text else None


def to_kanji(number: int) -> str:
    """``25`` → ``二十五``, for numbers from 1 to 99. Raises ValueError for others."""
    if not 1 <= number <= 99:
        raise ValueError(f"not from 1 to 99: {number}")
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else digits[tens] + "十"
    return head + (digits[ones] if ones else "")


def known_units(text: str, start: int = 0) -> Iterator[str]:
    """The known counters that begin at ``start``, the longest first."""
    for end in range(min(start + _LONGEST_UNIT, len(text)), start, -1):
        if text[start:end] in UNITS:
            yield text[start:end]


def known_unit(text: str, start: int = 0) -> str:
    """The longest known counter that begins at ``start``, "" for none."""
    return next(known_units(text, start), "")


@lru_cache(maxsize=4096)
def unit_family(unit: str) -> str:
    """One name for all spellings of a counter: か所 and ヶ所 are 箇所; 回/年 is 回, since values are of a year."""
    name = unicodedata.normalize("NFKC", unit).replace(" ", "").strip("()[]【】")
    name = name.removesuffix("/年間").removesuffix("/年")
    return _FAMILY.get(name) or _FAMILY.get(name.lower()) or name


def spellings(unit: str) -> tuple[str, ...]:
    """Every way of writing a counter, the given one first."""
    family = unit_family(unit)
    members = next((members for members in _FAMILIES if members[0] == family), (family,))
    return tuple(dict.fromkeys((unit, *members))) if unit else ()


def same_unit(first: str, second: str) -> bool:
    """Whether two counters are one: か所 and 箇所, 名 and 人, ％ and パーセント; never 件 and 人, nor 円 and 千円."""
    return unit_family(first) == unit_family(second)
