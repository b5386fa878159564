"""Stories at the terminal: what is offered, and that one which does not come true says so."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from engine.cli.exits import Exit
from engine.demo.playing import BROKEN, play
from engine.demo.stories.failing import StoryError
from engine.demo.stories.inbox import Inbox, Unread
from engine.demo.stories.listed import SCENES, scene_of
from engine.demo.stories.night_arrest import CERRO, NIGHT_ARREST
from engine.demo.stories.reports import report
from engine.demo.stories.teller import Teller
from schemas.projection import Purpose

HERE = Path(__file__).parents[4]
MON = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


class _Letter:
    """A message to Ana, this long after ten in the evening."""

    def __init__(self, *, after: timedelta = timedelta(), said: str = "Tocsin HIGH") -> None:
        self.at = MON + after
        self.endpoint = "ana.sms"
        self.said = said
        self.purpose = Purpose.PAGE
        self.key = f"key-{after}"


def _inbox(*letters: _Letter, late: timedelta = timedelta(minutes=1)) -> Inbox[_Letter]:
    async def nobody(letter: _Letter, kind: str, more: dict[str, object]) -> None:
        raise AssertionError("nobody answers here")

    return Inbox(
        "ana.sms",
        unread=Unread(lambda: letters, late=late),
        now=lambda: MON,
        when=lambda said: MON,
        reply=nobody,
    )


# --- what is offered


def test_the_six_stories_are_listed_with_how_to_watch_one() -> None:
    result = CliRunner().invoke(app, ["demo", "--list"])
    assert result.exit_code == 0
    for scene in SCENES:
        assert f"{scene.name} " in result.output
    assert "tocsin demo --scenario" in result.output
    assert len(SCENES) == 6


def test_a_program_reads_the_list_as_one_object() -> None:
    result = CliRunner().invoke(app, ["demo", "--list", "--json"])
    listed = json.loads(result.output)["scenarios"]
    assert [each["name"] for each in listed] == [scene.name for scene in SCENES]


def test_a_story_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    result = CliRunner().invoke(app, ["demo", "--scenario", "nowhere"])
    assert result.exit_code == Exit.USAGE
    assert "night_arrest" in result.output + result.stderr


@pytest.mark.parametrize("said", ["night_arrest", "night-arrest", " Night_Arrest"])
def test_a_dash_is_as_good_as_an_underscore(said: str) -> None:
    assert scene_of(said) is NIGHT_ARREST


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_story_stands_in_the_documents_with_its_test(scene: object) -> None:
    page = (HERE / "docs" / "explanation" / "scenarios.md").read_text("utf-8")
    tests = (HERE / "tests" / "scenarios" / "test_stories.py").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{scene.name}` |"))  # type: ignore[attr-defined]
    named = row.rpartition("`test_")[2].partition("`")[0]
    assert f"async def test_{named}(" in tests


# --- reading a message


def test_a_message_a_minute_late_fails_the_story() -> None:
    with pytest.raises(StoryError, match="was told at Mon 22:01, not at Mon 22:00"):
        _inbox(_Letter(after=timedelta(minutes=1))).expects()


def test_where_time_is_real_the_next_minute_is_still_on_time_and_a_minute_early_never_is() -> None:
    late = timedelta(minutes=2)
    _inbox(_Letter(after=timedelta(seconds=90)), late=late).expects()
    with pytest.raises(StoryError):
        _inbox(_Letter(after=timedelta(minutes=-1)), late=late).expects()


def test_a_message_without_its_words_fails_the_story() -> None:
    with pytest.raises(StoryError, match="CRITICAL"):
        _inbox(_Letter()).expects("CRITICAL")


def test_a_message_is_read_once() -> None:
    inbox = _inbox(_Letter())
    inbox.expects()
    with pytest.raises(StoryError, match="nothing came"):
        inbox.expects()


def test_an_endless_night_of_pages_is_listed_in_a_few_lines() -> None:
    letters = [_Letter(after=timedelta(minutes=n)) for n in range(300)]
    assert "and 288 more" in Unread(lambda: letters).all_left()


# --- telling one


async def _a_page(story: Teller) -> None:
    await story.publish(report("arrest", id="arrest-1", parties={"police-qm": "other"}))
    await story.phone("Ana").expects("Tocsin HIGH", at="22:00").replies("1")
    await story.until("23:30")  # it is hers: nobody else is paged
    story.nothing_else_sent()


async def _a_page_too_few(story: Teller) -> None:
    await story.publish(report("arrest", id="arrest-1", parties={"police-qm": "other"}))
    story.phone("Ana").expects("Tocsin HIGH", at="22:00")
    await story.until("23:00")
    story.nothing_else_sent()


def test_a_story_is_told_on_a_running_engine(capsys: pytest.CaptureFixture[str]) -> None:
    scene = replace(NIGHT_ARREST, name="short", place=CERRO, tell=_a_page)
    assert play(scene, headless=True, as_json=True) == 0
    said = capsys.readouterr().out
    assert json.loads(said.splitlines()[-1])["came_true"] is True
    assert "Ana by SMS" in said


def test_a_story_that_does_not_come_true_says_what_and_ends_with_a_code_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = replace(NIGHT_ARREST, name="short", place=CERRO, tell=_a_page_too_few)
    assert play(scene, headless=True, as_json=True) == BROKEN
    came = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert came["came_true"] is False
    assert "ben.sms" in came["failed"]
