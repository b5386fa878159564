"""The page of formats says what becomes of each kind of file."""

from pathlib import Path

import pytest

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.initiatives.eiti import EITI_COUNTRIES
from engine.registry.imports.initiatives.eiti_organisations import EITI_ORGANISATIONS
from engine.registry.imports.initiatives.fashionchecker import FASHION
from engine.registry.imports.initiatives.msi_participants import PARTICIPANTS
from engine.registry.imports.ownership.bods import BODS
from engine.registry.imports.ownership.ftm import FTM
from engine.registry.imports.ownership.gleif import GLEIF
from engine.registry.imports.ownership.meip import MEIP
from engine.registry.imports.places.missions import MISSIONS
from engine.registry.imports.places.sites import SITES
from engine.registry.rows import Format

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "import-formats.md"
OURS = (
    MISSIONS,
    SITES,
    EITI_COUNTRIES,
    EITI_ORGANISATIONS,
    FASHION,
    PARTICIPANTS,
    GLEIF,
    BODS,
    MEIP,
    FTM,
)


@pytest.mark.parametrize("format", OURS, ids=lambda format: format.name)
def test_a_format_that_can_be_imported_is_explained(format: Format) -> None:
    headings = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("## ")]

    assert FORMATS[format.name] is format
    assert [line for line in headings if line.endswith(f": `{format.name}`")]
