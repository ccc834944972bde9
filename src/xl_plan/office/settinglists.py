"""The lists of 設定 about columns and rows: ■列, ■調査周期, ■再照会; their lines read and written."""

from __future__ import annotations

from collections.abc import Sequence

from xl_plan.cells import column_name
from xl_plan.meaning.fiscal import parse_year
from xl_plan.model import AskedAgain, Column, ColumnSetting, Filler, Move, MoveKind, Role, Settings, Sharing, Survey

COLUMN_HEAD = ("列見出し", "役割", "年度", "今回の記入者", "再掲の扱い", "行の区切り", "位置")
SURVEY_HEAD = ("番号", "評価指標", "周期（年）", "調査のある年度")
AGAIN_HEAD = ("番号", "評価指標", "列見出し", "今の値")
MOVE_HEAD = ("番号", "異動", "年度", "統合先の番号", "備考")
WIDTH = len(COLUMN_HEAD)  # cells of a line that are read

_YES, _NO = ("○", "〇", "◯", "はい", "する"), ("×", "✕", "いいえ", "しない")


def column_setting(texts: Sequence[str]) -> tuple[ColumnSetting, tuple[int, ...]]:
    """A line of ■列, and the positions of the texts that are not understood."""
    header, role_text, year_text, filler_text, sharing_text, divides_text = texts[:6]
    role = next((r for r in Role if r.value == role_text), None)
    year = parse_year(year_text) if year_text else None
    filler = next((f for f in Filler if f.value == filler_text), None)
    sharing = next((s for s in Sharing if s.value == sharing_text), None)
    divides = True if divides_text in _YES else False if divides_text in _NO else None
    understood = (True, role, year, filler, sharing, divides)
    bad = tuple(n for n, (text, value) in enumerate(zip(texts[:6], understood, strict=True)) if text and value is None)
    return ColumnSetting(header, role, year, filler, sharing, divides), bad


def column_line(column: Column) -> tuple[str, ...]:
    """The line of ■列 that says how a column is read. 位置 is for the reader's eye: it is not read back."""
    first, last = column_name(column.left), column_name(column.right)
    place = f"{first}列" if first == last else f"{first}～{last}列"
    return (
        column.header,
        column.role.value,
        str(column.year) if column.year else "",
        column.filler.value if column.filler else "",
        column.sharing.value,
        "○" if column.divides else "",
        f"{place}（{column.row}の行）" if column.row else place,
    )


def survey(texts: Sequence[str]) -> tuple[Survey | None, tuple[int, ...]]:
    """A line of ■調査周期, and the positions of the texts that are not understood."""
    number, indicator, cycle_text, start_text = texts[:4]
    digits = cycle_text.replace("年", "").strip()
    cycle = int(digits) if digits.isdecimal() and 0 < int(digits) <= 100 else None
    start = parse_year(start_text) if start_text else None
    if cycle is None or start is None:
        return None, tuple(n for n, value in ((2, cycle), (3, start)) if value is None)
    return Survey(number, indicator, cycle, start), ()


def survey_lines(settings: Settings) -> list[tuple[str, ...]]:
    return [(s.number, s.indicator, str(s.cycle), s.start.era_label) for s in settings.surveys]


def move(texts: Sequence[str], cell: str) -> tuple[Move | None, tuple[int, ...]]:
    """A line of ■事業の異動, and the positions of the texts that are not understood."""
    number, kind_text, year_text, into = texts[:4]
    kind = next((k for k in MoveKind if k.value == kind_text), None)
    year = parse_year(year_text) if year_text else None
    if kind is None or year is None:
        return None, tuple(n for n, value in ((1, kind), (2, year)) if value is None)
    return Move(number, kind, year, into, cell, texts[4]), ()


def move_lines(settings: Settings) -> list[tuple[str, ...]]:
    return [(m.number, m.kind.value, m.year.era_label, m.into, m.remark) for m in settings.moves]


def asked_again(texts: Sequence[str]) -> AskedAgain:
    """A line of ■再照会."""
    return AskedAgain(texts[0], texts[1], texts[2])


def again_lines(settings: Settings, now: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """The lines of ■再照会; ``now`` says what each cell shows."""
    shown = [*now, *([""] * len(settings.asked_again))]
    return [(a.number, a.indicator, a.header, text) for a, text in zip(settings.asked_again, shown, strict=False)]
