"""Outputs appear whole or not at all, whatever happens to the process, the disk, the folder or the target."""

from __future__ import annotations

import errno
import getpass
import importlib.util
import io
import json
import multiprocessing
import os
import platform
import random
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from issued_lines import issued_lines
from xl_plan.cells import Book
from xl_plan.cli import main
from xl_plan.disk.locks import LOCK_NAME, FolderBusy, held
from xl_plan.excel.read import read_book
from xl_plan.model import SOURCES_SHEET
from xl_plan.pipeline import publishing
from xl_plan.pipeline.common import CannotRun
from xl_plan.pipeline.merging import MergeOptions, run_merge
from xl_plan.rules.reading import CHANGED_WHILE_READ, LOCK_LEFT, OUTPUT_OPEN
from xl_plan.shares import Shares

fcntl = pytest.importorskip("fcntl", reason="faults are injected with signals and limits of POSIX")
resource = pytest.importorskip("resource")

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "templates" / "plan_template.xlsx"
FORK = multiprocessing.get_context("fork")
FILES = ("学童保育課.xlsx", "地域保健課.xlsx")
OUTPUT = "進捗状況_R5.xlsx"
KILLS = 50


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in FILES:
        shutil.copy(ROOT / "inbox" / name, folder / name)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def in_child(action: Callable[[], object]) -> int | None:
    """The exit code of a process that does this: 0, 2 for CannotRun, 9 for anything else."""

    def run() -> None:
        try:
            action()
        except CannotRun as error:
            print(error)
            os._exit(2)
        except BaseException as error:
            print(repr(error))
            os._exit(9)
        os._exit(0)

    process = FORK.Process(target=run)
    process.start()
    process.join()
    return process.exitcode


# ---------------------------------------------------------------- killed


def replaced(name: str, folder: Path) -> None:
    """Another answer in a form."""
    book = openpyxl.load_workbook(folder / name)
    *_, last = (line for line in issued_lines(book) if line.owned)
    book[last.sheet][last.cell].value = "別の回答に差し替えました。"
    book.save(folder / name)


