"""Dividing a block that is taller than a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_plan.cells import Position
from xl_plan.strips import Strip


@dataclass(frozen=True, slots=True)
class Part:
    """What stands of a strip on one page. ``holds``: the positions whose cell, or a piece of it, stands here."""

    strip: Strip
    holds: tuple[Position, ...]


def whole(strip: Strip) -> Part:
    """A strip that is not divided."""
    return Part(strip, tuple(sorted({*strip.cells, *strip.reserve})))


def divide(strip: Strip, widths: Mapping[int, float], first: float, rest: float) -> list[Part]:
    return [whole(strip)]
