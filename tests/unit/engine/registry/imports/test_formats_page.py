"""The page of formats says what becomes of each kind of file."""

from pathlib import Path

import pytest

from engine.registry.imports.bods import BODS
from engine.registry.imports.eiti import EITI_COUNTRIES
from engine.registry.imports.eiti_organisations import EITI_ORGANISATIONS
from engine.registry.imports.fashionchecker import FASHION
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.ftm import FTM
from engine.registry.imports.gleif import GLEIF
from engine.registry.imports.meip import MEIP
from engine.registry.imports.missions import MISSIONS
from engine.registry.imports.msi_participants import PARTICIPANTS
from engine.registry.imports.rows import Format
from engine.registry.imports.sites import SITES

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
