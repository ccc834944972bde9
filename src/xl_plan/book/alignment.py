"""Relisted rows made to say what their originals say, with a list of every cell that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xl_plan.cells import Book, Cell, Properties, Run, a1
from xl_plan.findings import Finding, found
from xl_plan.layout.sheets import Looks, looks_of, table
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.model import CellKey, HistoryLine, Plan, Programme, Role, Settings, Spot
from xl_plan.office.history import label
from xl_plan.relisted.agreement import Disagreement, disagreements, in_words, marked_pieces
from xl_plan.relisted.relisting import meant, place
from xl_plan.rules.relisting import ALIGNED, FIGURES_DIFFER, WIDTH_DIFFERS, WORDING_DIFFERS

_SHEET = "再掲の変更一覧"
_RED = "#C00000"
_SETTLED = (WIDTH_DIFFERS, WORDING_DIFFERS, FIGURES_DIFFER)


def to_align(plan: Plan) -> tuple[Disagreement, ...]:
    """Every shared cell of a relisted row that differs from its original's."""
    return tuple(disagreements(plan))


def aligned(plan: Plan, changes: Sequence[Disagreement]) -> Plan:
    """The plan with these cells as in their originals: the value and its number format, in the copy's look."""
    wanted: dict[str, dict[str, Programme]] = {}
    for item in changes:
        original = plan.programme(item.original.key)
        if original is not None:
            wanted.setdefault(item.copy.key, {})[item.column.key] = original
    return replace(plan, programmes=tuple(_with(p, wanted.get(p.key, {})) for p in plan.programmes))


def _with(copy: Programme, originals: Mapping[str, Programme]) -> Programme:
    if not originals:
        return copy
    cells, texts = dict(copy.cells), dict(copy.texts)
    for key, original in originals.items():
        source = original.cell(key)
        style = replace(copy.cell(key).style, number_format=source.style.number_format)
        cells[key] = replace(source, style=style, note=copy.cell(key).note)
        texts[key] = original.text(key)
    return replace(copy, cells=MappingProxyType(cells), texts=MappingProxyType(texts))


def aligned_findings(
    findings: Sequence[Finding], changes: Sequence[Disagreement], plan: Plan, file: str
) -> tuple[Finding, ...]:
    """The findings on ``plan`` as given, each disagreement that was settled told as a change."""
    settled = {(item.copy.key, item.column.key) for item in changes}
    rest = [f for f in findings if f.rule not in _SETTLED or meant(plan, f.place) not in settled]
    told = [
        found(
            ALIGNED,
            place(plan.programme(item.copy.key) or item.copy, file, item.column.key),
            expected=item.expected,
            got=item.got,
            original=item.original.number,
            difference=in_words(item.expected, item.got),
        )
        for item in changes
    ]
    return (*rest, *told)


def history_of(changes: Sequence[Disagreement], year: FiscalYear) -> Iterator[HistoryLine]:
    """What the aligned cells said until the round of ``year`` was opened."""
    for item in changes:
        if item.got:
            indicator = next((item.copy.text(c.key) for c in item.copy.with_role(Role.INDICATOR)), "")
            about = (label(item.copy.key), indicator, item.column.role.value, item.column.header)
            yield HistoryLine(year.plus(-1), *about, item.got)


def changes_book(settings: Settings, changes: Sequence[Disagreement], where: Mapping[CellKey, Spot]) -> Book:
    """The list of what was changed: both texts, the differences marked, and where the cell stands in the new plan."""
    looks = looks_of(settings)
    rows: list[list[Cell | str]] = []
    for index, item in enumerate(changes, 1):
        spot = where.get((item.copy.key, item.column.key))
        pieces = marked_pieces(item.expected, item.got)
        rows.append(
            [
                str(index),
                item.copy.number,
                item.copy.name,
                item.column.header,
                item.original.number,
                _marked([(after, before != after) for before, after in pieces], looks),
                _marked([(before, before != after) for before, after in pieces], looks),
                f"{spot[0]} {a1(*spot[1])}" if spot else "",
            ]
        )
    head = ("No", "番号", "事業名", "列", "元の番号", "変更前", "変更後（元の行と同じ）", "計画のセル")
    note = "再掲の行のうち、元の行と違っていたものを、元の行にそろえました。違う箇所は赤い太字です。"
    notes = (note,) if rows else ("元の行と違う再掲の行はありませんでした。計画は変えていません。",)
    sheet, _ = table(_SHEET, looks, _SHEET, head, rows, (5, 14, 30, 24, 14, 46, 46, 14), notes=notes, paper="A3")
    return Book((sheet,), Properties(title=f"{settings.title} {_SHEET}", author=settings.division))


def _marked(pieces: Sequence[tuple[str, bool]], looks: Looks) -> Cell:
    runs = tuple(Run(text, colour=_RED, bold=True) if differs else Run(text) for text, differs in pieces if text)
    text = "".join(run.text for run in runs)
    return Cell(text or "（空欄）", looks.cell, runs=runs if len(runs) > 1 else ())
