"""The Tab key: what bash offers is asked of bash itself; zsh and fish get the script and the answers that they ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xl_plan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="shells of POSIX")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the program in its bin, and files with Japanese names."""
    program = tmp_path / "bin" / "xl-plan"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom xl_plan.cli import main\nmain()\n")
    program.chmod(0o755)
    (tmp_path / "inbox").mkdir()
    for name in ("福祉政策課.xlsx", "福祉 作業 (2).xlsx", "地域保健課.xlsx"):
        (tmp_path / "inbox" / name).write_bytes(b"")
    return tmp_path


def asked(desk: Path, *command: str, **variables: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{desk / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        **variables,
    }
    done = subprocess.run(
        command, cwd=desk, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def tab(desk: Path, line: str) -> list[str]:
    """What bash has to offer behind ``line``, by the function that the manual's line gives it."""
    words = line.split(" ")
    script = f"""
        eval "$(_XL_PLAN_COMPLETE=bash_source xl-plan)"
        compopt() {{ echo "files:$2"; }}  # only known to bash while a key is pressed
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
        complete -p xl-plan >&3
        _xl_plan_completion xl-plan
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return asked(desk, "bash", "--norc", "-c", f"exec 3>registered\n{script}").split()


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


@needs_bash
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("xl-plan ", list(COMMANDS)),
        ("xl-plan ro", ["rollover"]),
        ("xl-plan merge inbox --str", ["--strict"]),
        ("xl-plan merge --pa", ["--password-file"]),
        ("xl-plan rules xp40", ["XP401"]),
        ("xl-plan merge ", ["files:default"]),
        ("xl-plan check inbox/福祉", ["files:default"]),
        ("xl-plan split --plan 計画", ["files:default"]),
    ],
)
def test_bash_offers(desk: Path, line: str, offered: list[str]) -> None:
    said = tab(desk, line)
    assert said[: len(offered)] == offered and (len(said) == len(offered) or line.endswith("xp40")), said
    assert "_xl_plan_completion xl-plan" in (desk / "registered").read_text(encoding="utf-8")


@needs_bash
def test_a_japanese_name_is_completed_by_a_real_key(desk: Path) -> None:
    """bash at a terminal, with the Tab key pressed: the file's name stands in the command that is then run."""
    pty = pytest.importorskip("pty")
    keys = (
        'eval "$(_XL_PLAN_COMPLETE=bash_source xl-plan)"; xl-plan() { printf "%s\\n" "$@" > said; }\n'
        "xl-plan che\tinbox/福祉政\t\nexit\n"
    )
    environment = {
        **os.environ,
        "PATH": f"{desk / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }
    parent, child = pty.openpty()
    shell = subprocess.Popen(
        ["bash", "--norc", "-i"], cwd=desk, env=environment, stdin=child, stdout=child, stderr=child, close_fds=True
    )
    os.close(child)
    os.write(parent, keys.encode("utf-8"))
    try:
        while os.read(parent, 4096):
            pass
    except OSError:  # the shell has gone
        pass
    finally:
        os.close(parent)
    assert shell.wait(timeout=30) == 0
    assert (desk / "said").read_text(encoding="utf-8").splitlines() == ["check", "inbox/福祉政策課.xlsx"]


@pytest.mark.parametrize(
    ("shell", "registers"),
    [("zsh", "compdef _xl_plan_completion xl-plan"), ("fish", "complete --no-files --command xl-plan")],
)
def test_zsh_and_fish_get_their_script(desk: Path, shell: str, registers: str) -> None:
    script = asked(desk, "xl-plan", _XL_PLAN_COMPLETE=f"{shell}_source")
    assert registers in script and f"_XL_PLAN_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is not None:
        (desk / "script").write_text(script, encoding="utf-8")
        asked(desk, program, "-n", "script")


def test_zsh_and_fish_are_told_what_each_command_does(desk: Path) -> None:
    zsh = asked(desk, "xl-plan", _XL_PLAN_COMPLETE="zsh_complete", COMP_WORDS="xl-plan sp", COMP_CWORD="1")
    kind, name, words = zsh.splitlines()
    assert (kind, name) == ("plain", "split") and "調査票" in words
    fish = asked(desk, "xl-plan", _XL_PLAN_COMPLETE="fish_complete", COMP_WORDS="xl-plan sp", COMP_CWORD="sp")
    assert fish.startswith("plain") and "split" in fish and "調査票" in fish
