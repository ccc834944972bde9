"""export: tidy data that reads back as it was."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_plan.frames import csv_bytes, read_csv, to_frame
from xl_plan.pipeline.common import CannotRun, load_plan
from xl_plan.pipeline.exporting import run_export
from xl_plan.pipeline.merging import run_merge
from xl_plan.tidy import TidyRow, csv_safe, csv_text, tidy

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "tests" / "data" / "柱2_進捗状況.xlsx"
PRINTED = json.loads((ROOT / "tests" / "data" / "pillar2.json").read_text(encoding="utf-8"))


def rows_of(number: str, column: str) -> list[TidyRow]:
    return [row for row in tidy(load_plan(OFFICE)[0]) if (row.番号, row.列) == (number, column)]


def test_a_value_has_its_number_unit_and_both_years() -> None:
    (row,) = rows_of("柱2(1)①イ", "Ｒ4 実績値")
    assert (row.原文, row.数値, row.単位, row.状態) == ("13,282件", Decimal(13282), "件", "回答")
    assert (row.西暦年度, row.元号年度, row.種別) == (2022, "R4", "実績値")
    assert (row.記入部局, row.評価指標, row.再掲, row.セル) == ("障害福祉課", "相談支援件数", False, "I10")


def test_none_pending_and_percentages_are_told_apart() -> None:
    assert [(r.数値, r.単位) for r in rows_of("柱2(1)①ア", "Ｈ29 実績値")] == [(Decimal("87.20"), "%")]
    assert [r.状態 for r in rows_of("柱2(1)①ア", "Ｒ5 実績値")] == ["後日報告"]
    assert [r.状態 for r in rows_of("柱2(1)①エ", "Ｈ29 実績値")] == ["なし"]
    assert [r.状態 for r in rows_of("柱2(1)①ア", "Ｒ6 目標値")] == ["回答"]


def test_a_cell_of_several_numbers_gives_a_row_each() -> None:
    rows = rows_of("柱2(2)②ア", "Ｒ4 実績値")
    assert [(r.区分, r.数値, r.単位) for r in rows] == [
        ("利用者", Decimal("59.9"), "%"),
        ("家族", Decimal("59.8"), "%"),
    ]
    assert {r.原文 for r in rows} == {"利用者\n59.9%\n家族\n59.8%"}


def test_relisted_rows_are_marked() -> None:
    (row,) = rows_of("柱2(1)②イ", "Ｒ4 実績値")
    assert (row.再掲, row.再掲元) == (True, "柱2(1)①イ")


def test_every_printed_value_is_there() -> None:
    texts = {(r.番号, r.列): r.原文 for r in tidy(load_plan(OFFICE)[0])}
    for section in PRINTED["節"]:
        for row in section["事業"]:
            for name in PRINTED["値の列"]:
                assert texts[row["番号"], name] == row[name]


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet", ".xlsx"])
def test_what_is_written_reads_back_as_the_same_values(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"data{ending}"
    run_export(OFFICE, target)
    want = to_frame(tidy(load_plan(OFFICE)[0]))
    if ending == ".csv":
        assert target.read_bytes().startswith(b"\xef\xbb\xbf")
        got = read_csv(target.read_bytes())
    elif ending == ".json":
        got = pd.DataFrame(json.loads(target.read_text(encoding="utf-8")), columns=want.columns)
    elif ending == ".parquet":
        got = pd.read_parquet(target)
    else:
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None and not sheet.merged_cells.ranges
        lines = list(sheet.values)
        got = pd.DataFrame(lines[1:], columns=lines[0])
    for name in want.columns:
        mine = [None if pd.isna(v) else v for v in want[name]]
        theirs = [None if pd.isna(v) else v for v in got[name]]
        if ending == ".xlsx":
            mine = [v or None for v in mine]
            theirs = [v or None for v in theirs]
        assert mine == theirs, name


def test_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "a.parquet", "b.parquet", "a.xlsx", "b.xlsx"):
        run_export(OFFICE, tmp_path / name)
    for ending in ("csv", "parquet", "xlsx"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_a_folder_gets_a_partition_a_year(tmp_path: Path) -> None:
    run_export(OFFICE, tmp_path / "all")
    frame = pd.read_parquet(tmp_path / "all")
    assert len(frame) == len(tidy(load_plan(OFFICE)[0]))
    assert (tmp_path / "all" / "西暦年度=2023" / "part-0.parquet").is_file()


def test_the_source_of_each_merged_value_is_named(tmp_path: Path) -> None:
    done = run_merge(ROOT / "inbox", ROOT / "templates" / "plan_template.xlsx", tmp_path)
    assert done.output is not None
    run_export(done.output, tmp_path / "x.json")
    rows = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    by_place = {(r["番号"], r["列"]): r for r in rows}
    assert by_place["柱2(1)①イ", "Ｒ5 実績値"]["転記元"] == "障害福祉課.xlsx"
    assert len(by_place["柱2(1)①イ", "Ｒ5 実績値"]["転記元SHA256"]) == 64
    assert by_place["柱2(1)①イ", "Ｒ4 実績値"]["転記元"] == ""


@given(st.text(alphabet="'=+-@\t\rあ1", max_size=8))
def test_a_safe_text_starts_no_formula_and_comes_back(text: str) -> None:
    safe = csv_safe(text)
    assert safe[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert csv_text(safe) == text


def test_a_text_like_a_formula_is_listed(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(OFFICE)
    book["柱2"]["I10"].value = "+81件"
    book["柱2"]["I10"].data_type = "s"
    book.save(tmp_path / "plan.xlsx")
    done = run_export(tmp_path / "plan.xlsx", tmp_path / "x.csv")
    assert [(f.code, f.place.cell, f.expected, f.got) for f in done.findings] == [("XP191", "I10", "+81件", "'+81件")]
    assert "'+81件" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert run_export(tmp_path / "plan.xlsx", tmp_path / "x.json").findings == ()


def test_an_unknown_ending_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"書き出せない種類です"):
        run_export(OFFICE, tmp_path / "x.docx")
    assert csv_bytes(()).decode("utf-8-sig").startswith("番号,")
