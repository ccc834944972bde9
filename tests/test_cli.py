"""The command line as staff and programs meet it: in a process of its own, with its exit codes and its one line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xl_plan
from issued_lines import issued_lines
from xl_plan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "templates" / "plan_template.xlsx"
INBOX = ROOT / "inbox"
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
# The tests run the package that they import, wherever the command is started.
UTF8 = {**os.environ, "PYTHONPATH": str(Path(xl_plan.__file__).parent.parent), "PYTHONUTF8": "1"}
CP932 = {**UTF8, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp932"}
for name in ("XL_PLAN_DEBUG", "COLUMNS"):
    UTF8.pop(name, None)
    CP932.pop(name, None)


def call(cwd: Path, *arguments: str | Path, env: dict[str, str] = UTF8, encoding: str = "utf-8") -> Any:
    command = [sys.executable, "-m", "xl_plan", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding=encoding, timeout=120, check=False)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the repository; tests write to folders of their own in it."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(INBOX, folder / "inbox")
    (folder / "templates").mkdir()
    shutil.copy(PLAN, folder / "templates")
    (folder / "議事録.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    (folder / "空.xlsx").write_bytes(b"")
    return folder


# ---------------------------------------------------------------- exit codes


def test_merge_of_the_shipped_inbox_is_0(desk: Path) -> None:
    run = call(desk, "merge", "inbox/")
    assert (run.returncode, run.stderr) == (0, "")
    assert (desk / "outbox" / "進捗状況_R5.xlsx").is_file()
    assert "要修正 0件" in run.stdout


def test_missing_departments_alone_are_0(desk: Path) -> None:
    few = desk / "一部"
    few.mkdir()
    shutil.copy(INBOX / "福祉政策課.xlsx", few)
    run = call(desk, "merge", "一部", "--out", "一部の結果", "--json")
    assert run.returncode == 0
    assert len(json.loads(run.stdout)["missing"]) == 9


def test_a_fault_is_1_and_everything_else_is_done(desk: Path) -> None:
    inbox = desk / "誤り"
    shutil.copytree(INBOX, inbox)
    change_a_past_value(inbox / "福祉政策課.xlsx")
    run = call(desk, "merge", "誤り", "--out", "誤りの結果", "--json")
    said = json.loads(run.stdout)
    assert run.returncode == 1
    assert (desk / said["output"]).is_file()
    assert [f["got"] for f in said["findings"] if f["severity"] == "error"] == ["98,765,432件"]


def test_check_of_a_fault_is_1_and_writes_nothing(desk: Path) -> None:
    inbox = desk / "確認"
    shutil.copytree(INBOX, inbox)
    change_a_past_value(inbox / "福祉政策課.xlsx")
    before = sorted(desk.rglob("*"))
    assert call(desk, "check", "確認/福祉政策課.xlsx").returncode == 1
    assert call(desk, "check", "確認/障害福祉課.xlsx").returncode == 0
    assert sorted(desk.rglob("*")) == before


def change_a_past_value(form: Path) -> None:
    """Type over a cell that was issued filled and locked, as a hand does that removed the locks."""
    book = openpyxl.load_workbook(form)
    cells = [
        (sheet, cell) for _, column, owned, sheet, cell in issued_lines(book) if column == "actual:2022" and not owned
    ]
    sheet, cell = cells[0]
    book[sheet][cell] = "98,765,432件"
    book.save(form)


# ---------------------------------------------------------------- one line


MERGE_HELP = "xl-plan merge --help"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("merge inbox --plan 無い.xlsx", ["計画のブックが見つかりません", "無い.xlsx", "確かめてください"]),
        ("merge inbox --plan 議事録.pdf", ["議事録.pdf", "Excelのブックではありません", "PDF"]),
        ("merge inbox --plan 空.xlsx", ["空.xlsx", "0バイト"]),
        ("merge inbox --plan inbox", ["inbox", "フォルダーが指定されています"]),
        ("merge inbox --plan inbox/福祉政策課.xlsx", ["inbox/福祉政策課.xlsx", "設定", "rollover"]),
        ("merge 無い", ["提出物のフォルダーを開けません", "無い", "見つかりません"]),
        ("merge 空.xlsx", ["提出物のフォルダーを開けません", "フォルダーではありません"]),
        ("merge", ["INBOX", "指定してください", MERGE_HELP]),
        ("merge inbox 余分", ["余分な指定", "余分", MERGE_HELP]),
        ("merge inbox --jobs 0", ["--jobs", "「0」", MERGE_HELP]),
        ("merge inbox --jobs 多め", ["--jobs", "「多め」", MERGE_HELP]),
        ("merge inbox --plan", ["--plan", "値を入れてください"]),
        ("merge inbox --json=1", ["--json", "値を付けられません"]),
        ("merge inbox --strcit", ["--strcit", "もしかして", "--strict"]),
        ("merge inbox --zzz", ["--zzz", "はありません", MERGE_HELP]),
        ("marge inbox", ["marge", "もしかして", "merge"]),
        ("zzz", ["zzz", "xl-plan --help"]),
        ("--zzz", ["--zzz", "xl-plan --help"]),
        ("split --plan 無い.xlsx", ["無い.xlsx", "見つかりません"]),
        ("check 無い.xlsx", ["無い.xlsx", "見つかりません"]),
        ("rollover templates/plan_template.xlsx", ["--year", "指定してください"]),
        ("rollover templates/plan_template.xlsx --year 来年 --to x.xlsx", ["「来年」", "--year R5"]),
        ("rollover 議事録.pdf --year R6 --to x.xlsx", ["議事録.pdf", "PDF"]),
        ("rules XP999", ["XP999", "xl-plan rules"]),
        ("rules unit-difer", ["unit-difer", "もしかして：unit-differs"]),
        ("merge inbox --out 議事録.pdf", ["議事録.pdf", "書き込めません"]),
    ],
)
def test_what_cannot_run_is_2_and_one_line(desk: Path, arguments: str, says: list[str]) -> None:
    before = sorted(desk.rglob("*"))
    run = call(desk, *arguments.split(" "))
    assert (run.returncode, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("xl-plan: ")
    assert [text for text in says if text not in line] == []
    assert sorted(desk.rglob("*")) == before


def test_without_a_command_it_says_what_comes_next(desk: Path) -> None:
    run = call(desk)
    assert (run.returncode, run.stderr) == (0, "")
    assert "部局中" in run.stdout and "次は" in run.stdout and "xl-plan --help" in run.stdout


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_japanese(desk: Path, arguments: list[str]) -> None:
    run = call(desk, *arguments)
    assert (run.returncode, run.stderr) == (0, "")
    explained = [line for line in run.stdout.splitlines() if line.startswith("  ") and line.strip()]
    assert [line for line in explained if re.match(r"  \S+.* {2,}\S", line) and not JAPANESE.search(line)] == []
    assert not re.search(r"Usage|Options|Commands|Show this|default|required|Arguments", run.stdout)


def test_help_names_every_command(desk: Path) -> None:
    run = call(desk, "--help")
    assert [name for name in COMMANDS if not re.search(rf"^  {name} +\S", run.stdout, re.MULTILINE)] == []


def test_version(desk: Path) -> None:
    run = call(desk, "--version")
    assert (run.returncode, run.stdout.strip()) == (0, f"xl-plan {xl_plan.__version__}")


# ---------------------------------------------------------------- json and quiet


def test_json_is_one_object_and_nothing_else(desk: Path) -> None:
    run = call(desk, "merge", "inbox", "--out", "json", "--json")
    said = json.loads(run.stdout)
    assert (run.returncode, run.stderr) == (0, "")
    assert list(said) == ["plan", "output", "returns", "submissions", "missing", "findings"]
    assert said["plan"] == {"title": "柏市地域健康福祉計画", "year": "R5", "programmes": 32, "departments": 12}
    assert (len(said["submissions"]), said["missing"]) == (10, [])
    assert {len(each["sha256"]) for each in said["submissions"]} == {64}
    assert sum(each["owned"] for each in said["submissions"]) == 52


def test_relative_paths_stay_relative(desk: Path) -> None:
    said = json.loads(call(desk, "merge", "inbox/", "--out", "相対", "--json").stdout)
    assert said["output"] == "相対/進捗状況_R5.xlsx"
    assert [each["file"] for each in said["submissions"]] == [f"inbox/{name}" for name in names_in(desk / "inbox")]
    files = {"templates/plan_template.xlsx", *(each["file"] for each in said["submissions"])}
    assert {each["file"] for each in said["findings"]} <= files
    said = json.loads(call(desk / "inbox", "check", "福祉政策課.xlsx", "--plan", PLAN, "--json").stdout)
    assert [each["file"] for each in said["submissions"]] == ["福祉政策課.xlsx"]


def test_absolute_paths_stay_absolute(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "結果"
    arguments = ("merge", desk / "inbox", "--plan", desk / "templates/plan_template.xlsx", "--out", out, "--json")
    said = json.loads(call(tmp_path, *arguments).stdout)
    assert said["output"] == (out / "進捗状況_R5.xlsx").as_posix()
    assert all(each["file"].startswith(desk.as_posix()) for each in said["submissions"])


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        "merge inbox --out 静か",
        "check inbox/福祉政策課.xlsx",
        "split --out 静か",
        "rollover templates/plan_template.xlsx --year R5 --to 静か/計画.xlsx",
    ],
)
def test_quiet_says_nothing(desk: Path, arguments: str) -> None:
    run = call(desk, *arguments.split(" "), "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_quiet_does_not_hide_why_it_could_not_run(desk: Path) -> None:
    run = call(desk, "merge", "無い", "--quiet")
    assert run.returncode == 2
    assert "無い" in run.stderr


# ---------------------------------------------------------------- consoles and names


@pytest.mark.parametrize("arguments", [["--help"], ["merge", "--help"], ["merge", "inbox", "--out", "日本"], ["rules"]])
def test_a_console_of_windows_does_not_stop_it(desk: Path, arguments: list[str]) -> None:
    run = call(desk, *arguments, env=CP932, encoding="cp932")
    assert (run.returncode, run.stderr) == (0, "")
    assert JAPANESE.search(run.stdout)


def test_a_character_that_the_console_lacks_is_no_fault(desk: Path) -> None:
    inbox = desk / "方言"
    inbox.mkdir()
    shutil.copy(INBOX / "福祉政策課.xlsx", inbox / "福祉政策課 ⽂鷗\U0001f600é.xlsx")
    run = call(desk, "merge", "方言", "--out", "方言の結果⽂", env=CP932, encoding="cp932")
    assert (run.returncode, run.stderr) == (0, "")
    assert "?" in run.stdout
    said = json.loads(call(desk, "merge", "方言", "--out", "方言の結果", "--json", env=CP932, encoding="cp932").stdout)
    assert said["submissions"][0]["file"] == "方言/福祉政策課 ⽂鷗\U0001f600é.xlsx"


def test_an_ascii_console_does_not_stop_it(desk: Path) -> None:
    env = {**UTF8, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    run = call(desk, "merge", "inbox", "--out", "ascii", env=env)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_with_spaces_and_japanese(desk: Path, form: str) -> None:
    def named(text: str) -> str:
        return unicodedata.normalize(form, text)  # type: ignore[arg-type]

    inbox = desk / named(f"提出 フォルダー ガ {form}")
    inbox.mkdir()
    shutil.copy(INBOX / "地域包括支援課.xlsx", inbox / named("【提出】 ブック　最終 (2).xlsx"))
    shutil.copy(PLAN, desk / named("計画 ブック.xlsx"))
    out = named(f"結果 フォルダー {form}")
    run = call(desk, "merge", inbox.name, "--plan", named("計画 ブック.xlsx"), "--out", out, "--json")
    said = json.loads(run.stdout)
    assert run.returncode == 0
    assert said["output"] == f"{out}/進捗状況_R5.xlsx"
    assert (desk / said["output"]).is_file()
    assert [each["department"] for each in said["submissions"]] == ["地域包括支援課"]


def test_the_installed_command_is_the_module() -> None:
    from importlib.metadata import PackageNotFoundError, entry_points

    try:
        (script,) = entry_points(group="console_scripts", name="xl-plan")
    except (PackageNotFoundError, ValueError):
        pytest.skip("the package is not installed, only its source is on the path")
    assert script.load() is sys.modules["xl_plan.cli"].main


# ---------------------------------------------------------------- the README


def test_the_readme_names_every_command_and_no_other() -> None:
    rows = re.findall(r"^\| `xl-plan (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


def test_rules_of_one_kind_and_a_code_as_it_is_typed(desk: Path) -> None:
    def said(*words: str) -> str:
        return str(call(desk, "rules", *words).stdout)

    lines = said("XP4").splitlines()
    assert lines == [line for line in said().splitlines() if line.startswith("XP4")] and len(lines) > 1
    assert said("ＸＰ３１０") == said("xp310") == said("unit-differs") != said()
