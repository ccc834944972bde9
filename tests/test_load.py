"""Many files, a quarter of them hostile: all honest ones merged, all bad ones named. `make load` does it with 2,000, and
measures time and memory too."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
HONEST, HOSTILE = 30, 20
pytestmark = pytest.mark.skipif(os.name == "nt", reason="measured with the means of POSIX")


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("load", ROOT / "benchmarks" / "load.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["load"] = module  # its workers look for it under this name
    spec.loader.exec_module(module)
    return module


def test_a_quarter_of_hostile_files_costs_no_honest_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    load = benchmark()
    alone, mixed = load.make(tmp_path, HONEST, HOSTILE)
    plan = tmp_path / "plan.xlsx"
    one = load.measure(alone, plan, tmp_path / "out-alone")
    other = load.measure(mixed, plan, tmp_path / "out-mixed")
    assert load.faults(one, other, HONEST, HOSTILE, measures=False) == []
    assert load.faults(one, other, HONEST + 1, HOSTILE, measures=False) != []
    assert load.faults(one, other, HONEST, HOSTILE + 1, measures=False) != []
