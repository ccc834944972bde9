"""Files examined on another machine, in processes that may die there as they may here.

A program that lends its hands (a Dask worker) has threads and may not have children of its own kind; so the work is done in
a plain process beside it, which starts workers as ``pipeline.workers`` does. It is asked through its standard input, and
ends when that ends, when it is put away, or when nobody has asked for a while.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import zlib
from collections.abc import Sequence
from typing import IO, Any

from xl_plan.disk.inbox import InboxFile
from xl_plan.pipeline.examining import Brought, Desk, Examined, examine_to_send
from xl_plan.pipeline.workers import Allowance, Lost, in_workers

Task = InboxFile | Brought
_IDLE = 300  # seconds


def packed_desk(desk: Desk, allowed: Allowance) -> bytes:
    return zlib.compress(pickle.dumps((desk, allowed)), 1)


class Bench:
    """The process beside this one. Not for two threads at a time."""

    def __init__(self, desk: bytes) -> None:
        quiet = None if os.environ.get("XL_PLAN_DEBUG") else subprocess.DEVNULL
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet)
        try:
            self._asked(desk)
        except BaseException:
            self.end()
            raise

    def examined(self, tasks: Sequence[Task]) -> list[Examined | Lost]:
        """What comes of each file. Raises OSError or EOFError when the process has ended."""
        results: list[Examined | Lost] = self._asked(list(tasks))
        return results

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _asked(self, value: Any) -> Any:
        """The answer to a question. The next one is sent only then, so that none waits unseen in a buffer over there."""
        assert self._process.stdin is not None and self._process.stdout is not None
        pickle.dump(value, self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)


# -------------------------------------------------------------------------------------------- benches of a lending program
_benches: dict[int, tuple[str, Bench]] = {}  # by thread
_lock = threading.Lock()


def at_bench(digest: str, desk: bytes, tasks: Sequence[Task]) -> list[Examined | Lost]:
    """Examine files at this thread's bench, which is set up anew for another desk; one that has ended is replaced once."""
    try:
        return _bench(digest, desk).examined(tasks)
    except (OSError, EOFError, pickle.UnpicklingError):
        _remove(threading.get_ident())
    try:
        return _bench(digest, desk).examined(tasks)
    except BaseException:
        _remove(threading.get_ident())
        raise


def put_away() -> None:
    """End every bench of this program."""
    for thread in list(_benches):
        _remove(thread)


def _bench(digest: str, desk: bytes) -> Bench:
    mine = threading.get_ident()
    known = _benches.get(mine)
    if known is not None and known[0] == digest:
        return known[1]
    _remove(mine)
    bench = Bench(desk)
    with _lock:
        _benches[mine] = digest, bench
    return bench


def _remove(thread: int) -> None:
    with _lock:
        known = _benches.pop(thread, None)
    if known is not None:
        known[1].end()


# ------------------------------------------------------------------------------------------------------- the process itself
def main() -> None:
    # Nothing but answers may come out where the answers are expected, whatever a library prints.
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.close(quiet)
    questions = sys.stdin.buffer
    with contextlib.suppress(EOFError, BrokenPipeError):
        desk, allowed = pickle.loads(zlib.decompress(pickle.load(questions)))
        _answer(answers, "ready")
        while _is_asked(questions):
            tasks = pickle.load(questions)
            _answer(answers, list(in_workers(examine_to_send, desk, tasks, 1, allowed)))


def _answer(answers: IO[bytes], value: Any) -> None:
    pickle.dump(value, answers)
    answers.flush()


def _is_asked(questions: IO[bytes]) -> bool:
    """Wait for a question; False when none has come for a while."""
    if sys.platform == "win32":
        return True
    import select

    return bool(select.select([questions], [], [], _IDLE)[0])


if __name__ == "__main__":
    main()
