"""What tests need from outside, and what happens when it is missing.

Tests marked ``office`` start LibreOffice. They skip where it is absent, and fail instead when XL_PLAN_REQUIRE_OFFICE is
set, so that a machine that should have it cannot pass without running them. The measuring tools and the collection of
strange workbooks lie beside the repository, in ``../shared``; tests that use them skip where they are not.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from small_round import Office, make_small

# No test is timed, and a run that passed passes again: the same examples each time. Search wider with
# HYPOTHESIS_PROFILE=wide.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("wide", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Each merge of a test reads its files itself, whatever merges were before; tests of what is kept name a folder.
os.environ["XL_PLAN_CACHE"] = ""

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("office") is None or shutil.which("soffice") is not None:
        return
    if os.environ.get("XL_PLAN_REQUIRE_OFFICE"):
        pytest.fail("LibreOffice is not installed, and XL_PLAN_REQUIRE_OFFICE asks for it", pytrace=False)
    pytest.skip("LibreOffice is not installed")


@pytest.fixture
def print_gate() -> Path:
    """The tool that proves that print shows every character; run it with the running Python."""
    tool = SHARED / "tools" / "print_loss.py"
    if not tool.is_file():
        pytest.skip("the print gate is not beside the repository")
    return tool


@pytest.fixture
def strange_workbooks() -> Path:
    """The folder of workbooks from other projects' test suites."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("the collection of strange workbooks is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round of six programmes, made once: tests work on copies of it."""
    return make_small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def office(tmp_path: Path, small: Path) -> Office:
    """A division at work on a copy of the small round."""
    return Office(tmp_path, small)
