"""Bytes that wait in a temporary file."""

from __future__ import annotations

import gc
import multiprocessing
import tempfile
from pathlib import Path
from typing import Any

import pytest

from small_round import Office
from xl_plan.cells import Cell
from xl_plan.checks.answers import Judged, Verdict
from xl_plan.disk.inbox import list_inbox
from xl_plan.model import Issued, Returned, Submission
from xl_plan.pipeline.common import load_plan
from xl_plan.pipeline.examining import Desk, OwnProcesses, examine, examine_all
from xl_plan.pipeline.packing import FileResult, pack, unpack
from xl_plan.pipeline.spool import Spool

OWN, OTHER = ("a", "own"), ("a", "other")


def result_of(text: str) -> FileResult:
    cells = {key: Returned("柱", "A1", Cell(text), text) for key in (OTHER, OWN)}
    submission = Submission("f", "0", "課", Issued(cells={OWN: text}), cells)
    return FileResult(Judged(submission, {OWN: Verdict.TAKEN}, 1, 1, 0), None, ())


def text_of(result: FileResult, key: tuple[str, str]) -> str:
    assert result.judged is not None
    return result.judged.submission.returned[key].text


def test_what_was_left_is_found_again() -> None:
    spool = Spool()
    left = {n: spool.put(bytes([n]) * (n * 1000)) for n in range(20)}
    for n in (19, 0, 7, 7):
        place = left[n]
        assert isinstance(place, tuple)
        assert spool.get(place) == bytes([n]) * (n * 1000)


def test_no_file_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = []
    plain = tempfile.TemporaryFile

    def seen(**given: Any) -> Any:
        opened.append(plain(**given))
        return opened[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", seen)
    spool = Spool()
    result = unpack(pack(result_of("x")), spool)
    assert (len(opened), list(tmp_path.iterdir())) == (1, [])
    del spool
    assert text_of(result, OTHER) == "x"
    assert not opened[0].closed
    del result
    gc.collect()
    assert opened[0].closed


def test_a_full_disk_costs_only_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def seek(self, _: int) -> None: ...

        def write(self, data: bytes) -> int:
            if len(data) > 1:
                raise OSError(28, "No space left on device")
            return 0

        def close(self) -> None: ...

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    assert [Spool().put(data) for data in (b"many", b"1")] == [b"many", b"1"]
    assert text_of(unpack(pack(result_of("x")), Spool()), OTHER) == "x"


def test_a_shortened_file_is_not_believed() -> None:
    spool = Spool()
    place = spool.put(b"abc")
    assert isinstance(place, tuple)
    with pytest.raises(OSError, match="3 of 9"):
        spool.get((place[0], 9))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked off here")
def test_processes_that_read_at_once_do_not_disturb_each_other() -> None:
    spool = Spool()
    results = [unpack(pack(result_of(f"{n}" * 500)), spool) for n in range(60)]

    def read(wrong: Any) -> None:
        for _ in range(10):
            for n, result in enumerate(results):
                if text_of(result, OTHER) != f"{n}" * 500:
                    wrong.value += 1

    context = multiprocessing.get_context("fork")
    wrong = context.Value("i", 0)
    processes = [context.Process(target=read, args=(wrong,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert wrong.value == 0


def test_the_cells_of_an_inbox_wait_on_the_disk(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    plain = Spool.put

    def put(spool: Spool, data: bytes) -> Any:
        place = plain(spool, data)
        assert isinstance(place, tuple)
        sizes.append(len(data))
        return place

    monkeypatch.setattr(Spool, "put", put)
    desk, files = Desk(load_plan(office.plan)[0]), list_inbox(office.inbox)[0]
    results = examine_all(files, desk, OwnProcesses(1))
    assert len(sizes) == len(files)
    assert results == [examine(file.name, file.path.read_bytes(), desk.plan) for file in files]
