"""The clean round, once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .clean import Clean, clean_round


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The real plan opened for R5, its forms filled as printed, and what merging them gives."""
    folder: Path = tmp_path_factory.mktemp("clean")
    return clean_round(folder)
