"""The batch files, run by a cmd.exe: Wine's, with a small program in Python's place that writes down what it was given.

What only Windows has (the line that Explorer starts, Python itself) is not run here: the lines are taken from its
documentation and given to the menu, and the menu is run by the Python of this machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xl_plan.cli.menu as menu_module
from xl_plan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import make_bundle  # noqa: E402

WORDS = ROOT / "docs" / "windows"
COMPILER = "x86_64-w64-mingw32-gcc"
SHIM = r"""
#include <windows.h>
#include <stdio.h>
static void say(FILE *out, const char *name, const wchar_t *text) {
    char bytes[4096];
    WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL);
    fprintf(out, "%s=%s\n", name, bytes);
}
int wmain(int argc, wchar_t **argv) {
    const char *names[] = {"XL_PLAN_DROPPED", "XL_PLAN_LINE", "XL_PLAN_FROM", "SHIM_CODE"};
    wchar_t wide[64], text[2048], code[16];
    FILE *out = fopen("said.txt", "wb");
    for (int i = 1; i < argc; i++) say(out, "argument", argv[i]);
    for (int i = 0; i < 4; i++) {
        MultiByteToWideChar(CP_UTF8, 0, names[i], -1, wide, 64);
        text[0] = 0;
        GetEnvironmentVariableW(wide, text, 2048);
        say(out, names[i], text);
    }
    GetCurrentDirectoryW(2048, text);
    say(out, "folder", text);
    fclose(out);
    code[0] = 0;
    GetEnvironmentVariableW(L"SHIM_CODE", code, 16);
    return _wtoi(code);
}
"""


# ---------------------------------------------------------------------------------------------------------- the files
@pytest.mark.parametrize("name", ["xl-plan.bat", "install.bat"])
def test_a_batch_file_is_safe_in_every_code_page(name: str) -> None:
    made = make_bundle.INSTALL_BAT.replace("\n", "\r\n").encode("utf-8")
    data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else made
    text = data.decode("ascii")
    assert data.count(b"\n") == data.count(b"\r\n") and text.startswith("@echo off\r\n")
    assert "chcp 65001 >nul" in text and "pushd" in text and not re.search(r"^cd ", text, re.MULTILINE)
    paths = re.findall(r"docs\\windows\\([^\"]+)\"", text)
    assert paths
    for path in paths:
        words = (WORDS / path).read_bytes()
        assert words.count(b"\n") == words.count(b"\r\n") and words.decode("utf-8").strip().endswith("。")
    for line in text.splitlines():  # a name with blanks, brackets or & stays one word wherever it is used
        code = line.split("rem ")[0]
        for found in re.finditer(r"%~\w*\d", code):
            assert code[: found.start()].count('"') % 2 == 1, line
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert "*.bat -text" in attributes and "docs/windows/*.txt -text" in attributes


def test_the_batch_file_knows_every_command() -> None:
    match = re.search(r"for %%c in \(([^)]*)\)", (ROOT / "xl-plan.bat").read_text(encoding="ascii"))
    assert match is not None and set(match[1].split()) == {*COMMANDS, "--help", "-h", "--version"}


# ------------------------------------------------------------------------------------- what Explorer hands over
CMD = r"C:\WINDOWS\system32\cmd.exe /c "


@pytest.mark.parametrize(
    ("line", "dropped", "expected"),
    [
        (CMD + r'""C:\計画\xl-plan.bat" "', "", []),  # a double click
        (CMD + r'""C:\計画\xl-plan.bat" C:\inbox"', r"C:\inbox", [r"C:\inbox"]),
        (CMD + r'""C:\計画\xl-plan.bat" C:\福祉&医療"', r"C:\福祉", [r"C:\福祉&医療"]),
        (
            CMD + r'""C:\計画\xl-plan.bat" "C:\回答 (1)&最終 100%!""',
            r"C:\回答 (1)&最終 100%!",
            [r"C:\回答 (1)&最終 100%!"],
        ),
        (CMD + r'""C:\計画\XL-PLAN.BAT" "C:\a b.xlsx" C:\c.xlsx"', r"C:\a b.xlsx", [r"C:\a b.xlsx", r"C:\c.xlsx"]),
        (r'"C:\WINDOWS\system32\cmd.exe" ', r"C:\inbox", [r"C:\inbox"]),  # typed at a prompt
        (CMD + r'"C:\計画\別の名前.bat" C:\inbox', r"C:\inbox", [r"C:\inbox"]),
        ("", "", []),
    ],
)
def test_what_was_dropped_is_read_from_the_line(line: str, dropped: str, expected: list[str]) -> None:
    environment = {"XL_PLAN_LINE": line, "XL_PLAN_DROPPED": dropped}
    assert [str(path) for path in menu_module.dropped_paths([], environment)] == expected


def test_a_relative_name_is_where_it_was_typed(tmp_path: Path) -> None:
    environment = {"XL_PLAN_LINE": r'cmd.exe /c "C:\x\xl-plan.bat inbox"', "XL_PLAN_FROM": str(tmp_path)}
    assert menu_module.dropped_paths([], environment) == [tmp_path / "inbox"]


# ---------------------------------------------------------------------------------------------------------- a cmd.exe
@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Windows of its own."""
    if shutil.which("wine") is None or shutil.which(COMPILER) is None:
        pytest.skip("needs Wine and MinGW (Debian: wine, gcc-mingw-w64-x86-64)")
    folder = tmp_path_factory.mktemp("wine")
    environment = {**os.environ, "WINEPREFIX": str(folder), "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8"}
    environment |= {"WINEDLLOVERRIDES": "mscoree,mshtml="}
    environment.pop("DISPLAY", None)
    subprocess.run(["wineboot", "-i"], env=environment, capture_output=True, timeout=120, check=True)
    return environment


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory, wine: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM, encoding="utf-8")
    subprocess.run([COMPILER, "-municode", "-O1", "-o", "python.exe", "shim.c"], cwd=folder, check=True)
    return folder / "python.exe"


