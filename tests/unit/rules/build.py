"""Builders for invented registries and events; everything has a default that is fine."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rules.graph import Registry
from rules.rulebook import Rulebook, load
from schemas.codes import (
    Audience,
    Certainty,
    CountryRole,
    FieldName,
    Mode,
    SubjectKind,
    TrackName,
)
from schemas.contact import Contact, Endpoint, Level
from schemas.event import CountryPart, PartyRole, Subject, ThreatEvent, When
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.safeguards import Basis, Consent, Safeguards

NOW = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
SUBJECT = "faro/subject-1"
PACK = Path(__file__).parents[3] / "rules" / "packs" / "default.yaml"

K = PartyKind
L = LinkKind


def a_party(id: str, kind: PartyKind = K.COMPANY, state: str | None = None, **more: Any) -> Party:
    return Party(id=id, kind=kind, name=id.replace("-", " ").title(), state=state, **more)


def a_link(
    a: str, kind: LinkKind, b: str, *, status: LinkStatus = LinkStatus.VERIFIED, **more: Any
) -> Link:
    more.setdefault("id", f"{a}:{kind.value}:{b}")
    return Link(kind=kind, a=a, b=b, status=status, source="invented", **more)


def an_endpoint(id: str, *, channel: str = "email", **more: Any) -> Endpoint:
    return Endpoint(id=id, channel=channel, address=f"{id}@mail.example", **more)


def a_contact(
    party: str, label: str = "desk", level: Level = Level.GENERAL, **more: Any
) -> Contact:
    id = f"{party}.{label}"
    more.setdefault("endpoints", (an_endpoint(f"{id}.mail"),))
    return Contact(id=id, party=party, label=label, level=level, **more)


def a_registry(
    parties: Iterable[Party] = (),
    links: Iterable[Link] = (),
    contacts: Iterable[Contact] | None = None,
) -> Registry:
    """Without contacts given, every party has one desk."""
    parties = tuple(parties)
    if contacts is None:
        contacts = [a_contact(party.id) for party in parties]
    return Registry(parties, links=links, contacts=contacts)


def a_role(party: str | None, role: str = "alleged_perpetrator", **more: Any) -> PartyRole:
    return PartyRole.model_validate({"party": party, "role": role, **more})


def an_event(
    code: str = "arrest",
    *,
    parties: Iterable[PartyRole] = (),
    happened: str | None = "QM",
    countries: Iterable[tuple[str, CountryRole]] = (),
    at: datetime | None = NOW,
    **more: Any,
) -> ThreatEvent:
    where = [CountryPart(code=happened)] if happened else []
    where += [CountryPart(code=country, role=role) for country, role in countries]
    more.setdefault("certainty", Certainty.LIKELY)
    more.setdefault("subjects", (Subject(kind=SubjectKind.PERSON, pseudonym="subject-1"),))
    return ThreatEvent(
        code=code,
        parties=tuple(parties),
        countries=tuple(where),
        occurred=When(at=at),
        **more,
    )


def a_consent(
    *audiences: Audience, pseudonym: str = SUBJECT, mode: Mode = Mode.PRIVATE, **more: Any
) -> Consent:
    more.setdefault("id", f"consent-{pseudonym}")
    more.setdefault("basis", Basis.PERSON)
    return Consent(pseudonym=pseudonym, audiences=tuple(audiences), mode=mode, given_at=NOW, **more)


def safeguards(*audiences: Audience, **more: Any) -> Safeguards:
    """One likely event about one person who consents to these audiences, privately."""
    more.setdefault("certainty", Certainty.LIKELY)
    more.setdefault("mode_ceiling", Mode.PRIVATE)
    more.setdefault("subjects", (SUBJECT,))
    more.setdefault("consents", (a_consent(*audiences),) if audiences else ())
    return Safeguards(**more)


def the_default_pack() -> Rulebook:
    return load(PACK.read_text("utf-8"), filename="default.yaml")


ALL_FIELDS = frozenset(FieldName)
OUTWARD = tuple(track for track in TrackName if track.outward)
LONG_AGO = date(2020, 1, 1)
