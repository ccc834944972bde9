"""The clean round, once for all tests of this folder."""

from __future__ import annotations

import pytest

from .clean import Clean, the_clean_round


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The real plan opened for R5, its forms filled as printed, and what merging them gives."""
    return the_clean_round(tmp_path_factory)
