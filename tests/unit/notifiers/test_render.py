"""The words people read."""

import ast
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import TemplateError

from notifiers.channel import ChannelKind, HowToAnswer, Message
from notifiers.message import _make_message
from notifiers.render import plain, render
from notifiers.sms.length import segments, units
from notifiers.wording import TooMuchError, Wording
from schemas.codes import FieldName
from schemas.projection import Purpose
from tests.unit.notifiers.messages import (
    AT,
    DEADLINE,
    DUTY,
    HOW,
    KEY,
    naughty_strings,
    seen_by,
    told,
)

EMAIL, SMS = ChannelKind.EMAIL, ChannelKind.SMS
ROOT = Path(__file__).parents[3]


def test_everybody_outward_gets_the_same_letter() -> None:
    message = told(EMAIL)

    assert message.subject == "Request for a reply"
    assert message.body == (
        "Dear colleague, please answer reference 7K3Q-92 by Tue 2 March, 12:00 (UTC+1): open "
        "https://desk.example/a/t0k3n and enter code 4821-93, or call +00 12 34 56 at any hour. "
        'If this is not for you, choose "someone else". Please do not forward. We keep this short '
        "on purpose. Thank you. The duty desk"
    )
    assert not message.fallback


@pytest.mark.parametrize(
    ("purpose", "detail", "count", "words"),
    [
        (
            Purpose.TELL,
            "",
            1,
            "7K3Q-92: please answer by Tue 12:00. 1 got it, 2 someone else, 3 call me",
        ),
        (
            Purpose.STAND_DOWN,
            "",
            1,
            "7K3Q-92: nothing more is asked of you. Thank you. Please keep it to yourself.",
        ),
        (
            Purpose.WAIT,
            "",
            1,
            "7K3Q-92: please do nothing for now, at least until Tue 12:00. We will write again. "
            "Thank you. Please keep it to yourself.",
        ),
        (
            Purpose.ASK_OUTCOME,
            "",
            1,
            "7K3Q-92: how did it go? Please answer by Tue 12:00. 4 done, 5 not done, 3 call me",
        ),
        (
            Purpose.CONFIRM,
            "",
            1,
            "7K3Q-92: a date has changed. Does your word hold? Please answer by Tue 12:00. "
            "1 yes, 2 someone else, 3 call me",
        ),
        (
            Purpose.REMIND,
            "",
            1,
            "7K3Q-92: a reminder, it is for Tue 12:00. Nothing to answer. "
            "If anything has changed: 3 call me",
        ),
        (
            Purpose.PAGE,
            "",
            1,
            "TOCSIN CRITICAL TC-4F2M9 new case. Open the board or reply 1 TC-4F2M9 to take it.",
        ),
        (
            Purpose.TASK,
            "told_before_excluded",
            1,
            "Tocsin task TC-4F2M9 due Tue 12:00: told before excluded. Open the board.",
        ),
        (
            Purpose.INCIDENT,
            "channel_failing:email",
            1,
            "Tocsin INCIDENT: channel e-mail failing since Tue 12:00. Open the board.",
        ),
        (
            Purpose.OVERDUE,
            "",
            14,
            "Tocsin CRITICAL: 14 cases overdue after an outage. Open the board.",
        ),
    ],
)
def test_a_text_message_says_it_in_one_segment(
    purpose: Purpose, detail: str, count: int, words: str
) -> None:
    message = told(SMS, purpose=purpose, detail=detail, count=count)

    assert message.body == words
    assert segments(message.body) == 1
    assert units(message.body)[1], "one character outside GSM-7 more than halves a segment"
    assert message.subject == ""


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ("critical", "TOCSIN CRITICAL TC-4F2M9 new case."),
        ("high", "Tocsin HIGH TC-4F2M9 new case."),
        ("elevated", "Tocsin elevated TC-4F2M9 new case."),
        ("watch", "Tocsin watch TC-4F2M9 new case."),
        ("one we never heard of", "TOCSIN CRITICAL TC-4F2M9 new case."),
    ],
)
def test_duty_sees_how_urgent_it_is(severity: str, words: str) -> None:
    assert told(SMS, purpose=Purpose.PAGE, severity=severity).body.startswith(words)


