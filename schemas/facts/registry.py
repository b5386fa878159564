"""What people said of the registry: who stands for a link, what is wrong, what was erased."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryLookedAt:
    """A person looked at the registry as a whole and stands for it: it is still right."""

    kind: Literal["registry_looked_at"] = "registry_looked_at"
    v: Literal[1] = 1
    version: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkVerified:
    """A person stands for a link of the registry: from then on it may include."""

    kind: Literal["link_verified"] = "link_verified"
    v: Literal[1] = 1
    link: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefutationProposed:
    """A person says that a link of the registry is wrong; it counts until a second one agrees."""

    kind: Literal["refutation_proposed"] = "refutation_proposed"
    v: Literal[1] = 1
    link: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefuted:
    """Two people agree that a link is wrong: it includes nobody ever again, and still excludes."""

    kind: Literal["link_refuted"] = "link_refuted"
    v: Literal[1] = 1
    link: str
    proposed_by: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureProposed:
    """One person says whether a human rights institution is captured; nothing changes yet."""

    kind: Literal["capture_proposed"] = "capture_proposed"
    v: Literal[1] = 1
    party: str
    captured: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureJudged:
    """Two people agree whether a human rights institution is captured by its state."""

    kind: Literal["capture_judged"] = "capture_judged"
    v: Literal[1] = 1
    party: str
    captured: bool
    proposed_by: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentProposed:
    """One person corrects what a party is, in a way that may free it; nothing changes yet."""

    kind: Literal["amendment_proposed"] = "amendment_proposed"
    v: Literal[1] = 1
    party: str
    field: str
    """`kind`, `ganhri`, `state` … (`engine.registry.history.amending.Field`)."""
    value: str
    """A code; empty: none."""
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAmended:
    """Two people agree what a party is: it may be told, or left out, by that from now on."""

    kind: Literal["party_amended"] = "party_amended"
    v: Literal[1] = 1
    party: str
    field: str
    value: str
    proposed_by: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesErased:
    """A person erased addresses that count no more: of a contact, or of all that are old."""

    kind: Literal["addresses_erased"] = "addresses_erased"
    v: Literal[1] = 1
    contact: str
    """Empty: of every contact, those that were replaced long ago."""
    versions: int
    """How many versions of contacts were emptied."""
    by: str
