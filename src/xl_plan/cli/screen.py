"""What a terminal shows while and after a command works: a bar for what takes its time, and colours.

Colours only repeat what the words say. click leaves them out where the output is no terminal; ``--no-color`` and the
environment variable NO_COLOR switch them off everywhere.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import click

WORTH_SHOWING = 1.0  # seconds that a command works before it shows a bar
_CELLS = 20

_COLOURS: Mapping[str, Mapping[str, Any]] = {
    "要修正": {"fg": "red", "bold": True},
    "修正依頼中": {"fg": "red"},
    "修正依頼": {"fg": "red"},
    "要確認": {"fg": "yellow", "bold": True},
    "一部未記入": {"fg": "yellow"},
    "未提出": {"fg": "yellow"},
    "参考": {"fg": "cyan"},
    "提出済": {"fg": "green"},
}
_WORD = re.compile("|".join(sorted(_COLOURS, key=len, reverse=True)))
_NONE_OF_IT = re.compile(r" 0件")


def no_color_option() -> click.Option:
    """``--no-color``, which every command takes."""

    def switch_off(context: click.Context, _param: click.Parameter, off: bool) -> None:
        if off or os.environ.get("NO_COLOR"):
            context.color = False

    return click.Option(
        ["--no-color"], is_flag=True, expose_value=False, callback=switch_off, help="画面に色を付けません。"
    )


def coloured(line: str) -> str:
    """The line with its states in colour; a count of nothing has none."""

    def paint(match: re.Match[str]) -> str:
        if _NONE_OF_IT.match(line, match.end()):
            return match[0]
        return click.style(match[0], **_COLOURS[match[0]])

    return _WORD.sub(paint, line)


def progress(quiet: bool) -> Callable[[str, int, int], None]:
    """A bar on stderr, only to a terminal, and only where the work takes longer than a moment."""
    shows = not quiet and sys.stderr.isatty()
    began = time.monotonic()
    drawn = False

    def show(what: str, done: int, total: int) -> None:
        nonlocal drawn
        if not shows or (time.monotonic() - began < WORTH_SHOWING and not drawn):
            return
        full = _CELLS if done >= total else done * _CELLS // max(1, total)
        bar = "■" * full + "□" * (_CELLS - full)
        end = "\n" if done >= total else ""
        click.echo(f"\r\x1b[K{what} {bar} {done}/{total}{end}", err=True, nl=False)
        drawn = not end

    return show
