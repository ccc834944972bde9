"""What lies in the inbox: what is read, what is passed over, how names are printed."""

from __future__ import annotations

import os
import socket
import threading
from itertools import count
from pathlib import Path

import pytest

from xl_plan.disk.inbox import (
    InboxFile,
    NotAFile,
    StillChanging,
    TooManyBytes,
    changed_since,
    list_inbox,
    printed,
    read_regular,
)
from xl_plan.findings import Finding
from xl_plan.rules.files import IGNORED_FILE
from xl_plan.rules.reading import NAMES_ALIKE, ODD_FILE_NAME

POSIX = pytest.mark.skipif(os.name == "nt", reason="files that Windows does not have")


def by_rule(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def listed(folder: Path) -> tuple[list[str], tuple[Finding, ...]]:
    files, findings = list_inbox(folder)
    return [file.name for file in files], findings


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~$福祉政策課.xlsx", "Excelが開いている"),
        (".DS_Store", "パソコンが自動で"),
        ("._福祉政策課.xlsx", "パソコンが自動で"),
        ("Thumbs.db", "パソコンが自動で"),
        ("福祉政策課.tmp", "一時ファイル"),
        ("福祉政策課.xlsx.part", "一時ファイル"),
        (".hidden.xlsx", "隠しファイル"),
    ],
)
def test_what_programs_leave_is_ignored_and_listed(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "地域保健課.xlsx").write_bytes(b"x")
    names, findings = listed(tmp_path)
    assert names == ["地域保健課.xlsx"]
    assert [finding.place.file for finding in by_rule(findings, IGNORED_FILE.code)] == [name]
    assert reason in findings[0].message


@POSIX
def test_links_pipes_sockets_devices_are_never_opened(tmp_path: Path) -> None:
    (tmp_path / "outside.xlsx").write_bytes(b"x")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.xlsx").symlink_to(tmp_path / "outside.xlsx")
    (inbox / "broken.xlsx").symlink_to(tmp_path / "nothing.xlsx")
    (inbox / "device.xlsx").symlink_to("/dev/zero")
    os.mkfifo(inbox / "pipe.xlsx")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(inbox)  # the address of a socket is short
        try:
            server.bind("socket.xlsx")
        finally:
            os.chdir(here)
        names, findings = listed(inbox)
    assert names == []
    assert len(by_rule(findings, IGNORED_FILE.code)) == 5


# ---------------------------------------------------------------- reading


@POSIX
def test_what_became_a_pipe_or_a_link_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(NotAFile):
        read_regular(tmp_path / "pipe.xlsx")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "file")
    with pytest.raises(OSError, match=r"link\.xlsx"):
        read_regular(tmp_path / "link.xlsx")
    with pytest.raises(NotAFile):
        read_regular(tmp_path)


def test_too_many_bytes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xl_plan.disk.inbox.MAX_BYTES", 9)
    (tmp_path / "a.xlsx").write_bytes(b"0123456789")
    (tmp_path / "b.xlsx").write_bytes(b"012345678")
    assert read_regular(tmp_path / "b.xlsx") == b"012345678"
    with pytest.raises(TooManyBytes):
        read_regular(tmp_path / "a.xlsx")


def test_a_file_that_keeps_changing_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"first")
    states = count(1)
    real = os.fstat

    def moving(handle: int) -> os.stat_result:
        status = real(handle)
        with path.open("ab") as file:
            file.write(b"." * next(states))
        return status

    monkeypatch.setattr(os, "fstat", moving)
    with pytest.raises(StillChanging):
        read_regular(path)


def test_a_file_that_changed_once_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"first")
    real, calls = os.fstat, []

    def once(handle: int) -> os.stat_result:
        status = real(handle)
        if not calls:
            path.write_bytes(b"second, and longer")
        calls.append(handle)
        return status

    monkeypatch.setattr(os, "fstat", once)
    assert read_regular(path) == b"second, and longer"


def test_a_steady_folder_has_not_changed(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    files, _ = list_inbox(tmp_path)
    assert changed_since(tmp_path, files) == ()
    (tmp_path / "~$a.xlsx").write_bytes(b"x")  # somebody opened it to look: no submission
    assert changed_since(tmp_path, files) == ()
    assert [f.place.file for f in changed_since(tmp_path, [InboxFile("a.xlsx", tmp_path / "a.xlsx")])] == ["a.xlsx"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("福祉政策課.xlsx", "福祉政策課.xlsx"),
        ("か\u3099く.xlsx", "がく.xlsx"),
        ("a\u202excod.xlsx", "a\\u202excod.xlsx"),
        ("a\nb.xlsx", "a\\x0ab.xlsx"),
        ("a\x1b[31mb.xlsx", "a\\x1b[31mb.xlsx"),
        ("a\u200bb.xlsx", "a\\u200bb.xlsx"),
        (os.fsdecode("福祉.xlsx".encode("cp932")), "福祉.xlsx"),
        ("\udcff.xlsx", "\\xff.xlsx"),
    ],
)
def test_names_as_they_are_printed(name: str, shown: str) -> None:
    assert printed(name) == shown
    assert all(ch.isprintable() for ch in printed(name))


@POSIX
def test_odd_names_are_read_and_told_by_reason(tmp_path: Path) -> None:
    for name in ("か\u3099く.xlsx", "き\u3099.xlsx", "a\u202eb.xlsx", "ふつう.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "福祉.xlsx".encode("cp932")))).write_bytes(b"x")
    names, findings = listed(tmp_path)
    assert names == sorted(["がく.xlsx", "ぎ.xlsx", "a\\u202eb.xlsx", "ふつう.xlsx", "福祉.xlsx"])
    told = {f.details["reason"]: [place.file for place in f.places] for f in by_rule(findings, ODD_FILE_NAME.code)}
    assert told == {
        "濁点などが分かれた文字（Macで付けた名前）": ["がく.xlsx", "ぎ.xlsx"],
        "画面に出ない文字や、文字の向きを変える文字": ["a\\u202eb.xlsx"],
        "古いWindowsの文字コードで書かれた文字": ["福祉.xlsx"],
    }
    assert all(ch.isprintable() for finding in findings for ch in finding.message)


@POSIX
def test_names_that_are_one_on_windows_are_told_and_stay_apart(tmp_path: Path) -> None:
    composed, apart = "がく.xlsx", "か\u3099く.xlsx"
    for name in ("福祉.xlsx", "福祉.XLSX", "保健.xlsx", composed, apart):
        (tmp_path / name).write_bytes(b"x")
    names, findings = listed(tmp_path)
    assert len(set(names)) == 5
    assert {"がく.xlsx", "\\u304b\\u3099\\u304f.xlsx"} <= set(names)
    alike = [sorted(place.file for place in f.places) for f in by_rule(findings, NAMES_ALIKE.code)]
    assert sorted(alike) == sorted([["\\u304b\\u3099\\u304f.xlsx", "がく.xlsx"], ["福祉.XLSX", "福祉.xlsx"]])


def test_the_order_does_not_depend_on_the_disk(tmp_path: Path) -> None:
    names = [f"{n:02}.xlsx" for n in range(20)]
    for name in reversed(names):
        (tmp_path / name).write_bytes(b"x")
    assert listed(tmp_path)[0] == names


@POSIX
def test_listing_waits_for_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    listing = threading.Thread(target=list_inbox, args=(tmp_path,), daemon=True)
    listing.start()
    listing.join(5)
    assert not listing.is_alive()
