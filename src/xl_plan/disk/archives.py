"""Zip archives in the inbox: looked into one level, their files read as if they lay beside them.

The names inside are UTF-8 where the archive says so, else whatever its maker wrote: UTF-8 from Macs, cp932 from Windows.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xl_plan.disk.inbox import MAX_BYTES, InboxFile, TooManyBytes, printed, skipped_name
from xl_plan.findings import Finding, Place, found
from xl_plan.rules.files import IGNORED_FILE
from xl_plan.rules.reading import FILE_TOO_LARGE

MOST_FILES = 1000  # in one archive
_UTF8 = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075  # extra field with the name in UTF-8
_PACKAGES = ("[content_types].xml", "mimetype")  # members by which a workbook is told from an archive


class MemberLocked(OSError):  # noqa: N818 - says what is the case
    """A file of an archive that none of the passwords opens."""


def expanded(files: Sequence[InboxFile]) -> tuple[tuple[InboxFile, ...], tuple[Finding, ...]]:
    """The files with each archive replaced by what lies in it, and a finding for all that is passed over."""
    result: list[InboxFile] = []
    findings: list[Finding] = []
    for file in files:
        members = _members(file.path)
        if members is None:
            result.append(file)
            continue
        if len(members) > MOST_FILES:
            findings.append(found(FILE_TOO_LARGE, Place(file.name), reason="中のファイルが多すぎます"))
            continue
        inside, skipped = _listed(file, members)
        if not inside and not skipped:
            skipped = [found(IGNORED_FILE, Place(file.name), reason="中にファイルのない圧縮ファイル")]
        result += inside
        findings += skipped
    return tuple(sorted(result, key=lambda f: f.name)), tuple(findings)


def _members(path: Path) -> list[zipfile.ZipInfo] | None:
    """What lies in an archive; None for any other file, workbooks among them."""
    try:
        with path.open("rb") as handle:
            if handle.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return None
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return None  # reading it as a workbook will say what is wrong with it
    if any(member.filename.lower() in _PACKAGES for member in members):
        return None
    return [member for member in members if not member.is_dir()]


def _listed(file: InboxFile, members: Sequence[zipfile.ZipInfo]) -> tuple[list[InboxFile], list[Finding]]:
    inside: list[InboxFile] = []
    skipped: list[Finding] = []
    seen: dict[str, int] = {}
    for member in members:
        name = member_name(member)
        shown = f"{file.name}/{printed(name)}"
        seen[shown] = seen.get(shown, 0) + 1
        if seen[shown] > 1:
            shown = f"{shown}（{seen[shown]}）"
        parts = name.split("/")
        reason = "" if "__MACOSX" in parts else skipped_name(parts[-1])
        if reason is None:
            inside.append(replace(file, name=shown, member=member.header_offset))
        elif reason:
            skipped.append(found(IGNORED_FILE, Place(shown), reason=reason))
    return inside, skipped


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a file inside an archive as its maker meant it."""
    written = member.orig_filename
    if not member.flag_bits & _UTF8 and not written.isascii():
        raw = written.encode("cp437", "replace")
        written = _unicode_path(member.extra) or _decoded(raw) or written
    return written.replace("\\", "/").lstrip("/")


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _unicode_path(extra: bytes) -> str:
    """The name in the extra field that Info-ZIP and Windows tools write beside a name in an old code."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_PATH and size > 5:
            try:
                return extra[9 : 4 + size].decode("utf-8")
            except UnicodeDecodeError:
                return ""
        extra = extra[4 + size :]
    return ""


def member_bytes(path: Path, offset: int, passwords: Sequence[str] = ()) -> bytes:
    """The bytes of the file that stands at ``offset`` of an archive.

    Raises OSError, MemberLocked and TooManyBytes among them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = next((m for m in archive.infolist() if m.header_offset == offset), None)
            if member is None:
                raise OSError("the archive has changed")
            if member.file_size > MAX_BYTES:
                raise TooManyBytes(str(path))
            return _read(archive, member, passwords)
    except (ValueError, zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise OSError(str(error)) from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, passwords: Sequence[str]) -> bytes:
    attempts: list[bytes | None] = [None]
    if member.flag_bits & _ENCRYPTED:
        attempts = [p.encode(code) for p in passwords for code in ("utf-8", "cp932") if _encodable(p, code)]
    for password in attempts:
        try:
            with archive.open(member, pwd=password) as handle:
                data = handle.read(MAX_BYTES + 1)
        except (RuntimeError, zipfile.BadZipFile):
            if password is None:
                raise
            continue
        if len(data) > MAX_BYTES:
            raise TooManyBytes(member.filename)
        return data
    raise MemberLocked(member.filename)


def _encodable(text: str, code: str) -> bool:
    try:
        text.encode(code)
    except UnicodeEncodeError:
        return False
    return True
