"""The pins serve what pyproject.toml asks for, each with hashes, and the audit of them can fail."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = (ROOT / "requirements" / "offline.txt").read_text(encoding="utf-8")
PIN = re.compile(
    r"^([a-z0-9-]+)==([0-9][0-9.]*)( ; [^\\]+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def holds(pinned: str, asked: str) -> bool:
    """Whether ``>=a,<b`` holds of a version."""
    for condition in filter(None, asked.split(",")):
        match = re.fullmatch(r"(>=|<)([0-9.]+)", condition)
        assert match is not None, condition
        if (version(pinned) >= version(match[2])) is not (match[1] == ">="):
            return False
    return True


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pinned = {match[1]: match[2] for match in PIN.finditer(PINS)}
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for dependency in asked:
        match = re.fullmatch(r"([A-Za-z0-9._-]+?)((?:[<>]=?[0-9.]+,?)*)", dependency)
        assert match is not None, dependency
        name = match[1].lower()
        assert name in pinned, f"{name} is not pinned: python requirements/make.py"
        assert holds(pinned[name], match[2]), dependency


def test_nothing_stands_there_without_a_hash() -> None:
    rest = PIN.sub("", PINS)
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []


@pytest.mark.parametrize(
    ("pinned", "asked", "expected"), [("8.1", ">=8.1,<9", True), ("9.0", ">=8.1,<9", False), ("3", "", True)]
)
def test_bounds(pinned: str, asked: str, expected: bool) -> None:
    assert holds(pinned, asked) is expected


def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "requirements" / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_known_vulnerability_fails_the_audit_and_a_silent_registry_is_told() -> None:
    clean = {"name": "click", "version": "8.1", "vulns": []}
    bad = {"name": "openpyxl", "version": "3.0", "vulns": [{"id": "CVE-2017-5992"}]}
    unknown = {"name": "pandas", "skip_reason": "not found"}
    assert audit().verdict([clean, bad]) == (1, ["openpyxl 3.0: CVE-2017-5992"])
    assert audit().verdict([clean]) == (0, ["1 pinned packages, no known vulnerability"])
    code, (line,) = audit().verdict([clean, unknown])
    assert code == 0 and line.startswith("1 of 2 pinned packages audited")
