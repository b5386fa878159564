"""The stage the web tests play on: Cerro's town, and the story of a night."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.towns import ARREST, THREAT, cerro, rulebook
from tests.integration.web.stage import Stage, stage


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Stage]:
    """Cerro's town with nothing reported yet."""
    with stage(tmp_path, place=cerro(), rulebook=rulebook(ARREST, THREAT)) as made:
        yield made
