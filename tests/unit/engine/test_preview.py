"""Trying an event out: who would be told, who not, and nothing happens."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine.bootstrap.world import default_rulebook
from engine.case.commands import Report
from engine.preview import Preview, preview
from engine.registry import read_files
from engine.web.words.steering import step_words, until_words
from rules import rulebook
from rules.candidates import World
from rules.graph import Registry
from schemas.codes import Severity, TrackName
from schemas.event import ThreatEvent
from schemas.plan import Reason, Until

WORLD = Path(__file__).parents[3] / "engine" / "demo" / "world"
NOW = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


def _preview(**event: object) -> Preview:
    read = read_files(
        {name: (WORLD / name).read_text("utf-8") for name in ("registry.yaml", "roster.yaml")}
    )
    assert read.roster is not None
    world = World(
        rulebook=rulebook.load(default_rulebook(), filename="default"),
        registry=Registry(read.parties, links=read.links, contacts=read.contacts),
    )
    model = ThreatEvent.model_validate({"code": "arrest", **event})
    report = Report(
        event_id="e1",
        source="hotline-a",
        event=model,
        body=b"{}",
        sealed=None,
        received_at=NOW,
    )
    return preview(world, read.roster, report, now=NOW)


def _told(found: Preview) -> dict[TrackName, list[str]]:
    return {
        track.name: [party.party for party in track.parties]
        for track in found.tracks
        if track.parties
    }


def test_consent_decides_which_audiences_would_be_asked() -> None:
    found = _preview(
        certainty="likely",
        subjects=[{"kind": "person", "pseudonym": "heron"}],
        parties=[{"party": "guardia-sur", "role": "alleged_perpetrator"},
                 {"party": "cerro-pit", "role": "site"}],
        countries=[{"code": "QM"}],
        consent=[{"basis": "person", "audiences": ["missions"], "mode": "quiet"}],
    )  # fmt: skip

    assert list(_told(found)) == [TrackName.MISSIONS]
    assert found.paged == ("Ana",)


def test_the_company_behind_it_is_left_out_with_the_reason() -> None:
    found = _preview(
        certainty="likely",
        parties=[{"party": "cerro-minera", "role": "alleged_perpetrator"}],
        countries=[{"code": "QM"}],
    )

    reasons = {out.party: out.reason for out in found.withheld}
    assert reasons["cerro-minera"] is Reason.PERPETRATOR_CLOSURE
    assert reasons["cerro-pit"] is Reason.PERPETRATOR_CLOSURE


def test_without_consent_duty_is_paged_and_nobody_else_would_be() -> None:
    found = _preview(certainty="likely", countries=[{"code": "QM"}])

    assert _told(found) == {}
    assert found.paged


def test_it_names_no_address() -> None:
    found = _preview(
        certainty="confirmed",
        subjects=[{"kind": "person", "pseudonym": "heron"}],
        parties=[{"party": "cerro-pit", "role": "site"}],
        countries=[{"code": "QM"}],
        consent=[{"basis": "person", "audiences": ["missions", "companies"], "mode": "private"}],
    )

    assert "@" not in repr(found)


def test_a_preview_shows_the_whole_ladder_and_whom_it_could_never_quieten() -> None:
    found = _preview(
        certainty="likely",
        subjects=[{"kind": "person", "pseudonym": "heron"}],
        countries=[{"code": "QM"}],
        consent=[{"basis": "person", "audiences": ["missions"], "mode": "quiet"}],
    )
    missions = next(track for track in found.tracks if track.name is TrackName.MISSIONS)
    assert missions.answer_by_severity[Severity.CRITICAL] == 4 * 3_600
    assert until_words(missions.track) == "quiet when each party has acted"
    assert [step_words(step) for step in missions.track.steps] == ["after 0, all"]
    assert set(found.duty) == set(Severity)
    two = replace(missions.track, enough=2, until=Until.COMMITTED, per_kind=True)
    assert until_words(two) == "quiet when 2 parties have promised or acted, of every kind"
    assert not missions.too_few
