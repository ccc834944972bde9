"""The merge beside the loop that people write today, over the same forms, in one run.

    python benchmarks/run.py 60x5 200x55 --repeat 3 --docs docs/performance.md

A size is departments x programmes. For each the forms are generated once; then the two take turns, each a whole process
from a cold start. Given are medians: seconds on the wall and seconds of processor time; and, of a run of its own before
those, the most memory that the process and its children held at one time. ``--docs`` writes the table between the marks
in that file.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
START, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
_LOOK = 0.05  # seconds between two looks at the memory

# What an office writes today: every form's sheets read, put under one another, written without any format.
PEER = """
import sys
from pathlib import Path
import pandas as pd

frames = []
for path in sorted(Path(sys.argv[1]).glob("*.xlsx")):
    for name, frame in pd.read_excel(path, sheet_name=None, header=None).items():
        if name.startswith("柱"):
            frames.append(frame)
pd.concat(frames).to_excel(sys.argv[2], index=False, header=False)
"""


@dataclass(frozen=True)
class Run:
    """One process tree from start to end."""

    wall: float
    cpu: float
    memory: int  # bytes


@dataclass(frozen=True)
class Line:
    """A size and the medians of both."""

    size: str
    forms: int
    peer: Run
    ours: Run


# ------------------------------------------------------------------------------------------------------------- measuring
def measured(command: Sequence[str], accepted: Sequence[int] = (0,), *, watched: bool = False) -> Run:
    """Run a command to its end. Raises RuntimeError when it ends otherwise than accepted.

    A process whose memory is looked at stands still meanwhile, the longer the more it holds: ``watched`` runs tell the
    memory, the others the time. The program may leave its byte code beside its source, as where it is installed: else
    each run would compile it again.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    most = _Most(process.pid) if watched else None
    _, said = process.communicate()
    memory = most.ended() if most else 0
    wall, after = time.perf_counter() - start, os.times()
    if process.returncode not in accepted:
        raise RuntimeError(f"{command}: {process.returncode}\n{said.decode(errors='replace')}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, memory)


class _Most:
    """Looks from time to time at how much memory a process and its descendants hold; 0 where /proc is absent."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._end.wait(_LOOK):
            self._most = max(self._most, sum(map(_held, _tree(self._pid))))

    def ended(self) -> int:
        self._end.set()
        self._thread.join()
        return self._most


def _tree(pid: int) -> list[int]:
    pids = [pid]
    for one in pids:
        try:
            pids += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
    return pids


def _held(pid: int) -> int:
    """Proportional memory, so that what forked processes share counts once; resident memory where that is not told."""
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return 0


def median(runs: Sequence[Run]) -> Run:
    """The median of each measure."""
    return Run(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
        int(statistics.median(run.memory for run in runs)),
    )


def compare(size: str, folder: Path, repeat: int, jobs: int | None) -> Line:
    """Generate the forms of a size where they are not there yet, and let both take turns over them."""
    departments, programmes = (int(number) for number in size.split("x"))
    if not (folder / "plan.xlsx").is_file():
        words = [str(folder), "--departments", str(departments), "--programmes", str(programmes)]
        subprocess.run([sys.executable, str(HERE / "generate.py"), *words], check=True)
    forms = len(list((folder / "inbox").glob("*.xlsx")))
    out, table = folder / "out", folder / "peer.xlsx"
    merge = [sys.executable, "-m", "xl_plan", "merge", str(folder / "inbox"), "--quiet", "--no-cache"]
    merge += ["--plan", str(folder / "plan.xlsx"), "--out", str(out)]
    merge += ["--jobs", str(jobs)] if jobs else []
    peers, ours = [], []
    for n in range(repeat + 1):
        peers.append(measured([sys.executable, "-c", PEER, str(folder / "inbox"), str(table)], watched=n == 0))
        shutil.rmtree(out, ignore_errors=True)  # a merge over its last output does more than the peer
        ours.append(measured(merge, (0, 1), watched=n == 0))
    return Line(size, forms, _summed_up(peers), _summed_up(ours))


def _summed_up(runs: Sequence[Run]) -> Run:
    """The memory of the first run, which was watched, and the medians of the others' times."""
    return replace(median(runs[1:]), memory=runs[0].memory)


# --------------------------------------------------------------------------------------------------------------- the table
def table(lines: Sequence[Line], repeat: int) -> str:
    """The results as Markdown."""
    head = (
        "| departments × programmes | forms | pandas s | merge s | × time | pandas CPU s | merge CPU s | × CPU "
        "| pandas MB | merge MB | × memory |"
    )
    rows = [head, "|---|" + "---:|" * 10]
    for line in lines:
        peer, ours = line.peer, line.ours
        rows.append(
            f"| {line.size.replace('x', ' × ')} | {line.forms} "
            f"| {peer.wall:.1f} | {ours.wall:.1f} | {ours.wall / peer.wall:.2f} "
            f"| {peer.cpu:.1f} | {ours.cpu:.1f} | {ours.cpu / peer.cpu:.2f} "
            f"| {peer.memory / 1e6:.0f} | {ours.memory / 1e6:.0f} | {ours.memory / max(peer.memory, 1):.2f} |"
        )
    where = f"Python {platform.python_version()}, {os.cpu_count()} processors, medians of {repeat}, taking turns."
    return "\n".join([*rows, "", where])


def put_into(document: Path, text: str) -> None:
    """Replace what stands between the marks. Raises ValueError where there are none."""
    whole = document.read_text(encoding="utf-8")
    before, start, rest = whole.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"{document} has no lines {START} and {END}")
    document.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", metavar="DEPARTMENTSxPROGRAMMES")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=None, help="processes of the merge (default: its own choice)")
    parser.add_argument("--work", type=Path, default=None, help="a folder that keeps the generated forms")
    parser.add_argument("--docs", type=Path, default=None, help="a document that gets the table")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        lines = [compare(size, work / size, given.repeat, given.jobs) for size in given.sizes]
    text = table(lines, given.repeat)
    print(text)
    if given.docs:
        put_into(given.docs, text)


if __name__ == "__main__":
    main()
