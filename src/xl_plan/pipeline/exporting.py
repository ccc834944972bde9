"""Exporting: the plan as tidy data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from xl_plan.cells import Book, Cell, Properties
from xl_plan.excel.write import book_bytes
from xl_plan.findings import Finding, Place, found
from xl_plan.frames import csv_bytes, json_bytes, parquet_bytes, parquet_partitions
from xl_plan.layout.sheets import looks_of, table
from xl_plan.model import Settings
from xl_plan.pipeline.common import (
    CannotRun,
    Progress,
    Written,
    no_progress,
    plan_with_book,
    write,
)
from xl_plan.rules.files import CSV_TEXT_MADE_SAFE
from xl_plan.tidy import COLUMNS, TidyRow, csv_safe, sources_of, tidy

_WORK = "データを書き出しています"
_WRITERS: dict[str, Callable[[Sequence[TidyRow]], bytes]] = {
    ".csv": csv_bytes,
    ".json": json_bytes,
    ".parquet": parquet_bytes,
}


def run_export(workbook: Path, to: Path, progress: Progress = no_progress) -> Written:
    """Write the plan's values to ``to``: by its ending .csv, .json, .parquet or .xlsx; a folder gets partitioned Parquet.

    Raises CannotRun for another ending, and where the plan cannot be read or the target not be written.
    """
    ending = to.suffix.lower()
    if ending not in (*_WRITERS, ".xlsx", ""):
        raise CannotRun(f"書き出せない種類です：{to}（.csv、.json、.parquet、.xlsxのどれかにしてください）")
    plan, book = plan_with_book(workbook)
    progress(_WORK, 1, 3)
    rows = tidy(plan, sources_of(book))
    progress(_WORK, 2, 3)
    if ending == "":
        for name, data in parquet_partitions(rows).items():
            write(to / name, data)
        progress(_WORK, 3, 3)
        return Written(to, ())
    data = _xlsx(plan.settings, rows) if ending == ".xlsx" else _WRITERS[ending](rows)
    write(to, data)
    progress(_WORK, 3, 3)
    return Written(to, tuple(_made_safe(rows, workbook.name)) if ending == ".csv" else ())


def _made_safe(rows: Sequence[TidyRow], file: str) -> list[Finding]:
    return [
        found(
            CSV_TEXT_MADE_SAFE,
            Place(file, row.シート, row.セル, row.番号, row.列),
            expected=row.原文,
            got=csv_safe(row.原文),
        )
        for row in rows
        if csv_safe(row.原文) != row.原文
    ]


def _xlsx(settings: Settings, rows: Sequence[TidyRow]) -> bytes:
    """The same table as a plain sheet: numbers as numbers, no merged cells, a head and nothing above it."""
    looks = looks_of(settings)
    cells: dict[tuple[int, int], Cell] = {(0, col): Cell(name, looks.head) for col, name in enumerate(COLUMNS)}
    for index, row in enumerate(rows, 1):
        for col, name in enumerate(COLUMNS):
            value = getattr(row, name)
            if isinstance(value, Decimal):
                value = float(value)
            if value not in (None, ""):
                cells[index, col] = Cell(value)
    sheet, _ = table("データ一覧", looks, "", COLUMNS, [], [12] * len(COLUMNS))
    plain = replace(sheet, cells=cells, merges=(), heights={}, filter=None, freeze=(1, 0))
    page = replace(plain.page, print_area=None, repeat_rows=(0, 0), row_breaks=())
    return book_bytes(Book((replace(plain, page=page),), Properties(title=f"{settings.title} データ一覧")))