def test_a_task_due_today_names_the_hour_alone() -> None:
    message = told(SMS, purpose=Purpose.TASK, deadline=AT + timedelta(hours=3), detail="triage")

    assert message.body == "Tocsin task TC-4F2M9 due 15:00: triage. Open the board."


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Tue 2 March, 11:00 (UTC)"),
        ("Asia/Kolkata", "Tue 2 March, 16:30 (UTC+5:30)"),
        ("America/St_Johns", "Tue 2 March, 07:30 (UTC-3:30)"),
        ("America/New_York", "Tue 2 March, 06:00 (UTC-5)"),
        ("Nowhere/At_All", "Tue 2 March, 11:00 (UTC)"),
        ("../../etc/passwd", "Tue 2 March, 11:00 (UTC)"),
    ],
)
def test_a_deadline_is_read_in_the_recipients_own_zone(zone: str, words: str) -> None:
    assert f"by {words}: open" in told(EMAIL, zone=zone).body


def test_a_far_deadline_is_not_mistaken_for_this_weeks() -> None:
    far = told(SMS, deadline=DEADLINE + timedelta(days=14))

    assert "by Tue 16 Mar 12:00." in far.body


def test_without_a_deadline_nothing_is_made_up() -> None:
    assert "reference 7K3Q-92: open" in told(EMAIL, deadline=None).body
    assert told(SMS, deadline=None).body.startswith("7K3Q-92: please answer. 1 got it")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (HowToAnswer(url="https://d.example/a"), "(UTC+1): open https://d.example/a. If this"),
        (HowToAnswer(phone="+00 12 34"), "(UTC+1): call +00 12 34 at any hour. If this"),
        (HowToAnswer(), "(UTC+1). If this"),
    ],
)
def test_a_way_to_answer_that_does_not_exist_is_not_offered(how: HowToAnswer, words: str) -> None:
    assert words in told(EMAIL, how=how).body


@pytest.mark.parametrize("kind", [EMAIL, SMS])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_an_exercise_says_so_first(purpose: Purpose, kind: ChannelKind) -> None:
    message = told(kind, purpose=purpose, exercise=True)

    assert message.body.startswith("EXERCISE: ")
    assert kind is SMS or message.subject.startswith("EXERCISE: ")


@pytest.mark.parametrize("kind", list(ChannelKind))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_nothing_of_a_case_is_in_any_message(purpose: Purpose, kind: ChannelKind) -> None:
    """Page content, and free text where a code belongs, must never reach a phone's lock screen."""
    marked = {name: f"MARKER {name.value}" for name in FieldName}

    message = told(kind, purpose=purpose, fields=marked, detail="MARKER detail")

    assert "MARKER" not in repr(message) + message.body + message.subject
    assert not message.fallback


