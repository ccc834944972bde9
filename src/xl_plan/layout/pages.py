"""Printed pages: paper, margins, headers and footers from 設定."""

from __future__ import annotations

from xl_plan.cells import Page
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.model import Settings

_FACE = '&9&"{font},標準"'  # the size first: a text that begins with a digit must not follow it


def plan_page(settings: Settings, title: str = "") -> Page:
    """The printed page of a plan sheet: A3 landscape with room for punching on the left."""
    return _page(settings, title or settings.title, "A3", True, (0.6, 0.4, 0.7, 0.6))


def report_page(settings: Settings, name: str, *, paper: str = "A4", landscape: bool = True) -> Page:
    """The printed page of a sheet that stands beside the plan, named in its footer."""
    return _page(settings, settings.title, paper, landscape, (0.6, 0.4, 0.7, 0.6), name)


def _page(
    settings: Settings,
    title: str,
    paper: str,
    landscape: bool,
    margins: tuple[float, float, float, float],
    name: str = "",
) -> Page:
    left, right, top, bottom = margins
    year = f"　{settings.year.japanese}実績" if settings.year else ""
    mark = f"&R{_text(settings, settings.mark, 30)}" if settings.mark else ""
    date = f"&L{_text(settings, japanese_date(settings.document_date), 30)}" if settings.document_date else ""
    named = f"&R{_text(settings, name, 31)}" if name else ""
    return Page(
        paper,
        landscape=landscape,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        centre=True,
        header=f"&L{_text(settings, f'{title}{year}', 120)}{mark}",
        footer=f"{date}&C{_FACE.format(font=settings.font)}&P / &N{named}",
    )


def _text(settings: Settings, text: str, most: int) -> str:
    """The text in the plan's font; shortened where a header could not hold it."""
    shown = text if len(text) <= most else f"{text[: most - 1]}…"
    return _FACE.format(font=settings.font) + shown.replace("\n", " ").replace("&", "&&")
