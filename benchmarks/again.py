"""A second merge where one file changed, beside the first: what keeping the results of files brings.

    python benchmarks/again.py 60x5 200x5 --repeat 3

For each size (departments x programmes) the forms are merged into an empty folder with nothing kept; then one department
sends another answer, and they are merged again over the last output, with what was kept and without. Given are medians of
seconds on the clock and of processor time, workers included, each a whole process from a cold start, and the ratios to the
first merge.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

import openpyxl
from run import Run, measured

from xl_plan.excel.read import read_book
from xl_plan.issue.issued import issued_in

HERE = Path(__file__).resolve().parent


def answer_again(form: Path) -> None:
    """Another narrative in a department's form, saved by another program."""
    book = openpyxl.load_workbook(form)
    said = issued_in(read_book(form.read_bytes()))
    assert said is not None, form
    issued, where = said
    *_, last = (key for key in issued.cells if key in issued.owned)
    sheet, (row, col) = where[last]
    book[sheet].cell(row + 1, col + 1).value = "差し替えた回答です。相談件数が前年度より増えた。"
    book.save(form)


def once(base: Path, work: Path) -> tuple[Run, Run, Run]:
    """The first merge, the second, and the second with nothing kept."""
    shutil.copytree(base / "inbox", work / "inbox")
    os.environ["XL_PLAN_CACHE"] = str(work / "kept")
    merge = [
        sys.executable,
        "-m",
        "xl_plan",
        "merge",
        str(work / "inbox"),
        "--quiet",
        "--plan",
        str(base / "plan.xlsx"),
    ]
    first = measured([*merge, "--out", str(work / "out")], (0, 1))
    answer_again(sorted((work / "inbox").iterdir())[0])
    shutil.copytree(work / "out", work / "other")
    kept = measured([*merge, "--out", str(work / "out")], (0, 1))
    anew = measured([*merge, "--out", str(work / "other"), "--no-cache"], (0, 1))
    for one in sorted(path for path in (work / "out").rglob("*") if path.is_file()):
        if one.read_bytes() != (work / "other" / one.relative_to(work / "out")).read_bytes():
            raise SystemExit(f"{one.name} is not the same with what was kept and without")
    return first, kept, anew


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", metavar="DEPARTMENTSxPROGRAMMES")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args(words)
    print(
        "| departments × programmes | first merge | second, one file changed | ÷ first | the same, `--no-cache` | ÷ first |"
    )
    print("|---|" + "---:|" * 5)
    for size in given.sizes:
        departments, programmes = size.split("x")
        with tempfile.TemporaryDirectory() as temporary:
            base = Path(temporary) / "base"
            command = [sys.executable, str(HERE / "generate.py"), str(base)]
            subprocess.run([*command, "--departments", departments, "--programmes", programmes], check=True)
            runs = [once(base, Path(temporary) / str(number)) for number in range(given.repeat)]
        for what, spent in (("on the clock", attrgetter("wall")), ("of the processors", attrgetter("cpu"))):
            first, kept, anew = (statistics.median(spent(run[at]) for run in runs) for at in range(3))
            numbers = f"{first:.1f} | {kept:.1f} | {kept / first:.2f} | {anew:.1f} | {anew / first:.2f}"
            print(f"| {departments} × {programmes}, {what} | {numbers} |")


if __name__ == "__main__":
    main()
