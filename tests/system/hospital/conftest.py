"""A demo for each file that asks for one: its clock moves, and what one test signs another one reads."""

from collections.abc import Iterator

import pytest
from browser import Served, Theatre, serving, theatre


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a demo."""
    with serving(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="module")
def stage(demo: Served) -> Iterator[Theatre]:
    """Open a browser before it."""
    with theatre(demo) as one:
        yield one
