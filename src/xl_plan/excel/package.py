"""The zip package under an Office Open XML workbook, read with suspicion.

Members are inflated here rather than by :mod:`zipfile`, which believes the sizes in the headers: what counts is what
comes out, measured while it comes out. Every XML part is walked by expat with declarations of entities refused.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from urllib.parse import unquote
from xml.parsers import expat

from xl_plan.excel.unreadable import UnreadableWorkbook

Attributes = dict[str, str]
Starts = Mapping[str, Callable[[Attributes], object]]
Ends = Mapping[str, Callable[[str], object]]

_CHUNK = 1 << 20
_SLICE = 1 << 16  # packed bytes at a time: what is not yet inflated is copied at each turn
_MAX_TOKEN = 16 << 20  # expat rescans an unfinished token with every chunk; no honest tag comes near
_MAX_DEPTH = 256
_MAX_PROLOGUE = 1 << 20
_MAX_RELATIONS = 100_000
_XML_SUFFIXES = (".xml", ".rels", ".vml")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of its reader. Honest workbooks reach a ratio of 121."""

    inflated: int = 512 << 20
    members: int = 20_000
    ratio: int = 300
    ratio_above: int = 10 << 20
    cells: int = 2_000_000
    styled_blanks: int = 200_000  # a sheet; those beyond are not stored
    strings: int = 1_000_000
    sheets: int = 2_000
    merged: int = 2_000_000  # positions under merges of a sheet


# A consolidated workbook of 55,000 programmes has four million cells, and the division goes on working with it.
OWN_LIMITS = Limits(inflated=1 << 30, cells=10_000_000, strings=2_000_000)  # of a file that is nobody else's


class Relation(NamedTuple):
    """``kind`` is the last word of the relation's type, the same in both dialects."""

    kind: str
    target: str
    external: bool


def local(name: str) -> str:
    """A tag or attribute without its prefix: the dialects differ in namespaces only."""
    return name.rpartition(":")[2] if ":" in name else name


def related(attributes: Attributes) -> str:
    """The ``r:id`` of an element, whatever its prefix."""
    for name, value in attributes.items():
        if name.endswith(":id"):
            return value
    return ""


def truth(attributes: Attributes, name: str, default: bool = False) -> bool:
    """A truth value as XML Schema writes it."""
    value = attributes.get(name)
    return default if value is None else value in {"1", "true", "on"}


class _PrologueEndError(Exception):
    """The root element has begun: no declaration can follow."""


def _refuse_doctype(*_: object) -> None:
    raise UnreadableWorkbook("unsafe", "DOCTYPE in a part of the package")


