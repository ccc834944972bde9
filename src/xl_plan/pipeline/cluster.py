"""Files examined by a running Dask cluster: the only importer of ``distributed``, and only when a scheduler is named.

Files go out in small batches, as bytes, or as paths where every machine sees the same folder; the plan goes out once.
Each machine examines a file in a process of its own with the limits of this one (``bench``), so that a hostile file costs
itself there too. When a machine is lost, its batches are done again elsewhere; what comes back are the bytes that our own
processes would have made, in the order of the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import time
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from xl_plan import __version__
from xl_plan.disk.inbox import InboxFile
from xl_plan.pipeline.bench import Task, at_bench, packed_desk, put_away
from xl_plan.pipeline.common import CannotRun
from xl_plan.pipeline.examining import Brought, Desk, Examined, OwnProcesses, brought
from xl_plan.pipeline.keeping import source_digest
from xl_plan.pipeline.workers import Lost, allowance

if TYPE_CHECKING:
    from distributed import Client, Future

_REACH = 10  # seconds to find the scheduler, and to see a machine there
_ALONE = 60.0  # seconds without any machine after which nobody is waited for any more
_LOOK = 2  # seconds between looks at whether anybody is there
_FILES, _BYTES = 16, 4 << 20  # of one batch
_TRIES = 3  # of one file whose machine was lost


class Differs(NamedTuple):
    """A machine with another program: its results would be others."""

    machine: str
    version: str


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tasks by the number of their file."""

    tasks: tuple[tuple[int, Task], ...]
    tries: int = 0


@contextmanager
def cluster(address: str, *, by_path: bool = False) -> Iterator[Cluster]:
    """The cluster of a scheduler. Raises CannotRun where there is none, or nobody works for it."""
    try:
        from distributed import Client
    except ImportError:
        raise CannotRun(
            '--scheduler を使うには Dask が必要です（pip install "xl-plan[dask]" を実行してください）'
        ) from None
    with _quiet():
        try:
            client = Client(address, timeout=_REACH, set_as_default=False)
        except (OSError, ValueError, TypeError):
            raise CannotRun(
                f"スケジューラーにつながりません：{address}（アドレスと、dask scheduler が動いていることを確かめてください）"
            ) from None
        try:
            with contextlib.suppress(TimeoutError):
                client.wait_for_workers(1, timeout=_REACH)
            if not client.nthreads():
                raise CannotRun(_nobody(address))
            yield Cluster(client, address, by_path)
            with contextlib.suppress(Exception):  # whoever is gone needs no clearing up
                client.run(put_away)
        finally:
            with contextlib.suppress(Exception):
                client.close(timeout=_REACH)


def _nobody(address: str) -> str:
    return f"{address}のスケジューラーに計算機がつながっていません（dask worker {address} を動かしてください）"


