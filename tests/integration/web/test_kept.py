"""A form that comes back with a complaint has what was filled in: nobody chooses twice.

What is lost on the way may be worse than a nuisance: a consent sent again without its end.
"""

import re
from collections import defaultdict
from html import unescape
from pathlib import Path

import pytest

from engine.web.console.case_page import load
from tests.integration.web.stage import Stage
from tests.integration.web.story import SEALED, arrest, open_case, press, submit
from tests.integration.web.test_replies_page import asked

TEMPLATES = Path(__file__).parents[3] / "engine" / "web" / "templates"
NOTHING_TO_KEEP = {
    "console/erase.html": "its only question is the one that was not answered",
    "console/login.html": "passwords and codes are entered anew",
}
RESOLVED = {
    "heard": "safe_channel",
    "outcome": "freed",
    "risk": "low",
    "remedy": "none_sought",
    "note": "Back with <her> family.",
}


def kept(html: str) -> dict[str, list[str]]:
    """What a page's visible fields are filled in with, by name."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag in re.findall(r"<input [^>]*>", html):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = said["type"] not in ("radio", "checkbox") or " checked" in tag
        if said["type"] != "hidden" and ticked and said["value"]:
            found[said["name"]].append(unescape(said["value"]))
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', html, re.S):
        found[name] += re.findall(r'<option value="([^"]+)" selected>', options)
    for name, text in re.findall(
        r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', html, re.S
    ):
        found[name] += [unescape(text)] * bool(text)
    return {name: said for name, said in found.items() if said}


def comes_back(desk: Stage, path: str, sent: dict[str, object], *, without: str = "") -> None:
    """It is refused for something else, and everything of this is in it."""
    assert not without or without in kept_names(desk, path), f"{path} asks for no {without}"
    shown = submit(desk, path, sent)
    assert shown.status_code == 422, shown.text
    assert kept(shown.text) == {
        name: [*said] if isinstance(said, tuple | list) else [said] for name, said in sent.items()
    }


def kept_names(desk: Stage, path: str) -> set[str]:
    return set(re.findall(r' name="(\w+)"', desk.client.get(path).text))


@pytest.mark.parametrize("missing", ["heard", "outcome", "risk", "remedy"])
def test_proposing_that_it_is_resolved_loses_no_choice_for_one_that_is_missing(
    desk: Stage, missing: str
) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    said: dict[str, object] = {k: v for k, v in RESOLVED.items() if k != missing}

    comes_back(desk, f"/cases/{ref}/resolve", said, without=missing)


def test_an_answer_to_whoever_asked_is_not_written_twice(desk: Stage) -> None:
    ref, _ = asked(desk)
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    task = next(task.id for task in found.file.case.tasks if task.kind == "question")

    said: dict[str, object] = {"reply": "In room four.\nOn the left.", "note": "Looked it up."}
    comes_back(desk, f"/cases/{ref}/finish/{task}", said, without="result")


def test_what_is_to_be_frozen_stays_marked_when_the_day_cannot_be_read(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    tracks = ("missions", "nhris")

    comes_back(desk, f"/cases/{ref}/freeze", {"track": tracks, "until_day": "next week"})
    comes_back(desk, f"/cases/{ref}/freeze", {"until_day": "2027-03-09", "until_time": "18:30"})


def test_a_consent_that_is_sent_again_keeps_its_end(desk: Stage) -> None:
    """Lost, it would have been sent again without any: for ever instead of until Tuesday."""
    ref = open_case(desk)
    desk.log_in("ana")
    said = {
        "state": "granted",
        "audience": ("missions", "nhris"),
        "mode": "private",
        "until_day": "2027-03-09",
        "until_time": "12:00",
        "basis": "representative",
        "note": "By her brother.",
        "obtained": "spoken",
        "holder": "h-1",
        "witness": "w-1",
    }

    comes_back(desk, f"/cases/{ref}/consent", said, without="inability")


def test_the_words_of_a_look_back_are_not_written_twice(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    submit(desk, f"/cases/{ref}/resolve", dict(RESOLVED))
    desk.log_in("chi")
    press(desk, ref, "confirm")

    comes_back(desk, f"/cases/{ref}/review", {"note": "We called too late."}, without="lesson")


def test_a_reason_that_is_too_short_is_written_on_and_not_anew(desk: Stage) -> None:
    ref = open_case(desk, arrest(sealed=SEALED))
    desk.log_in("ana")
    shown = desk.client.get(f"/cases/{ref}").text
    sealed = shown.split(f"/cases/{ref}/reveal/")[1].split('"')[0]

    comes_back(desk, f"/cases/{ref}/reveal/{sealed}", {"reason": "lawyer"})


def test_a_day_that_cannot_be_read_is_not_called_a_choice(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    said: dict[str, object] = {"why": "sentence", "review": "soon", "note": "four years"}

    comes_back(desk, f"/cases/{ref}/standing", said)
    assert "Write it as said above." in submit(desk, f"/cases/{ref}/standing", said).text


FIELD = re.compile(
    r"\{\{-? *(radios|checks|ticks|picked|line_in|words|written)\((.*?)\) *-?\}\}", re.S
)
"""A field that a template puts on its page, and what it is put there with."""


def test_every_field_of_every_form_is_put_on_its_page_with_what_it_had() -> None:
    forgets = {
        f"{where}: {' '.join(said.split())[:40]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (where := path.relative_to(TEMPLATES).as_posix()) not in NOTHING_TO_KEEP
        for _, said in FIELD.findall(path.read_text("utf-8"))
        if not re.search(r"\b(chosen|value)=", said)
    }

    assert forgets == set()
    assert len(FIELD.findall((TEMPLATES / "console/consent.html").read_text("utf-8"))) == 15
