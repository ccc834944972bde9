"""Columns of old years folded away, and columns too wide for the paper made narrower."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from xl_plan.cells import Page
from xl_plan.layout.typeset import fit_scale, fits_width
from xl_plan.model import Column, Role, Settings, Table

_YEARLY = frozenset({Role.ACTUAL, Role.RATE, Role.RATING, Role.TARGET})
_LEAST_WIDTH = 9.0  # characters: a column is never made narrower than a figure with its unit
_STEP = 1.0  # whole characters are whole pixels, which every program keeps


def folded_columns(table: Table, settings: Settings) -> frozenset[int]:
    """The sheet's columns that hold only years older than 表示する年数 shows; the last target is never folded."""
    if not settings.shown_years or settings.year is None:
        return frozenset()
    oldest = settings.year.plus(1 - settings.shown_years)

    last_target = max((c.year for c in table.columns if c.role is Role.TARGET and c.year), default=None)

    def old(column: Column) -> bool:
        if column.role not in _YEARLY or column.year is None or column.year >= oldest:
            return False
        return column.role is not Role.TARGET or column.year != last_target

    bands = [band.columns for band in table.bands if band.columns]
    shown = {col for columns in bands for c in columns if not old(c) and c.left == c.right for col in (c.left,)}
    return frozenset(
        col for columns in bands for c in columns if old(c) for col in range(c.left, c.right + 1) if col not in shown
    )


def paper_widths(
    widths: Mapping[int, float], hidden: frozenset[int], page: Page, *, narrow: bool = True
) -> Mapping[int, float]:
    """The widths as they count on paper: hidden columns have none; where the rest does not fit even at the smallest
    scale, the widest columns give way."""
    shown = {col: 0.0 if col in hidden else width for col, width in widths.items()}
    if not narrow or _fits(shown, page):
        return shown
    cap = float(math.ceil(max(shown.values(), default=0.0)))
    while cap - _STEP >= _LEAST_WIDTH:
        cap -= _STEP
        capped = {col: min(width, cap) for col, width in shown.items()}
        if _fits(capped, page):
            return capped
    return {col: min(width, cap) for col, width in shown.items()}


def _fits(widths: Mapping[int, float], page: Page) -> bool:
    return fits_width(widths, replace(page, scale=fit_scale(widths, page), fit=None))
