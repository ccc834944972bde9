"""A plan as tidy data: one value a row, numbers as numbers, western years beside eras.

After the ministry's rules for machine-readable statistics (総務省「統計表における機械判読可能なデータの表記方法の統一ルール」,
2020): one value a cell, numbers without units or separators, no merged cells, the western year in every row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from xl_plan.cells import Book, a1, column_name
from xl_plan.meaning.fiscal import FiscalYear
from xl_plan.meaning.values import HELD, UNANSWERED, UNSUBMITTED, Kind, Meaning, meaning
from xl_plan.model import SOURCES_SHEET, CellKey, Column, Filler, Plan, Programme, Role
from xl_plan.relisted.relisting import row_label

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_KINDS = (Role.ACTUAL, Role.TARGET, Role.NARRATIVE, Role.RATE, Role.RATING, Role.REMARKS, Role.OTHER, Role.UNIT)
_STATES = {UNSUBMITTED: "未提出", UNANSWERED: "未記入", HELD: "保留"}
_ANSWERS = {
    Kind.BLANK: "未記入",
    Kind.NONE: "なし",
    Kind.PENDING: "後日報告",
    Kind.REFUSED: "要修正",
}

Source = tuple[str, str, str]  # file, SHA-256, cell
SourceKey = tuple[str, str, str]  # row, column's header, its letters on the sheet


@dataclass(frozen=True, slots=True)
class TidyRow:
    """One value. ``原文`` is what the cell shows, to the character; ``数値`` its number in ``単位`` (％ as 87.2, not
    0.872), None where it has none; a cell of several numbers gives a row each, told apart by ``区分``."""

    番号: str  # noqa: PLC2401 - the columns of the exported table, as staff read them
    事業名: str  # noqa: PLC2401
    評価指標: str  # noqa: PLC2401
    記入部局: str  # noqa: PLC2401
    担当部局: str  # noqa: PLC2401
    西暦年度: int | None  # noqa: PLC2401
    元号年度: str  # noqa: PLC2401
    種別: str  # noqa: PLC2401
    列: str  # noqa: PLC2401
    区分: str  # noqa: PLC2401
    原文: str  # noqa: PLC2401
    数値: Decimal | None  # noqa: PLC2401
    単位: str  # noqa: PLC2401
    状態: str  # noqa: PLC2401
    評価: str  # noqa: PLC2401
    再掲: bool  # noqa: PLC2401
    再掲元: str  # noqa: PLC2401
    シート: str  # noqa: PLC2401
    セル: str  # noqa: PLC2401
    転記元: str  # noqa: PLC2401
    転記元セル: str  # noqa: PLC2401
    転記元SHA256: str  # noqa: PLC2401


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(TidyRow))


def tidy(plan: Plan, sources: Mapping[SourceKey, Source] | None = None) -> tuple[TidyRow, ...]:
    """Every yearly value, target, narrative, rating and remark of the plan, in its order.

    ``sources``: :func:`source_key` → where the value came from, as the consolidated workbook says it.
    """
    return tuple(row for _, row in keyed(plan, sources))


def keyed(plan: Plan, sources: Mapping[SourceKey, Source] | None = None) -> Iterator[tuple[CellKey, TidyRow]]:
    """The same rows, each with the cell of the plan that it is of."""
    for value in values(plan, _KINDS):
        yield value.key, value.row((sources or {}).get(source_key(value.programme, value.column), ("", "", "")))


def source_key(programme: Programme, column: Column) -> SourceKey:
    """What tells a cell apart in 転記元一覧: numbers may repeat, and so may headers on one sheet."""
    return row_label(programme), column.header, column_name(column.left)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a programme's rows say alike."""

    programme: Programme
    original: Programme | None
    indicator: str
    departments: str
    of_round: FiscalYear | None


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a cell: all of what it means, or one ``part`` of several."""

    told: _Told
    column: Column
    text: str
    what: Meaning
    part: Meaning

    @property
    def programme(self) -> Programme:
        return self.told.programme

    @property
    def key(self) -> CellKey:
        return self.told.programme.key, self.column.key

    def row(self, source: Source = ("", "", "")) -> TidyRow:
        """The value as a row of the table."""
        programme, column, original, part = self.told.programme, self.column, self.told.original, self.part
        year = _year(column, self.told.of_round)
        by = column.filler.value if column.filler in (Filler.OFFICE, Filler.MEETING) and column.filler else ""
        place = programme.place(column.key)
        return TidyRow(
            番号=programme.number,
            事業名=programme.name,
            評価指標=self.told.indicator,
            記入部局=by or programme.responsible,
            担当部局=self.told.departments,
            西暦年度=year.year if year else None,
            元号年度=year.era_label if year else "",
            種別=column.role.value,
            列=column.header,
            区分=part.label if len(_parts(self.what)) > 1 else "",
            原文=self.text,
            数値=part.number if column.yearly else None,
            単位=part.unit if column.yearly else "",
            状態=_state(self.text, self.what, column),
            評価=_rating(programme, column, self.told.of_round),
            再掲=original is not None,
            再掲元=original.number if original else "",
            シート=programme.sheet,
            セル=a1(*place) if place else "",
            転記元=source[0],
            転記元セル=source[2],
            転記元SHA256=source[1],
        )


def values(plan: Plan, roles: Collection[Role]) -> Iterator[Value]:
    """Every value of the columns with these roles, in the plan's order."""
    originals = plan.relisting.originals()
    for programme in plan.programmes:
        told = _Told(
            programme,
            plan.programme(originals.get(programme.key, "")),
            next((programme.text(c.key) for c in programme.with_role(Role.INDICATOR)), ""),
            "、".join(dict.fromkeys(d.name for d in programme.departments)),
            plan.settings.year,
        )
        for column in programme.with_role(*roles):
            text = programme.text(column.key)
            what = meaning(text)
            for part in _parts(what):
                yield Value(told, column, text, what, part)


