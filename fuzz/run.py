"""Fuzz one target, or each in turn, with coverage guiding the way.

    python fuzz/run.py [--seconds N] [TARGET …]

Needs atheris (``pip install ".[fuzz]"``; Linux and macOS). What breaks a target is kept in fuzz/found and shown with its
traceback; the exit code is then not 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = ("value", "package", "sheet", "plan", "submission")
_LONGEST_FILE = 65_536


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", default=NAMES, choices=[[], *NAMES], metavar="TARGET")
    chosen = parser.parse_args()
    if chosen.here:
        fuzz(chosen.targets[0], chosen.seconds)
    failed = [name for name in chosen.targets if not run(name, chosen.seconds)]
    print("broken: " + ", ".join(failed) if failed else "all targets came back from everything")
    return bool(failed)


def run(target: str, seconds: int) -> bool:
    """One target in a process of its own, since the fuzzer never comes back."""
    print(f"== {target}: {seconds} s", flush=True)
    command = [sys.executable, __file__, "--here", "--seconds", str(seconds), target]
    return subprocess.run(command, check=False).returncode == 0


def fuzz(target: str, seconds: int) -> None:
    import atheris

    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    with atheris.instrument_imports(include=["xl_plan"]):
        import targets

    corpus, found = HERE / "corpus" / target, HERE / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.seeds(target)):
        if len(seed) <= _LONGEST_FILE:
            (corpus / f"seed-{number:04}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/{target}-", "-rss_limit_mb=3000", "-timeout=20"]
    atheris.Setup([sys.argv[0], *options, f"-max_len={_LONGEST_FILE}", str(corpus)], targets.TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
