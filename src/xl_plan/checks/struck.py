"""見え消し: words struck through are deleted words; the cell is read without them, and both readings are quoted."""

from __future__ import annotations

from dataclasses import replace

from xl_plan.checks.rows import Answer
from xl_plan.findings import Finding, found
from xl_plan.meaning.values import is_blank
from xl_plan.model import Returned
from xl_plan.rules.writing import RED_WORDS, STRUCK_WHOLE, STRUCK_WORDS


def struck_words(item: Returned) -> str:
    """The words with a line through them, several stretches joined by ／; "" for none."""
    if item.cell.runs:
        return "／".join(run.text for run in item.cell.runs if run.strike and not is_blank(run.text))
    return item.text if item.cell.style.font.strike and not is_blank(item.text) else ""


def without_struck(item: Returned) -> Returned:
    """The cell as the department meant it. What is left loses its colours: they marked what was new."""
    if not item.cell.runs:
        return replace(item, cell=item.cell.with_value(None), text="")
    text = "".join(run.text for run in item.cell.runs if not run.strike)
    return replace(item, cell=item.cell.with_value(text), text=text)


def struck(answer: Answer) -> tuple[Returned, Finding | None]:
    """The cell without its struck words, and a finding that quotes both readings; no finding where none are struck."""
    words = struck_words(answer.item)
    if not words:
        return answer.item, None
    resolved = without_struck(answer.item)
    if is_blank(resolved.text):
        return resolved, found(STRUCK_WHOLE, answer.place, department=answer.department, got=answer.text)
    finding = found(
        STRUCK_WORDS,
        answer.place,
        department=answer.department,
        expected=resolved.text,
        got=answer.text,
        struck=words,
        resolved=resolved.text,
    )
    return resolved, finding


def red_words(answers: list[Answer]) -> list[Finding]:
    """One finding for all cells of a file that hold words in red; the text is taken like any other."""
    red = [(answer, _red(answer)) for answer in answers]
    red = [(answer, words) for answer, words in red if words]
    if not red:
        return []
    first = red[0][0]
    places = [answer.place for answer, _ in red]
    return [found(RED_WORDS, *places, department=first.department, got=first.text, quote=red[0][1])]


def _red(answer: Answer) -> str:
    cell = answer.item.cell
    if cell.runs:
        return "／".join(r.text for r in cell.runs if is_red(r.colour) and not is_blank(r.text))
    return answer.text if is_red(cell.style.font.colour) else ""


def is_red(colour: str | None) -> bool:
    """Whether a colour ``#RRGGBB`` is what people call 赤字."""
    if colour is None or len(colour) != 7:
        return False
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red >= 0xA0 and max(green, blue) <= 0x60
