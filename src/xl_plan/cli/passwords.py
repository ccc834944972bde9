"""The options that give passwords of locked files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_LONGEST = 1 << 20  # bytes of a password file


def password_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--password-file`` and ``--ask-password``; the command gets ``passwords``."""

    @functools.wraps(command)
    def with_passwords(*args: Any, password_file: Path | None, ask_password: bool, **kwargs: Any) -> Any:
        passwords = list(_from_file(password_file)) if password_file is not None else []
        if ask_password:
            passwords.append(click.prompt("パスワード", hide_input=True, err=True))
        return command(*args, passwords=tuple(dict.fromkeys(passwords)), **kwargs)

    from_file = click.option(
        "--password-file",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="パスワードのかかったファイルを開くパスワード（1行に1つのテキスト）。",
    )
    asked = click.option("--ask-password", is_flag=True, help="パスワードを、画面に出さずに入力します。")
    return from_file(asked(with_passwords))


def _from_file(path: Path) -> tuple[str, ...]:
    from xl_plan.pipeline.common import CannotRun, read_file

    data = read_file(path, "パスワードのファイル")
    if len(data) > _LONGEST:
        raise CannotRun(
            f"パスワードのファイルが大きすぎます：{path}（1行に1つのパスワードを書いたテキストを指定してください）"
        )
    for encoding in ("utf-8-sig", "cp932"):
        try:
            lines = data.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
        return tuple(line for line in lines if line)
    raise CannotRun(f"パスワードのファイルの文字を読み取れません：{path}（UTF-8のテキストで保存してください）")
