"""The vocabulary of values: kinds, remarks and the meaning itself. See :mod:`xl_plan.meaning.values` for the reading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Direction = Literal["up", "down", "keep"]

UNSUBMITTED = "〔未提出〕"
UNANSWERED = "〔未記入〕"
HELD = "〔保留〕"
RESERVED = frozenset({UNSUBMITTED, UNANSWERED, HELD})


class Kind(StrEnum):
    """What sort of answer a text is."""

    BLANK = "blank"
    NONE = "none"  # －, なし: answered, there is none
    PENDING = "pending"  # 集計中: answered, to follow
    NUMBER = "number"
    PERCENT = "percent"
    SEVERAL = "several"
    DIRECTION = "direction"  # 増加
    BOUND = "bound"  # 90%以上
    MILESTONE = "milestone"  # 設置
    REFUSED = "refused"  # 同上: not an answer
    TEXT = "text"


class Remark(StrEnum):
    """What is odd about the way a text is written, though it is understood (or why it is not)."""

    APPROXIMATE = "approximate"  # 約200人, 200人程度
    PROVISIONAL = "provisional"  # 速報値, 見込み
    KANJI_NUMERAL = "kanji-numeral"  # 十名
    ZERO_LOOK_ALIKE = "zero-look-alike"  # 1○件, O件
    LONG_VOWEL_DASH = "long-vowel-dash"  # ー for －
    MIXED_WIDTH = "mixed-width"  # １2件
    E_NOTATION = "e-notation"  # 1.3E+07
    ODD_GROUPING = "odd-grouping"  # 12,3456: TEXT, since a digit may be missing or too many
    DATE_LIKE = "date-like"  # 1月10日, 2024/1/10, 1-10: TEXT, since Excel may have changed it


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means. Fields that do not apply are None or empty.

    ``number``     of NUMBER, PERCENT and BOUND; percentages in per cent (87.20% is 87.20).
    ``unit``       as typed, full-width ASCII made half-width; 年2回 and ２回／年 are both ``回/年``; of SEVERAL the one
                   unit its parts have.
    ``note``       what stands in parentheses or behind ※, as typed; several joined by a space.
    ``parts``      of SEVERAL, in order, each with its ``label`` (男性).
    ``direction``  of DIRECTION, and of a number such as 5%増.
    ``bound``      of BOUND: 以上 is min, 以下 is max; ``strict`` for 未満 and 超.
    ``expected``   of PENDING: when, as typed (9月).
    ``label``      words before the number (延べ, 利用者); of NONE, PENDING, DIRECTION and MILESTONE the wording.
    """

    kind: Kind
    number: Decimal | None = None
    unit: str = ""
    note: str = ""
    parts: tuple[Meaning, ...] = ()
    direction: Direction | Literal[""] = ""
    bound: Literal["min", "max", ""] = ""
    expected: str = ""
    label: str = ""
    strict: bool = False
    remarks: tuple[Remark, ...] = ()
