"""Work on files of strangers in processes that may die.

A worker lives for many tasks. One that ends, or that is killed because its time is over, costs the task it was at and
nothing else: each worker has a pipe of its own, so that a killed one cannot keep a lock that the others need, and the
parent starts no threads, so that ``fork`` is safe at any time. ``fork`` and ``spawn`` both work.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Literal, TypeVar

S = TypeVar("S")  # what every task needs
T = TypeVar("T")  # a task
R = TypeVar("R")  # what comes of it

SECONDS, MEGABYTES = "XL_PLAN_FILE_SECONDS", "XL_PLAN_FILE_MEGABYTES"
_USUAL_SECONDS = 120.0
_USUAL_MEMORY = 2 << 30
_A_DAY = 86_400.0
_GRACE = 10  # seconds after which a worker whose parent did not end it ends itself
_TASKS_A_WORKER = 4  # fewer are done sooner than another worker is started
_SPENT = 512 << 20  # bytes; a worker that once took so much makes room for a fresh one


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one task may take: seconds by the clock on the wall, bytes beyond what the worker began with."""

    seconds: float = _USUAL_SECONDS
    memory: int = _USUAL_MEMORY


def allowance() -> Allowance:
    """The allowance that the environment names, else the usual one."""
    seconds, megabytes = (_positive(os.environ.get(name, "")) for name in (SECONDS, MEGABYTES))
    return Allowance(seconds or _USUAL_SECONDS, int(megabytes * (1 << 20)) or _USUAL_MEMORY)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 < number < 1e9 else 0.0


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result: its process ended (``died``), it took too long, asked for too much memory, or the work
    itself raised (``bug``, told in one line)."""

    reason: Literal["died", "slow", "memory", "bug"]
    detail: str = ""


def usual_jobs(tasks: int) -> int:
    """How many workers serve that many tasks best on this machine."""
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells which processors are ours
        processors = os.cpu_count() or 1
    return max(1, min(processors, -(-tasks // _TASKS_A_WORKER), 32))


def in_workers(
    work: Callable[[S, T], R],
    shared: S,
    tasks: Sequence[T],
    jobs: int,
    allowed: Allowance | None = None,
    method: str | None = None,
) -> Iterator[R | Lost]:
    """``work(shared, task)`` for each task, in the order of the tasks, done in ``jobs`` processes.

    ``work`` is a function of a module, ``shared`` goes to each worker once. With XL_PLAN_DEBUG set, a worker tells on
    stderr what raised there.
    """
    crew = _Crew(work, shared, tasks, allowed or allowance(), multiprocessing.get_context(method))
    yield from crew.to_the_end(max(1, min(jobs, len(tasks))))


def shares_memory() -> bool:
    """Whether a worker begins with all that its parent has, so that nothing need be carried to it."""
    return multiprocessing.get_start_method() == "fork"


def at_once(work: Callable[[S, T], R], shared: S, tasks: Sequence[T], jobs: int) -> Iterator[R]:
    """The same for work of our own, which has all the time and memory there is. It begins now: each worker has its first
    task while the caller goes on with something else. What a worker could not do is done here, where it says why."""
    if jobs < 2 or not tasks or not shares_memory():
        return (work(shared, task) for task in tasks)
    crew = _Crew(work, shared, tasks, Allowance(_A_DAY, 1 << 40), multiprocessing.get_context())
    crew.begin(jobs)
    results = zip(tasks, crew.to_the_end(jobs), strict=True)
    return (work(shared, task) if isinstance(result, Lost) else result for task, result in results)


def _alone(given: tuple[Callable[[S], R], S], _task: None) -> R:
    work, subject = given
    return work(subject)


@dataclass(frozen=True, slots=True)
class Hands:
    """So many processes."""

    hands: int

    def done(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[R]:
        """``work(shared, task)`` for each task, in their order."""
        return at_once(work, shared, tasks, self.hands if len(tasks) > 1 else 1)

    def beside(self, work: Callable[[S], R], subject: S) -> Callable[[], R]:
        """``work(subject)``, begun now where there is more than one to do it, for when it is asked for."""
        done = at_once(_alone, (work, subject), (None,), self.hands)

        @cache
        def result() -> R:
            (only,) = done  # to the end, so that the process is let go of
            return only

        return result


# ------------------------------------------------------------------------------------------------------------ the parent
@dataclass(slots=True)
class _Worker:
    """``task`` is the index of what it is at, -1 for nothing."""

    process: BaseProcess
    pipe: Connection
    task: int = -1
    deadline: float = 0.0
    done: int = 0

    def end(self) -> int | None:
        """Kill it; its exit code."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        code = self.process.exitcode
        self.process.close()
        return code