@contextmanager
def _quiet() -> Iterator[None]:
    """What the library logs about lost machines is no message for staff."""
    logger = logging.getLogger("distributed")
    before = logger.level
    if not os.environ.get("XL_PLAN_DEBUG"):
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Examines files on the machines of a cluster (an ``Executor``)."""

    client: Client
    address: str
    by_path: bool = False

    def examined(self, desk: Desk, files: Sequence[InboxFile]) -> Iterator[Examined | Lost]:
        # An archive of strangers is opened in a process that may die, not here to send what is in it.
        away = [file for file in files if self.by_path or file.member is None]
        here = OwnProcesses().examined(desk, [file for file in files if not self.by_path and file.member is not None])
        there = _Round(self, desk, away).results() if away else iter(())
        return (next(there if self.by_path or file.member is None else here) for file in files)


@dataclass(slots=True)
class _Round:
    """The files of one merge on their way."""

    cluster: Cluster
    desk: Desk
    files: Sequence[InboxFile]
    waiting: deque[_Batch] = field(default_factory=deque)
    flying: dict[Future, _Batch] = field(default_factory=dict)
    settled: dict[int, Examined | Lost] = field(default_factory=dict)
    digest: str = ""
    plan: Any = None
    someone: float = 0.0  # when a machine was last there

    def results(self) -> Iterator[Examined | Lost]:
        try:
            yield from self._results()
        except (OSError, CancelledError):  # of the connection: what concerns a file is a result
            raise CannotRun(_cut_off(self.cluster.address)) from None

    def _results(self) -> Iterator[Examined | Lost]:
        client = self.cluster.client
        if self.cluster.by_path:
            self._all_see(self.files[0])
        data = packed_desk(self.desk, allowance())
        self.digest = hashlib.sha256(data).hexdigest()
        # The result of a task, not scattered: when every machine that has it is lost, it is made again.
        self.plan = _submitted(client, _itself, data)
        self.someone = time.monotonic()
        fresh = self._batches()
        for index in range(len(self.files)):
            while index not in self.settled:
                self._hand_out(fresh)
                self._hear()
            yield self.settled.pop(index)

    def _all_see(self, file: InboxFile) -> None:
        blind = [
            machine for machine, sees in self.cluster.client.run(_sees, str(file.path.resolve())).items() if not sees
        ]
        if blind:
            raise CannotRun(
                f"計算機{blind[0]}から{file.path}が見えません（--shared-inbox を付けずに実行するか、同じ場所に共有してください）"
            )

    def _batches(self) -> Iterator[_Batch]:
        tasks: list[tuple[int, Task]] = []
        size = 0
        for index, file in enumerate(self.files):
            task: Task | Examined = replace(file, path=file.path.resolve())
            if not self.cluster.by_path:
                task = brought(self.desk, file)
            if isinstance(task, Examined):
                self.settled[index] = task
                continue
            tasks.append((index, task))
            size += len(task.data) if isinstance(task, Brought) else 0
            if len(tasks) >= _FILES or size >= _BYTES:
                yield _Batch(tuple(tasks))
                tasks, size = [], 0
        if tasks:
            yield _Batch(tuple(tasks))

    def _hand_out(self, fresh: Iterator[_Batch]) -> None:
        """Give each thread of the cluster something to do and something to go on with; the rest stays on our disk."""
        most = 2 * max(1, sum(self.cluster.client.nthreads().values()))
        while len(self.flying) < most:
            batch = self.waiting.popleft() if self.waiting else next(fresh, None)
            if batch is None:
                return
            tasks = [task for _, task in batch.tasks]
            future = _submitted(self.cluster.client, _examine_batch, program(), self.digest, self.plan, tasks)
            self.flying[future] = batch

    def _hear(self) -> None:
        if not self.flying:
            return
        from distributed import wait

        try:
            with self.cluster.client.as_current():
                done, _ = wait(list(self.flying), timeout=_LOOK, return_when="FIRST_COMPLETED")
        except TimeoutError:
            self._look_around()
            return
        self.someone = time.monotonic()
        for future in done:
            self._take(future, self.flying.pop(future))

    def _look_around(self) -> None:
        client = self.cluster.client
        if client.status != "running":
            raise CannotRun(_cut_off(self.cluster.address))
        if client.nthreads():
            self.someone = time.monotonic()
        elif time.monotonic() - self.someone > _ALONE:
            raise CannotRun(_nobody(self.cluster.address))

    def _take(self, future: Future, batch: _Batch) -> None:
        if future.status == "finished":
            results = future.result()
            if isinstance(results, Differs):
                raise CannotRun(
                    f"計算機{results.machine}の xl-plan（{results.version}）は、このパソコンのもの（{__version__}）と"
                    "違います（同じ版を入れてください）"
                )
            self.settled.update(zip((index for index, _ in batch.tasks), results, strict=True))
            return
        if future.status != "error":  # cancelled or lost: the scheduler has forgotten it
            raise CannotRun(_cut_off(self.cluster.address))
        error = future.exception()
        if isinstance(error, ImportError):
            raise CannotRun("計算機に xl-plan が入っていません（このパソコンと同じ版を入れてください）") from None
        self._again(batch, type(error).__name__)

    def _again(self, batch: _Batch, reason: str) -> None:
        """One by one, so that the others are not lost with the one that may be the cause."""
        if batch.tries >= _TRIES:
            self.settled.update((index, Lost("died", reason)) for index, _ in batch.tasks)
        else:
            self.waiting.extend(_Batch((task,), batch.tries + 1) for task in batch.tasks)


def _submitted(client: Client, work: Any, *given: Any) -> Future:
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        return client.submit(work, *given, pure=False)


def _cut_off(address: str) -> str:
    return f"スケジューラーとの接続が切れました：{address}（動いていることを確かめて、もう一度実行してください）"


# ------------------------------------------------------------------------------------------------------------ over there
def program() -> tuple[str, ...]:
    """What must be the same on every machine for the results to be the same."""
    return (__version__, source_digest(), "{}.{}".format(*sys.version_info[:2]), unicodedata.unidata_version)


def _itself(data: bytes) -> bytes:
    return data


def _sees(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - the path of another machine


def _examine_batch(
    asked: tuple[str, ...], digest: str, desk: bytes, tasks: Iterable[Task]
) -> list[Examined | Lost] | Differs:
    if program() != asked:
        import platform

        return Differs(platform.node(), f"{__version__}、Python {platform.python_version()}")
    return at_bench(digest, desk, list(tasks))