def small_round(folder: Path) -> None:
    """A plan of three departments and their answers, so that fifty merges take seconds."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "benchmarks" / "generate.py")
    assert spec is not None and spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    generator.generate(folder, departments=3, programmes=1, pillars=1)


def test_fifty_kills_leave_the_old_workbook_or_the_new_one(tmp_path: Path) -> None:
    small_round(tmp_path)
    inbox, plan, out = tmp_path / "inbox", tmp_path / "plan.xlsx", tmp_path / "out"
    run_merge(inbox, plan, out)
    old = contents(out)
    replaced(sorted(contents(inbox))[0], inbox)
    shutil.copytree(out, tmp_path / "new")  # what was put out before counts too
    began = time.monotonic()
    run_merge(inbox, plan, tmp_path / "new")
    took = time.monotonic() - began
    new, before = contents(tmp_path / "new"), contents(inbox)
    assert old[OUTPUT] != new[OUTPUT]
    moments = random.Random(20240531)
    seen = set()
    for index in range(KILLS):
        (out / OUTPUT).write_bytes(old[OUTPUT])
        process = FORK.Process(target=run_merge, args=(inbox, plan, out, MergeOptions(jobs=1 + index % 2)))
        process.start()
        # spread over the whole run, a little beyond it, and not evenly
        time.sleep((index + moments.random()) / KILLS * took * 1.1)
        process.kill()
        process.join()
        found = (out / OUTPUT).read_bytes()
        assert found in (old[OUTPUT], new[OUTPUT]), f"kill {index}: a part of a workbook"
        seen.add("new" if found == new[OUTPUT] else "old")
        assert contents(inbox) == before
    assert "old" in seen
    done = run_merge(inbox, plan, out)  # the next run clears up
    assert contents(out) == new
    assert [f.rule for f in done.findings if f.rule is LOCK_LEFT] in ([], [LOCK_LEFT])


# ---------------------------------------------------------------- one run at a time


def test_a_second_merge_names_who_is_at_work(inbox: Path, out: Path) -> None:
    with held(out):
        result = CliRunner().invoke(main, ["merge", str(inbox), "--plan", str(PLAN), "--out", str(out)])
    assert result.exit_code == 2
    assert f"{getpass.getuser()}さん" in result.output and f"プロセス{os.getpid()}" in result.output
    assert "もう一度実行してください" in result.output
    assert contents(out) == {}


def test_the_lock_ends_with_its_process_and_its_trace_is_told(inbox: Path, out: Path, tmp_path: Path) -> None:
    def die() -> None:
        with held(out):
            (out / ".xl-plan-0123456789abcdef.tmp").write_bytes(b"half")
            os._exit(9)

    assert in_child(die) == 9
    done = run_merge(inbox, PLAN, out)
    left = [finding for finding in done.findings if finding.rule is LOCK_LEFT]
    assert len(left) == 1
    assert f"{getpass.getuser()}さん" in left[0].message and "書きかけのファイル1個" in left[0].message
    run_merge(inbox, PLAN, tmp_path / "clean")
    assert contents(out) == contents(tmp_path / "clean")  # nothing of it in the workbook, no traces in the folder


def test_without_an_earlier_run_nothing_is_told(inbox: Path, out: Path) -> None:
    for _ in range(2):
        assert LOCK_LEFT not in {finding.rule for finding in run_merge(inbox, PLAN, out).findings}
    assert LOCK_NAME not in contents(out)


def test_what_is_still_being_written_is_not_swept(tmp_path: Path) -> None:
    mine, theirs, other = (tmp_path / f".xl-plan-{digit * 16}.tmp" for digit in ("a", "b", "z"))
    for path in (mine, theirs, other):
        path.write_bytes(b"half")
    with theirs.open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with held(tmp_path) as remains:
            assert remains is not None and remains.swept == 1
    assert sorted(contents(tmp_path)) == sorted((theirs.name, other.name))


def test_a_disk_without_locks_believes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with held(tmp_path), pytest.raises(FolderBusy) as caught, held(tmp_path):
        pass
    assert not caught.value.sure and getpass.getuser() in caught.value.owner
    with held(tmp_path) as remains:
        assert remains is None


def test_a_worker_does_not_keep_the_lock_of_a_run_that_ended(tmp_path: Path) -> None:
    with held(tmp_path):
        sleeper = FORK.Process(target=time.sleep, args=(20,))
        sleeper.start()
    try:
        with held(tmp_path) as remains:
            assert remains is None
    finally:
        sleeper.kill()
        sleeper.join()


# ---------------------------------------------------------------- the disk


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can look into."""
    folder = Path(tempfile.mkdtemp(prefix="xl-plan-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_named(open_folder: Path) -> None:
    locked = open_folder / "outbox"
    locked.mkdir(mode=0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(CannotRun) as caught:
            run_merge(ROOT / "inbox", PLAN, locked)
    finally:
        if root:
            os.seteuid(0)
    assert str(caught.value) == f"{locked}に書き込めません（権限がありません。書き込みの権限を確かめてください）"
    assert contents(locked) == {}


def test_a_size_limit_in_the_middle_of_writing_leaves_the_old_file(
    inbox: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / OUTPUT).write_bytes(b"")  # an empty file is no workbook: the merge must say so and stop
    assert in_child(lambda: run_merge(inbox, PLAN, out)) == 2
    (out / OUTPUT).unlink()

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        run_merge(inbox, PLAN, out)

    assert in_child(limited) == 2
    assert "書き込める大きさの上限を超えました" in capfd.readouterr().out
    assert contents(out) == {}


@pytest.fixture
def small_disk(inbox: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk that holds the output once and not twice."""
    run_merge(inbox, PLAN, tmp_path / "measured")
    pages = sum(-(-len(data) // 4096) for data in contents(tmp_path / "measured").values())
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={pages * 4 * 3 // 2}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_leaves_the_old_file(inbox: Path, small_disk: Path) -> None:
    run_merge(inbox, PLAN, small_disk)
    old = contents(small_disk)
    replaced(FILES[0], inbox)
    with pytest.raises(CannotRun, match="空き容量が足りません"):
        run_merge(inbox, PLAN, small_disk)
    assert contents(small_disk) == old


# ---------------------------------------------------------------- the target


def busy(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As Windows does while a workbook is open in Excel."""
    replace = os.replace

    def denied(source: Path, target: Path) -> None:
        if Path(target).name in names:
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", denied)


def test_an_open_target_is_left_and_the_result_written_beside(
    inbox: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_merge(inbox, PLAN, out)
    old = (out / OUTPUT).read_bytes()
    replaced(FILES[0], inbox)
    shutil.copytree(out, tmp_path / "new")
    run_merge(inbox, PLAN, tmp_path / "new")
    busy(monkeypatch, OUTPUT)
    arguments = ["merge", str(inbox), "--plan", str(PLAN), "--out", str(out), "--json"]
    data = json.loads(CliRunner().invoke(main, arguments).stdout)
    beside = out / "進捗状況_R5（別名）.xlsx"
    assert data["output"] == beside.as_posix()
    assert (out / OUTPUT).read_bytes() == old
    assert beside.read_bytes() == (tmp_path / "new" / OUTPUT).read_bytes()
    told = [f for f in data["findings"] if f["code"] == OUTPUT_OPEN.code]
    assert len(told) == 1 and OUTPUT in told[0]["message"] and beside.name in told[0]["message"]


def test_where_both_names_are_open_nothing_is_written(inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(monkeypatch, OUTPUT, "進捗状況_R5（別名）.xlsx")
    with pytest.raises(CannotRun, match="Excelで開いている場合は閉じて"):
        run_merge(inbox, PLAN, out)
    assert contents(out) == {}


OTHERS: Mapping[str, tuple[str, ...]] = {  # command → what it writes
    "split --out {out}": ("調査票/学童保育課.xlsx", "調査票/依頼文_学童保育課.txt"),
    "status {inbox} --reminders --excel --out {out}": ("督促/督促一覧.txt", "提出状況_R5.xlsx"),
    "view {inbox} --out {out}": ("進捗状況_R5.html",),
    "diff {plan} {plan} --out {out}": ("修正箇所一覧_plan_template.xlsx",),
    "publish {plan} --out {out}": ("配布用_plan_template.xlsx",),
}


def said_by(command: str, inbox: Path, out: Path) -> tuple[int, str]:
    words = [word.format(inbox=inbox, out=out, plan=PLAN) for word in command.split()]
    words += [] if words[0] in ("diff", "publish") else ["--plan", str(PLAN)]
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


@pytest.mark.parametrize("command", OTHERS)
def test_every_other_output_that_is_open_is_written_beside_too(
    command: str, inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_by(command, inbox, out)
    plain = contents(out)
    names = OTHERS[command]
    for name in names:
        (out / name).write_bytes(b"another round's")
    busy(monkeypatch, *(Path(name).name for name in names))
    code, said = said_by(command, inbox, out)
    assert code in (0, 1), said
    for name in names:
        path = out / name
        beside = path.with_name(f"{path.stem}（別名）{path.suffix}")
        assert path.read_bytes() == b"another round's"
        # A letter names the file it goes with.
        assert name.endswith(".txt") or beside.read_bytes() == plain[name]
        assert beside.name in said and "開かれていて書き換えられない" in said


@pytest.mark.parametrize("command", ["split --out {out}", "status {inbox} --reminders --out {out}"])
def test_one_of_many_files_open_under_both_names_costs_itself_alone(
    command: str, inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_by(command, inbox, out)
    plain = contents(out)
    lost = next(name for name in plain if "福祉政策課" in name)
    shutil.rmtree(out)
    path = out / lost
    busy(monkeypatch, path.name, f"{path.stem}（別名）{path.suffix}")
    code, said = said_by(command, inbox, out)
    assert code in (0, 1) and lost in said and "書き出していません" in said
    assert contents(out) == {name: data for name, data in plain.items() if name != lost}


@pytest.mark.parametrize(
    ("command", "name"),
    [("rollover {plan} --year R5 --to {out}/plan.xlsx", "plan.xlsx"), ("export {plan} --to {out}/a.csv", "a.csv")],
)
def test_a_target_that_was_named_is_not_written_under_another_name(
    command: str, name: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows would go on with the old one."""
    out.mkdir()
    (out / name).write_bytes(b"old")
    busy(monkeypatch, name)
    result = CliRunner().invoke(main, [word.format(plan=PLAN, out=out) for word in command.split()])
    assert result.exit_code == 2 and name in result.stderr and "閉じて、もう一度実行してください" in result.stderr
    assert len(result.stderr.splitlines()) == 1 and contents(out) == {name: b"old"}


def test_an_open_pdf_costs_neither_the_merge_nor_its_result(
    inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = tmp_path / "soffice"
    office.write_text('#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\necho PDF > "$2/進捗状況_R5.pdf"\n')
    office.chmod(0o755)
    monkeypatch.setattr(publishing.shutil, "which", lambda _: str(office))
    busy(monkeypatch, "進捗状況_R5.pdf")
    arguments = ["merge", str(inbox), "--plan", str(PLAN), "--out", str(out), "--pdf", "--json"]
    result = CliRunner().invoke(main, arguments)
    data = json.loads(result.stdout)
    assert data["pdf"] == (out / "進捗状況_R5（別名）.pdf").as_posix() and Path(data["pdf"]).read_bytes() == b"PDF\n"
    assert "開かれていて書き換えられない" in result.stderr


# ---------------------------------------------------------------- the inbox


def test_an_inbox_that_changes_while_it_is_read_is_told(inbox: Path, out: Path) -> None:
    def change(what: str, done: int, _: int) -> None:
        if what.startswith("提出物") and done == 1:
            (inbox / FILES[0]).write_bytes((inbox / FILES[0]).read_bytes() + b" ")
            (inbox / FILES[1]).rename(inbox.parent / FILES[1])
            (inbox / "福祉政策課.xlsx").write_bytes(b"")

    done = run_merge(inbox, PLAN, out, MergeOptions(jobs=1), progress=change)
    changes = {f.place.file: f.details["change"] for f in done.findings if f.rule is CHANGED_WHILE_READ}
    assert changes == {FILES[0]: "書き換えられました", FILES[1]: "なくなりました", "福祉政策課.xlsx": "置かれました"}


def test_an_inbox_that_stays_is_not_told(inbox: Path, out: Path) -> None:
    before = contents(inbox)
    done = run_merge(inbox, PLAN, out)
    assert CHANGED_WHILE_READ not in {finding.rule for finding in done.findings}
    assert contents(inbox) == before


# ---------------------------------------------------------------- what is written


def test_every_output_is_read_back_unless_told_otherwise(
    inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def differing(_data: bytes, book: Book, _shares: Shares) -> list[str]:
        asked.append(len(book.sheets))
        return ["柱2!A1: '番号' != '番'"]

    monkeypatch.setattr("xl_plan.excel.write.verify_bytes", differing)
    with pytest.raises(CannotRun, match="一致しませんでした"):
        run_merge(inbox, PLAN, out)
    assert contents(out) == {}
    arguments = ["merge", str(inbox), "--plan", str(PLAN), "--out", str(out), "--no-verify", "--quiet"]
    asked.clear()
    CliRunner().invoke(main, arguments)
    assert (out / OUTPUT).is_file() and asked == []


def sources(path: Path) -> list[str]:
    sheet = read_book(path.read_bytes()).sheet(SOURCES_SHEET)
    assert sheet is not None
    return [str(cell.value) for cell in sheet.cells.values() if cell.value]


def test_redact_leaves_the_names_of_files_out_and_keeps_the_rest(inbox: Path, tmp_path: Path) -> None:
    plain, redacted = tmp_path / "plain", tmp_path / "redacted"
    for folder, options in ((plain, []), (redacted, ["--redact"])):
        arguments = ["merge", str(inbox), "--plan", str(PLAN), "--out", str(folder), "--quiet", *options]
        assert CliRunner().invoke(main, arguments).exit_code in (0, 1)
    before, after = sources(plain / OUTPUT), sources(redacted / OUTPUT)
    assert all(name in before for name in FILES)
    assert not any(".xlsx" in text for text in after)
    assert [t for t in before if len(t) == 64] == [t for t in after if len(t) == 64]


def test_the_workbook_names_no_path_of_the_machine_and_no_user(
    inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "hidari-jingoro")
    monkeypatch.setenv("USER", "hidari-jingoro")
    assert getpass.getuser() == "hidari-jingoro"
    run_merge(inbox, PLAN, out)
    words = ["hidari-jingoro", str(inbox.parent), str(Path.home()), str(ROOT)]
    words += [platform.node()] if len(platform.node()) > 5 else []  # a shorter one may stand in any word
    for name, data in contents(out).items():
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                text = package.read(part).decode("utf-8", "replace")
                assert [word for word in words if word in text] == [], f"{name}: {part}"