def test_a_broken_reference_is_left_out_and_help_is_still_called() -> None:
    message = told(EMAIL, reference="Bcc: spy@evil.example\r\n")

    assert "spy" not in message.body
    assert message.body.startswith("Dear colleague, please answer reference your request by")
    assert message.fallback


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_broken_template_still_calls_for_help(
    purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise TooMuchError("planted")

    monkeypatch.setattr(Wording, "write", broken)

    message = told(EMAIL, purpose=purpose)

    assert message.fallback
    assert message.reference in message.body
    if purpose in (Purpose.TELL, Purpose.ASK_OUTCOME):
        assert HOW.url in message.body and HOW.code in message.body and HOW.phone in message.body
    if purpose in DUTY:
        assert "CRITICAL" in message.body


def test_a_naive_deadline_still_calls_for_help() -> None:
    message = told(EMAIL, deadline=DEADLINE.replace(tzinfo=None))

    assert message.fallback
    assert "7K3Q-92: please answer: open https://desk.example/a/t0k3n" in message.body


@pytest.mark.parametrize("language", ["xx", "pt-BR", "", "../en", "a" * 3000, "en\n"])
def test_a_language_we_lack_is_english(language: str) -> None:
    message = told(EMAIL, language=language)

    assert message.language == "en"
    assert message.body.startswith("Dear colleague")


@pytest.mark.parametrize("key", ["", "a b", "a@b", "a\n", "x" * 65, "ключ"])
def test_a_key_that_is_not_opaque_is_our_fault(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        render(seen_by(), key=key, at=AT, how=HOW, channel_kind=EMAIL)


def test_a_naive_time_is_our_fault() -> None:
    with pytest.raises(ValueError, match="aware"):
        render(seen_by(), key=KEY, at=datetime(2027, 3, 1), how=HOW, channel_kind=EMAIL)  # noqa: DTZ001


def test_naughty_strings_reach_nobody() -> None:
    """Each through every text field: nothing is printed that is not ours, nothing fails."""
    for naughty in naughty_strings():
        for kind in (EMAIL, SMS):
            for purpose in (Purpose.TELL, Purpose.TASK):
                message = told(
                    kind,
                    purpose=purpose,
                    reference=naughty,
                    language=naughty,
                    zone=naughty,
                    severity=naughty,
                    detail=naughty,
                    how=HowToAnswer(url=naughty, code=naughty, phone=naughty),
                )
                assert message.body.isascii()
                assert "\n" not in message.subject
                assert all(c == "\n" or c.isprintable() for c in message.body)


def test_what_cannot_be_seen_does_not_travel() -> None:
    text = "a\u202eb\u2066c\u200bd\x00e\x1b[31mf\ud800g\ufeffh\u2028i\r\nj"

    assert plain(text) == "abcde[31mfghi\nj"


def test_persian_keeps_the_joiner_it_needs_to_be_read() -> None:
    assert plain("می‌خواهم") == "می‌خواهم"
    assert unicodedata.category("\u200c") == "Cf"


def test_a_message_is_made_by_render_alone() -> None:
    callers = [
        str(path.relative_to(ROOT))
        for room in ("engine", "notifiers", "rules", "schemas")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name | ast.alias)
        and (node.id if isinstance(node, ast.Name) else node.name) == "_make_message"
    ]

    assert set(callers) == {"notifiers/render.py"}


def test_nobody_else_can_make_a_message() -> None:
    with pytest.raises(TypeError, match="render"):
        Message(_seal=object(), **{  # type: ignore[arg-type]
            "key": "k", "at": AT, "purpose": Purpose.TELL, "reference": "", "deadline": None,
            "subject": "", "body": "", "how": HOW, "language": "en", "reply_code": "",
            "exercise": False, "fallback": False,
        })  # fmt: skip
    assert _make_message.__module__ == "notifiers.message"


def test_code_and_link_are_not_in_a_messages_repr() -> None:
    shown = repr(told(EMAIL))

    assert "4821" not in shown and "t0k3n" not in shown


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 10**8 }}",
        "{{ 'a' * 100000 }}",
        "{{ '%99999999d' % 3 }}",
        "{{ ('a' * 4000) + ('b' * 4000) * 20 }}",
        "{% for i in range(10**6) %}{{ 'a' * 1000 }}{% endfor %}",
        "{% for i in range(9999) %}{{ 'a' * 1000 }}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ reference|attr('__class__') }}",
        "{{ unknown }}",
        "{% include 'other' %}",
        "{{ '{0.__class__}'.format(reference) }}",
    ],
)
def test_a_template_cannot_fill_the_memory_or_look_around(template: str) -> None:
    good = (ROOT / "notifiers/templates/en/words.json").read_text("utf-8")
    words = Wording("en", source={"words.json": good, "bad.txt": template}.get)

    with pytest.raises((TemplateError, OverflowError)):
        words.write(("bad.txt",), {"reference": "7K3Q-92"})


def test_html_is_escaped_where_a_template_is_html() -> None:
    good = (ROOT / "notifiers/templates/en/words.json").read_text("utf-8")
    words = Wording("en", source={"words.json": good, "a.html": "{{ x }}", "a.txt": "{{ x }}"}.get)

    assert words.write(("a.html",), {"x": "<b>"}) == "&lt;b&gt;"
    assert words.write(("a.txt",), {"x": "<b>"}) == "<b>"
