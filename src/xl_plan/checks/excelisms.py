"""What Excel, or a program that saved in its place, made of what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from xl_plan.checks.rows import Answer
from xl_plan.findings import Finding, found
from xl_plan.meaning.numberformat import is_date, shown, unit_of
from xl_plan.meaning.values import Meaning, Remark
from xl_plan.model import Plan, Programme, Returned, Role, Submission
from xl_plan.rules.values import (
    DATE_CHANGED,
    DIGITS_HIDDEN,
    DIGITS_LOST,
    E_NOTATION,
    ERROR_VALUE,
    FORMULA_WITHOUT_RESULT,
    LEADING_ZERO,
    ODD_WRITING,
)

_ERRORS = re.compile(r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|#{3,})", re.IGNORECASE)
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?E[+\-]?[0-9]{1,3}", re.IGNORECASE)
_ZEROS = re.compile(r"0[0-9]+")


def is_error_text(text: str) -> bool:
    """Whether the whole text is an Excel error, #NAME? or #REF! among them, or a number that did not fit: ####."""
    return _ERRORS.fullmatch(text.strip()) is not None


def plain_number(item: Returned) -> int | float | None:
    """The number of a cell that holds one and is no truth value."""
    value = item.cell.value
    return None if isinstance(value, bool | str) or value is None else value


# -------------------------------------------------------------------------------------------------------- not usable
def unusable(answer: Answer) -> Finding | None:
    """An error, a formula without result, a date that was none, digits cut off: what was typed is not there."""
    item, cell = answer.item, answer.item.cell
    formula = cell.formula or ""
    at = {"department": answer.department, "got": item.text}
    if cell.error or is_error_text(item.text):
        return found(ERROR_VALUE, answer.place, **at, formula=f"（入力は「={formula}」）" if formula else "")
    if cell.formula is not None and cell.value is None:
        return found(FORMULA_WITHOUT_RESULT, answer.place, department=answer.department, formula=formula)
    takes_dates = answer.column.role in (Role.OTHER, Role.REMARKS)
    if plain_number(item) is not None and is_date(cell.style.number_format) and not takes_dates:
        return found(DATE_CHANGED, answer.place, **at)
    if answer.is_value and isinstance(cell.value, str) and Remark.E_NOTATION in answer.meaning.remarks:
        return found(DIGITS_LOST, answer.place, **at)
    return None


# --------------------------------------------------------------------------------------------------- taken, but asked
def oddities(answer: Answer) -> Iterator[Finding]:
    """What is taken although a program may have changed it, or a hand mistyped it."""
    at = {"department": answer.department, "got": answer.text}
    number = plain_number(answer.item)
    if number is not None and _EXPONENT.search(answer.text):
        yield found(E_NOTATION, answer.place, **at, value=f"{number:,}")
    elif number is not None and _hides_digits(number, answer.meaning):
        yield found(DIGITS_HIDDEN, answer.place, **at, value=shown(number, "General"))
    elif lost := _lost_zero(answer, number):
        yield found(LEADING_ZERO, answer.place, **at, expected=lost)
    elif reason := odd_writing(answer.meaning):
        yield found(ODD_WRITING, answer.place, **at, reason=reason)


def odd_writing(found_meaning: Meaning) -> str:
    """Why a figure is doubtful as written, "" where it is not."""
    if Remark.ZERO_LOOK_ALIKE in found_meaning.remarks:
        return "数字の0の代わりに「○」や「O」の文字が使われているようです"
    if Remark.ODD_GROUPING in found_meaning.remarks:
        return "けたの区切りの位置が3けたごとではありません"
    return "日付のようです" if Remark.DATE_LIKE in found_meaning.remarks else ""


def _hides_digits(number: int | float, found_meaning: Meaning) -> bool:
    """Whether the format rounds away more than a reckoned share's endless digits."""
    if found_meaning.number is None or not isinstance(number, float):
        return False
    scale = 100 if found_meaning.unit == "%" else 1
    return abs(float(found_meaning.number) - number * scale) > 1e-9 * max(1.0, abs(number * scale))


def _lost_zero(answer: Answer, number: int | float | None) -> str:
    """What the row writes with a leading zero where this cell has none."""
    past = [p.text for p in answer.row.actuals if p.meaning.number is not None]
    zeros = [text for text in past if _ZEROS.fullmatch(text.strip())]
    if not zeros or len(zeros) < len(past) or not isinstance(number, int):
        return ""
    return zeros[-1] if len(str(number)) < len(zeros[-1].strip()) else ""


# ------------------------------------------------------------------------------------------------------ lost formats
class Formats:
    """Whether a file still has number formats. Other file types, and values pasted alone, have none: the earlier years'
    percentages then come back as bare fractions, and the answer beside them is read under the plan's format."""

    def __init__(self, submission: Submission, plan: Plan) -> None:
        self._submission, self._plan = submission, plan

    def restored(self, programme: Programme, key: str, item: Returned) -> Returned:
        """The cell as the plan's number format shows it, where the file lost the row's formats or all of them."""
        number = plain_number(item)
        code = programme.cell(key).style.number_format
        if number is None or item.cell.style.number_format != "General" or code == "General":
            return item
        kept = self._kept_by(programme)
        if kept or (kept is None and not self._lost_everywhere):
            return item
        cell = replace(item.cell, style=replace(item.cell.style, number_format=code))
        return replace(item, cell=cell, text=shown(number, code))

    @cached_property
    def _lost_everywhere(self) -> bool:
        """Whether some row shows that its formats are lost, and none that they are kept."""
        rows = dict.fromkeys(key for key, _ in self._submission.returned)
        evidence = {self._kept_by(row) for key in rows if (row := self._plan.programme(key))}
        return False in evidence and True not in evidence

    def _kept_by(self, programme: Programme) -> bool | None:
        """Whether the numbers that came back unchanged in this row still show their unit; None where there are none."""
        verdict = None
        for column in programme.with_role(Role.ACTUAL, Role.TARGET):
            theirs = self._submission.returned.get((programme.key, column.key))
            mine = programme.cell(column.key)
            if theirs is None or not unit_of(mine.style.number_format) or not isinstance(mine.value, int | float):
                continue
            number = plain_number(theirs)
            if number is None or abs(number - mine.value) > 1e-9 * max(1.0, abs(mine.value)):
                continue
            if theirs.cell.style.number_format != "General":
                return True
            verdict = False
        return verdict
