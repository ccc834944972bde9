"""Data validations of a sheet, as far as they say something to a reader."""

from __future__ import annotations

import re
from typing import Literal

from xl_plan.cells import MAX_COLUMNS, MAX_ROWS, Area, Validation, parse_area
from xl_plan.excel.package import Attributes
from xl_plan.excel.richtext import unescape

_CHOICES = re.compile(r'"((?:[^"]|"")*+)"')
_MAX_AREAS = 100_000  # those beyond are not stored


def area_or_none(reference: str) -> Area | None:
    """The area of a reference, None for one that is broken or beyond the sheet."""
    try:
        area = parse_area(reference.strip().upper())
    except ValueError:
        return None
    inside = area.top >= 0 and area.bottom < MAX_ROWS and area.left >= 0 and area.right < MAX_COLUMNS
    return area if inside else None


class Validations:
    """Data validations, the ordinary ones and those of the 2010 extension."""

    def __init__(self) -> None:
        self.found: list[Validation] = []
        self._attributes: Attributes = {}
        self._formula = ""
        self._areas = ""
        self._room = _MAX_AREAS

    def start(self, attributes: Attributes) -> None:
        self._attributes, self._formula, self._areas = attributes, "", attributes.get("sqref", "")

    def formula(self, text: str) -> None:
        self._formula = self._formula or text

    def areas(self, text: str) -> None:
        self._areas = text

    def end(self, _: str) -> None:
        areas = tuple(area for text in self._areas.split()[: self._room] if (area := area_or_none(text)) is not None)
        self._room -= len(areas)
        if not areas:
            return
        says = self._attributes
        kind = says.get("type", "none")
        source: str | tuple[str, ...] = ()
        if kind == "list":
            choices = _CHOICES.fullmatch(self._formula.strip())
            source = tuple(choices[1].replace('""', '"').split(",")) if choices else self._formula
        elif kind == "custom":
            source = self._formula
        style = says.get("errorStyle", "stop")
        self.found.append(
            Validation(
                areas=areas,
                kind=_kind(kind),
                source=source,
                title=unescape(says.get("promptTitle", "")),
                message=unescape(says.get("prompt", "")),
                error_style="warning" if style == "warning" else "information" if style == "information" else "stop",
                error_title=unescape(says.get("errorTitle", "")),
                error_message=unescape(says.get("error", "")),
            )
        )


def _kind(name: str) -> Literal["any", "list", "custom", "textLength"]:
    if name == "list":
        return "list"
    if name == "custom":
        return "custom"
    return "textLength" if name == "textLength" else "any"
