"""A programme's rating: what the people who rate wrote in the plan, or what the tool reckons by the scale."""

from __future__ import annotations

from dataclasses import dataclass

from xl_plan.meaning.text import fold_number
from xl_plan.meaning.values import meaning
from xl_plan.model import Column, Role
from xl_plan.ratings import BEFORE_LIMIT, Scale, rate
from xl_plan.reports.judging import RATED, Figure, Way
from xl_plan.reports.rows import Standing


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating and how a formula finds it.

    ``column``  the plan's rating column, where people rate.
    ``share``   the rate that the scale turns into the mark; ``target`` what it is reckoned against (the first actual where
                the value is to move); ``way`` how, PEOPLE where only the meaning of words decides.
    """

    mark: str
    column: Column | None = None
    share: float | None = None
    target: Column | None = None
    aim: Figure | None = None
    way: Way = Way.PEOPLE
    since_last: str = ""  # the mark against last year's value, where 増加 or 減少 is the target

    def share_formula(self, mine: str, other: str) -> str | None:
        """The rate from the two number cells; None where it stands as a constant."""
        if self.way in (Way.UP, Way.DOWN):
            over, under = (mine, other) if self.way is Way.UP else (other, mine)
            still = float(BEFORE_LIMIT)
            moved = f"IF({mine}={other},MIN({still!r},{over}/{under}),{over}/{under})"
            return f'IF(OR({mine}="",{other}=""),"",IF({under}=0,"",{moved}))'
        if self.way not in RATED:
            return None
        over, under = (other, mine) if self.way in (Way.AT_MOST, Way.LESS) else (mine, other)
        return f'IF(OR({mine}="",{other}=""),"",IF({under}=0,"",{over}/{under}))'


def rating(standing: Standing, scale: Scale) -> Rated:
    """The rating of the round: the plan's rating column where people rate, else the scale's mark."""
    if not scale.automatic:
        ratings = standing.programme.with_role(Role.RATING)
        year = standing.actual.year if standing.actual else None
        mine = [c for c in ratings if c.year in (year, None)]
        theirs = (c for c in mine if c.filler is not None and c.filler.value == scale.by)
        column = next(theirs, mine[0] if mine else None)
        return Rated(standing.text(column), column)
    target = _target(standing, scale)
    lower = fold_number(standing.programme.number) in scale.lower
    actual, aim = meaning(standing.text(standing.actual)), meaning(standing.text(target))
    before = [c for c in standing.actuals if c is not standing.actual]
    first = meaning(standing.text(before[0])) if before else None
    last = meaning(standing.text(before[-1])) if before else None
    share = rate(actual, aim, first, lower=lower)
    judged = standing.judged(target)
    way = judged.way
    if lower and way in RATED:
        way = Way.AT_MOST
    figures = (judged.actual.value, judged.other.value)
    reckoned = None if None in figures else share
    if reckoned is None or share is None:
        way = Way.PEOPLE if share is not None else way
    moved = scale.mark(rate(actual, aim, last, lower=lower)) if judged.way.moves else ""
    held = before[0] if judged.way.moves and before else target
    return Rated(
        scale.mark(share), None, None if share is None else float(share), held, judged.other, way, since_last=moved
    )


def _target(standing: Standing, scale: Scale) -> Column | None:
    """The target that the plan rates against."""
    if scale.against == "当年度":
        return standing.this_year
    return standing.interim if scale.against == "中間" else standing.target
