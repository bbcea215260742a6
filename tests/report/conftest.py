from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


@pytest.fixture(scope="session")
def read():
    from made import study

    return study()


@pytest.fixture(scope="session")
def shown(read):
    from tawteen.report.exhibits import exhibits

    return exhibits(read)
