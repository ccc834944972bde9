"""The date and time codes of Excel's number formats, Japanese eras among them.

Dates are serial numbers: days since 31 December 1899 with the 29 February 1900 that never was, or since
1 January 1904 (ECMA-376 Part 1, 18.17.4.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

LAST_SERIAL = 2_958_465  # 31 December 9999
_ERAS = (
    (date(2019, 5, 1), "R", "令", "令和"),
    (date(1989, 1, 8), "H", "平", "平成"),
    (date(1926, 12, 25), "S", "昭", "昭和"),
    (date(1912, 7, 30), "T", "大", "大正"),
    (date(1868, 1, 25), "M", "明", "明治"),
)
_DAYS_JA = "月火水木金土日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A serial number taken apart. ``weekday`` 0 is Monday; ``seconds`` counts from midnight, ``days`` are whole."""

    year: int
    month: int
    day: int
    weekday: int
    days: int
    seconds: Decimal

    @property
    def era(self) -> tuple[str, str, str, int]:
        """Letter, short and long name, year within the era; the western year where no era is known."""
        today = (self.year, self.month, self.day)  # no date: Excel has a 29 February 1900
        for start, letter, short, long in _ERAS:
            if today >= (start.year, start.month, start.day):
                return letter, short, long, self.year - start.year + 1
        return "", "", "", self.year


def moment(serial: Decimal, date1904: bool, places: int | None) -> Moment | None:
    """The moment of a serial, None outside 0 … 9999-12-31.

    Seconds are rounded to ``places`` decimals; None means that no seconds are shown, and minutes are cut, not rounded.
    """
    if not 0 <= serial <= LAST_SERIAL:
        return None
    days = int(serial // 1)
    seconds = ((serial - days) * 86_400).quantize(Decimal("0.001"), ROUND_HALF_UP)
    if places is not None:
        seconds = seconds.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if seconds >= 86_400:
        days, seconds = days + 1, seconds - 86_400
    if days + 1462 * date1904 > LAST_SERIAL:
        return None
    year, month, day, weekday = _civil(days + 1462 if date1904 else days)
    return Moment(year, month, day, weekday, days, seconds)


def _civil(days: int) -> tuple[int, int, int, int]:
    """Year, month, day and weekday as Excel counts them: day 0 is 0 January, day 60 the 29 February of 1900."""
    weekday = (days + 5) % 7
    if days == 0:
        return 1900, 1, 0, weekday
    if days == 60:
        return 1900, 2, 29, weekday
    day = date(1899, 12, 31 if days < 60 else 30) + timedelta(days)
    return day.year, day.month, day.day, weekday


def render(codes: Iterable[tuple[str, str]], at: Moment, *, half_day: bool, first_year: bool) -> str:
    """The codes (kind, text) of a section written out. ``first_year`` writes 元 for the year 1 of an era."""
    return "".join(_code(kind, text, at, half_day, first_year) for kind, text in codes)


def _code(kind: str, text: str, at: Moment, half_day: bool, first_year: bool) -> str:
    if kind == "half":
        return _half(text, at.seconds)
    if kind == "elapsed":
        total = at.days * 86_400 + int(at.seconds)
        return str(total // {"h": 3600, "m": 60, "s": 1}[text[0]]).zfill(len(text))
    if kind != "date":
        return text if kind in {"literal", "point"} else ""
    if text[0] in "hns":
        return _time(text, at, half_day)
    return _day(text, at, first_year)


def _half(text: str, seconds: Decimal) -> str:
    morning = seconds < 43_200
    return text.split("/")[0 if morning else 1]


def _time(text: str, at: Moment, half_day: bool) -> str:
    whole = int(at.seconds)
    if text[0] == "h":
        hour = whole // 3600
        number = (hour % 12 or 12) if half_day else hour
    else:
        number = whole // 60 % 60 if text[0] == "n" else whole % 60
    return str(number).zfill(min(len(text), 2))


def _day(text: str, at: Moment, first_year: bool) -> str:
    letter, width = text[0], len(text)
    if letter == "y":
        return f"{at.year % 100:02d}" if width <= 2 else f"{at.year:04d}"
    if letter == "m":
        name = _MONTHS[at.month - 1]
        return {1: str(at.month), 2: f"{at.month:02d}", 3: name[:3], 5: name[0]}.get(width, name)
    if letter == "d":
        name = _DAYS[at.weekday]
        return {1: str(at.day), 2: f"{at.day:02d}", 3: name[:3]}.get(width, name)
    if letter == "a":
        return _DAYS_JA[at.weekday] + ("曜日" if width > 3 else "")
    if letter == "g":
        return at.era[:3][min(width, 3) - 1]
    if letter == "e":
        number = at.era[3]
        return "元" if first_year and number == 1 else str(number).zfill(min(width, 2))
    return str(at.year + 543)[-2 if width == 2 else -4 :]
