"""Invented places: registries and rulebooks that the scenarios and the simulation live in."""

import functools
from dataclasses import replace

from engine.demo.stories.night_arrest import CERRO
from rules.rulebook import Rulebook, load
from tests.harness.people import Place, contact, link, party, place

_DUTY = """
duty:
  steps:
    critical:
      - {after: 0, roles: [handler]}
      - {after: 15m, roles: [second]}
      - {after: 30m, roles: [shift_lead]}
      - {after: 60m, roles: [director]}
    high:
      - {after: 0, roles: [handler]}
      - {after: 60m, roles: [second]}
      - {after: 90m, roles: [shift_lead, director]}
    elevated:
      - {after: 0, roles: [handler]}
      - {after: 4h, roles: [second]}
      - {after: 8h, roles: [shift_lead]}
      - {after: 24h, roles: [director]}
    watch:
      - {after: 0, roles: [handler]}
      - {after: 24h, roles: [second]}
  answer_holds_for: {critical: 30m, high: 4h, elevated: 24h, watch: 24h}
  repeat_every:
    critical: [15m, 15m, 15m, 15m, 1h]
    high: [1h, 1h, 1h, 1h, 4h]
    elevated: [4h, 4h, 24h]
    watch: [4h, 4h, 24h]
"""

_FIELDS = """
field_classes:
  missions: [country, act, certainty, as_of, why_you, ask, answer_by]
  nhris: [country, act, certainty, as_of, why_you, ask, answer_by]
  investors: [country, sector, certainty, as_of, why_you, ask, answer_by]
  companies: [country, sector, certainty, as_of, why_you, ask, answer_by]
"""

_POLICY = """
policies:
  quiet:
    tracks:
      missions: &quiet
        gate: release
        mode: quiet
        answer_by: {critical: 4h, high: 24h, elevated: 72h, watch: 72h}
        ask: enquire_quietly
      nhris: *quiet
      investors:
        gate: release
        mode: private
        steps: [{after: 0, spread: next}]
        answer_by: {critical: 24h, high: 48h, elevated: 7d, watch: 14d}
        ask: private_word
      companies:
        gate: release_two
        mode: private
        answer_by: {critical: 24h, high: 48h, elevated: 7d, watch: 7d}
        ask: senior_contact
"""


@functools.cache
def rulebook(*rules: str, name: str = "invented") -> Rulebook:
    """A rulebook with these rules, each a YAML item, and the figures of the scenarios."""
    return load(rulebook_text(*rules, name=name), filename=f"{name}.yaml")


def rulebook_text(*rules: str, name: str = "invented") -> str:
    """The same as its file says it."""
    listed = "\n".join(f"  - {rule}" for rule in rules)
    return f'version: "1"\nname: {name}\n{_POLICY}\nrules:\n{listed}\n{_FIELDS}{_DUTY}'


ARREST = (
    '{id: arrest, when: event.code == "arrest", policy: quiet, tell: ['
    "{track: missions, walk: home_missions}, {track: nhris, walk: home_nhri}],"
    " explain: [companies]}"
)
THREAT = (
    '{id: threat, when: event.code == "death_threat", policy: quiet, tell: ['
    "{track: investors, walk: investors}, {track: companies, walk: companies},"
    " {track: missions, walk: home_missions}]}"
)
LIFE = (
    '{id: life, when: event.severity == "critical", policy: quiet, tell: ['
    "{track: missions, walk: home_missions}, {track: nhris, walk: home_nhri}]}"
)
EVERYTHING = (
    '{id: everything, when: event.code != "", policy: quiet, tell: ['
    "{track: missions, walk: home_missions}, {track: nhris, walk: home_nhri},"
    " {track: investors, walk: investors}, {track: companies, walk: companies}]}"
)


def cerro() -> Place:
    """S1: the place of the night arrest; only the home NHRI opens an hour earlier here."""
    earlier = {"nhri-qn-mailbox": "Mon-Fri 09:00-17:00 UTC"}
    return replace(
        CERRO,
        contacts=tuple(replace(c, hours=earlier.get(c.id, c.hours)) for c in CERRO.contacts),
    )


def loto() -> Place:
    """S2, smaller: a factory, its holding abroad, that state's embassy, a buyer, two investors."""
    return place(
        parties=[
            party("loto-unit-4", "site", "QR"),
            party("loto-garments", "company", "QR"),
            party("loto-holdings", "company", "QS"),
            party("haldane", "company", "QS"),
            party("fjord-pension", "investor", "QT"),
            party("brightwater", "investor", "QT"),
            party("embassy-qs", "mission", "QS"),
            party("state-qr", "state", "QR"),
            party("state-qs", "state", "QS"),
        ],
        links=[
            link("loto-garments", "operates", "loto-unit-4"),
            link("loto-holdings", "parent_of", "loto-garments"),
            link("haldane", "buys_from", "loto-garments"),
            link("fjord-pension", "invests_in", "loto-holdings", share=3.0),
            link("brightwater", "invests_in", "haldane", share=2.0),
            link("embassy-qs", "accredited_to", "state-qr"),
        ],
        contacts=[
            contact("noor", "haldane", "hq_human_rights", ways=("email", "sms")),
            contact("noor-deputy", "haldane", "deputy", rank=1),
            contact("holdings-hq", "loto-holdings", "hq_human_rights"),
            contact("fjord", "fjord-pension"),
            contact("brightwater", "brightwater"),
            contact("ines", "embassy-qs", "focal_point"),
            contact("capital-qs", "embassy-qs", "capital_desk", rank=1),
        ],
    )
