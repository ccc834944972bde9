"""An inbox of a whole city hall: honest files and hostile ones together, against the honest ones alone.

    python benchmarks/load.py [--honest 1500] [--hostile 500] [--folder DIR]

All honest files must be merged, each hostile one must be named, and neither time nor peak memory may be more than twice
what the honest files alone need. Prints one JSON object; the exit code is 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from xl_plan.findings import Severity
from xl_plan.model import State
from xl_plan.pipeline.merging import MergeOptions, run_merge

ROOT = Path(__file__).resolve().parent.parent
_MOST = 2.0  # times what the honest files need


@dataclass(frozen=True, slots=True)
class Measured:
    """One merge: seconds by the clock and of all processors, the peaks of the parent and of its largest worker in
    megabytes, and what came of it."""

    seconds: float
    processor: float
    parent: float
    worker: float
    taken: int
    refused: int
    named: int
    text: str = ""


def load_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def make(folder: Path, honest: int, hostile: int) -> tuple[Path, Path]:
    """The inbox of honest files, and the one with the hostile ones among them."""
    load_module(ROOT / "benchmarks" / "generate.py").generate(folder, honest, 1)
    alone, mixed = folder / "inbox", folder / "mixed"
    shutil.copytree(alone, mixed)
    refused = refused_files()
    for number in range(hostile):
        name, data = refused[number % len(refused)]
        (mixed / f"{number:04}_{name}").write_bytes(data)
    return alone, mixed


def refused_files() -> list[tuple[str, bytes]]:
    """The made files that give no workbook, as the table of expected outcomes has them."""
    maker = load_module(ROOT / "tests" / "hostile" / "make.py").made()
    lines = (ROOT / "tests" / "hostile" / "expected.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if line.startswith("made/")]
    names = [row[0].removeprefix("made/") for row in rows if row[1].startswith("refused:")]
    return [(name, maker[name]()) for name in names]


def measure(inbox: Path, plan: Path, out: Path) -> Measured:
    """A merge in a process of its own, so that one does not inherit the other's peak."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    # Not a daemon: it has workers of its own.
    process = context.Process(target=_measured, args=(theirs, inbox, plan, out))
    process.start()
    theirs.close()
    try:
        measured = ours.recv()
    finally:
        process.join()
    assert isinstance(measured, Measured)
    return measured


def _measured(pipe: object, inbox: Path, plan: Path, out: Path) -> None:
    began = time.monotonic()
    done = run_merge(inbox, plan, out, MergeOptions(keep=False))
    seconds = time.monotonic() - began
    states = [outcome.state for outcome in done.merged.outcomes]
    refused = {outcome.file for outcome in done.merged.outcomes if outcome.state is State.REFUSED}
    named = {f.place.file for f in done.findings if f.severity is Severity.ERROR} & refused
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    parent, worker = (each.ru_maxrss / 1024 for each in used)
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    texts = "\n".join(f"{key} {entry.text}" for key, entry in sorted(done.merged.entries.items()))
    taken = sum(state in (State.COMPLETE, State.PARTIAL, State.FAULTY) for state in states)
    result = Measured(seconds, processor, parent, worker, taken, len(refused), len(named), texts)
    pipe.send(result)  # type: ignore[attr-defined]


def faults(alone: Measured, mixed: Measured, honest: int, hostile: int, *, measures: bool = True) -> list[str]:
    """What does not hold."""
    found = []
    if alone.taken != honest or mixed.taken != honest or alone.text != mixed.text:
        found.append(f"of {honest} honest files {alone.taken} were taken alone and {mixed.taken} among the others")
    if mixed.refused != hostile or mixed.named != hostile:
        found.append(f"of {hostile} hostile files {mixed.refused} were refused and {mixed.named} named")
    if measures and mixed.seconds > _MOST * alone.seconds:
        found.append(f"{mixed.seconds:.1f} s against {alone.seconds:.1f} s")
    for who in ("parent", "worker"):
        one, other = getattr(alone, who), getattr(mixed, who)
        if measures and other > _MOST * one:
            found.append(f"{who}: {other:.0f} MB against {one:.0f} MB")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--honest", type=int, default=1500)
    parser.add_argument("--hostile", type=int, default=500)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        inbox, mixed = make(folder, chosen.honest, chosen.hostile)
        one = measure(inbox, folder / "plan.xlsx", folder / "out-alone")
        other = measure(mixed, folder / "plan.xlsx", folder / "out-mixed")
    found = faults(one, other, chosen.honest, chosen.hostile)
    shown = {
        name: {key: round(value, 1) for key, value in asdict(measured).items() if key != "text"}
        for name, measured in (("alone", one), ("mixed", other))
    }
    print(json.dumps({**shown, "faults": found}, ensure_ascii=False, indent=2))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