@dataclass(slots=True)
class _Crew(Generic[S, T, R]):
    work: Callable[[S, T], R]
    shared: S
    tasks: Sequence[T]
    allowed: Allowance
    context: BaseContext
    workers: list[_Worker] = field(default_factory=list)
    settled: dict[int, R | Lost] = field(default_factory=dict)
    waiting: deque[int] = field(default_factory=deque)
    again: set[int] = field(default_factory=set)
    begun: bool = False

    def begin(self, jobs: int) -> None:
        self.waiting.extend(range(len(self.tasks)))
        self.begun = True
        self._hand_out(jobs)

    def to_the_end(self, jobs: int) -> Iterator[R | Lost]:
        try:
            yield from self._results(jobs)
        finally:
            self.dismiss()

    def _results(self, jobs: int) -> Iterator[R | Lost]:
        if not self.begun:
            self.begin(jobs)
        for index in range(len(self.tasks)):
            while index not in self.settled:
                self._hand_out(jobs)
                self._hear()
            yield self.settled.pop(index)

    def dismiss(self) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def _hand_out(self, jobs: int) -> None:
        while self.waiting:
            idle = next((worker for worker in self.workers if worker.task < 0), None)
            if idle is None:
                if len(self.workers) >= jobs:
                    return
                idle = self._start()
            index = self.waiting.popleft()
            idle.task, idle.deadline = index, time.monotonic() + self.allowed.seconds
            try:
                idle.pipe.send(self.tasks[index])
            except OSError:  # it died while it had nothing to do
                self._lose(idle)

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process: BaseProcess = self.context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self.work, self.shared, self.allowed), daemon=True
        )
        process.start()
        theirs.close()  # so that the end of the worker is the end of the pipe
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _hear(self) -> None:
        """Wait until some worker answers, ends or has used up its time."""
        busy = {worker.pipe: worker for worker in self.workers if worker.task >= 0}
        first = min(worker.deadline for worker in busy.values())
        ready = wait(list(busy), max(0.0, first - time.monotonic()))
        for pipe, worker in busy.items():
            if pipe in ready:
                self._take(worker)
            elif worker.deadline <= time.monotonic():
                self._remove(worker)
                self.settled[worker.task] = Lost("slow", f"{self.allowed.seconds:g}")

    def _take(self, worker: _Worker) -> None:
        try:
            kind, result, spent = worker.pipe.recv()
        except (EOFError, OSError):
            self._lose(worker)
            return
        index, worker.task = worker.task, -1
        worker.done += 1
        if kind == "memory":
            self._retry_or(index, worker, Lost("memory"))
        elif kind == "bug":
            self.settled[index] = Lost("bug", result)
        else:
            self.settled[index] = result
        if spent:
            self._remove(worker)

    def _lose(self, worker: _Worker) -> None:
        code = self._remove(worker)
        self._retry_or(worker.task, worker, Lost("died", _end_of(code)))

    def _retry_or(self, index: int, worker: _Worker, lost: Lost) -> None:
        """What fails in a used worker is tried once in a fresh one: a file's fate must not hang on the files before."""
        if worker.done > int(lost.reason == "memory") and index not in self.again:
            self.again.add(index)
            self.waiting.appendleft(index)
        else:
            self.settled[index] = lost

    def _remove(self, worker: _Worker) -> int | None:
        self.workers.remove(worker)
        return worker.end()


def _end_of(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


# ------------------------------------------------------------------------------------------------------------ the worker
def _serve(pipe: Connection, work: Callable[[Any, Any], Any], shared: Any, allowed: Allowance) -> None:
    _confine(allowed)
    parent = multiprocessing.parent_process()
    assert parent is not None
    enough = _most_memory() + _SPENT
    # Circles of objects are looked for between tasks: what a task made is gone by then, but for these.
    gc.disable()
    gc.freeze()
    while True:
        if pipe not in wait([pipe, parent.sentinel]):
            return  # the parent is gone
        task = pipe.recv()
        _set_alarm(int(allowed.seconds) + _GRACE)
        kind, result = _attempt(work, shared, task)
        spent = kind == "memory" or _most_memory() > enough
        pipe.send((kind, result, spent))
        _set_alarm(0)
        if spent:
            return
        del task, result
        gc.collect(0)


def _attempt(work: Callable[[Any, Any], Any], shared: Any, task: Any) -> tuple[str, Any]:
    try:
        return "done", work(shared, task)
    except MemoryError:
        return "memory", None
    except BaseException as error:
        traceback.print_exc()
        return "bug", "".join(traceback.format_exception_only(error)).strip()


def _confine(allowed: Allowance) -> None:
    """Bound what the process may take, and keep what a dying library says off the user's screen."""
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal; the parent ends us
    if not os.environ.get("XL_PLAN_DEBUG"):
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        os.close(quiet)
    if sys.platform != "win32":
        import resource

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        bounds = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _size() + allowed.memory))
        for kind, bound in bounds:
            with contextlib.suppress(ValueError, OSError):  # a stricter bound is set already, or none can be
                resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))


def _size() -> int:
    """The address space this process has now."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - no path of ours
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30


def _set_alarm(seconds: int) -> None:
    """The system ends a worker that neither comes to an end nor is ended, whatever library it is in."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def _most_memory() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
