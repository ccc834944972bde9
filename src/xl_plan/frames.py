"""Tidy rows as pandas frames and files. The only module that imports pandas, and only when it is called."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_plan.findings import Finding
from xl_plan.tidy import COLUMNS, TidyRow, csv_safe, csv_text

if TYPE_CHECKING:
    import pandas as pd
    from pandas import DataFrame as DataFrame  # noqa: PLC0414 - handed on to the api

_TEXT = tuple(name for name in COLUMNS if name not in ("西暦年度", "数値", "再掲"))


def to_frame(rows: Sequence[TidyRow]) -> pd.DataFrame:
    """The rows as a frame: 西暦年度 whole numbers, 数値 floats, 再掲 truth values, all else text."""
    import pandas as pd

    data: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
    data["数値"] = pd.array([None if v is None else float(v) for v in data["数値"]], dtype="Float64")
    data["西暦年度"] = pd.array(data["西暦年度"], dtype="Int64")
    data["再掲"] = pd.array(data["再掲"], dtype="boolean")
    return pd.DataFrame(data, columns=list(COLUMNS))


def csv_bytes(rows: Sequence[TidyRow]) -> bytes:
    """CSV, UTF-8 with BOM, as Excel in Japan opens it; texts that look like formulas made safe."""
    frame = to_frame(rows)
    for name in _TEXT:
        frame[name] = [csv_safe(text) for text in frame[name]]
    return str(frame.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def read_csv(data: bytes) -> pd.DataFrame:
    """The frame that :func:`csv_bytes` wrote: the same values."""
    import pandas as pd

    frame = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", dtype=str, keep_default_na=False)
    for name in _TEXT:
        frame[name] = [csv_text(text) for text in frame[name]]
    frame["数値"] = pd.array([float(v) if v else None for v in frame["数値"]], dtype="Float64")
    frame["西暦年度"] = pd.array([int(v) if v else None for v in frame["西暦年度"]], dtype="Int64")
    frame["再掲"] = pd.array([v == "True" for v in frame["再掲"]], dtype="boolean")
    return frame


def parquet_bytes(rows: Sequence[TidyRow]) -> bytes:
    buffer = io.BytesIO()
    to_frame(rows).to_parquet(buffer, index=False)
    return buffer.getvalue()


def json_bytes(rows: Sequence[TidyRow]) -> bytes:
    """A JSON array of objects, one a line."""
    text = to_frame(rows).to_json(orient="records", force_ascii=False, lines=True)
    lines = [line for line in str(text).splitlines() if line]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8")


def parquet_partitions(rows: Sequence[TidyRow]) -> dict[Path, bytes]:
    """Relative path → Parquet file, one a fiscal year (``西暦年度=2023/part-0.parquet``), as DuckDB and Spark read it."""
    by_year: dict[str, list[TidyRow]] = {}
    for row in rows:
        by_year.setdefault(str(row.西暦年度) if row.西暦年度 else "__HIVE_DEFAULT_PARTITION__", []).append(row)
    files = {}
    for year, part in by_year.items():
        buffer = io.BytesIO()
        to_frame(part).drop(columns="西暦年度").to_parquet(buffer, index=False)
        files[Path(f"西暦年度={year}") / "part-0.parquet"] = buffer.getvalue()
    return files


def findings_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Findings, one a row, in the fields of ``merge --json``."""
    import pandas as pd

    names = ("code", "name", "severity", "department", "file", "sheet", "cell", "number", "column")
    rows = []
    for f in findings:
        p = f.place
        about = (f.code, f.rule.name, f.severity.value, f.department, p.file, p.sheet, p.cell, p.number, p.column)
        rows.append((*about, f.expected, f.got, len(f.places), f.message, f.remedy))
    return pd.DataFrame(rows, columns=[*names, "expected", "got", "cells", "message", "remedy"])
