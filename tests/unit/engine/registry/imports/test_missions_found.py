"""From a file of missions to the one that is asked: by its jurisdiction, when a person vouches.

All states, firms and missions are invented.
"""

from engine.registry.imports.places.missions import read
from rules.exclusion import closure
from rules.graph import Registry
from rules.steps import Start, Walked
from rules.walks import WALKS
from schemas.event import ThreatEvent
from schemas.plan import Reason
from tests.unit.engine.registry.imports.files import Records, read_all, setting, table
from tests.unit.engine.registry.imports.test_missions import NEW, WORDS, row
from tests.unit.rules.build import NOW, K, L, a_link, a_party, a_role, an_event

SEAT = "Southlea"
"""QN: the seat of the firm that operates the mine. It happened in Northmere, QM."""
FILE = table(
    NEW,
    row("Q1", operator=SEAT, host="Eastholm", jurisdictions="Eastholm|Northmere"),
    row("Q2", operator=SEAT, host="Eastholm", kind="consulate"),
    row("Q3", operator=f"Ministry of {SEAT}", host="Northmere"),
    row("Q4", operator=SEAT, host=SEAT, city="Northport"),
    row("Q5", operator="Westfell", host="Northmere"),
    row("Q6", operator="Northmere", host=SEAT),
    name="missions.csv",
)
MINE = an_event(parties=[a_role("mine", "site")])


def imported(*, verified_by: str) -> Records:
    return read_all(read, FILE, said=setting(words=WORDS, verified_by=verified_by))


def registry(found: Records) -> Registry:
    parties = [a_party("mine", K.SITE, "QM"), a_party("firm", state="QN")]
    return Registry(
        [*parties, *found.parties.values()],
        links=[a_link("firm", L.OPERATES, "mine"), *found.links.values()],
    )


def home_missions(found: Records) -> Walked:
    return WALKS["home_missions"](Start(registry=registry(found), event=MINE, on=NOW.date()))


def test_the_embassy_in_a_third_country_that_stands_for_it_is_found_and_no_other() -> None:
    walked = home_missions(imported(verified_by="person:ana"))

    assert [found.party for found in walked.found] == ["wikidata:Q1"]


def test_until_a_person_stands_for_the_file_it_finds_nobody_and_says_why() -> None:
    walked = home_missions(imported(verified_by=""))

    assert not walked.found
    assert {each.party: each.reason for each in walked.withheld} == {
        "wikidata:Q1": Reason.LINK_UNVERIFIED
    }


def test_the_state_behind_it_is_out_with_the_missions_it_sends_wherever_they_are() -> None:
    event: ThreatEvent = an_event(parties=[a_role(None, perpetrator_kind="state")])
    found = imported(verified_by="person:ana")

    shut = closure(registry(found), event)

    assert "QM" in shut.states
    assert {entry.party for entry in shut.entries} >= {"state:QM", "wikidata:Q6"}
    assert shut.find("wikidata:Q1") is None