def _parts(what: Meaning) -> tuple[Meaning, ...]:
    return what.parts if what.kind is Kind.SEVERAL and what.parts else (what,)


def _state(text: str, what: Meaning, column: Column) -> str:
    if text.strip() in _STATES:
        return _STATES[text.strip()]
    if column.role in (Role.ACTUAL, Role.TARGET, Role.RATE):
        return _ANSWERS.get(what.kind, "回答")
    return "回答" if text.strip() else "未記入"


def _year(column: Column, of_round: FiscalYear | None) -> FiscalYear | None:
    """The year that a column's values are of: the round's where it is filled this round and names none."""
    return column.year or (of_round if column.filler is not None else None)


def _rating(programme: Programme, column: Column, of_round: FiscalYear | None) -> str:
    if column.role is not Role.ACTUAL:
        return ""
    ratings = [c for c in programme.with_role(Role.RATING) if _year(c, of_round) == column.year]
    return programme.text(ratings[0].key) if ratings else ""


def sources_of(book: Book) -> dict[SourceKey, Source]:
    """:func:`source_key` → (file, SHA-256, cell), from the sheet 転記元一覧 of a consolidated workbook; empty for others."""
    sheet = book.sheet(SOURCES_SHEET)
    sources: dict[SourceKey, Source] = {}
    heads: dict[str, int] = {}
    for _, cells in sheet.rows() if sheet else ():
        texts = {col: "" if cell.value is None else str(cell.value) for col, cell in cells}
        if not heads:
            names = {text: col for col, text in texts.items()}
            heads = (
                names
                if {"番号", "列", "本書のセル", "転記元のファイル", "SHA-256", "転記元のセル"} <= names.keys()
                else {}
            )
            continue
        line = {name: texts.get(col, "") for name, col in heads.items()}
        letters = line["本書のセル"].rpartition(" ")[2].rstrip("0123456789")
        sources[line["番号"], line["列"], letters] = (line["転記元のファイル"], line["SHA-256"], line["転記元のセル"])
    return sources


def csv_safe(text: str) -> str:
    """The text as a spreadsheet program will not take it for a formula: ``'`` before a leading = + - @."""
    return f"'{text}" if _RISKY.match(text) else text


def csv_text(text: str) -> str:
    """The text that :func:`csv_safe` was given."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text
