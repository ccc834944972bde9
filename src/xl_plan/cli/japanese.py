"""What click says by itself, in Japanese: the frame of ``--help`` and the faults of a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

_FRAME = {"Options": "オプション", "Commands": "コマンド", "Show this message and exit.": "この説明を表示します。"}
_USAGE = (("[OPTIONS]", "[オプション]"), ("[COMMAND] [ARGS]...", "[コマンド …]"), ("COMMAND [ARGS]...", "コマンド …"))
# What click adds to an option's help: [default: outbox], [required], [1<=x<=256]; joined by "; ".
_EXTRA = re.compile(r"  \[([^\[\]]+)\]$")
_RANGE = re.compile(r"(\d+)<=x<=(\d+)")


class JapaneseFormatter(click.HelpFormatter):
    """Help with its headings, the usage line and the notes on options in Japanese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, japanese in _USAGE:
            args = args.replace(english, japanese)
        super().write_usage(prog, args, prefix or "使い方: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_FRAME.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _option_help(text)) for name, text in rows], col_max, col_spacing)


class JapaneseContext(click.Context):
    formatter_class = JapaneseFormatter


def _option_help(text: str) -> str:
    text = _FRAME.get(text, text)
    match = _EXTRA.search(text)
    if match is None:
        return text
    notes = []
    for note in match[1].split("; "):
        if note == "required":
            notes.append("必須")
        elif note.startswith("default: "):
            notes.append(f"省略時：{note.removeprefix('default: ')}")
        else:
            notes.append(_RANGE.sub(r"\1～\2", note))
    return f"{text[: match.start()]}［{'、'.join(notes)}］"


def fault(error: click.ClickException) -> str:
    """One line: what is wrong with the command line, and what to do."""
    context = getattr(error, "ctx", None)
    command = context.info_name if context is not None and context.parent is not None else ""
    see = f"xl-plan {command} --help" if command else "xl-plan --help"
    if isinstance(error, click.NoSuchOption):
        near = "、".join(sorted(error.possibilities or ()))
        hint = f"（もしかして：{near}）" if near else f"（{see} で一覧を表示します）"
        return f"オプション「{error.option_name}」はありません{hint}"
    if isinstance(error, click.MissingParameter):
        return f"{_name(error.param)}を指定してください（{see} で使い方を表示します）"
    if isinstance(error, click.BadOptionUsage):
        wants = "の後に値を入れてください" if "requires" in error.message else "には値を付けられません"
        return f"オプション「{error.option_name}」{wants}（--help で使い方を表示します）"
    if isinstance(error, click.BadParameter):
        value = re.match(r"'(.*?)'|(\S+)", error.message)
        got = f"「{value[1] or value[2]}」" if value else ""
        return f"{_name(error.param)}の値{got}は使えません（{see} で使える値を表示します）"
    extra = re.match(r"Got unexpected extra arguments? \((.*)\)", error.format_message())
    if extra:
        return f'余分な指定があります：{extra[1]}（空白を含む名前は " " で囲んでください。{see} で使い方を表示します）'
    return " ".join(error.format_message().split())


def _name(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return f"オプション「{max(param.opts, key=len)}」"
    return param.human_readable_name if param is not None else "引数"
