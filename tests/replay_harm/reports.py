"""Reports as hotlines send them, about the shapes of a town, with marked words wherever any fit."""

import json
import random  # noqa: TID251 (seeded: the same number, the same replay)
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas.envelope import THREAT_TYPE
from tests.replay_harm.marks import SECTOR, sealed
from tests.replay_harm.town import COMPLAINT_LINE, HERE, STATES, Shape, Town

HOTLINES = ("hotline-a",) * 4 + ("hotline-b",) * 4 + (COMPLAINT_LINE,)
AUDIENCES = (
    "missions", "nhris", "msis", "investors", "companies", "mechanisms", "legal", "unions",
    "protection",
)  # fmt: skip
_ACTS = (
    "death_threat", "arrest", "abduction", "assault", "eviction", "slapp", "dismissal", "spyware",
    "surveillance", "raid_search", "extradition_risk", "reprisal_risk", "early_warning",
)  # fmt: skip
_LATER = (
    "enrichment",
    "released_from_custody",
    "status_changed",
    "arrest",
    "pattern",
    "retraction",
)
_FIELDS = ("country", "act", "certainty", "sector", "why_you")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One report, ready to be sent."""

    id: str
    source: str
    event: dict[str, Any]
    shape: str
    traits: tuple[str, ...] = ()

    def bytes(self) -> bytes:
        """As it travels, with a marked word in every field that is sealed or strange."""
        event = json.loads(json.dumps(self.event, default=_iso))
        for subject in event.get("subjects", ()):
            subject["real_name"] = sealed("subject")
        for party in event.get("parties", ()):
            party["nickname"] = [sealed("nickname")]
        for country in event.get("countries", ()):
            country["village"] = sealed("village")
        for consent in event.get("consent", ()):
            consent["said_by"] = sealed("said")
        event["note"] = {sealed("key"): sealed("value")}
        fields = ("identity", "exact_place", "narrative", "source_contact", "contact_protocol")
        return json.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": self.source,
                "type": THREAT_TYPE,
                "remark": sealed("envelope"),
                "data": {
                    "event": event,
                    "extra": sealed("data"),
                    "sealed": {
                        **{name: sealed(name) for name in (*fields, "wishes_in_words", "new")},
                        "party_names": [sealed("party")],
                    },
                },
            }
        ).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Situation:
    source: str
    name: str
    subject: str | None
    shape: Shape


class Reports:
    """Decides by chance what is reported next."""

    def __init__(self, rng: random.Random, town: Town) -> None:
        self._rng = rng
        self._town = town
        self._n = 0
        self._situations: list[_Situation] = []

    def next(self, now: datetime) -> list[Written]:
        """One report, or several that belong together."""
        draw = self._rng.random()
        if self._situations and draw < 0.30:
            return [self._further(self._rng.choice(self._situations[-40:]), now)]
        if draw < 0.36:
            return self._two_hotlines(now)
        return self._new(now)

    def _new(self, now: datetime) -> list[Written]:
        situation = self._situation(self._rng.choice(HOTLINES))
        if situation.subject and self._rng.random() < 0.15:
            granted = {"situation": situation.name, "consent": [self._consent(now)]}
            first = self._write(situation, {**granted, "code": "consent_granted"}, "consent_first")
            return [first, self._write(situation, self._act(situation, now, silent=True))]
        act = self._act(situation, now)
        return [self._write(situation, act, *("label",) * ("label" in act))]

    def _two_hotlines(self, now: datetime) -> list[Written]:
        """The same thing, told by two; one of them may have asked for consent, the other not."""
        one = self._situation("hotline-a")
        other = _Situation(source="hotline-b", name=one.name, subject=one.subject, shape=one.shape)
        self._situations.append(other)
        event = self._act(one, now)
        alone = {name: value for name, value in event.items() if name != "consent"}
        return [self._write(one, event, "two_hotlines"), self._write(other, alone)]

    def _situation(self, source: str) -> _Situation:
        self._n += 1
        subject = f"subject-{self._n}" if self._rng.random() < 0.93 else None
        if subject and self._rng.random() < 0.1:
            subject = f"subject-{self._rng.randint(1, self._n)}"  # somebody known already
        shape = self._rng.choice(self._town.shapes)
        if source == COMPLAINT_LINE:
            shape = next(each for each in self._town.shapes if each.name == "complaint_line")
        situation = _Situation(
            source=source, name=f"situation-{self._n}", subject=subject, shape=shape
        )
        self._situations.append(situation)
        return situation

    def _act(self, situation: _Situation, now: datetime, *, silent: bool = False) -> dict[str, Any]:
        rng, shape = self._rng, situation.shape
        event: dict[str, Any] = {
            "code": rng.choice(_ACTS),
            "situation": situation.name,
            "countries": [{"code": HERE}],
            "certainty": rng.choice(("likely", "likely", "confirmed", "possible")),
            "source_reliability": "highly_reliable",
            "independent_sources": rng.choice((1, 1, 2)),
            "occurred": {"at": now - timedelta(hours=1), "precision": "hour"},
            "sector": SECTOR,
            "parties": [
                {"party": party, "role": role, "perpetrator_kind": _kind(role, shape)}
                for party, role in shape.roles.items()
            ],
            **shape.more,
        }
        if rng.random() < 0.15:  # somebody else did it as well
            extra = rng.choice(sorted(self._town.of_kind("company", "state_body")))
            event["parties"].append(
                {"party": extra, "role": "alleged_perpetrator", "perpetrator_kind": "company"}
            )
        if rng.random() < 0.1:
            event["countries"] = [
                *event["countries"], {"code": rng.choice(STATES[1:]), "role": "residence"}
            ]  # fmt: skip
        if rng.random() < 0.06:
            event["wishes"] = [rng.choice(("no_company_contact", "no_mission_contact"))]
        if rng.random() < 0.3:
            event["label"] = rng.choice(("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN"))
        if not silent and rng.random() < 0.85:
            event["consent"] = [self._consent(now, nobody=situation.subject is None)]
        return event

    def _consent(self, now: datetime, *, nobody: bool = False) -> dict[str, Any]:
        rng = self._rng
        given: dict[str, Any] = {
            "basis": "no_identifiable_person" if nobody and rng.random() < 0.8 else "person",
            "audiences": sorted(rng.sample(AUDIENCES, rng.choice((0, 2, 5, 8, 9)))),
            "mode": rng.choice(("quiet", "private", "private", "private")),
        }
        if rng.random() < 0.2:
            given["until"] = now + timedelta(hours=rng.uniform(0.2, 12))
        if rng.random() < 0.25:
            given["fields"] = sorted(rng.sample(_FIELDS, rng.randint(1, 4)))
        return given

    def _further(self, of: _Situation, now: datetime) -> Written:
        rng, draw = self._rng, self._rng.random()
        if of.subject and draw < 0.4:
            given = {"basis": "person", "state": "revoked"}
            return self._write(of, _about(of, "consent_revoked", given), "revocation")
        if of.subject and draw < 0.55:
            given = {**self._consent(now), "state": "narrowed"}
            given["audiences"] = given["audiences"][:2]
            return self._write(of, _about(of, "consent_narrowed", given), "narrowing")
        if of.subject and draw < 0.65:
            return self._write(of, _about(of, "consent_granted", self._consent(now)), "given_again")
        event = self._act(of, now)
        event["code"] = rng.choice(_LATER)
        return self._write(of, event, "further", *("label",) * ("label" in event))

    def _write(self, of: _Situation, event: dict[str, Any], *traits: str) -> Written:
        self._n += 1
        if of.subject:
            event = {**event, "subjects": [{"kind": "person", "pseudonym": of.subject}]}
        else:
            event = {**event, "subjects": [{"kind": "community", "count": 40}]}
        return Written(
            id=f"event-{self._n}",
            source=of.source,
            event=event,
            shape=of.shape.name,
            traits=traits,
        )


def _about(of: _Situation, code: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "situation": of.name, "consent": [given]}


def _kind(role: str, shape: Shape) -> str:
    return shape.perpetrator_kind if role == "alleged_perpetrator" else "unknown"


def _iso(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
