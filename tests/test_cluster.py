"""Files examined on other machines: the same bytes as at home, also when a machine is lost in the middle."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from xl_plan.cli import main
from xl_plan.model import State
from xl_plan.pipeline import cluster
from xl_plan.pipeline.bench import Bench, packed_desk
from xl_plan.pipeline.common import CannotRun
from xl_plan.pipeline.examining import Brought, Desk, Examined
from xl_plan.pipeline.merging import MergeOptions, MergeResult, run_merge
from xl_plan.pipeline.workers import Allowance, Lost

distributed = pytest.importorskip("distributed", reason="dask is not installed (pip install '.[dask]')")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")

ROOT = Path(__file__).resolve().parent.parent
FORMS = 14


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox of honest forms, an archive, and files that are none."""
    folder = tmp_path_factory.mktemp("city")
    spec = importlib.util.spec_from_file_location("generate", ROOT / "benchmarks" / "generate.py")
    assert spec is not None and spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    generator.generate(folder, FORMS, 1, 1)
    inbox = folder / "inbox"
    zipped = sorted(inbox.iterdir())[3]
    with zipfile.ZipFile(inbox / "まとめ.zip", "w") as archive:
        archive.write(zipped, zipped.name)
    zipped.unlink()
    (inbox / "こわれた.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (inbox / "空.xlsx").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def at_home(city: Path) -> tuple[MergeResult, Mapping[str, bytes]]:
    done = run_merge(city / "inbox", city / "plan.xlsx", city / "home")
    return done, contents(city / "home")


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """A cluster of two workers, each a process of its own with a nurse that replaces it when it is lost."""
    here = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))
    import dask

    with (
        dask.config.set({"distributed.admin.log-length": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as made,
    ):
        yield made
    if here is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = here


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small inbox makes many batches."""
    monkeypatch.setattr("xl_plan.pipeline.cluster._FILES", 1)


def away(city: Path, out: Path, machines: Any, **chosen: Any) -> MergeResult:
    progress = chosen.pop("progress", lambda *_: None)
    options = MergeOptions(scheduler=machines.scheduler_address, **chosen)
    return run_merge(city / "inbox", city / "plan.xlsx", out, options, progress=progress)


# ---------------------------------------------------------------- the same bytes


def test_a_machine_killed_in_the_middle_changes_nothing(
    city: Path, at_home: tuple[MergeResult, Mapping[str, bytes]], machines: Any, tmp_path: Path, one_by_one: None
) -> None:
    with distributed.Client(machines.scheduler_address, set_as_default=False) as client:
        before = set(client.run(os.getpid).values())
    assert len(before) == 2
    killed = []

    def kill(_: str, done: int, every: int) -> None:
        if done == every // 4 and not killed:
            killed.append(min(before))
            os.kill(killed[0], signal.SIGKILL)

    done = away(city, tmp_path / "away", machines, progress=kill)
    assert killed
    assert contents(tmp_path / "away") == at_home[1]
    assert done.findings == at_home[0].findings
    assert [o.state for o in done.merged.outcomes].count(State.REFUSED) == 2
    with distributed.Client(machines.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=20)
        assert killed[0] not in set(client.run(os.getpid).values())


def test_files_by_path_give_the_same_bytes(
    city: Path, at_home: tuple[MergeResult, Mapping[str, bytes]], machines: Any, tmp_path: Path
) -> None:
    away(city, tmp_path / "away", machines, shared=True)
    assert contents(tmp_path / "away") == at_home[1]


def test_no_process_is_left_on_a_machine(city: Path, machines: Any, tmp_path: Path) -> None:
    away(city, tmp_path / "away", machines)
    with distributed.Client(machines.scheduler_address, set_as_default=False) as client:
        assert client.run(benches) == dict.fromkeys(client.nthreads(), 0)


def benches() -> int:
    from xl_plan.pipeline import bench

    return len(bench._benches)


# ---------------------------------------------------------------- files that harm


class Deadly:
    """A plan that ends whoever looks into it, as a file may end a library that reads it."""

    def __init__(self, how: str) -> None:
        self.how = how

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        while self.how == "hang":
            pass
        os.abort()


@pytest.mark.parametrize(
    ("how", "lost"), [("abort", Lost("died", "SIGABRT")), ("hang", Lost("slow", "1.5"))], ids=["abort", "hang"]
)
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_file_that_ends_its_reader_costs_itself_there_too(
    city: Path, monkeypatch: pytest.MonkeyPatch, how: str, lost: Lost
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests"))))
    data = next(path for path in sorted((city / "inbox").iterdir()) if path.name.startswith("0")).read_bytes()
    bench = Bench(packed_desk(Desk(Deadly(how)), Allowance(seconds=1.5)))  # type: ignore[arg-type]
    try:
        tasks = [Brought("a.xlsx", data, True), Brought("empty.xlsx", b"", True)]
        first, second = bench.examined(tasks)
        assert first == lost
        assert isinstance(second, Examined)  # it is refused before anybody looks into the plan
    finally:
        bench.end()


class Ended:
    """A batch that the scheduler has given up: whatever machine had it was lost."""

    status = "error"

    def exception(self) -> Exception:
        return distributed.KilledWorker("examine", None, 3)


def test_a_file_whose_machines_are_lost_again_and_again_is_named() -> None:
    """What shared its batch is done again one by one; a file that is alone is given up in the end."""
    files = [Brought(f"{number}.xlsx", b"", True) for number in range(3)]
    round_ = cluster._Round(None, None, [])  # type: ignore[arg-type]
    round_._take(Ended(), cluster._Batch(tuple(enumerate(files))))
    assert [batch.tasks for batch in round_.waiting] == [((0, files[0]),), ((1, files[1]),), ((2, files[2]),)]
    one = round_.waiting.popleft()
    for _ in range(cluster._TRIES - 1):
        round_._take(Ended(), one)
        one = round_.waiting.pop()
        assert not round_.settled
    round_._take(Ended(), one)
    assert round_.settled == {0: Lost("died", "KilledWorker")}
    assert len(round_.waiting) == 2


# ---------------------------------------------------------------- what is said when it cannot be


def test_a_scheduler_that_is_not_there(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("xl_plan.pipeline.cluster._REACH", 1)
    words = ["merge", str(city / "inbox"), "--plan", str(city / "plan.xlsx"), "--out", str(tmp_path / "out")]
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "tcp://no-such-host.invalid:8786"):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--scheduler", address])
        assert ended.value.code == 2
        said = capfd.readouterr()
        assert said.out == ""
        assert said.err.strip().splitlines() == [
            f"xl-plan: スケジューラーにつながりません：{address}（アドレスと、dask scheduler が動いていることを確かめてください）"
        ]
    assert not (tmp_path / "out").exists()


def test_a_scheduler_for_whom_nobody_works(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_plan.pipeline.cluster._REACH", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as nobody,
        pytest.raises(CannotRun, match="計算機がつながっていません"),
    ):
        away(city, tmp_path / "away", nobody)


def test_machines_with_another_program_are_not_believed(
    city: Path, machines: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_plan.pipeline.cluster.program", lambda: ("another",))
    with pytest.raises(CannotRun, match="同じ版を入れてください"):
        away(city, tmp_path / "away", machines)


def test_a_folder_that_a_machine_does_not_see(
    city: Path, machines: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_plan.pipeline.cluster._sees", blind)
    with pytest.raises(CannotRun, match="--shared-inbox を付けずに"):
        away(city, tmp_path / "away", machines, shared=True)


def blind(_: str) -> bool:
    return False


def test_without_dask_it_is_said_how_to_get_it(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotRun, match=r"pip install \"xl-plan\[dask\]\""):
        run_merge(city / "inbox", city / "plan.xlsx", tmp_path / "out", MergeOptions(scheduler="tcp://x:1"))


@pytest.mark.parametrize("words", [["--scheduler", "tcp://x:1", "--jobs", "2"], ["--shared-inbox"]])
def test_options_that_make_no_sense_together(city: Path, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["merge", str(city / "inbox"), *words])
    assert ended.value.code == 2
    assert "--scheduler" in capfd.readouterr().err


def test_nobody_pays_for_dask_who_does_not_ask_for_it(city: Path, tmp_path: Path) -> None:
    program = "import sys; from xl_plan.cli import main\ntry: main()\nfinally: print('distributed' in sys.modules, 'dask' in sys.modules)"
    words = ["merge", str(city / "inbox"), "--plan", str(city / "plan.xlsx"), "--out", str(tmp_path / "o"), "--quiet"]
    run = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, encoding="utf-8", check=False)
    assert run.stdout.split() == ["False", "False"], run.stderr
    shutil.rmtree(tmp_path / "o")
