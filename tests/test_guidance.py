"""xl-plan alone says where the round stands and what comes next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from xl_plan.pipeline.common import CannotRun
from xl_plan.pipeline.guidance import guidance
from xl_plan.pipeline.merging import run_merge
from xl_plan.pipeline.publishing import run_publish
from xl_plan.pipeline.rounds import run_split

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"


def said(folder: Path) -> str:
    return "\n".join(guidance(folder / "plan.xlsx", folder / "inbox", folder / "outbox"))


def test_from_an_empty_folder_to_the_finished_round(tmp_path: Path) -> None:
    assert "xl-plan rollover" in said(tmp_path)
    shutil.copyfile(TEMPLATE, tmp_path / "plan.xlsx")
    assert "xl-plan split" in said(tmp_path) and "2024年5月31日" in said(tmp_path)
    run_split(tmp_path / "plan.xlsx", tmp_path / "outbox")
    assert "提出物はまだありません" in said(tmp_path)
    shutil.copytree(ROOT / "inbox", tmp_path / "inbox")
    (tmp_path / "inbox" / "学童保育課.xlsx").unlink()
    text = said(tmp_path)
    assert "10部局中9部局が提出済みです。" in text and "未提出：学童保育課" in text and "--reminders" in text
    shutil.copyfile(ROOT / "inbox" / "学童保育課.xlsx", tmp_path / "inbox" / "学童保育課.xlsx")
    text = said(tmp_path)
    assert "10部局中10部局が提出済みです。" in text and "後日報告：1件" in text and "督促" not in text
    assert "　xl-plan merge" in text


def test_after_the_merge_it_is_handed_out_and_begins_the_next_year(tmp_path: Path) -> None:
    shutil.copyfile(TEMPLATE, tmp_path / "plan.xlsx")
    shutil.copytree(ROOT / "inbox", tmp_path / "inbox")
    output = tmp_path / "outbox" / "進捗状況_R5.xlsx"
    run_merge(tmp_path / "inbox", tmp_path / "plan.xlsx", tmp_path / "outbox")
    assert f"　xl-plan publish {output.as_posix()}" in said(tmp_path)
    run_publish(output, tmp_path / "outbox")
    assert f"　xl-plan rollover {output.as_posix()} --year R6 --to templates/plan_R6.xlsx" in said(tmp_path)
    form = tmp_path / "inbox" / "学童保育課.xlsx"  # a newer answer, though its time is as old as can be
    book = openpyxl.load_workbook(form)
    book.save(form)
    os.utime(form, (0, 0))
    text = said(tmp_path)
    assert "　xl-plan merge" in text and "前回の取りまとめ" in text
    output.write_bytes(b"")
    assert "　xl-plan merge" in said(tmp_path)


def test_a_faulty_plan_comes_first(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(TEMPLATE)
    for row in book["柱2"].iter_rows():
        for cell in row:
            if cell.value in ("福祉政策課", "生活支援課"):
                cell.fill = PatternFill("solid", fgColor="DDEBF7")  # two blue cells in one row
    book.save(tmp_path / "plan.xlsx")
    assert "xl-plan check" in said(tmp_path)


def test_a_plan_that_is_no_workbook_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(CannotRun, match="PDF"):
        said(tmp_path)


def test_the_command_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xl_plan"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0 and "xl-plan rollover" in done.stdout and done.stderr == ""
