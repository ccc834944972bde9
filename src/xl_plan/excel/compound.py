"""The streams of a compound (OLE) file, read with suspicion: every chain is bounded by the file's own size."""

from __future__ import annotations

import struct

from xl_plan.excel.unreadable import UnreadableWorkbook

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # sector numbers from here on are marks
_FREE = 0xFFFFFFFF
_ENTRY = 128
_MINI_BELOW = 4096


class Compound:
    """A compound file. Raises UnreadableWorkbook for one that contradicts itself."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(_MAGIC):
            raise UnreadableWorkbook("damaged", "compound header")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise UnreadableWorkbook("damaged", "sector size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._count = len(data) // self._size + 1
        first_directory, first_mini, first_difat = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
        self._table = self._allocation(first_difat)
        self._entries = self._directory(self._chain(first_directory))
        self._mini_table = _numbers(self._chain(first_mini)) if first_mini < _END else ()

    @property
    def cut_short(self) -> bool:
        """Whether the table tells of sectors behind the end of the file."""
        last = max((number for number, following in enumerate(self._table) if following != _FREE), default=-1)
        return bool((last + 1) * self._size >= len(self._data))

    def stream(self, *names: str) -> bytes | None:
        """The content of the first stream of one of these names."""
        for name in names:
            for found, start, size in self._entries:
                if found.lower() == name.lower():
                    return self._mini(start, size) if size < _MINI_BELOW else self._chain(start)[:size]
        return None

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if number >= self._count or at >= len(self._data):
            raise UnreadableWorkbook("damaged", "compound file cut short")
        return self._data[at : at + self._size]

    def _allocation(self, difat: int) -> tuple[int, ...]:
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(self._count):
            if difat >= _END:
                break
            *more, difat = _numbers(self._sector(difat))
            sectors += more
        used = [number for number in sectors if number < _END]
        if len(used) > self._count:
            raise UnreadableWorkbook("damaged", "allocation table")
        return _numbers(b"".join(self._sector(number) for number in used))

    def _chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < _END:
            if len(parts) > self._count or number >= len(self._table):
                raise UnreadableWorkbook("damaged", "chain of sectors")
            parts.append(self._sector(number))
            number = self._table[number]
        return b"".join(parts)

    def _mini(self, number: int, size: int) -> bytes:
        whole = self._chain(self._entries[0][1]) if self._entries else b""
        parts: list[bytes] = []
        while number < _END and len(parts) * self._mini_size < size:
            if number >= len(self._mini_table):
                raise UnreadableWorkbook("damaged", "chain of small sectors")
            parts.append(whole[number * self._mini_size : (number + 1) * self._mini_size])
            number = self._mini_table[number]
        return b"".join(parts)[:size]

    def _directory(self, data: bytes) -> list[tuple[str, int, int]]:
        """Name, first sector and size of each entry; the root's comes first."""
        entries = []
        for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length = int.from_bytes(data[at + 64 : at + 66], "little")
            if 2 <= length <= 64 and data[at + 66] in (2, 5):
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", data, at + 116)
                entries.append((name, start, size))
        return entries


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
