"""The menu behind ``xl-plan.bat``: numbers instead of commands, and a folder dropped on it is merged.

The batch file itself holds ASCII only, so that no code page of a Windows console can spoil it; every Japanese word is here.

    python -m xl_plan.cli.menu [FOLDER]

The batch file says in the environment what was dropped: ``XL_PLAN_DROPPED``, and the whole line that Explorer started in
``XL_PLAN_LINE``, because a name such as ``A&B`` arrives cut off at the ``&``; ``XL_PLAN_FROM`` is where that was.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from xl_plan.cli import main

ENTRIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("今の状況と、次にすること", ()),
    ("調査票と依頼文を作る", ("split",)),
    ("届いた調査票（inboxフォルダー）を取りまとめる", ("merge", "inbox")),
    ("部局ごとの提出状況を見る", ("status", "inbox")),
    ("督促の文面を作る", ("status", "inbox", "--reminders")),
    ("ブラウザーで見るページを作る", ("view", "inbox")),
    ("計画のブックを確かめる", ("check",)),
    ("配布用のブックを作る", ("publish", "?取りまとめたブック")),
    (
        "新しい年度を始める",
        (
            "rollover",
            "?元にする計画のブック",
            "--year",
            "?実績の年度（例：R6）",
            "--deadline",
            "?提出期限（例：2025-05-30）",
        ),
    ),
)


def run(arguments: Sequence[str]) -> int:
    """A command as it would be typed; its exit code."""
    try:
        main(list(arguments), prog_name="xl-plan")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    return 0


def asked(arguments: Sequence[str]) -> list[str]:
    """The command line with what has to be asked for filled in. A file dropped into the window comes in quotes."""
    return [
        click.prompt(part[1:], prompt_suffix="：").strip().strip('"') if part.startswith("?") else part
        for part in arguments
    ]


_STARTED = re.compile(r'xl-plan\.bat"?\s(.*)$', re.IGNORECASE)


def dropped_paths(arguments: Sequence[str], environment: Mapping[str, str]) -> list[Path]:
    """What lies on the batch file: read from the line that Explorer started where there is one."""
    match = _STARTED.search(environment.get("XL_PLAN_LINE", "").strip())
    if match is None:
        return [Path(text) for text in (*arguments, environment.get("XL_PLAN_DROPPED", "")) if text.strip()]
    rest = match[1].strip()
    names = re.findall(r'"([^"]+)"|(\S+)', rest.removesuffix('"'))  # the line as a whole stands in quotes too
    return [Path(environment.get("XL_PLAN_FROM", "")) / (quoted or plain) for quoted, plain in names]


def dropped(paths: Sequence[Path]) -> int:
    """A folder is merged, workbooks are checked; the gravest exit code."""
    codes = []
    for folder in (path for path in paths if path.is_dir()):
        click.echo(f"{folder} を取りまとめます。")
        codes.append(run(("merge", str(folder))))
    files = [str(path) for path in paths if not path.is_dir()]
    if files:
        codes.append(run(("check", *files)))
    return max(codes, default=0)


def menu() -> int:
    """Ask until 0 is chosen; the exit code of the last command."""
    code = 0
    while True:
        click.echo("\n計画の進捗状況の取りまとめ")
        for number, (words, _) in enumerate(ENTRIES, 1):
            click.echo(f"  {number}　{words}")
        click.echo("  0　終わる")
        try:
            choice = click.prompt(
                "番号を入れてEnterを押してください", prompt_suffix="：", default="0", show_default=False
            )
            chosen = choice.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
            if chosen == "0":
                return code
            if not chosen.isdecimal() or int(chosen) > len(ENTRIES):
                click.echo(f"0から{len(ENTRIES)}までの番号を入れてください。")
                continue
            code = run(asked(ENTRIES[int(chosen) - 1][1]))
        except click.Abort:
            return code


def main_menu(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    paths = dropped_paths(arguments, environment)
    return dropped(paths) if paths else menu()


if __name__ == "__main__":
    sys.exit(main_menu(sys.argv[1:], os.environ))
