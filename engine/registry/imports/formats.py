"""Every format that can be imported, by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.registry.imports import (
    bods,
    bods_words,
    brands,
    company_sheet,
    eiti,
    eiti_organisations,
    facilities,
    fashionchecker,
    ftm,
    gleif,
    holdings,
    meip,
    missions,
    msi_participants,
    sites,
    spreadsheet,
    supplier_lists,
    vocabularies,
    written,
)
from engine.registry.imports.rows import Format

_ALL: tuple[Format, ...] = (
    written.REGISTRY,
    spreadsheet.PARTIES,
    spreadsheet.LINKS,
    spreadsheet.CONTACTS,
    company_sheet.COMPANY_SHEET,
    holdings.HOLDINGS,
    supplier_lists.SUPPLIERS,
    facilities.FACILITIES,
    brands.BRANDS,
    brands.TEA,
    missions.MISSIONS,
    sites.SITES,
    eiti.EITI_COUNTRIES,
    eiti_organisations.EITI_ORGANISATIONS,
    fashionchecker.FASHION,
    msi_participants.PARTICIPANTS,
    vocabularies.VOCABULARY,
    gleif.GLEIF,
    bods.BODS,
    bods_words.BODS_WORDS,
    meip.MEIP,
    ftm.FTM,
)

FORMATS: Mapping[str, Format] = MappingProxyType({each.name: each for each in _ALL})
