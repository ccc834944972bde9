"""A worker that dies or hangs costs its own task; the others go on, in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from xl_plan.pipeline import workers
from xl_plan.pipeline.workers import Allowance, Lost, allowance, in_workers, usual_jobs

POSIX = pytest.mark.skipif(os.name == "nt", reason="limits and signals of POSIX")
METHODS = ["spawn"] if os.name == "nt" else ["fork", "spawn"]
SHORT = Allowance(seconds=4, memory=300 << 20)
ENOUGH = Allowance(seconds=60, memory=300 << 20)  # for a worker to start on a busy machine


def act(shared: str, task: str) -> str:
    """What a file might do to its reader."""
    match task:
        case "abort":
            os.abort()
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(3)
        case "hang":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "devour":
            return str(len(bytearray(1 << 40)))
        case "raise":
            raise ValueError("a bug")
        case "pid":
            return str(os.getpid())
        case "noise":
            os.write(2, b"panicked at 'index out of bounds'\n")
    return f"{shared}:{task}"


@pytest.mark.parametrize("method", METHODS)
def test_results_come_in_the_order_of_the_tasks(method: str) -> None:
    tasks = [f"t{n}" for n in range(20)]
    assert list(in_workers(act, "s", tasks, 3, method=method)) == [f"s:{task}" for task in tasks]


@pytest.mark.parametrize("method", METHODS)
def test_a_dead_worker_costs_its_own_task(method: str) -> None:
    tasks = ["a", "abort", "b", "exit", "c"]
    results = list(in_workers(act, "s", tasks, 2, ENOUGH, method))
    assert [results[0], results[2], results[4]] == ["s:a", "s:b", "s:c"]
    assert results[3] == Lost("died", "exit 3")
    assert isinstance(results[1], Lost) and results[1].reason == "died"


@POSIX
def test_the_signal_is_told() -> None:
    assert list(in_workers(act, "s", ["abort", "segfault"], 1)) == [Lost("died", "SIGABRT"), Lost("died", "SIGSEGV")]


@pytest.mark.parametrize("method", METHODS)
def test_a_worker_that_hangs_is_killed_when_its_time_is_over(method: str) -> None:
    began = time.monotonic()
    results = list(in_workers(act, "s", ["a", "hang", "b", "sleep", "c"], 2, SHORT, method))
    assert results == ["s:a", Lost("slow", "4"), "s:b", Lost("slow", "4"), "s:c"]
    assert time.monotonic() - began < 50  # "sleep" alone would take 60


@POSIX
def test_memory_is_bounded() -> None:
    assert list(in_workers(act, "s", ["devour", "a"], 1, SHORT)) == [Lost("memory"), "s:a"]


def test_a_bug_in_the_work_costs_its_own_task_too() -> None:
    assert list(in_workers(act, "s", ["raise", "a"], 1)) == [Lost("bug", "ValueError: a bug"), "s:a"]


def test_workers_are_used_again() -> None:
    assert len(set(in_workers(act, "s", ["pid"] * 12, 2))) == 2


def test_a_single_job_is_isolated_too() -> None:
    assert list(in_workers(act, "s", ["pid"], 1)) != [str(os.getpid())]


def once(shared: str, task: str) -> str:
    """Dies in a process that has worked before, as a reader does that left its memory in pieces."""
    used = once.__dict__.setdefault("used", [])
    used.append(task)
    if task == "fragile" and len(used) > 1:
        os._exit(9)
    return task


def test_what_fails_in_a_used_worker_is_tried_once_in_a_fresh_one() -> None:
    assert list(in_workers(once, "", ["a", "b", "fragile", "c"], 1)) == ["a", "b", "fragile", "c"]


def test_ending_early_leaves_no_process() -> None:
    results: Iterator[str | Lost] = in_workers(act, "s", ["pid", "sleep", "sleep"], 2)
    pid = int(str(next(results)))
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("method", METHODS)
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path, method: str) -> None:
    script = (
        "import os, sys, time\n"
        "from test_workers import act\n"
        "from xl_plan.pipeline.workers import in_workers\n"
        "if __name__ == '__main__':\n"
        f"    results = in_workers(act, 's', ['pid', 'a', 'pid', 'a'], 2, method={method!r})\n"
        "    print(*list(zip(results, range(3)))[0][:1], flush=True)\n"
        "    time.sleep(60)\n"
    )
    (tmp_path / "main.py").write_text(script, encoding="utf-8")
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here), str(here.parent / "src")))}
    with subprocess.Popen([sys.executable, tmp_path / "main.py"], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < deadline, "the worker outlived its parent"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    """A process that has ended may stay in the table until someone asks for it."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False


@POSIX
def test_a_worker_that_nobody_ends_ends_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's alarm ends it inside whatever library it is, when the parent cannot."""
    monkeypatch.setattr(workers, "_GRACE", -1)
    assert list(in_workers(act, "s", ["sleep"], 1, Allowance(seconds=2.5))) == [Lost("died", "SIGALRM")]


def test_what_a_dying_library_says_stays_off_the_screen(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XL_PLAN_DEBUG", raising=False)
    assert list(in_workers(act, "s", ["noise"], 1)) == ["s:noise"]
    assert capfd.readouterr().err == ""


@POSIX
def test_an_interrupt_of_the_terminal_is_left_to_the_parent() -> None:
    assert list(in_workers(interrupt, "", ["a"], 1)) == ["a"]


def interrupt(shared: str, task: str) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return task


@pytest.mark.parametrize(
    ("seconds", "megabytes", "expected"),
    [
        ("", "", Allowance()),
        ("7.5", "100", Allowance(7.5, 100 << 20)),
        ("nonsense", "-3", Allowance()),
        ("0", "nan", Allowance()),
    ],
)
def test_the_allowance_is_set_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, seconds: str, megabytes: str, expected: Allowance
) -> None:
    monkeypatch.setenv("XL_PLAN_FILE_SECONDS", seconds)
    monkeypatch.setenv("XL_PLAN_FILE_MEGABYTES", megabytes)
    assert allowance() == expected


def test_the_usual_number_of_workers_follows_files_and_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert [usual_jobs(n) for n in (0, 1, 4, 5, 12, 1000)] == [1, 1, 1, 2, 3, 8]
