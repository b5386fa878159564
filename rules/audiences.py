"""Under which audience a party is judged that no rule put on a track."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.packs.walks import READY
from schemas.codes import TrackName
from schemas.party import PartyKind

TRACK_OF_KIND: Mapping[PartyKind, TrackName] = MappingProxyType(
    {
        PartyKind.COMPANY: TrackName.COMPANIES,
        PartyKind.SITE: TrackName.COMPANIES,
        PartyKind.EVENT_ORGANISER: TrackName.SPORTS,
        PartyKind.MISSION: TrackName.MISSIONS,
        PartyKind.MSI: TrackName.MSIS,
        PartyKind.ASSOCIATION: TrackName.MSIS,
        PartyKind.NETWORK: TrackName.MSIS,
        PartyKind.AGREEMENT: TrackName.MSIS,
        PartyKind.INVESTOR: TrackName.INVESTORS,
        PartyKind.BANK: TrackName.INVESTORS,
        PartyKind.EXPORT_CREDIT_AGENCY: TrackName.INVESTORS,
        PartyKind.NHRI: TrackName.NHRIS,
        PartyKind.SPORTS_BODY: TrackName.SPORTS,
        PartyKind.LAW_FIRM: TrackName.LEGAL,
        PartyKind.UNION: TrackName.UNIONS,
        PartyKind.MECHANISM: TrackName.MECHANISMS,
        PartyKind.PROTECTION: TrackName.PROTECTION,
    }
)
"""By its kind; whoever has no audience is never told."""

TRACK_OF_WALK: Mapping[str, TrackName] = MappingProxyType(
    {name: ready.track for name, ready in READY.items()}
)
"""By the walk that explains it."""
