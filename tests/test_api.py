"""The functions for those who script: the examples run, the frames hold what the workbook holds."""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xl_plan
from xl_plan import CannotRun, api, diff, merge, read_plan, split, status

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "templates" / "plan_template.xlsx"


def test_the_examples_run_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(api)
    assert result.attempted >= 8 and result.failed == 0


def test_a_merge_as_a_frame_names_each_values_file(tmp_path: Path) -> None:
    done = merge(ROOT / "inbox", TEMPLATE, tmp_path)
    assert done.output == tmp_path / "進捗状況_R5.xlsx" and done.output.is_file()
    frame = done.to_frame()
    rows = frame[(frame["番号"] == "柱2(1)①イ") & (frame["列"] == "Ｒ5 実績値")]
    assert rows[["原文", "数値", "単位", "転記元"]].to_numpy().tolist() == [
        ["15,107件", 15107.0, "件", "障害福祉課.xlsx"]
    ]
    copies = frame[(frame["番号"] == "柱2(1)②イ") & (frame["列"] == "Ｒ5 実績値")]
    assert copies[["数値", "再掲", "再掲元"]].to_numpy().tolist() == [[15107.0, True, "柱2(1)①イ"]]


def test_what_was_merged_and_what_was_written_are_the_same_data(tmp_path: Path) -> None:
    done = merge(ROOT / "inbox", TEMPLATE, tmp_path)
    assert done.output is not None
    columns = ["番号", "列", "原文", "数値", "単位", "状態"]
    read_back = read_plan(done.output).to_frame()[columns]
    assert done.to_frame()[columns].equals(read_back)


def test_findings_as_a_frame(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(ROOT / "inbox", inbox)
    (inbox / "壊れた.xlsx").write_bytes(b"PK\x03\x04")
    frame = merge(inbox, TEMPLATE).findings_frame()
    assert frame[frame["severity"] == "error"]["file"].tolist() == ["壊れた.xlsx"]


def test_split_status_and_diff(tmp_path: Path) -> None:
    forms = split(TEMPLATE, tmp_path)
    assert len(forms) == 10 and all(path.is_file() for path in forms.values())
    assert len(status(ROOT / "inbox", TEMPLATE)) == 10
    assert diff(TEMPLATE, TEMPLATE) == ()


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="見つかりません"):
        read_plan(tmp_path / "ない.xlsx")


def test_importing_the_package_costs_nothing() -> None:
    code = "import sys, xl_plan; print(sorted(m for m in sys.modules if m.split('.')[0] in ('pandas', 'openpyxl', 'xlsxwriter')))"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError):
        _ = xl_plan.no_such_name
