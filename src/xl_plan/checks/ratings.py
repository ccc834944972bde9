"""△ and × ask for 改善策 in the narrative, where the plan has ratings at all."""

from __future__ import annotations

import re

from xl_plan.checks.rows import Answer
from xl_plan.findings import Finding, found
from xl_plan.meaning.values import is_blank
from xl_plan.model import Plan, Role
from xl_plan.rules.values import RATING_WITHOUT_MEASURES

RATED_BY = "評価者"
_LOW = frozenset("△▲×✕✖☓╳Ｘ❌")
_MEASURES = re.compile(
    r"改善|見直|改め|検討|対策|対応(?:する|していく|を図)|方策|強化|工夫|図る|図って|図り|努め|目指|取り?組(?:む|んで|みます)|進め"
    r"|今後|引き?続き|次年度|来年度|翌年度|予定|していく|いきたい|向けて"
)


def has_ratings(plan: Plan) -> bool:
    """Ratings are off until 設定 says who gives them."""
    return not is_blank(plan.settings.extra.get(RATED_BY, ""))


def without_measures(plan: Plan, answers: list[Answer], narratives: list[Answer]) -> list[Finding]:
    """△ or × of a programme, given by the department or standing in the plan, and no measure in its narrative."""
    if not narratives or not has_ratings(plan):
        return []
    programme = narratives[0].programme
    ratings = [(a.text, a) for a in answers if a.column.role is Role.RATING]
    owned = {a.column.key for a in answers}
    ratings += [
        (programme.text(column.key), narratives[0])
        for column in programme.with_role(Role.RATING)
        if column.year == plan.settings.year and column.key not in owned
    ]
    if any(_MEASURES.search(n.text) for n in narratives):
        return []
    return [
        found(RATING_WITHOUT_MEASURES, at.place, department=at.department, got=at.text, rating=text.strip())
        for text, at in ratings
        if text.strip()[:1] in _LOW
    ][:1]
