"""The command line: parse, call, print, exit. 0 nothing to correct, 1 要修正 found, 2 could not run.

This package is the only importer of click. A command's module is imported when the command is called, so that
``--help`` and a slip of the fingers cost nothing.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from pathlib import Path
from typing import Any

import click

from xl_plan import __version__
from xl_plan.cli.examples import GROUPS, epilog
from xl_plan.cli.japanese import JapaneseContext, fault
from xl_plan.cli.screen import coloured, no_color_option

# name → (module:command, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "rollover": ("xl_plan.cli.rounds:rollover", "計画や庁内のブックから、今回の計画のブックを作ります。"),
    "split": ("xl_plan.cli.rounds:split", "部局ごとの調査票・確認用の表・依頼文を作ります。"),
    "merge": ("xl_plan.cli.merging:merge", "提出された調査票を取りまとめます（主な仕事）。"),
    "check": ("xl_plan.cli.merging:check", "提出物または計画を確かめます。何も書き出しません。"),
    "status": ("xl_plan.cli.following:status", "部局ごとの提出状況を示し、督促の文面を作ります。"),
    "view": ("xl_plan.cli.viewing:view", "今回の状況を、ブラウザーで見る1枚のページにします。"),
    "diff": ("xl_plan.cli.comparing:diff", "2つの計画のブックを比べ、変わったところを一覧にします。"),
    "publish": ("xl_plan.cli.publishing:publish", "会議や公開に使う配布用のブックを作ります。"),
    "export": ("xl_plan.cli.exporting:export", "計画の値を、1行に1つの値の表として書き出します。"),
    "rules": ("xl_plan.cli.words:rules", "確認事項のコードの意味と直し方を示します。"),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    context_class = JapaneseContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        command.context_class = JapaneseContext
        command.epilog = command.epilog or epilog(cmd_name)
        if not any("--no-color" in param.opts for param in command.params):
            command.params.append(no_color_option())
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rest = tuple(name for name in COMMANDS if not any(name in names for names in GROUPS.values()))
        for heading, names in (*GROUPS.items(), ("ほかのコマンド", rest)):
            if names:
                with formatter.section(heading):
                    formatter.write_dl([(name, COMMANDS[name][1]) for name in names if name in COMMANDS])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"（もしかして：{near[0]}）" if near else "（xl-plan --help で一覧を表示します）"
            raise click.UsageError(f"コマンド「{args[0]}」はありません{hint}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        # Values are frozen and make no circles: looking for some after every 700 new ones would take a seventh of a merge.
        gc.set_threshold(50_000, 50, 50)
        for stream in (sys.stdout, sys.stderr):
            # A console of Windows knows fewer characters than a workbook; what it lacks is shown as "?".
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            result = super().main(*args, **kwargs)
        except click.exceptions.Exit as error:
            sys.exit(error.exit_code)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(2)
        except click.ClickException as error:
            click.echo(f"xl-plan: {fault(error)}", err=True)
            sys.exit(2)
        except (click.Abort, KeyboardInterrupt):
            click.echo("xl-plan: 中止しました", err=True)
            sys.exit(2)
        except Exception as error:
            from xl_plan.pipeline.common import CannotRun

            if isinstance(error, CannotRun):
                click.echo(f"xl-plan: {error}", err=True)
            elif os.environ.get("XL_PLAN_DEBUG"):
                raise
            else:
                click.echo(
                    f"xl-plan: 予期しない不具合で止まりました（{type(error).__name__}: {error}）。XL_PLAN_DEBUG=1 を付けて実行した結果を添えてお知らせください",
                    err=True,
                )
            sys.exit(2)
        sys.exit(result if isinstance(result, int) else 0)


@click.group(
    cls=LazyGroup,
    help="計画の進捗状況を、Excelのまま照会し、取りまとめます。",
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, message="xl-plan %(version)s", help="版を表示します。")
@click.pass_context
def main(context: click.Context) -> None:
    """The options before the command; each command does the rest. Alone, it says what comes next."""
    if context.invoked_subcommand is None:
        from xl_plan.cli.screen import progress
        from xl_plan.cli.shared import OUT, PLAN
        from xl_plan.pipeline.guidance import guidance

        for line in (
            *guidance(PLAN, Path("inbox"), OUT, progress(False)),
            "すべてのコマンドは xl-plan --help で表示します。",
        ):
            click.echo(coloured(line))


main.params.append(no_color_option())

if __name__ == "__main__":
    main()
