"""A file appears whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xl_plan.disk.files import TEMPORARY_PREFIX, TargetBusy, write_whole


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_writes_a_new_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "新しい.xlsx", b"new")
    assert (tmp_path / "新しい.xlsx").read_bytes() == b"new"
    assert names(tmp_path) == ["新しい.xlsx"]


def test_replaces_an_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old, and longer")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_keeps_the_rights_of_the_old_file_and_gives_a_new_one_the_usual(tmp_path: Path) -> None:
    old, new, usual = tmp_path / "old", tmp_path / "new", tmp_path / "usual"
    old.write_bytes(b"")
    old.chmod(0o640)
    write_whole(old, b"x")
    write_whole(new, b"x")
    usual.write_bytes(b"x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == usual.stat().st_mode


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, call, full_disk)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.xlsx"]


def test_a_target_held_by_another_program_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", denied)
    with pytest.raises(TargetBusy) as caught:
        write_whole(target, b"new")
    assert caught.value.path == target
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.xlsx"]


def test_a_folder_that_cannot_be_written_is_not_called_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(PermissionError) as caught:
        write_whole(tmp_path / "a.xlsx", b"new")
    assert not isinstance(caught.value, TargetBusy)


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.xlsx", b"new")
    assert names(tmp_path) == []


def test_a_missing_folder_and_a_folder_in_the_way_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a.xlsx", b"new")
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(OSError, match="xlsx"):
        write_whole(tmp_path / "a.xlsx", b"new")
    assert names(tmp_path) == ["a.xlsx"]


def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from xl_plan.disk.files import write_whole\n"
        "os.replace = lambda *_: os._exit(9)\n"  # as a kill just before the rename
        "write_whole(Path(sys.argv[1]), b'new')\n"
    )
    source = Path(__file__).parent.parent / "src"
    environment = {**os.environ, "PYTHONPATH": str(source)}
    result = subprocess.run([sys.executable, "-c", script, str(target)], env=environment, check=False)
    assert result.returncode == 9
    assert target.read_bytes() == b"old"
    assert all(name == "a.xlsx" or name.startswith(TEMPORARY_PREFIX) for name in names(tmp_path))
