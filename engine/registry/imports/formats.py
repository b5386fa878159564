"""Every format that can be imported, by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.registry.imports import vocabularies
from engine.registry.imports.initiatives import (
    eiti,
    eiti_organisations,
    fashionchecker,
    msi_participants,
)
from engine.registry.imports.own import company_sheet, spreadsheet, written
from engine.registry.imports.ownership import bods, bods_words, ftm, gleif, meip
from engine.registry.imports.places import missions, sites
from engine.registry.imports.trade import brands, facilities, holdings, supplier_lists
from engine.registry.rows import Format

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
