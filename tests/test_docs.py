"""The documentation does what it says: every command line runs, every picture exists and is made by the script."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import xl_plan
from xl_plan.cli import COMMANDS
from xl_plan.cli.examples import EXAMPLES, GROUPS
from xl_plan.issue.handbook import handbook_markdown
from xl_plan.model import OWN_SHEETS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(xl_plan.__file__).parent.parent), "PYTHONUTF8": "1"}
_FENCE = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"!\[([^\]]*)\]\((?:docs/)?pictures/([^)]+)\)")


def command_lines(text: str) -> Iterator[list[str]]:
    """The xl-plan lines of the fenced blocks, without prompt, environment and remark."""
    for block in _FENCE.findall(text):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            for part in line.split(" && "):
                words = shlex.split(part, comments=True)
                words = words[1:] if words[:1] == ["$"] else words
                if words and words[0] in ("xl-plan", ".venv/bin/xl-plan"):
                    yield words[1:]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder as a division has it in May, with last year's workbook beside it."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    shutil.copytree(ROOT / "inbox", tmp_path / "inbox")
    shutil.copyfile(ROOT / "tests" / "data" / "柱2_進捗状況.xlsx", tmp_path / "進捗状況_R4.xlsx")
    (tmp_path / "tests" / "data").mkdir(parents=True)
    shutil.copyfile(ROOT / "tests" / "data" / "柱2_進捗状況.xlsx", tmp_path / "tests" / "data" / "柱2_進捗状況.xlsx")
    return tmp_path


def run_all(lines: list[list[str]], desk: Path) -> None:
    for words in lines:
        command = [sys.executable, "-m", "xl_plan", *words]
        done = subprocess.run(
            command, cwd=desk, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), (words, done.stdout[-500:], done.stderr)


def test_command_lines_are_found() -> None:
    text = "```console\n$ xl-plan merge inbox   # all of it\nls\n```\n```sh\n.venv/bin/xl-plan check && xl-plan rules\n```\n"
    assert list(command_lines(text)) == [["merge", "inbox"], ["check"], ["rules"]]
    named = {words[0] for words in command_lines((DOCS / "手引き.md").read_text(encoding="utf-8")) if words}
    assert named >= set(COMMANDS)


@pytest.mark.parametrize(
    "page", [p for p in PAGES if list(command_lines(p.read_text(encoding="utf-8")))], ids=lambda p: p.name
)
def test_every_command_line_of_a_page_runs_in_order(page: Path, desk: Path) -> None:
    run_all(list(command_lines(page.read_text(encoding="utf-8"))), desk)


def test_every_python_example_of_the_readme_runs(desk: Path) -> None:
    examples = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert examples
    for example in examples:
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=desk,
            env=ENVIRONMENT,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.split()[0] == "()"  # nobody is missing
    assert not (desk / "outbox").exists()


def test_every_example_of_the_help_runs(desk: Path) -> None:
    assert set(EXAMPLES) == set(COMMANDS) == {name for names in GROUPS.values() for name in names}
    run_all([["merge", "inbox", "--quiet"]], desk)
    run_all([shlex.split(line)[1:] for lines in EXAMPLES.values() for line in lines], desk)


def test_every_picture_exists_is_made_by_the_script_and_is_small() -> None:
    sys.path.insert(0, str(DOCS))
    try:
        from make_pictures import LARGEST, PICTURES
    finally:
        sys.path.remove(str(DOCS))
    named = {(alt, name) for page in PAGES for alt, name in _PICTURE.findall(page.read_text(encoding="utf-8"))}
    assert {name for _, name in named} == set(PICTURES) == {path.name for path in (DOCS / "pictures").iterdir()}
    assert all(alt for alt, _ in named)
    for name in PICTURES:
        data = (DOCS / "pictures" / name).read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < LARGEST, name


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"(?<!!)\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), (page.name, target)
        headings = {heading.lower() for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        anchors = {re.sub(r"[^\w\- ]", "", heading.replace("　", "")).replace(" ", "-") for heading in headings}
        for anchor in re.findall(r"\]\(#([^)]+)\)", text):
            assert anchor.lower() in anchors, (page.name, anchor)


def test_the_page_for_departments_is_the_sheet() -> None:
    assert (DOCS / "記入の手引き.md").read_text(encoding="utf-8") == handbook_markdown()


def test_the_manual_names_every_sheet_that_staff_see() -> None:
    text = (DOCS / "手引き.md").read_text(encoding="utf-8")
    assert [name for name in sorted(OWN_SHEETS) if not name.startswith("_") and name not in text] == []


def test_the_example_of_contributing_is_the_code() -> None:
    """Adding a rule is shown with a real one: each block stands like this in the repository."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block).strip() for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]
    files = [*sorted((ROOT / "src").rglob("*.py")), *sorted((ROOT / "tests").glob("*.py"))]
    sources = [path.read_text(encoding="utf-8") for path in files]
    assert len(blocks) == 3
    for block in blocks:
        assert any(block in source for source in sources), block[:60]


def test_the_picture_of_the_architecture_names_rooms_of_the_table() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    picture, _, table = text.partition("| room |")
    drawn = re.findall(r"─+([a-z][a-z/, ]*?)─+", picture.split("```")[1])
    rooms = {name.strip().split("/")[0] for step in drawn for name in step.split(",")}
    assert rooms >= {"excel", "tables", "plan", "forms", "submissions", "checks", "reconcile", "report"}
    for room in rooms:
        assert f"`{room}" in table, room
        assert (ROOT / "src" / "xl_plan" / room).is_dir() or (ROOT / "src" / "xl_plan" / f"{room}.py").is_file()
