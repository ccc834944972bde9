"""The words by which published progress sheets name their columns and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from xl_plan.meaning.fiscal import FiscalYear, find_years, parse_year
from xl_plan.meaning.text import fold
from xl_plan.model import Role

# What may stand before 評価: a year, and whose or what kind of rating it is.
_YEAR = r"(?:令和|平成|昭和|[rhs])?(?:[0-9]{1,4}|元)(?:年度|年)?の?"
_RATER = (
    r"(?:自己|内部|外部|総合|達成|進捗|最終|[一二]次|事務局|行政|市民|有識者|第三者|施策|事業|取組"
    r"|(?:担当|所管|主管)(?:部局|部署|課|者)|[^・,、。]{0,8}会議?)"
)
# The first pattern that fits decides, so the narrower ones stand first. Matched on folded text in lower case, in which
# ー has become a dash: hence コ.ド.
_WORDS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (
            Role.NUMBER,
            r"^(?:事業|施策|取組|取り組み|整理|管理|通し|計画|細々?事業|事務事業|指標)?(?:番号|no|コ.ド|id)[.。]?$|^項番$|^連番$",
        ),
        (
            Role.NAME,
            r"^(?:個別|主な|主要|具体的な?|事務|細|重点)?(?:事業|施策|取組|取り組み|事務事業)(?:等)?(?:の)?(?:名称?|項目)?$|^事業・取組名?$|^名称$",
        ),
        (Role.INDICATOR, r"^(?:評価|成果|活動|数値|達成|管理)?指標(?:名称?|項目|の内容|・?単位)?$|^測定項目$"),
        (
            Role.DEPARTMENT,
            r"^(?:主)?(?:担当|所管|主管|実施|関係)(?:部局|部署|課室?|課等|課名|部課|所属|係|部・?課|者|機関)?名?(?:$|[※(])",
        ),
        (Role.UNIT, r"^単位$"),
        (
            Role.DESCRIPTION,
            r"^(?:事業|取組|取り組み|施策|計画)?の?(?:内容|概要|目的|事業内容|説明|目的・内容)$|^内容・?",
        ),
        (Role.REMARKS, r"^(?:備考|摘要|注記|特記事項)"),
        (Role.RATE, r"達成率|進捗率|対前年比|前年比|増減率|伸び率|対目標比"),
        (
            Role.NARRATIVE,
            r"成果[,、と・]|課題|取り?組み?(?:の|内容|状況|実績|成果)|方向性|改善策|進捗状況|実施状況|実施内容|自由記述|コメント|今後の",
        ),
        (
            Role.RATING,
            rf"^(?:{_YEAR})?(?:{_RATER}(?:の|による)?)?(?:評価|達成度|進捗度|評定|判定|ランク)(?!指標|の?理由)",
        ),
        (Role.TARGET, r"目標|計画(?:値|量|数)"),
        (Role.ACTUAL, r"実績|現状|現況|基準|見込|^値$"),
    )
)
_IDENTIFYING = frozenset({Role.NUMBER, Role.NAME, Role.INDICATOR, Role.DEPARTMENT, Role.DESCRIPTION})
# All of these begin with the text, and of the others only 単位 stands before one of them.
_HEADS = tuple((role, pattern) for role, pattern in _WORDS if role in _IDENTIFYING)
_ROW_LABEL = re.compile(
    r"^(?:年度|年次|最終)?(?:(?P<target>目標|計画)|(?P<rate>達成率|進捗率)|(?P<actual>実績|現状|見込))"
    r"(?:値|数|量|額|率)?(?:\(.{1,12}\)|\[.{1,12}\])?$"
)
_LABEL_SIGNS = frozenset("標画率績状込")  # one of them stands in every label
_LONGEST_YEAR = 12  # characters of a header that is nothing but a year with a remark
_WRITTEN_OUT = re.compile(r"[RHSrhsＲＨＳ][0-9０-９元]|令和|平成|昭和|[㋿㍻㍼]|(?:19|20)[0-9]{2}")
_STEPS = re.compile(
    r"上段\s*[:：=＝]?\s*([^\s:：、，,／/）)〕】」]+).{0,4}?下段\s*[:：=＝]?\s*([^\s:：、，,／/）)〕】」]+)", re.DOTALL
)


def joined(texts: Iterable[str]) -> str:
    """Header lines joined by one space, empty lines left out."""
    return " ".join(line.strip() for text in texts for line in text.splitlines() if line.strip())


# A plan repeats its headers at every section and in every form: each text is looked at once.
@lru_cache(maxsize=4096)
def worded_role(header: str) -> Role | None:
    """The role that a header's words state."""
    text = _flat(header)
    return next((role for role, pattern in _WORDS if pattern.search(text)), None)


def _flat(header: str) -> str:
    return fold(header).replace(" ", "").lower()


@lru_cache(maxsize=4096)
def role_of(header: str, near: FiscalYear | None = None) -> Role:
    """The role of a header: by its words; a bare year heads actuals; OTHER when neither is there."""
    role = worded_role(header)
    if role is not None:
        return role
    short = 0 < len(fold(header)) <= _LONGEST_YEAR
    return Role.ACTUAL if short and year_of(header, near) else Role.OTHER


@lru_cache(maxsize=4096)
def year_of(header: str, near: FiscalYear | None = None) -> FiscalYear | None:
    """The first year that a header names."""
    years = find_years(header, near=near)
    return years[0][0] if years else parse_year(header, near=near)


def years_in(text: str) -> frozenset[FiscalYear]:
    """Every year that a text names."""
    return frozenset(year for year, _, _ in find_years(text))


def usual_year(texts: Iterable[str]) -> FiscalYear | None:
    """The first year written with its era or century: what a bare 23年度 beside it is read towards."""
    for text in texts:
        if _WRITTEN_OUT.search(text):
            year = year_of(text)
            if year is not None:
                return year
    return None


def identifying(text: str) -> Role | None:
    """The role, when ``text`` is a header word by which a header row is known."""
    if not text or len(text) > 60 or text[0].isdecimal():  # no such word begins with a digit, and most cells do
        return None
    return _identifying(text)


@lru_cache(maxsize=4096)
def _identifying(text: str) -> Role | None:
    flat = _flat(joined([text]))
    return next((role for role, pattern in _HEADS if pattern.match(flat)), None)


def headerlike(text: str) -> bool:
    """Whether a text could head a column: a known word, or a year."""
    return 0 < len(text) <= 60 and role_of(joined([text])) is not Role.OTHER


def row_label(text: str) -> Role | None:
    """What a label beside stacked values says of its row: 目標値, 実績値, 達成率."""
    if _LABEL_SIGNS.isdisjoint(text):
        return None
    match = _ROW_LABEL.match(fold(text))
    if match is None:
        return None
    return Role.TARGET if match["target"] else Role.RATE if match["rate"] else Role.ACTUAL


def steps(text: str) -> tuple[str, str] | None:
    """``上段：実績値、下段：目標値`` → the two words, when each is a kind of value."""
    match = _STEPS.search(text)
    if match is None or row_label(match[1]) is None or row_label(match[2]) is None:
        return None
    return match[1], match[2]
