"""Text as the sheets and shared strings hold it: escapes, stretches with marks of their own, phonetic guides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from xl_plan.excel.package import Attributes
from xl_plan.excel.unreadable import UnreadableWorkbook

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_LONE = re.compile("[\ud800-\udfff]")

Marks = dict[str, Attributes]


class Stretch(NamedTuple):
    """A piece of text; ``marks`` None means that it looks like its cell."""

    text: str
    marks: Marks | None


class RichString(NamedTuple):
    """A string of which some stretch has marks of its own."""

    text: str
    stretches: tuple[Stretch, ...]


def unescape(text: str) -> str:
    """``_x000D_`` → carriage return: how the format writes what XML cannot hold."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if _LONE.search(decoded) is None:
        return decoded
    decoded = _PAIR.sub(_join, decoded)
    # Half a surrogate pair is no character and could not be written anywhere: it stays as it was spelt.
    return _LONE.sub(lambda match: f"_x{ord(match[0]):04X}_", decoded)


def _join(match: re.Match[str]) -> str:
    return (match[1] + match[2]).encode("utf-16", "surrogatepass").decode("utf-16")


class TextCollector:
    """Takes the elements inside ``si``, ``is`` or a note's ``text`` and gives the string."""

    __slots__ = ("_in_marks", "_marks", "_phonetic", "_stretches")

    def __init__(self) -> None:
        self._stretches: list[Stretch] = []
        self._marks: Marks | None = None
        self._in_marks = False
        self._phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element (without prefix) begins."""
        if self._in_marks:
            if self._marks is not None:
                self._marks[name] = attributes
        elif name == "rPr":
            self._marks, self._in_marks = {}, True
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str, text: str) -> None:
        """An element ends; ``text`` is what stood in it."""
        if name == "t":
            if not self._phonetic and text:
                self._stretches.append(Stretch(unescape(text), self._marks))
        elif name == "rPr":
            self._in_marks = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "r":
            self._marks = None

    def clear(self) -> None:
        self._stretches, self._marks, self._in_marks, self._phonetic = [], None, False, False

    def take(self) -> str | RichString:
        """What was collected; the collector is empty afterwards."""
        stretches = self._stretches
        self.clear()
        if len(stretches) == 1 and stretches[0].marks is None:
            return stretches[0].text
        text = "".join(stretch.text for stretch in stretches)
        if all(stretch.marks is None for stretch in stretches):
            return text
        return RichString(text, tuple(stretches))


class Strings:
    """Reads the shared strings."""

    done: Callable[[], None]

    def __init__(self, limit: int) -> None:
        self.found: list[str | RichString] = []
        self.buffer: list[str] = []
        self._limit = limit
        self._collector = TextCollector()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self.buffer.clear()
        elif name == "si":
            self._collector.clear()
        elif name == "sst":
            raise UnreadableWorkbook("damaged", "sst inside sst")
        else:
            self._collector.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "t":
            self._collector.end(name, "".join(self.buffer))
        elif name == "si":
            self.found.append(self._collector.take())
            if len(self.found) > self._limit:
                raise UnreadableWorkbook("too-large", "shared strings")
        elif name == "sst":
            self.done()
        else:
            self._collector.end(name, "")
