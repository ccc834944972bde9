"""The sheet 再掲一覧: each group of relisted rows with what agrees and what differs, the difference marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_plan.cells import Cell, Run, Sheet, a1
from xl_plan.findings import Severity
from xl_plan.layout.sheets import Looks, table
from xl_plan.meaning.values import is_blank
from xl_plan.model import RELISTED_SHEET, CellKey, Column, Merged, Programme, Spot
from xl_plan.relisted.agreement import Degree, degree, marked_pieces, shared_columns
from xl_plan.relisted.duplicates import suspicions

_RED = "#C00000"
_STATES = {
    None: "一致",
    Degree.WRITING: f"書き方が違う（{Severity.INFO.label}）",
    Degree.WORDING: f"言葉が違う（{Severity.WARNING.label}）",
    Degree.FIGURES: f"数値が違う（{Severity.ERROR.label}）",
}
_OUTSIDE = "元がこの計画にない"
_LISTED_OUTSIDE = "再掲先がこの計画にない"
_SUSPECTED = "再掲の印がない（要確認）"
_HEAD = ("状況", "元の行", "事業名", "再掲の行", "一致している列", "違う列", "元の行の内容", "再掲の行の内容")
_WIDTHS = (18, 14, 30, 14, 32, 16, 47, 47)
_LONGEST_HEADER = 14


@dataclass(frozen=True, slots=True)
class _Page:
    merged: Merged
    where: Mapping[CellKey, Spot]
    looks: Looks

    def text(self, programme: Programme, column: Column) -> str:
        entry = self.merged.entries.get((programme.key, column.key))
        return programme.text(column.key) if entry is None else entry.text

    def number(self, programme: Programme) -> Cell:
        """The row's number, a link to where it stands in this workbook."""
        spot = self.where.get((programme.key, "number")) or self.where.get((programme.key, "name"))
        link = f"#'{spot[0]}'!{a1(*spot[1])}" if spot else None
        return Cell(programme.number, self.looks.link if link else self.looks.cell, link=link)


def relisted_sheet(merged: Merged, where: Mapping[CellKey, Spot], looks: Looks) -> Sheet:
    """再掲一覧 of a merged plan."""
    page = _Page(merged, where, looks)
    rows = [*_groups(page), *_outside(page), *_suspected(page)]
    notes = (_count(merged), "違う箇所は赤い太字です。今回の列では、再掲の行は元の行を参照しています。")
    sheet, _ = table(RELISTED_SHEET, looks, "再掲一覧", _HEAD, rows, _WIDTHS, notes=notes, paper="A3")
    return replace(sheet, tab_colour="#7030A0")


def _count(merged: Merged) -> str:
    plan = merged.plan
    once, groups = len(plan.counted()), len(plan.relisting.groups)
    copies = len(plan.programmes) - once
    return f"計画の行は{len(plan.programmes)}行、事業数は{once}事業（再掲を除く）です。再掲の組は{groups}組、再掲の行は{copies}行です。"


def _groups(page: _Page) -> Iterator[list[Cell | str]]:
    plan = page.merged.plan
    for group in plan.relisting.groups:
        original = plan.programme(group.original)
        for copy in (plan.programme(key) for key in group.copies):
            if original is not None and copy is not None:
                yield from _pair(page, original, copy)


def _pair(page: _Page, original: Programme, copy: Programme) -> Iterator[list[Cell | str]]:
    """One line for each column that differs, or one that says that nothing does."""
    columns = list(shared_columns(page.merged.plan, copy, original))
    apart = {c.key: degree(page.text(original, c), page.text(copy, c)) for c in columns}
    agreeing = _headers([c for c in columns if apart[c.key] is None], len(columns))
    head: list[Cell | str] = [page.number(original), original.name, page.number(copy)]
    differing = [c for c in columns if apart[c.key] is not None]
    if not differing:
        yield [_STATES[None], *head, agreeing, "", "", ""]
    for column in differing:
        theirs, mine = _both(page.text(original, column), page.text(copy, column), page.looks)
        yield [_STATES[apart[column.key]], *head, agreeing, _header(column), theirs, mine]


def _headers(columns: Sequence[Column], every: int) -> str:
    names = "、".join(_header(column) for column in columns)
    return f"すべて（{names}）" if len(columns) == every else names or "なし"


def _header(column: Column) -> str:
    return column.header if len(column.header) <= _LONGEST_HEADER else column.role.value


def _both(original: str, copy: str, looks: Looks) -> tuple[Cell, Cell]:
    if is_blank(original) or is_blank(copy):
        return _plain(original, looks), _plain(copy, looks)
    pieces = marked_pieces(original, copy)
    return (
        _marked([(a, a != b) for a, b in pieces], looks),
        _marked([(b, a != b) for a, b in pieces], looks),
    )


def _plain(text: str, looks: Looks) -> Cell:
    return Cell("（空欄）" if is_blank(text) else text, looks.cell)


def _marked(pieces: Sequence[tuple[str, bool]], looks: Looks) -> Cell:
    runs = tuple(
        Run(text, colour=_RED, bold=True, underline=True) if differs else Run(text) for text, differs in pieces if text
    )
    value = "".join(run.text for run in runs)
    if len(runs) > 1:
        return Cell(value, looks.cell, runs=runs)
    font = looks.cell.font
    if runs and runs[0].bold:
        font = replace(font, colour=_RED, bold=True, underline=True)
    return Cell(value, replace(looks.cell, font=font))


def _outside(page: _Page) -> Iterator[list[Cell | str]]:
    plan = page.merged.plan
    grouped = {group.original for group in plan.relisting.groups}
    for programme in plan.programmes:
        numbers = plan.relisting.outside.get(programme.key, ())
        if numbers:
            yield [_OUTSIDE, "、".join(numbers), programme.name, page.number(programme), "", "", "", ""]
        elif programme.listed_in and programme.key not in grouped and not programme.marked:
            listed = "、".join(programme.listed_in)
            yield [_LISTED_OUTSIDE, page.number(programme), programme.name, listed, "", "", "", ""]


def _suspected(page: _Page) -> Iterator[list[Cell | str]]:
    for item in suspicions(page.merged.plan):
        pair: list[Cell | str] = [page.number(item.first), item.first.name, page.number(item.later)]
        yield [_SUSPECTED, *pair, "・".join(item.reasons), "", "", ""]
