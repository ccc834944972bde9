"""How reading and checking grow with the number of forms: a big collection against one plan.

    python benchmarks/growth.py 100 1000 10000 --docs docs/performance.md

The forms of a plan of 100 departments, three rows each, are generated once; an inbox of n files is made of hard links to
them under names of their own, so that it takes no room. Each size is read and checked twice in a process of its own: for
the first time, and again with what was kept, where one file in a hundred has another name. Given are seconds on the wall and
of processor time (workers included) for a form, and the peak of the parent's memory, which holds every result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
START, END = "<!-- growth: begin -->", "<!-- growth: end -->"
_BASE = 100  # departments
_ROWS = 3


def inbox_of(base: Path, folder: Path, forms: int) -> Path:
    """An inbox of so many files: the forms of the base in turn, each under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    given = sorted((base / "inbox").glob("*.xlsx"))
    for number in range(forms):
        os.link(given[number % len(given)], folder / f"{number + 1:06}.xlsx")
    return folder


def read_all(inbox: Path, plan_path: Path, jobs: int | None) -> dict[str, float]:
    """Read and check an inbox twice, here and in workers; what it took."""
    from xl_plan.disk.archives import expanded
    from xl_plan.disk.inbox import list_inbox
    from xl_plan.pipeline.common import load_plan
    from xl_plan.pipeline.examining import Desk, OwnProcesses, examine_all
    from xl_plan.pipeline.keeping import kept_results

    plan = load_plan(plan_path)[0]
    measured: dict[str, float] = {"before": _peak()}
    for which in ("first", "again"):
        if which == "again":
            for path in sorted(inbox.iterdir())[::100]:
                path.rename(path.with_name(f"renamed_{path.name}"))
        wall, cpu = time.perf_counter(), _cpu()
        files = expanded(list_inbox(inbox)[0])[0]
        with kept_results() as kept:
            assert kept is not None
            kept.open(plan.sha256)
            results = examine_all(files, Desk(plan), OwnProcesses(jobs), kept=kept)
        assert all(result.judged is not None for result in results)
        measured |= {which: time.perf_counter() - wall, f"{which} cpu": _cpu() - cpu}
        measured |= {f"{which} peak": _peak(), "forms": len(results)}
        del results
    return measured


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def table(lines: Sequence[dict[str, float]]) -> str:
    """The results as Markdown."""
    head = (
        "| forms | s | ms a form | CPU ms a form | parent's peak MB | again: s | ms a form | CPU ms a form | peak MB |\n|"
        + "---:|" * 9
    )
    rows = [head]
    for line in lines:
        n = line["forms"]
        cells = [f"{int(n):,}"]
        for which in ("first", "again"):
            wall, cpu, peak = line[which], line[f"{which} cpu"], line[f"{which} peak"]
            cells += [f"{wall:.1f}", f"{1000 * wall / n:.1f}", f"{1000 * cpu / n:.1f}", f"{peak:.0f}"]
        rows.append("| " + " | ".join(cells) + " |")
    began = lines[0]["before"]
    where = (
        f"Python {platform.python_version()}, {os.cpu_count()} processors; the parent with the plan: {began:.0f} MB."
    )
    return "\n".join([*rows, "", where])


def measure(base: Path, work: Path, forms: int, jobs: int | None) -> dict[str, float]:
    """One size in a process of its own, so that no peak is another's."""
    inbox = inbox_of(base, work / f"{forms}", forms)
    command = [sys.executable, str(Path(__file__).resolve()), "--read", str(inbox), "--plan", str(base / "plan.xlsx")]
    command += ["--jobs", str(jobs)] if jobs else []
    environment = {**os.environ, "XL_PLAN_CACHE": str(work / f"kept-{forms}")}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", env=environment)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, metavar="FORMS")
    parser.add_argument("--jobs", type=int, default=None, help="processes that read (default: as merge does)")
    parser.add_argument("--departments", type=int, default=_BASE, help="of the plan")
    parser.add_argument("--docs", type=Path, default=None, help="a document that gets the table")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--plan", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.read:
        print(json.dumps(read_all(given.read, given.plan, given.jobs)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary) / "base"
        size = ["--departments", str(given.departments), "--programmes", str(_ROWS)]
        subprocess.run([sys.executable, str(HERE / "generate.py"), str(base), *size], check=True)
        lines = [measure(base, Path(temporary), forms, given.jobs) for forms in given.sizes]
    text = table(lines)
    print(text)
    if given.docs:
        whole = given.docs.read_text(encoding="utf-8")
        before, _, rest = whole.partition(START)
        _, end, after = rest.partition(END)
        if not end:
            raise SystemExit(f"{given.docs} has no lines {START} and {END}")
        given.docs.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
