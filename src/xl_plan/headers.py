"""Header cells understood: which column holds what.

A header may take several rows; a field's text is read from the header areas that span exactly the columns its cells
span in the body. An area over several columns whose body is not merged likewise is a parent: its text stands before
that of every field below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from xl_plan.cells import Area
from xl_plan.colours import is_blue
from xl_plan.fiscal import find_years
from xl_plan.model import Column, ColumnSetting, Filler, Role, Sharing
from xl_plan.text import fold

Span = tuple[int, int]

# Header words of published progress sheets; the first pattern that fits decides, so the narrower ones stand first.
_WORDS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (Role.NUMBER, r"^(?:事業|施策|取組|整理|管理)?(?:番号|no|№|コード|id)\.?$|^事業no\.?$"),
        (
            Role.NAME,
            r"^(?:個別|主な|具体的な|事務)?(?:事業|施策|取組|取り組み|事務事業)(?:の)?(?:名称?|項目)?$|^事業・取組名?$",
        ),
        (Role.INDICATOR, r"^(?:評価|成果|活動|数値|達成|管理)?指標(?:名|項目|の内容)?$|^測定項目$"),
        (
            Role.DEPARTMENT,
            r"^(?:主)?(?:担当|所管|主管|実施)(?:部局|部署|課|課等|課名|部課|所属|係|部・?課|者)?(?:$|[※(])",
        ),
        (Role.UNIT, r"^単位$"),
        (Role.DESCRIPTION, r"^(?:事業|取組|施策|計画)?の?(?:内容|概要|目的|事業内容|説明)$|^内容・?"),
        (Role.REMARKS, r"^(?:備考|摘要|注記|特記事項)"),
        (Role.RATE, r"達成率|進捗率|対前年比|前年比|増減率"),
        (
            Role.NARRATIVE,
            r"成果[,、と]|課題|取り?組み?(?:の|内容|状況|実績|成果)|方向性|改善策|進捗状況|実施状況|実施内容|自由記述|コメント",
        ),
        (Role.RATING, r"^(?:自己|内部|外部|総合|達成|進捗)?(?:評価|達成度|評定|判定|ランク)"),
        (Role.TARGET, r"目標"),
        (Role.ACTUAL, r"実績|現状|現況|基準|見込|^値$"),
    )
)
_SHARED = frozenset({Role.INDICATOR, Role.ACTUAL, Role.TARGET, Role.NARRATIVE, Role.UNIT, Role.RATING})
_KEYS = {
    Role.NUMBER: "number",
    Role.NAME: "name",
    Role.DESCRIPTION: "description",
    Role.INDICATOR: "indicator",
    Role.ACTUAL: "actual",
    Role.TARGET: "target",
    Role.NARRATIVE: "narrative",
    Role.DEPARTMENT: "department",
    Role.RATE: "rate",
    Role.RATING: "rating",
    Role.REMARKS: "remarks",
    Role.UNIT: "unit",
    Role.OTHER: "other",
}


def joined(texts: Iterable[str]) -> str:
    """Header lines joined by one space, empty lines left out."""
    return " ".join(line.strip() for text in texts for line in text.splitlines() if line.strip())


def role_of(header: str) -> Role:
    """The role that a header's words state; OTHER when they state none."""
    text = fold(header).replace(" ", "").lower()
    for role, pattern in _WORDS:
        if pattern.search(text):
            return role
    return Role.ACTUAL if text and find_years(header) and len(text) <= 12 else Role.OTHER


def identifying(text: str) -> Role | None:
    """The role, when ``text`` is a header word by which a header row is known."""
    if not text or len(text) > 60:
        return None
    role = role_of(joined([text]))
    return role if role in (Role.NUMBER, Role.NAME, Role.INDICATOR, Role.DEPARTMENT, Role.DESCRIPTION) else None


def read_columns(
    band: Mapping[Area, tuple[str, str | None]],
    body_spans: set[Span],
    settings: Sequence[ColumnSetting],
    known: Sequence[Column] = (),
) -> tuple[Column, ...]:
    """The columns of one header band.

    ``band``: each header area (rows relative to the band) → its text and fill. ``body_spans``: the column spans that
    occur in the blocks below. ``known``: columns of the plan when a returned copy is read; a header with the same own
    text is that column, however the body was unmerged.
    """
    by_span: dict[Span, list[Area]] = {}
    for area in sorted(band):
        by_span.setdefault((area.left, area.right), []).append(area)
    known_headers = {fold(column.header): column for column in known}
    fields = [span for span in sorted(by_span) if _is_field(span, by_span[span], band, body_spans, known_headers)]
    parents = [area for span in by_span if span not in fields for area in by_span[span]]
    columns: list[Column] = []
    for span in fields:
        own = by_span[span]
        above = sorted(p for p in parents if p.left <= span[0] and p.right >= span[1] and p.top < own[0].top)
        header = joined(band[area][0] for area in (*above, *own))
        if not header:
            continue
        blue = any(is_blue(band[area][1]) for area in own)
        columns.append(_column(header, span, (*above, *own), blue, settings, known_headers))
    return _unique_keys(columns)


def _is_field(
    span: Span,
    areas: Sequence[Area],
    band: Mapping[Area, tuple[str, str | None]],
    body_spans: set[Span],
    known: Mapping[str, Column],
) -> bool:
    if fold(joined(band[area][0] for area in areas)) in known:
        return True
    return span[0] == span[1] or span in body_spans


def _column(
    header: str,
    span: Span,
    areas: tuple[Area, ...],
    blue: bool,
    settings: Sequence[ColumnSetting],
    known: Mapping[str, Column],
) -> Column:
    folded = fold(header)
    if folded in known:
        return replace(known[folded], left=span[0], right=span[1], header_areas=areas)
    setting = next((s for s in settings if fold(s.header) == folded), None)
    role = setting.role if setting and setting.role else role_of(header)
    years = find_years(header)
    year = setting.year if setting and setting.year else (years[0][0] if years else None)
    yearly = role in (Role.ACTUAL, Role.TARGET, Role.RATE, Role.RATING)
    key = _KEYS[role]
    if role is Role.OTHER:
        key = f"other:{folded}"
    elif yearly and year is not None:
        key = f"{key}:{year.year}"
    filler = Filler.DEPARTMENT if blue else None
    if settings:
        filler = setting.filler if setting else None
    if setting and setting.sharing:
        sharing = setting.sharing
    elif role is Role.RATE:
        sharing = Sharing.DERIVED
    else:
        sharing = Sharing.SHARED if role in _SHARED else Sharing.OWN
    return Column(key, role, header, span[0], span[1], year if yearly or role is Role.NARRATIVE else None,
                  filler, sharing, areas)  # fmt: skip


def _unique_keys(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The same columns, a second one of a key marked ``~2``."""
    seen: dict[str, int] = {}
    unique = []
    for column in columns:
        seen[column.key] = seen.get(column.key, 0) + 1
        count = seen[column.key]
        unique.append(column if count == 1 else replace(column, key=f"{column.key}~{count}"))
    return tuple(unique)
