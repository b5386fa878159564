"""The columns of the files an organisation keeps itself (`docs/reference/registry.md`)."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.registry.imports import cells
from engine.registry.imports.cells import Reader
from schemas.contact import Level
from schemas.link import LinkKind, LinkStatus
from schemas.party import FormPoint, Mark, Ownership, PartyKind, PolicyClause, PoliticalPolicy

PARTY: Mapping[str, Reader] = MappingProxyType(
    {
        "id": cells.text,
        "kind": cells.one_of(PartyKind),
        "name": cells.text,
        "aliases": cells.several(cells.text),
        "identifiers": cells.several(cells.text),
        "state": cells.text,
        "located": cells.text,
        "ownership": cells.one_of(Ownership),
        "ganhri": cells.text,
        "independence_override": cells.yes,
        "sectors": cells.several(cells.text),
        "regions": cells.several(cells.text),
        "support": cells.several(cells.text),
        "languages": cells.several(cells.text),
        "political_policy": cells.one_of(PoliticalPolicy),
        "policy": cells.text,
        "policy_clauses": cells.several(cells.one_of(PolicyClause)),
        "policy_as_of": cells.day,
        "complaints": cells.text,
        "complaint_window": cells.whole,
        "requirements": cells.several(cells.one_of(FormPoint)),
        "marks": cells.several(cells.one_of(Mark)),
        "expires": cells.day,
        "source": cells.text,
        "exercise": cells.yes,
    }
)
LINK: Mapping[str, Reader] = MappingProxyType(
    {
        "id": cells.text,
        "kind": cells.one_of(LinkKind),
        "a": cells.text,
        "b": cells.text,
        "status": cells.one_of(LinkStatus),
        "source": cells.text,
        "valid_from": cells.day,
        "valid_until": cells.day,
        "share": cells.number,
        "tier": cells.whole,
        "sectors": cells.several(cells.text),
        "value": cells.number,
        "currency": cells.text,
        "as_of": cells.day,
        "terms": cells.several(cells.text),
        "evidence": cells.text,
        "verified_by": cells.text,
        "verified_at": cells.moment,
    }
)
CONTACT: Mapping[str, Reader] = MappingProxyType(
    {
        "id": cells.text,
        "party": cells.text,
        "label": cells.text,
        "level": cells.one_of(Level),
        "endpoints": cells.several(cells.text),
        "languages": cells.several(cells.text),
        "hours": cells.text,
        "rank": cells.whole,
        "verified_until": cells.moment,
        "away_until": cells.day,
        "source": cells.text,
    }
)
