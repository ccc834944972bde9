"""How much higher the printed sheets are than the print gate needs.

    python benchmarks/waste.py [--gate ../shared/tools/print_loss.py] [--narratives] [WORKBOOK …]

Each row's height is halved and raised again, pixel by pixel, until the gate's Excel-like layout just shows every character
of the sheet; what our rows are higher than that is waste. Without a workbook the shipped round is merged and its plan
sheet measured; ``--narratives`` measures the long and strange narratives of the print tests, each with three widths of the
column, instead. Prints a line a sheet; the exit code is 1 where a sheet is more than 10 % higher than needed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from xl_plan.cells import Book, Sheet, parse_area
from xl_plan.excel.read import read_book
from xl_plan.excel.write import book_bytes
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.merging import collect
from xl_plan.plan import read_plan
from xl_plan.report import consolidated
from xl_plan.tables.table import read_table

ROOT = Path(__file__).resolve().parent.parent
GATE = ROOT.parent / "shared" / "tools" / "print_loss.py"
ALLOWED = 0.10
_PIXEL = 0.75  # points
_ROUNDS = 12  # of halving: the highest row has less than 2 ** 12 pixels

Row = tuple[str, int]  # sheet, row


@dataclass
class Search:
    """A row's height in pixels: ``short`` is surely too low, ``enough`` showed everything."""

    short: int
    enough: int

    @property
    def found(self) -> bool:
        return self.enough - self.short <= 1

    @property
    def tried(self) -> int:
        return self.enough if self.found else (self.short + self.enough) // 2


def measured_sheets(book: Book) -> list[Sheet]:
    """The pillars: the sheets that hold a table of programmes."""
    return [table.sheet for table in read_plan(book)[0].tables]


def narrative_sheets() -> list[Sheet]:
    """The narratives of tests/test_print.py, in columns of three widths."""
    spec = importlib.util.spec_from_file_location("test_print", ROOT / "tests" / "test_print.py")
    assert spec is not None and spec.loader is not None
    tests = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tests)
    plan = load_plan(ROOT / "templates" / "plan_template.xlsx")[0]
    sheets = []
    for width in (None, 20.0, 60.0):
        (sheet,) = tests.with_narratives(plan, tests.NARRATIVES, width).sheets
        sheets.append(replace(sheet, name=f"幅{width or 'そのまま'}"))
    return sheets


def lost_rows(gate: Path, sheets: Sequence[Sheet], folder: Path) -> set[Row]:
    """The rows of every cell that the gate's Excel-like layout does not show whole."""
    path, said = folder / "sheets.xlsx", folder / "said.json"
    path.write_bytes(book_bytes(Book(tuple(sheets))))
    command = [sys.executable, str(gate), str(path), "--pass", "excel", "--json", str(said)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.strip())
    merges = {s.name: {(a.top, a.left): a for a in s.merges} for s in sheets}
    rows: set[Row] = set()
    for cell in json.loads(said.read_text(encoding="utf-8"))["passes"]["excel"]["rows"]:
        if cell["lost"] or cell.get("overlapped"):
            area = parse_area(cell["addr"])
            area = merges[cell["sheet"]].get((area.top, area.left), area)
            rows.update((cell["sheet"], row) for row in range(area.top, area.bottom + 1))
    return rows


def with_heights(sheet: Sheet, heights: Mapping[Row, int]) -> Sheet:
    now = {row: heights[sheet.name, row] * _PIXEL for row in sheet.heights}
    # 15 points would be dropped as the default height
    return replace(sheet, heights=MappingProxyType({r: h if h != 15 else 15.75 for r, h in now.items()}))


def needed(gate: Path, sheets: Sequence[Sheet]) -> dict[Row, int]:
    """The pixels that each row needs, all of them together: a layout in which the gate finds everything."""
    ours = {(s.name, row): round(height / _PIXEL) for s in sheets for row, height in s.heights.items()}
    searches = {row: Search(0, pixels) for row, pixels in ours.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if lost := lost_rows(gate, sheets, folder):
            raise SystemExit(f"characters are lost already: {sorted(lost)[:5]}")
        for _ in range(_ROUNDS):
            tried = {row: max(1, search.tried) for row, search in searches.items()}
            lost = lost_rows(gate, [with_heights(s, tried) for s in sheets], folder)
            if not lost and all(search.found for search in searches.values()):
                break
            for row, search in searches.items():
                if search.found:
                    continue
                if row in lost:
                    search.short = tried[row]
                else:
                    search.enough = tried[row]
        heights = {row: search.enough for row, search in searches.items()}
        # Cells over several rows were judged while the other rows were higher: raise theirs until all is shown.
        while lost := lost_rows(gate, [with_heights(s, heights) for s in sheets], folder):
            heights |= {row: min(ours[row], heights[row] + 1) for row in lost}
    return heights


def _by_kind(sheet: Sheet, heights: Mapping[Row, int]) -> str:
    """The same for the rows of each kind: headings stand clear of the table on purpose."""
    table = read_table(sheet)
    kinds = {row: band.kind for band in table.bands for row in range(band.first, band.last + 1)} if table else {}
    sums: dict[str, list[float]] = {}
    for row, height in sheet.heights.items():
        both = sums.setdefault(kinds[row].value if row in kinds else "other", [0.0, 0.0])
        both[0] += height
        both[1] += heights[sheet.name, row] * _PIXEL
    said = (f"{kind} {ours:.0f}/{need:.0f}" for kind, (ours, need) in sums.items())
    return f" ({', '.join(said)})"


def main() -> int:
    parser = argparse.ArgumentParser(description="How much higher the sheets are than the print gate needs")
    parser.add_argument("workbooks", nargs="*", type=Path)
    parser.add_argument("--gate", type=Path, default=GATE)
    parser.add_argument("--narratives", action="store_true")
    parser.add_argument("--rows", action="store_true", help="each row, too")
    options = parser.parse_args()
    if not options.gate.is_file():
        raise SystemExit(f"the print gate is not there: {options.gate}")
    if options.narratives:
        sheets = narrative_sheets()
    elif options.workbooks:
        sheets = [s for path in options.workbooks for s in measured_sheets(read_book(path.read_bytes()))]
    else:
        merged, findings = collect(ROOT / "inbox", ROOT / "templates" / "plan_template.xlsx")
        sheets = measured_sheets(consolidated(merged, findings).book)
    bare = [replace(s, charts=(), validations=(), highlights=()) for s in sheets]
    heights, worst = needed(options.gate, bare), 0.0
    for sheet in bare:
        ours = sum(sheet.heights.values())
        need = sum(heights[sheet.name, row] for row in sheet.heights) * _PIXEL
        worst = max(worst, ours / need - 1)
        print(f"{sheet.name}: {ours:.0f} pt, needed {need:.0f} pt, {ours / need - 1:+.1%}{_by_kind(sheet, heights)}")
        if options.rows:
            for row, height in sorted(sheet.heights.items()):
                print(f"  {row + 1}: {height:.2f} pt, needed {heights[sheet.name, row] * _PIXEL:.2f} pt")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
