"""Years in a narrative: a plan for a year that is over, last year's headings, an era that does not fit its year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from xl_plan.checks.rows import Answer
from xl_plan.findings import Finding, found
from xl_plan.meaning.fiscal import FiscalYear, find_years
from xl_plan.rules.values import YEAR_SLIP

_HEADING = re.compile(r"[【〔［\[〈《]([^】〕］\]〉》\n]{3,40})[】〕］\]〉》]")
_LABEL = re.compile(r"(?m)^[・○●■◆◎\s]*([^。，、：:\n]{4,30})$")
_AHEAD = re.compile(r"に向け|方向性|今後|予定|具体的施策|取組方針")
_BEHIND = re.compile(r"成果|実績|取り?組み?(?:状況|結果|成果|の成果)|実施状況|課題")
_SENTENCE = re.compile(r"[^。\n]+。?")
_TOPIC = re.compile(r"(?:において|に向けて?|について|に)?(?:は|も)(?!じめ)|に向けて?[、，,]?|において[、，,]")
_PLANNED = re.compile(
    r"(?:予定(?:である|です)?|(?<![いあなれえけ])(?<!でき)(?<!わか)(?<!異な)る|[くうむすつぐぶ]|たい"
    r"|(?<!あり)(?<!い)(?<!おり)(?<!なり)(?<!でき)(?<!れ)ます)[。）)」\s]*$"
)
_DONE = re.compile(r"(?:した|った|いた|れた|きた|えた|げた|めた|せた|んだ|ました|でした|できず)[。）)」\s]*$")
_PAST_INSIDE = re.compile(r"(?:した|った|いた|れた|きた|ました)(?:が|ため|もの|こと|ところ|結果|ので|[、，,。])")
_BEGUN = re.compile(r"[4-6４-６]月|当初|始め|から")  # forms come back when the next year has begun
_COMPARES = re.compile(r"比べ|比較|より|から|対し|同様|引き?続き|同じ")
_ONLY_BRACKET = re.compile(r"\s*[（(]\s*")
_ERA = re.compile(r"[令平昭大明㋿㍻㍼㍽㍾RHSＲＨＳrhs]")
_OLD_ERA = re.compile(r"平成|昭和|[HSＨＳ]")


def year_slips(narrative: Answer) -> Iterator[Finding]:
    """At most one finding a narrative: the first slip, and how many more there are is seen where it is read."""
    year = narrative.column.year or narrative.year
    if year is None:
        return
    for start, end, reason in _slips(narrative.text, year):
        quote = narrative.text[start:end].strip()
        yield found(
            YEAR_SLIP, narrative.place, department=narrative.department, got=narrative.text, quote=quote, reason=reason
        )
        return


def _slips(text: str, year: FiscalYear) -> Iterator[tuple[int, int, str]]:
    yield from _headings(text, year)
    yield from _double_years(text, year)
    for match in _SENTENCE.finditer(text):
        reason = _sentence_slip(match[0], year)
        if reason:
            yield match.start(), match.end(), reason
    yield from _left_from_last_year(text, year)


def _headings(text: str, year: FiscalYear) -> Iterator[tuple[int, int, str]]:
    """【令和5年度に向けた方向性】 in the round of 令和5年度, 【令和4年度の成果】."""
    for match in (*_HEADING.finditer(text), *_LABEL.finditer(text)):
        years = {found_year for found_year, _, _ in find_years(match[1], near=year)}
        if len(years) != 1 or match[1].endswith(("た", "る", "す")):
            continue
        named = years.pop()
        if _AHEAD.search(match[1]):
            if named <= year and "成果" not in match[1] and "実績" not in match[1]:
                yield (
                    match.start(),
                    match.end(),
                    f"{year.japanese}の実績の照会で、これからの取り組みは{year.next().japanese}です",
                )
        elif _BEHIND.search(match[1]) and named in (year.plus(-1), year.next()):
            yield match.start(), match.end(), f"今回の実績は{year.japanese}です"


def _double_years(text: str, year: FiscalYear) -> Iterator[tuple[int, int, str]]:
    """令和5年度（2022年度）: two ways of writing that are not one year."""
    years = find_years(text, near=year)
    for (first, start, end), (second, next_start, next_end) in pairwise(years):
        eras = [bool(_ERA.match(text[at:])) for at in (start, next_start)]
        if first != second and eras[0] != eras[1] and _ONLY_BRACKET.fullmatch(text[end:next_start]):
            bare = text[start:end] if not eras[0] else text[next_start:next_end]
            if re.search(r"[0-9０-９]{4}", bare):
                yield start, next_end, f"{first.japanese}は{first.western}です"


def _sentence_slip(sentence: str, year: FiscalYear) -> str:
    for named, start, end in find_years(sentence, near=year):
        if _TOPIC.match(sentence, end) is None:
            continue
        rest = sentence[end:]
        written = sentence[start:end]
        if _OLD_ERA.match(written) and named.era_label[1:] in (year.era_label[1:], year.next().era_label[1:]):
            return f"{written}は{named.western}です。{_era_of(year, named).japanese}の誤りではありませんか"
        if named == year and _PLANNED.search(rest) and not _DONE.search(rest) and not _PAST_INSIDE.search(rest):
            return f"これからのことを述べています。{year.next().japanese}の誤りではありませんか"
        if named == year.next() and _DONE.search(rest) and not _BEGUN.search(rest):
            return f"済んだことを述べています。{year.japanese}の誤りではありませんか"
    return ""


def _era_of(year: FiscalYear, named: FiscalYear) -> FiscalYear:
    return year if named.era_label[1:] == year.era_label[1:] else year.next()


def _left_from_last_year(text: str, year: FiscalYear) -> Iterator[tuple[int, int, str]]:
    """令和4年度は…した。 where no other year is named: last year's text, it seems."""
    years = find_years(text, near=year)
    if not years or any(named != year.plus(-1) for named, _, _ in years) or _COMPARES.search(text):
        return
    for match in _SENTENCE.finditer(text):
        for _, _, end in find_years(match[0], near=year):
            if _TOPIC.match(match[0], end) and _DONE.search(match[0]):
                yield match.start(), match.end(), f"今回の実績は{year.japanese}です"
                return
