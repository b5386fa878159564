"""Reports as a hotline would send them, with defaults that are fine."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.envelope import THREAT_TYPE

HOTLINE = "hotline-a"
HOTLINES = (HOTLINE, "hotline-b")
"""Everybody who publishes in a story."""
SUBJECT = "subject-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report on its way to us: identity and content."""

    id: str
    source: str = HOTLINE
    event: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def bytes(self) -> bytes:
        """As it travels: CloudEvents in structured JSON."""
        return json.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": self.source,
                "type": THREAT_TYPE,
                "data": {"event": self.event, **({"sealed": self.sealed} if self.sealed else {})},
            }
        ).encode()


def report(
    code: str,
    *,
    id: str,
    situation: str = "situation-1",
    source: str = HOTLINE,
    country: str | None = "QM",
    parties: Mapping[str, str] | None = None,
    consents: Iterable[str] | None = None,
    mode: str = "private",
    subject: str | None = SUBJECT,
    certainty: str = "likely",
    sealed: Mapping[str, Any] | None = None,
    **more: Any,
) -> Report:
    """A report of `code`. `parties`: id -> role. `consents`: the audiences the subject allows."""
    event: dict[str, Any] = {"code": code, "situation": situation, "certainty": certainty, **more}
    if country is not None:
        event["countries"] = [{"code": country, "role": "happened"}]
    if subject is not None and "subjects" not in more:
        event["subjects"] = [{"kind": "person", "pseudonym": subject}]
    if parties:
        event["parties"] = [
            {"party": party, "role": role, "perpetrator_kind": _kind(role, party)}
            for party, role in parties.items()
        ]
    if consents is not None:
        event["consent"] = [consent(*consents, mode=mode)]
    return Report(id=id, source=source, event=event, sealed=sealed or {})


def consent(
    *audiences: str, mode: str = "private", state: str = "granted", **more: Any
) -> dict[str, Any]:
    """What a subject allows, as it stands in an event."""
    return {
        "state": state,
        "basis": "person",
        "audiences": list(audiences),
        "mode": mode,
        **more,
    }


def ahead(id: str, kind: str, at: str) -> dict[str, Any]:
    """A date on which something will happen, as it stands in an event: `at` in RFC 3339."""
    return {"id": id, "kind": kind, "at": at}


def withdrawal(*, id: str, situation: str = "situation-1", subject: str = SUBJECT) -> Report:
    """The subject takes every consent back."""
    return report(
        "consent_revoked",
        id=id,
        situation=situation,
        subject=subject,
        country=None,
        consent=[consent(state="revoked")],
    )


def _kind(role: str, party: str) -> str:
    if role != "alleged_perpetrator":
        return "unknown"
    return "state" if party.startswith("police") else "company"
