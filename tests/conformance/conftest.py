"""What the kit's tests share: a store on SQLite, and directories that trust each other."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from exchange.domain.parties import Side
from exchange.store import Store
from tests.conformance.officials import make_pair


@pytest.fixture
async def sqlite_store(sqlite_url: URL) -> AsyncIterator[Store]:
    """Return an open store on a fresh SQLite database."""
    opened = Store(sqlite_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[Side, Path]:
    """A kit and its partner for each side, made when a test first wants them."""
    root = tmp_path_factory.mktemp("pairs")
    for side in Side:
        make_pair(root / side, side)
    return {side: root / side for side in Side}


@pytest.fixture
def pair_of(pairs: dict[Side, Path], tmp_path: Path) -> Callable[[Side], Path]:
    """Give a fresh copy of a kit and the partner of a side."""

    def copy(side: Side) -> Path:
        return Path(shutil.copytree(pairs[side], tmp_path / "pair"))

    return copy
