"""What an event says of a consent, as a record would keep it."""

from datetime import datetime

from schemas.codes import EventType, Precision
from schemas.consent import Basis, Community, Consent, ConsentDoor, Inability, Obtained
from schemas.event import ConsentGiven, ThreatEvent


def said_in(
    event: ThreatEvent, given: ConsentGiven, *, pseudonym: str, id: str, source: str, now: datetime
) -> tuple[Consent, bool]:
    """The word of its publisher, and whether we know for certain when the subject gave it.

    A time ahead of ours is a clock that is wrong: then nobody knows.
    """
    at = given.given_at
    if at is None and event.type is EventType.CONSENT:
        at = event.occurred.at if event.occurred.precision is Precision.MINUTE else None
    certain = at is not None and at <= now
    community = given.community
    return (
        Consent(
            id=id,
            pseudonym=pseudonym,
            audiences=given.audiences,
            mode=given.mode,
            basis=Basis(given.basis),
            given_at=at if at is not None and certain else now,
            fields=given.fields,
            until=given.until,
            revoked=given.state == "revoked",
            obtained=Obtained(given.obtained),
            holder=given.holder or "",
            witness=given.witness or "",
            inability=None if given.inability is None else Inability(given.inability),
            community=None
            if community is None
            else Community(
                needed=community.needed, of=community.of, agreed=tuple(community.agreed)
            ),
            recorded_at=now,
            by=source,
            door=ConsentDoor.EVENT,
        ),
        certain,
    )
