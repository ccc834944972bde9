"""Who may import whom: the source held to the table of docs/architecture.md."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
TABLE = ROOT / "docs" / "architecture.md"

# library → the one room that may import it
LIBRARIES = {
    "openpyxl": "excel",
    "xlsxwriter": "excel",
    "python_calamine": "excel",
    "msoffcrypto": "excel",
    "pandas": "frames",
    "pyarrow": "frames",
    "click": "cli",
    "distributed": "pipeline",
    "dask": "pipeline",
}
NAME = re.compile(r"`(\w+)/?`")


class Import(NamedTuple):
    """One import statement, by the file and line where it stands."""

    where: str
    importer: str
    imported: str


# ---------------------------------------------------------------- the table


def table_rows(text: str) -> list[tuple[list[str], str]]:
    """Each row: its rooms, and what its last column says."""
    rows = re.findall(r"^\| (`.+?) \| .+ \| (.+?) \|$", text, re.MULTILINE)
    return [(NAME.findall(rooms), may_import) for rooms, may_import in rows]


def exceptions(says: str) -> dict[str, set[str]]:
    """`reconcile` also `checks/` → what one room of the row may import besides."""
    return {room: set(NAME.findall(rest)) for room, rest in re.findall(r"`(\w+)/?` also ([^;]+)", says)}


def allowed_rooms(text: str) -> dict[str, set[str]]:
    """Room → every room that it may import."""
    allowed: dict[str, set[str]] = {}
    for rooms, says in table_rows(text):
        also = exceptions(says)
        named = set(NAME.findall(re.sub(r"`\w+/?` also .+", "", says)))
        if "every room above" in says:
            named |= allowed.keys()
        elif rooms not in (["cli"], ["api"]):
            # A room further down is not known yet, so the table cannot lead in a circle.
            named |= {far for near in named for far in allowed[near]}
        if "never one another" not in says:
            named |= set(rooms)
        allowed |= {room: named | also.get(room, set()) for room in rooms}
    return allowed


# ---------------------------------------------------------------- the source

PACKAGE = {"api"}  # the package hands out its names when one is asked for


def room_of(module: str) -> str:
    """xl_plan.excel.write → excel; the package itself has no room."""
    return module.split(".")[1] if "." in module else ""


def is_module(name: str, source: Path) -> bool:
    path = source.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def imports_of(path: Path, source: Path) -> Iterator[Import]:
    """Every import of a file, also those inside functions and under TYPE_CHECKING."""
    importer = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(source).as_posix()}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(where, importer, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}: import by the full name"
            for alias in node.names:
                # "from xl_plan import plan" imports a module, "from xl_plan.plan import read_plan" a name in one.
                inner = f"{node.module}.{alias.name}"
                yield Import(where, importer, inner if is_module(inner, source) else str(node.module))


def all_imports(source: Path) -> list[Import]:
    return [each for path in sorted(source.rglob("*.py")) for each in imports_of(path, source)]


def forbidden(imports: list[Import], allowed: dict[str, set[str]]) -> list[str]:
    """The imports that the table or LIBRARIES does not allow, one line each."""
    faults = []
    for where, importer, imported in imports:
        here = room_of(importer)
        library = imported.split(".")[0]
        if library == "xl_plan":
            there = room_of(imported)
            if there and there != here and there not in allowed.get(here, PACKAGE if not here else set()):
                faults.append(f"{where}: {here or 'the package itself'} may not import {there}")
        elif LIBRARIES.get(library, here) != here:
            faults.append(f"{where}: only {LIBRARIES[library]} may import {library}")
    return list(dict.fromkeys(faults))


# ---------------------------------------------------------------- the tests


def test_nobody_imports_what_the_table_does_not_allow() -> None:
    assert forbidden(all_imports(SOURCE), allowed_rooms(TABLE.read_text(encoding="utf-8"))) == []


def test_every_room_stands_in_the_table_once() -> None:
    listed = [room for rooms, _ in table_rows(TABLE.read_text(encoding="utf-8")) for room in rooms]
    built = {path.stem for path in (SOURCE / "xl_plan").glob("*.py")} - {"__init__"}
    built |= {path.parent.name for path in (SOURCE / "xl_plan").glob("*/__init__.py")}
    assert sorted(listed) == sorted(built)


def test_what_the_table_says_in_words() -> None:
    allowed = allowed_rooms(TABLE.read_text(encoding="utf-8"))
    assert allowed["cells"] - {"cells"} == set()
    assert {room for room in allowed if "excel" in allowed[room]} == {"excel", "pipeline"}
    assert {room for room in allowed if "pipeline" in allowed[room]} == {"pipeline", "api", "cli", "__main__"}


def test_stages_do_not_import_one_another() -> None:
    text = TABLE.read_text(encoding="utf-8")
    allowed = allowed_rooms(text)
    stages, says = next((set(rooms), says) for rooms, says in table_rows(text) if "never one another" in says)
    excepted = exceptions(says)
    assert stages > {"plan", "rollover", "forms", "submissions", "checks", "reconcile", "report"}
    assert excepted.keys().isdisjoint({"plan", "rollover", "forms", "submissions", "checks"})
    for stage in stages:
        assert allowed[stage] & stages == excepted.get(stage, set()), stage
    # Exceptions lead in one direction: the stages can be put in an order in which each takes only earlier ones.
    assert list(TopologicalSorter(excepted).static_order())


SMALL_TABLE = """
| room | what it knows | may import |
|---|---|---|
| `cells` | values | nothing of ours |
| `model` | the domain | `cells` |
| `plan`, `forms`, `checks/`, `reconcile` | the stages | every room above, never one another; `reconcile` also `checks/` |
| `excel/` | libraries | `cells` |
| `pipeline/` | order | every room above |
| `cli/` | words | `pipeline` |
"""


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("cells.py", "from xl_plan.model import Plan", "cells may not import model"),
        ("plan.py", "from xl_plan.forms import split", "plan may not import forms"),
        ("plan.py", "from xl_plan import forms", "plan may not import forms"),
        ("checks/one.py", "import xl_plan.reconcile", "checks may not import reconcile"),
        ("forms.py", "def late() -> None:\n    from xl_plan.excel.write import book", "forms may not import excel"),
        ("cli/merging.py", "from xl_plan.excel.read import read_book", "cli may not import excel"),
        ("newcomer.py", "from xl_plan.cells import Cell", "newcomer may not import cells"),
        ("plan.py", "import openpyxl", "only excel may import openpyxl"),
        ("pipeline/rounds.py", "from xlsxwriter.color import Color", "only excel may import xlsxwriter"),
        ("pipeline/rounds.py", "import python_calamine", "only excel may import python_calamine"),
        ("pipeline/rounds.py", "import click", "only cli may import click"),
        ("cli/out.py", "import pandas as pd", "only frames may import pandas"),
        ("plan.py", "from xl_plan.model import Plan", None),
        ("reconcile.py", "from xl_plan.checks.one import rule", None),
        ("excel/write.py", "import xlsxwriter", None),
        ("pipeline/rounds.py", "from xl_plan.excel.write import book", None),
        ("cli/merging.py", "import click\nfrom xl_plan.pipeline.rounds import run", None),
    ],
)
def test_the_wall_can_be_hit(tmp_path: Path, file: str, line: str, fault: str | None) -> None:
    for module in ("model.py", "forms.py", "excel/write.py", "checks/one.py", file):
        path = tmp_path / "xl_plan" / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line if module == file else "", encoding="utf-8")
    faults = forbidden(all_imports(tmp_path), allowed_rooms(SMALL_TABLE))
    assert [each.split(": ")[1] for each in faults] == ([fault] if fault else [])


AT_EXIT = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
from xl_plan.cli import main
if sys.argv[1:]:
    main()
"""


@pytest.mark.parametrize("arguments", [[], ["--help"], ["merge", "--help"], ["marge"]])
def test_help_and_slips_cost_no_heavy_import(arguments: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", AT_EXIT, *arguments], capture_output=True, encoding="utf-8", check=False
    )
    loaded = set(run.stderr.split())
    heavy = {"openpyxl", "xlsxwriter", "python_calamine", "pandas", "pyarrow", "xl_plan.excel", "xl_plan.pipeline"}
    assert "xl_plan.cli" in loaded
    assert loaded & heavy == set()
