"""Frozen values of known kinds as plain JSON, compressed, and back.

Reading such bytes can make values of the kinds that are asked for and do nothing else, whoever wrote them: what is read
is held to the types that the kinds declare.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from xl_plan.cells import Style
from xl_plan.findings import Rule
from xl_plan.rules import BY_CODE

_LEVEL = 1  # of compression: more costs more than it saves
_MOST = 256 << 20  # bytes of one part, unpacked
_SHORT = 64  # characters; texts up to here come again in other files
_MANY = 200_000  # texts remembered at most
_PLAIN = (str, int, float, bool, NoneType)


class Malformed(ValueError):  # noqa: N818 - says what is the case
    """Bytes that hold no value of the kind."""


@dataclass(slots=True)
class Packing:
    """Each style is written once in a table, and told by its number."""

    table: list[Any] = field(default_factory=list)
    numbers: dict[Style, int] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)  # by identity: most cells share their style's object


@dataclass(slots=True)
class Unpacking:
    table: list[Any]
    styles: dict[int, Style] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # a cell's value and what it shows are often one text


class Coder(NamedTuple):
    """How values of a type become JSON, and how they are made of it."""

    pack: Callable[[Any, Packing], Any]
    unpack: Callable[[Any, Unpacking], Any]


_texts: dict[str, str] = {}  # headers, names of sheets and keys come again in every file; held once
_styles: dict[Style, Style] = {}
_keys: dict[tuple[str, ...], tuple[str, ...]] = {}


# ----------------------------------------------------------------------------------------------------------------- bytes
def packed(coder: Coder, value: Any) -> bytes:
    packing = Packing()
    content = coder.pack(value, packing)
    text = json.dumps([packing.table, content], ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair may stand in a damaged text; it must come back as it was.
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpacked(coder: Coder, data: bytes) -> Any:
    """Raises Malformed."""
    if len(_texts) > _MANY:
        _texts.clear()
        _keys.clear()
    try:
        inflating = zlib.decompressobj()
        text = inflating.decompress(data, _MOST)
        if not inflating.eof:
            raise Malformed("cut short or too large")
        table, content = json.loads(text.decode("utf-8", "surrogatepass"))
        return coder.unpack(content, Unpacking(listed(table)))
    except Malformed:
        raise
    except (zlib.error, ValueError, TypeError, LookupError, RecursionError) as error:
        raise Malformed(str(error)) from error


# ---------------------------------------------------------------------------------------------------------------- values
@cache
def coder(hint: Any) -> Coder:
    """How values of a type are written and read; what is read is held to the type."""
    if hint is Rule:
        return Coder(lambda rule, _: rule.code, lambda code, _: BY_CODE[code])
    if hint is Style:
        return Coder(_pack_style, _unpack_style)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Coder(lambda value, _: value.value, lambda text, _: hint(text))
    if isinstance(hint, type) and is_dataclass(hint):
        return _fields_coder(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _plain_coder(frozenset((hint, int) if hint is float else (hint,)))
    if origin is Literal:
        return Coder(lambda value, _: value, lambda value, _: inner[inner.index(value)])
    if origin in (Union, UnionType):
        return _union_coder(inner)
    if origin is tuple:
        return _tuple_coder(inner)
    if origin is frozenset:
        return _frozenset_coder(inner[0])
    if origin is Mapping:
        return _mapping_coder(*inner)
    raise TypeError(f"no way to pack {hint}")


def _plain_coder(kinds: frozenset[type]) -> Coder:
    def unpack(value: Any, packing: Unpacking) -> Any:
        kind = type(value)
        if kind not in kinds:
            raise Malformed(f"{kind} for {kinds}")
        if kind is not str:
            return value
        if len(value) > _SHORT:
            return packing.texts.setdefault(value, value)
        return _texts.setdefault(value, value)

    return Coder(_as_it_is, unpack)


def _as_it_is(value: Any, _: Packing) -> Any:
    return value


def _union_coder(inner: tuple[Any, ...]) -> Coder:
    if all(kind in _PLAIN for kind in inner):
        return _plain_coder(frozenset((*inner, int) if float in inner else inner))
    (other,) = (coder(kind) for kind in inner if kind is not NoneType)
    return Coder(
        lambda value, packing: None if value is None else other.pack(value, packing),
        lambda value, packing: None if value is None else other.unpack(value, packing),
    )


def _tuple_coder(inner: tuple[Any, ...]) -> Coder:
    if inner[-1] is Ellipsis:
        one = coder(inner[0])
        return Coder(
            lambda values, packing: [one.pack(value, packing) for value in values],
            lambda values, packing: tuple([one.unpack(value, packing) for value in listed(values)]),
        )
    coders = tuple(coder(kind) for kind in inner)
    if set(inner) == {str}:  # a cell's key: of the plan, and so the same in every file that has the cell

        def read(values: Any, packing: Unpacking) -> Any:
            made = tuple([c.unpack(v, packing) for c, v in zip(coders, listed(values), strict=True)])
            return _keys.setdefault(made, made)

        return Coder(lambda values, _: list(values), read)
    return Coder(
        lambda values, packing: [c.pack(v, packing) for c, v in zip(coders, values, strict=True)],
        lambda values, packing: tuple([c.unpack(v, packing) for c, v in zip(coders, listed(values), strict=True)]),
    )


def _frozenset_coder(kind: Any) -> Coder:
    one = coder(kind)
    return Coder(
        lambda values, packing: [one.pack(value, packing) for value in sorted(values)],
        lambda values, packing: frozenset(one.unpack(value, packing) for value in listed(values)),
    )


def _mapping_coder(key: Any, value: Any) -> Coder:
    keys, values = coder(key), coder(value)

    def write(mapping: Mapping[Any, Any], packing: Packing) -> Any:
        return [[keys.pack(k, packing) for k in mapping], [values.pack(v, packing) for v in mapping.values()]]

    def read(content: Any, packing: Unpacking) -> Any:
        first, second = listed(content)
        made = [keys.unpack(k, packing) for k in listed(first)], [values.unpack(v, packing) for v in listed(second)]
        return MappingProxyType(dict(zip(*made, strict=True)))

    return Coder(write, read)


def _fields_coder(kind: type[Any]) -> Coder:
    """A list of the fields, without those at its end that are as usual (most of a cell's are)."""
    named = [each for each in fields(kind) if each.init]
    hints = get_type_hints(kind)
    content = attrgetter(*(each.name for each in named))
    usual = tuple(each.default for each in named)
    coders = [coder(hints[each.name]) for each in named]
    readers = [coder.unpack for coder in coders]
    writers = [(at, coder.pack) for at, coder in enumerate(coders) if coder.pack is not _as_it_is]
    least = max((at for at, default in enumerate(usual, 1) if default is MISSING), default=0)

    def pack_fields(value: Any, packing: Packing) -> Any:
        parts = content(value)
        last = len(parts)
        while last > least and parts[last - 1] is usual[last - 1]:
            last -= 1
        made = list(parts[:last])
        for at, write in writers:
            if at >= last:
                break
            made[at] = write(made[at], packing)
        return made

    def unpack_fields(parts: Any, packing: Unpacking) -> Any:
        if not least <= len(listed(parts)) <= len(readers):
            raise Malformed(f"{len(parts)} fields for {kind}")
        return kind(*[read(part, packing) for read, part in zip(readers, parts, strict=False)])

    return Coder(pack_fields, unpack_fields)


@cache
def _whole_style() -> Coder:
    return _fields_coder(Style)


def _pack_style(style: Style, packing: Packing) -> int:
    number = packing.known.get(id(style))
    if number is None:
        number = packing.known[id(style)] = packing.numbers.setdefault(style, len(packing.table))
        if number == len(packing.table):
            packing.table.append(_whole_style().pack(style, packing))
    return number


def _unpack_style(number: Any, packing: Unpacking) -> Style:
    style = packing.styles.get(number)
    if style is None:
        if type(number) is not int or number < 0:
            raise Malformed("no number of a style")
        made: Style = _whole_style().unpack(packing.table[number], packing)
        style = packing.styles[number] = _styles.setdefault(made, made)
    return style


def listed(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Malformed(f"{type(value)} for a list")
    return value
