"""Ratings (◎○△×, A-D): off until 設定 says who gives them.

設定 says 評価者 (担当部局, 事務局, 会議, 自動), 評価の比較対象 (当年度, 中間, 最終), 評価の段階 (``◎≧100% ○≧80% △≧60% ×＜60%``) and 評価の向き
(the numbers of programmes where less is better); 評価の印刷 prints the tool's marks beside the plan's tables. 減少 and 以下
turn the comparison round; nothing else is inferred. 集計中, － and whatever cannot be measured are not rated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from xl_plan.meaning.kinds import Kind, Meaning
from xl_plan.meaning.text import fold_number
from xl_plan.meaning.values import is_blank, lower_is_better, reached, same_unit
from xl_plan.model import Filler, Role, Settings

RATED_BY, AGAINST, STEPS, WAY = "評価者", "評価の比較対象", "評価の段階", "評価の向き"
PRINTED = "評価の印刷"
AUTOMATIC = "自動"
YES, NO = ("する", "印刷する", "あり", "有", "○"), ("", "しない", "印刷しない", "なし", "無", "×", "－")
USUAL_STEPS = "◎≧100% ○≧80% △≧60% ×＜60%"
_TARGETS = ("当年度", "中間", "最終")
_NUMBER = r"([0-9０-９]+(?:[.．][0-9]+)?)\s*[%％]"
_SIGN_FIRST = re.compile(rf"([^\s0-9≧≥＞>≦≤＜<:：、,，]+?)\s*[:：]?\s*(≧|≥|>=|＞|>|＜|<|≦|≤|<=)\s*{_NUMBER}")
_WORD_LAST = re.compile(rf"([^\s0-9≧≥＞>≦≤＜<:：、,，]+?)\s*[:：]\s*{_NUMBER}\s*(以上|超|未満|以下)")
_SIGNS = {"≧": ">=", "≥": ">=", ">=": ">=", "＞": ">", ">": ">", "＜": "<", "<": "<", "≦": "<=", "≤": "<=", "<=": "<=",
          "以上": ">=", "超": ">", "未満": "<", "以下": "<="}  # fmt: skip
BEFORE_LIMIT = Decimal("0.9999")  # of a value that was to move and stood still


@dataclass(frozen=True, slots=True)
class Step:
    """A mark and the rate from which, or below which, it is given. ``rate`` is a share of one."""

    mark: str
    sign: str
    rate: Decimal

    def holds(self, rate: Decimal) -> bool:
        return {
            ">=": rate >= self.rate,
            ">": rate > self.rate,
            "<": rate < self.rate,
            "<=": rate <= self.rate,
        }[self.sign]


@dataclass(frozen=True, slots=True)
class Scale:
    """How this plan rates. ``lower``: folded numbers of the programmes where less is better."""

    by: str
    against: str
    steps: tuple[Step, ...]
    lower: frozenset[str] = frozenset()

    @property
    def automatic(self) -> bool:
        return self.by == AUTOMATIC

    @property
    def explanation(self) -> str:
        """The scale in words, for people who read the ratings."""
        signs = {">=": "以上", ">": "超", "<": "未満", "<=": "以下"}
        steps = "、".join(f"{s.mark}は{_percent(s.rate)}{signs[s.sign]}" for s in self.steps)
        who = "目標に対する率から計算" if self.automatic else f"{self.by}が記入"
        return f"評価（{who}）：{self.against}目標に対して、{steps}。「集計中」「－」は評価しません。"

    def mark(self, rate: Decimal | None) -> str:
        """The mark of a rate, "" where there is none."""
        return next((step.mark for step in self.steps if rate is not None and step.holds(rate)), "")

    def formula(self, rate: str) -> str:
        """The mark of the rate that an expression gives; empty for an empty one."""
        words = '""'
        for step in reversed(self.steps):
            words = f'IF({rate}{step.sign}{float(step.rate)!r},"{step.mark}",{words})'
        return f'IF({rate}="","",{words})'


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


def scale_of(settings: Settings) -> Scale | None:
    """The scale that 設定 gives; None where it names nobody who rates."""
    by = settings.extra.get(RATED_BY, "").strip()
    if is_blank(by):
        return None
    steps = read_steps(settings.extra.get(STEPS, "")) or read_steps(USUAL_STEPS)
    against = next((t for t in _TARGETS if t in settings.extra.get(AGAINST, "")), "最終")
    numbers = re.split(r"[\s、，,；;：:]+", settings.extra.get(WAY, ""))
    return Scale(by, against, steps, frozenset(fold_number(n) for n in numbers if n))


def printed(settings: Settings) -> Scale | None:
    """The scale by which marks are printed beside the plan's tables; None where 設定 asks for none. What people rate
    stands in the plan's own column and is printed with it."""
    scale = scale_of(settings)
    wanted = settings.extra.get(PRINTED, "") in YES
    return scale if scale is not None and scale.automatic and wanted else None


def with_rater(settings: Settings) -> Settings:
    """The settings where 評価者 alone says who fills the round's one rating column: it is the second round's."""
    by = next((f for f in (Filler.OFFICE, Filler.MEETING) if f.value == settings.extra.get(RATED_BY, "").strip()), None)
    ratings = [c for c in settings.columns if c.role is Role.RATING and c.year in (None, settings.year)]
    free = [c for c in ratings if c.filler is None]
    if by is None or len(free) != 1 or any(c.filler is by for c in ratings):
        return settings
    return replace(settings, columns=tuple(replace(c, filler=by) if c is free[0] else c for c in settings.columns))


def read_steps(text: str) -> tuple[Step, ...]:
    """``◎≧100% ○≧80%`` or ``A：100%以上、B：80%以上``, in the order written."""
    found = [(m.start(), m[1], m[2], m[3]) for m in _SIGN_FIRST.finditer(text)]
    found += [(m.start(), m[1], m[3], m[2]) for m in _WORD_LAST.finditer(text)]
    return tuple(
        Step(mark, _SIGNS[sign], Decimal(number.replace("．", ".")) / 100) for _, mark, sign, number in sorted(found)
    )


def rate(actual: Meaning, target: Meaning, since: Meaning | None, *, lower: bool = False) -> Decimal | None:
    """How far the actual has come, as a share of the target; None where it is not to be rated.

    ``since`` is what 増加 and 減少 are held against: the first value, or last year's.
    """
    if target.kind is Kind.MILESTONE:
        done = reached(actual, target, since)
        return None if done is None else Decimal(int(done))
    if actual.number is None or actual.kind is Kind.SEVERAL or target.kind is Kind.SEVERAL:
        return None
    if target.kind is Kind.DIRECTION:
        return _moved(actual.number, target.direction, since)
    if target.number is None or target.direction in {"up", "down"}:
        return None
    if actual.unit and target.unit and not same_unit(actual.unit, target.unit):
        return None
    if lower or lower_is_better(target):
        return target.number / actual.number if actual.number else None
    return actual.number / target.number if target.number else None


def _moved(number: Decimal, direction: str, since: Meaning | None) -> Decimal | None:
    if since is None or since.number is None or direction not in {"up", "down"}:
        return None
    over, under = (number, since.number) if direction == "up" else (since.number, number)
    if not under:
        return None
    share = over / under
    return min(share, BEFORE_LIMIT) if number == since.number else share