@pytest.fixture
def home(tmp_path: Path, shim: Path) -> Path:
    """The folder that was unpacked, with the embeddable Python's place filled."""
    folder = tmp_path / "計画 (R5)&取りまとめ"
    (folder / "python").mkdir(parents=True)
    (folder / "docs").mkdir()
    shutil.copytree(WORDS, folder / "docs" / "windows")
    shutil.copyfile(ROOT / "xl-plan.bat", folder / "xl-plan.bat")
    shutil.copyfile(shim, folder / "python" / "python.exe")
    return folder


def started(
    home: Path, wine: dict[str, str], *arguments: str, code: int = 0, cwd: Path | None = None
) -> tuple[int, str]:
    # Names travel in the environment: what Explorer writes on the line, quotes and all, cannot be given to Wine from here.
    starter = home.parent / "start.bat"
    names = {f"NAME{number}": text for number, text in enumerate((str(home / "xl-plan.bat"), *arguments))}
    starter.write_text("@" + " ".join(f'"%{name}%"' for name in names) + "\r\n", encoding="ascii")
    command = ["wine", "cmd", "/c", str(starter)]
    environment = {**wine, **names, "SHIM_CODE": str(code)}
    done = subprocess.run(
        command,
        cwd=cwd or home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def said(home: Path) -> list[str]:
    return (home / "said.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("code", [0, 2])
def test_a_double_click_opens_the_menu_and_hands_its_code_on(home: Path, wine: dict[str, str], code: int) -> None:
    assert started(home, wine, code=code, cwd=home.parent)[0] == code
    lines = said(home)
    assert lines[:4] == ["argument=-X", "argument=utf8", "argument=-m", "argument=xl_plan.cli.menu"]
    assert "XL_PLAN_DROPPED=" in lines
    assert lines[-1].endswith(home.name)  # where templates, inbox and outbox are


@pytest.mark.parametrize("name", ["回答 (1)", "福祉&医療", "済!;a,b=c ^脱字"])
def test_a_dropped_folder_arrives_whole(home: Path, wine: dict[str, str], name: str) -> None:
    (home.parent / name).mkdir()
    assert started(home, wine, f"Z:{home.parent}/{name}".replace("/", "\\"))[0] == 0
    dropped = next(line for line in said(home) if line.startswith("XL_PLAN_DROPPED="))
    assert dropped.endswith("\\" + name), dropped


def test_a_line_of_the_manual_runs_as_it_stands(home: Path, wine: dict[str, str]) -> None:
    """Where it was typed, without menu and pause, and with its words as they are."""
    (home.parent / "merge").mkdir()  # a folder of a command's name is no folder that was dropped
    code, shown = started(home, wine, "merge", "回答 (1)&最終", "--strict", code=1, cwd=home.parent)
    lines = (home.parent / "said.txt").read_text(encoding="utf-8").splitlines()
    assert (code, shown) == (1, "")
    words = ["-X", "utf8", "-m", "xl_plan", "merge", "回答 (1)&最終", "--strict"]
    assert lines[: len(words)] == [f"argument={word}" for word in words]


def test_a_virtual_environment_serves_too(home: Path, wine: dict[str, str]) -> None:
    scripts = home / ".venv" / "Scripts"
    scripts.mkdir(parents=True)
    (home / "python" / "python.exe").rename(scripts / "python.exe")
    assert started(home, wine, code=1)[0] == 1
    assert "argument=xl_plan.cli.menu" in said(home)


def test_where_nothing_is_installed_it_says_what_to_do(home: Path, wine: dict[str, str]) -> None:
    (home / "python" / "python.exe").unlink()
    code, shown = started(home, wine)
    assert code == 2 and "install.bat" in shown and not (home / "said.txt").exists()
