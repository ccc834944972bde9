"""What lies in the inbox: names and bytes, in an order that does not depend on the disk. Nothing there is ever written."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from xl_plan.findings import Finding, Place, found
from xl_plan.rules.files import IGNORED_FILE
from xl_plan.rules.reading import CHANGED_WHILE_READ, NAMES_ALIKE, ODD_FILE_NAME

MAX_BYTES = 256 << 20  # of one file; the largest honest forms have a few megabytes
Stamp = tuple[int, int, int]  # inode, size, time of the last change


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file to read: its name inside the inbox (NFC, as printed), where it is, and its state when it was listed.

    ``member`` is set for a file inside an archive: where it begins there.
    """

    name: str
    path: Path
    stamp: Stamp | None = field(default=None, compare=False)
    member: int | None = None


class NotAFile(OSError):  # noqa: N818 - says what is the case
    """What was a regular file when it was listed is none any more."""


class TooManyBytes(OSError):  # noqa: N818 - says what is the case
    """More bytes than any form has."""


class StillChanging(OSError):  # noqa: N818 - says what is the case
    """The file changed while it was read, twice in a row."""


def list_inbox(folder: Path) -> tuple[tuple[InboxFile, ...], tuple[Finding, ...]]:
    """The regular files of the folder by name, and a finding for each entry that is passed over.

    Raises OSError when the folder cannot be listed.
    """
    files, findings = [], []
    listed = sorted(folder.iterdir(), key=lambda p: (printed(p.name), p.name))
    names = _distinct([path.name for path in listed])
    for path in listed:
        name = names[path.name]
        reason = _passed_over(path)
        if reason is None:
            files.append(InboxFile(name, path, _stamp_of(path)))
        elif reason:
            findings.append(found(IGNORED_FILE, Place(name), reason=reason))
    findings += _odd_names((file.name, file.path.name) for file in files)
    findings += _alike(files)
    return tuple(files), tuple(findings)


def _passed_over(path: Path) -> str | None:
    """Why an entry is not read; None when it is, "" when it is not even worth a line."""
    reason = skipped_name(path.name)
    if reason is not None:
        return reason
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "開くことのできないもの"
    if stat.S_ISDIR(mode):
        return "フォルダー"
    return None if stat.S_ISREG(mode) else "ふつうのファイルではないもの（ショートカットなど）"


def skipped_name(name: str) -> str | None:
    """Why a file of this name is not read; None when it is, "" when it is not even worth a line."""
    if name in ("README.md", ".gitkeep"):
        return ""
    if name.startswith("~$"):
        return "Excelが開いている間だけ作る一時ファイル"
    if name in (".DS_Store", "Thumbs.db", "desktop.ini") or name.startswith("._"):
        return "パソコンが自動で作るファイル"
    if name.lower().endswith((".tmp", ".crdownload", ".part")) or name.startswith("."):
        return "一時ファイルまたは隠しファイル"
    return None


# --------------------------------------------------------------------------------------------------------------- reading
def read_regular(path: Path) -> bytes:
    """The bytes of a regular file, and of nothing else: what was listed may have been exchanged since.

    Raises OSError (NotAFile, TooManyBytes, StillChanging among them).
    """
    for _ in range(2):
        data, steady = _read_once(path)
        if steady:
            return data
    raise StillChanging(str(path))


def _read_once(path: Path) -> tuple[bytes, bool]:
    with _opened(path) as descriptor:
        before = os.fstat(descriptor)
        with os.fdopen(descriptor, "rb", closefd=False) as handle:
            data = handle.read(MAX_BYTES + 1)
        after = os.fstat(descriptor)
    if len(data) > MAX_BYTES:
        raise TooManyBytes(str(path))
    return data, _stamp(before) == _stamp(after) and len(data) == after.st_size


def sha256_of(path: Path) -> str:
    """The SHA-256 of a regular file, read piece by piece. Raises OSError as :func:`read_regular` does."""
    with _opened(path) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor of a regular file of bearable size."""
    # A pipe would be waited for without end, a link leads anywhere: neither is followed, whatever the name promised.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(str(path))
        if status.st_size > MAX_BYTES:
            raise TooManyBytes(str(path))
        yield descriptor
    finally:
        os.close(descriptor)


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _stamp_of(path: Path) -> Stamp | None:
    try:
        return _stamp(path.lstat())
    except OSError:
        return None


def changed_since(folder: Path, files: Sequence[InboxFile]) -> tuple[Finding, ...]:
    """A finding for each file that is not what it was when the inbox was listed, or that has come since."""
    known = {file.path: file for file in files}
    try:
        now = {path for path in folder.iterdir() if _passed_over(path) is None}
    except OSError:
        now = set()
    changes = []
    for file in files:
        if file.path.parent == folder and file.path not in now:
            changes.append((file.name, "なくなりました"))
        elif _stamp_of(file.path) != file.stamp:
            changes.append((file.name, "書き換えられました"))
    changes += [(printed(path.name), "置かれました") for path in sorted(now - known.keys())]
    return tuple(found(CHANGED_WHILE_READ, Place(name), change=change) for name, change in changes)


# ----------------------------------------------------------------------------------------------------------------- names
def printed(name: str) -> str:
    """A file's name as it can be printed: composed (Macs send NFD), in the characters meant by an old archive (cp932),
    and what is still unprintable escaped."""
    composed = unicodedata.normalize("NFC", _decoded(name))
    return "".join(ch if _harmless(ch) else _escaped(ch) for ch in composed)


def _decoded(name: str) -> str:
    """A name whose bytes are no UTF-8, read as Windows wrote them."""
    if not any("\udc80" <= ch <= "\udcff" for ch in name):
        return name
    try:
        text = name.encode("utf-8", "surrogateescape").decode("cp932")
    except UnicodeDecodeError:
        return name
    return name if any(unicodedata.category(ch) == "Co" for ch in text) else text


def _harmless(ch: str) -> bool:
    return unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(ch: str) -> str:
    code = ord(ch)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _distinct(names: Iterable[str]) -> Mapping[str, str]:
    """Each name as printed; where two would be printed alike, the composed one so and the others spelt out."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda n: (printed(n) != n, n)):
        text = printed(name)
        if text in taken:
            text = "".join(ch if ch.isascii() else _escaped(ch) for ch in name)
        taken.add(text)
        shown[name] = text
    return shown


def _odd_names(names: Iterable[tuple[str, str]]) -> list[Finding]:
    by_reason: dict[str, list[Place]] = {}
    for shown, name in names:
        if shown == name:
            continue
        decoded = _decoded(name)
        if any("\udc80" <= ch <= "\udcff" for ch in name):
            reason = "古いWindowsの文字コードで書かれた文字"
        elif any(not _harmless(ch) for ch in decoded):
            reason = "画面に出ない文字や、文字の向きを変える文字"
        else:
            reason = "濁点などが分かれた文字（Macで付けた名前）"
        by_reason.setdefault(reason, []).append(Place(shown))
    return [found(ODD_FILE_NAME, *places, reason=reason) for reason, places in by_reason.items()]


def _alike(files: Sequence[InboxFile]) -> list[Finding]:
    groups: dict[str, list[InboxFile]] = {}
    for file in files:
        groups.setdefault(unicodedata.normalize("NFC", file.path.name).casefold().rstrip(" ."), []).append(file)
    return [
        found(NAMES_ALIKE, *(Place(file.name) for file in group), names="、".join(f"「{file.name}」" for file in group))
        for group in groups.values()
        if len(group) > 1
    ]
