"""The sheet 表記ゆれ: what the book writes in several ways, with a proposal and the column 採用."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xl_plan.cells import Area, Cell, Sheet, Validation
from xl_plan.layout.sheets import Looks, table
from xl_plan.model import SPELLING_SHEET, CellKey, Merged, Role, Spot
from xl_plan.reports.rows import leading_to
from xl_plan.spelling import ACCEPT, ACCEPTED, DECLINED, HEAD, Variation, is_yes, variations

_WIDTHS = (8, 14, 26, 12, 12, 16, 7, 16, 46, 13)
_NOTES = (
    "計画全体で書き方が分かれているところです。「提案」は、この計画で多く使われている書き方です（横線は「－」とします）。",
    "「採用」に○を入れて保存すると、次の取りまとめで事務局修正として直し、「事務局修正」シートに載せます。○のないところは変えません。",
    "直さないと決めたものには×を入れてください。次の取りまとめでも×のまま残ります。",
)


def found_variations(merged: Merged) -> tuple[Variation, ...]:
    """What the book writes in several ways."""
    return variations(merged.plan, texts_of(merged))


def spelling_sheet(
    found: Sequence[Variation], where: Mapping[CellKey, Spot], looks: Looks, choices: Mapping[str, str]
) -> Sheet:
    """The list of what was found."""
    rows = [_row(each, where.get(each.key), choices.get(each.mark, ""), looks) for each in found]
    sheet, first = table(SPELLING_SHEET, looks, "表記ゆれ", HEAD, rows, _WIDTHS, notes=_NOTES, paper="A3")
    column = HEAD.index(ACCEPT)
    last = max((row for row, _ in sheet.cells), default=first)
    marks = Validation((Area(first, column, last, column),), "list", (ACCEPTED, DECLINED), error_style="information")
    return replace(sheet, validations=(marks,), tab_colour="#7F7F7F")


def texts_of(merged: Merged) -> dict[CellKey, str]:
    """What the cells say now; what a relisted row takes from its original is left to the original."""
    texts = {
        (p.key, c.key): p.text(c.key)
        for p in merged.plan.programmes
        for c in p.block.columns
        if c.role is not Role.NUMBER
    }
    for key, entry in merged.entries.items():
        texts[key] = "" if entry.original else entry.text
    return texts


def _row(each: Variation, spot: Spot | None, choice: str, looks: Looks) -> list[Cell | str]:
    here: Cell | str = ""
    if spot is not None:
        here = leading_to(spot, looks)
    centred = replace(looks.cell, horizontal="center")
    pale = replace(looks.cell, font=replace(looks.cell.font, colour="#7F7F7F"))
    # A ○ stands for what has been done by now: only a × is kept.
    return [
        Cell(None if is_yes(choice) else choice or None, replace(centred, locked=False)),
        each.number,
        each.column,
        here,
        each.family.name,
        each.now,
        Cell(each.count, replace(centred, number_format="0")),
        each.proposed,
        Cell(each.around, looks.cell),
        Cell(each.mark, pale),
    ]