def new_parser() -> expat.XMLParserType:
    """An expat parser that refuses every document type declaration."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    return parser


class Delegate(Protocol):
    """Takes the events of everything inside one element, names without prefix, and says when its end came."""

    buffer: list[str]
    done: Callable[[], None]

    def start(self, name: str, attributes: Attributes) -> None: ...
    def end(self, name: str) -> None: ...


class Walker:
    """Calls handlers by ``parent/element``, so that one name in two places is never mistaken.

    A start handler gets the attributes, an end handler the text of its (leaf) element. The element ``skip`` is passed
    over with all that is in it; of ``delegate`` everything inside goes to ``to``.
    """

    def __init__(
        self,
        starts: Starts,
        ends: Ends | None = None,
        *,
        skip: str = "",
        delegate: str = "",
        to: Delegate | None = None,
    ) -> None:
        self.parser = new_parser()
        self._starts, self._ends = starts, ends or {}
        self._skip, self._delegate, self._to = skip, delegate, to
        # Of most elements nothing is asked: their names alone tell.
        self._asked = {path.rpartition("/")[2] for path in (*starts, skip, delegate)}
        self._asked_at_end = {path.rpartition("/")[2] for path in self._ends}
        self._skipped_from = 0
        self._path = [""]
        self._text: list[str] = []
        self._listen()

    def _listen(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, tag: str, attributes: Attributes) -> None:
        name, path = local(tag), self._path
        key = f"{path[-1]}/{name}" if name in self._asked else ""
        if key == self._delegate and self._to is not None:
            self._hand_over(self._to, len(tag) - len(name))
            return
        path.append(name)
        if len(path) > _MAX_DEPTH:
            raise UnreadableWorkbook("unsafe", "elements nested too deeply")
        self._text.clear()
        if not key or self._skipped_from:
            return
        if key == self._skip:
            self._skipped_from = len(path)
            return
        handler = self._starts.get(key)
        if handler is not None:
            handler(attributes)

    def _end(self, _: str) -> None:
        if self._skipped_from:
            if len(self._path) == self._skipped_from:
                self._skipped_from = 0
            self._path.pop()
            return
        name = self._path.pop()
        if name in self._asked_at_end:
            handler = self._ends.get(f"{self._path[-1]}/{name}")
            if handler is not None:
                handler("".join(self._text))
        self._text.clear()

    def let_go(self) -> None:
        """End the circle of walker, parser, handlers and delegate, so that what was read goes when nobody needs it."""
        parser = self.parser
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        self._starts, self._ends, self._to = {}, {}, None

    def _hand_over(self, to: Delegate, prefix: int) -> None:
        parser = self.parser
        to.done = self._listen
        parser.CharacterDataHandler = to.buffer.append
        if prefix:
            parser.StartElementHandler = lambda tag, attributes: to.start(tag[prefix:], attributes)
            parser.EndElementHandler = lambda tag: to.end(tag[prefix:])
        else:
            parser.StartElementHandler, parser.EndElementHandler = to.start, to.end


class Package:
    """The members of a workbook's zip file."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.limits = limits
        self._data = memoryview(data)
        self._inflated = 0
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._walked: set[str] = set()
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
        except Exception as error:  # zipfile raises BadZipFile, struct.error, ValueError, NotImplementedError …
            raise UnreadableWorkbook("damaged", f"zip directory: {error}") from error
        if len(members) > limits.members:
            raise UnreadableWorkbook("too-large", f"{len(members)} members")
        for member in members:
            self._enter(member)

    def _enter(self, member: zipfile.ZipInfo) -> None:
        name = member.filename.replace("\\", "/").lstrip("/").lower()
        known = self._members.get(name)
        if known is not None and (known.CRC, known.file_size) != (member.CRC, member.file_size):
            # Readers disagree on which of the two counts, so neither can be trusted.
            raise UnreadableWorkbook("damaged", f"two different members named {name}")
        if member.flag_bits & 0x1:
            raise UnreadableWorkbook("encrypted", f"zip member {name}")
        self._members[name] = member

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def find(self, *candidates: str) -> str | None:
        """The first of the names that is there."""
        return next((name for name in candidates if name in self), None)

    def names(self) -> list[str]:
        """All member names, lower-case, with slashes."""
        return list(self._members)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's content in pieces, refused as soon as it is more than was bargained for."""
        member = self._members.get(name.lower())
        if member is None:
            raise UnreadableWorkbook("damaged", f"part missing: {name}")
        packed = self._packed(member)
        size, check = 0, 0
        for chunk in _inflate(packed, member.compress_type):
            size += len(chunk)
            self._inflated += len(chunk)
            check = zlib.crc32(chunk, check)
            if self._inflated > self.limits.inflated:
                raise UnreadableWorkbook("too-large", f"more than {self.limits.inflated} bytes inflated")
            if size > self.limits.ratio_above and size >= self.limits.ratio * max(len(packed), 1):
                raise UnreadableWorkbook("unsafe", f"member inflates {size // max(len(packed), 1)} times: {name}")
            yield chunk
        if check != member.CRC:
            raise UnreadableWorkbook("damaged", f"checksum of {name}")

    def _packed(self, member: zipfile.ZipInfo) -> memoryview:
        at = member.header_offset
        header = bytes(self._data[at : at + 30])
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise UnreadableWorkbook("damaged", "zip member header")
        name_size, extra_size = struct.unpack("<HH", header[26:30])
        start = at + 30 + name_size + extra_size
        return self._data[start : start + member.compress_size]

    def walk(self, name: str, starts: Starts, ends: Ends | None = None) -> None:
        """Read one XML part through handlers."""
        self.feed(name, Walker(starts, ends))

    def feed(self, name: str, walker: Walker) -> None:
        """Drive a walker over one part."""
        parser = walker.parser
        self._walked.add(name.lower())
        fed = 0
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(parser.CurrentByteIndex, 0) > _MAX_TOKEN:
                    raise UnreadableWorkbook("unsafe", f"endless tag in {name}")
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise UnreadableWorkbook("damaged", f"{name}: {error}") from error
        finally:
            walker.let_go()

    def measure(self) -> None:
        """Inflate every member once, for a library that would do so without limits."""
        for name in self._members:
            for _ in self.chunks(name):
                pass

    def refuse_doctypes(self) -> None:
        """Look into the parts that nobody has walked: the reader may not need them, the next program may."""
        for name in self._members:
            if name.endswith(_XML_SUFFIXES) and name not in self._walked:
                self._prologue(name)

    def _prologue(self, name: str) -> None:
        def stop(*_: object) -> None:
            raise _PrologueEndError

        parser = new_parser()
        parser.StartElementHandler = stop
        fed = 0
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed > _MAX_PROLOGUE:
                    return
        except (_PrologueEndError, expat.ExpatError, LookupError, ValueError):
            return  # drawings of old notes are not always XML, and nothing here reads them

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part by id (of the package itself for ``""``), targets as member names."""
        folder, base = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{base}.rels")
        found: dict[str, Relation] = {}

        def relation(attributes: Attributes) -> None:
            target = attributes.get("Target", "")
            external = attributes.get("TargetMode", "") == "External"
            if len(found) >= _MAX_RELATIONS:
                raise UnreadableWorkbook("too-large", f"relations in {source}")
            kind = attributes.get("Type", "").rpartition("/")[2]
            place = target if external or kind == "hyperlink" else self._resolve(folder, target)
            # Some writers give one id twice; the first is the one Excel follows.
            found.setdefault(attributes.get("Id", ""), Relation(kind, place, external))

        if source in self:
            self.walk(source, {"Relationships/Relationship": relation})
        return found

    def _resolve(self, folder: str, target: str) -> str:
        target = target.replace("\\", "/")
        place = posixpath.normpath(target if target.startswith("/") else posixpath.join(folder, target)).lstrip("/")
        return place if place in self else (self.find(unquote(place)) or place)


def _inflate(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    if method != zipfile.ZIP_DEFLATED:
        raise UnreadableWorkbook("damaged", f"zip compression method {method}")
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _SLICE):
            chunk = engine.decompress(packed[at : at + _SLICE], _CHUNK)
            while chunk:
                yield chunk
                chunk = engine.decompress(engine.unconsumed_tail, _CHUNK)
            if engine.eof:
                break  # a stream cut short ends without it: the checksum will tell
    except zlib.error as error:
        raise UnreadableWorkbook("damaged", f"deflate stream: {error}") from error
