"""A zip of parts that are deflated already, without clock or machine in it.

The zip library of Python deflates what it is given; parts of a workbook are deflated where they are made, several at
once. The layout of the file is that of PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 and 4.3.12 to 4.3.16, without the
64-bit extension.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_LEVEL = 6
_RAW = -15  # a deflate stream without zlib's own head
_VERSION, _DEFLATED = 20, 8
_DAY = 1 << 5 | 1  # 1980-01-01, the earliest a zip can say
_MOST = (1 << 32) - 1
_UTF8 = 1 << 11
_READABLE = 0o600 << 16


class Part(NamedTuple):
    """A deflated part of a package. ``size``: its bytes before."""

    name: str
    checksum: int
    size: int
    deflated: bytes


def part(name: str, content: Iterable[bytes]) -> Part:
    """A part, deflated; its content in pieces of any length."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    checksum = size = 0
    deflated: list[bytes] = []
    for piece in content:
        checksum = zlib.crc32(piece, checksum)
        size += len(piece)
        deflated.append(packer.compress(piece))
    return Part(name, checksum, size, b"".join((*deflated, packer.flush())))


def zipped(parts: Sequence[Part]) -> bytes:
    """The zip of parts in their order. Raises OverflowError for one of more than 4 GB."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for each in parts:
        name = each.name.encode("utf-8")
        flags = 0 if each.name.isascii() else _UTF8
        if max(at, each.size, len(each.deflated)) > _MOST:
            raise OverflowError(each.name)
        same = struct.pack(
            "<HHHHHIIIHH",
            *(_VERSION, flags, _DEFLATED, 0, _DAY, each.checksum, len(each.deflated), each.size, len(name), 0),
        )
        pieces += [b"PK\x03\x04", same, name, each.deflated]
        directory += [b"PK\x01\x02", struct.pack("<H", _VERSION), same]
        directory += [struct.pack("<HHHII", 0, 0, 0, _READABLE, at), name]
        at += 4 + len(same) + len(name) + len(each.deflated)
    size = sum(map(len, directory))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(parts), len(parts), size, at, 0)
    return b"".join((*pieces, *directory, end))
