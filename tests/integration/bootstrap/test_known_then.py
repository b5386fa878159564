"""What did we know when? The registry answers by what it said at an earlier time, and says so."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from engine.clock import SystemClock
from tests.integration.bootstrap.desk import Desk, an_event

PARTIES = "id,kind,name,state\nkestrel,company,{name},QN\nfund,investor,Fund,QN\n"
LINKS = "id,kind,a,b,status\n{id},{kind},kestrel,example-mine,unverified\n"
EVENT = ("--event", "event.json")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str, str]]:
    """Kestrel was a buyer under an old name, then turned out to be the owner: the moments between.

    One desk for all: nothing here changes it any more.
    """
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        desk = Desk(folder, patch)
        desk.begin()
        Path("event.json").write_text(an_event("e-1"), "utf-8")
        begun = _now()
        _entered(desk, name="Old Kestrel", link="k1", kind="buys_from")
        desk.said("registry", "verify", "k1")
        bought = _now()
        _entered(desk, name="Kestrel Group", link="k2", kind="parent_of")
        return folder, (begun, bought, _now())


def _now() -> str:
    return SystemClock().now().isoformat()


def _entered(desk: Desk, *, name: str, link: str, kind: str) -> None:
    Path("parties.csv").write_text(PARTIES.format(name=name), "utf-8")
    Path("links.csv").write_text(LINKS.format(id=link, kind=kind), "utf-8")
    desk.said("registry", "import", "parties.csv", "links.csv")


@pytest.fixture
def desk(story: tuple[Path, tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(story[0], monkeypatch)


@pytest.fixture
def times(story: tuple[Path, tuple[str, str, str]]) -> tuple[str, str, str]:
    return story[1]


def test_a_party_is_shown_as_it_was_called_then_and_the_answer_says_that_it_is_of_then(
    desk: Desk, times: tuple[str, str, str]
) -> None:
    _, bought, _ = times

    said = desk.said("registry", "show", "kestrel", "--known-at", bought)
    today = desk.said("registry", "show", "kestrel")

    at = datetime.fromisoformat(bought)
    first, second, *_ = said.splitlines()
    assert first == f"Of then, not of now: what the registry said at {at:%Y-%m-%d %H:%M:%S} UTC."
    assert second.startswith("Old Kestrel")
    assert "k1" in said and "k2" not in said
    assert today.startswith("Kestrel Group") and "k2" in today
    assert desk.json("registry", "show", "kestrel", "--known-at", bought)["known_at"] == bought
    assert desk.json("registry", "show", "kestrel")["known_at"] == ""


def test_nobody_can_be_shown_before_anybody_had_entered_them(
    desk: Desk, times: tuple[str, str, str]
) -> None:
    done = desk.run("registry", "show", "kestrel", "--known-at", times[0])
    assert done.exit_code == Exit.USAGE
    assert "No party had this id or name then." in done.output


def test_whom_we_excluded_then_and_whom_we_should_have(
    desk: Desk, times: tuple[str, str, str]
) -> None:
    begun, bought, owned = times

    def excluded(*at: str) -> bool:
        found = desk.json("registry", "exclude", *EVENT, *at)
        return "kestrel" in [each["id"] for each in found["excluded"]]

    assert [excluded("--known-at", at) for at in times] == [False, False, True]
    assert excluded()
    for at in (begun, bought, owned):
        assert "Of then" in desk.said("registry", "exclude", *EVENT, "--known-at", at)


def test_a_walk_finds_whom_it_would_have_found_then(
    desk: Desk, times: tuple[str, str, str]
) -> None:
    begun, bought, _ = times

    def found(at: str) -> list[str]:
        walked = desk.json("registry", "walk", "buyers", *EVENT, "--known-at", at)
        assert walked["known_at"] == at
        return sorted(each["id"] for each in walked["found"])

    assert found(begun) == ["example-buyer"]
    assert found(bought) == ["example-buyer", "kestrel"]
    assert desk.said("registry", "walk", "buyers", *EVENT, "--known-at", bought).startswith("Of th")
    assert not desk.said("registry", "walk", "buyers", *EVENT).startswith("Of then")


def test_how_two_were_tied_then_is_said_of_that_day(
    desk: Desk, times: tuple[str, str, str]
) -> None:
    _, bought, _ = times
    said = desk.said("registry", "why", "kestrel", "example-mine", "--known-at", bought)
    assert "That day:" in said and "Today" not in said
    assert "Old Kestrel buys from Example Mine" in said
    assert (
        desk.json("registry", "why", "kestrel", "fund", "--known-at", bought)["known_at"] == bought
    )


def test_a_time_that_is_not_over_or_is_none_is_refused(desk: Desk) -> None:
    ahead = (SystemClock().now() + timedelta(days=1)).isoformat()
    for at, why in ((ahead, "Nobody knows yet"), ("2026-05-01T12:00", "is not a time with")):
        for words in (("show", "kestrel"), ("exclude", *EVENT)):
            done = desk.run("registry", *words, "--known-at", at)
            assert done.exit_code == Exit.USAGE
            assert why in done.output


def test_the_time_may_be_written_in_any_zone(desk: Desk, times: tuple[str, str, str]) -> None:
    bought = datetime.fromisoformat(times[1])
    abroad = (bought + timedelta(hours=5)).replace(tzinfo=None).isoformat() + "+05:00"
    assert desk.json("registry", "show", "kestrel", "--known-at", abroad)["known_at"] == times[1]
