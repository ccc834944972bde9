"""What stands below a row of a form: who shares it, what was written last time, what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from xl_plan.cells import Cell, Font, Run, Style
from xl_plan.model import CellKey, Plan, Programme, Role
from xl_plan.office.history import Remembered, remembered

_Part = tuple[str, str]  # words in bold, the rest
_NAMES = {Role.INDICATOR.value: "評価指標", Role.TARGET.value: "目標値"}


def notices(plan: Plan, rows: Iterable[Programme], owned: frozenset[CellKey]) -> Mapping[int, Cell]:
    """First row of a block → the remark below it, for the department that fills."""
    before = remembered(plan)
    parts: dict[int, list[_Part]] = {}
    for programme in rows:
        if any(key[0] == programme.key for key in owned):
            said = (*_sharing(programme), *_again(plan, programme), *_earlier(programme, before.get(programme.key)))
            parts.setdefault(programme.block.first, []).extend(said)
    return MappingProxyType({first: _cell(plan, said) for first, said in parts.items() if said})


def _sharing(programme: Programme) -> Iterator[_Part]:
    if programme.sharing_names:
        yield f"関係部局：{'、'.join(programme.sharing_names)}（調整の上ご記入ください）", ""


def _again(plan: Plan, programme: Programme) -> Iterator[_Part]:
    for column in programme.block.columns:
        if (programme.key, column.key) in plan.again:
            shown = programme.text(column.key)
            said = f"前回は「{shown}」でした。" if shown else "前回は回答がありませんでした。"
            yield f"再照会：{column.header}", f"　{said}確定した値を記入してください。"


def _earlier(programme: Programme, said: Remembered | None) -> Iterator[_Part]:
    if said is None:
        return
    for line in said.changed:
        now = f"前回（{line.year.japanese}）は「{line.text}」でした。"
        yield f"変わった項目：{_NAMES.get(line.item, line.item)}（{line.header}）", f"　{now}"
    for line in said.narratives:
        yield f"（参考）前回（{line.year.japanese}）の記載", f"\n{line.text}"


def _cell(plan: Plan, parts: list[_Part]) -> Cell:
    style = Style(font=Font(plan.settings.font, 9, bold=True), vertical="top", wrap=True)
    if not any(rest for _, rest in parts):
        return Cell("\n".join(words for words, _ in parts), style)
    runs = []
    for index, (words, rest) in enumerate(parts):
        runs.append(Run(f"\n{words}" if index else words, bold=True))
        runs += [Run(rest)] if rest else []
    plain = Style(font=Font(plan.settings.font, 9), vertical="top", wrap=True)
    return Cell("".join(run.text for run in runs), plain, runs=tuple(runs))
