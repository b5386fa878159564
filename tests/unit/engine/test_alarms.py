"""Alarms about single messages: one that cannot be written, judged, or told by its template."""

from dataclasses import replace

from sqlalchemy import text

from engine.sender import Sender
from notifiers.message import ChannelKind
from tests.harness.assembly import ONCE_A_DAY, SIGN, HurriedClock
from tests.harness.people import faro
from tests.harness.recording import RecordingChannel
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import ARREST, cerro, rulebook


def _night() -> object:
    return given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro())


def _break(story: Story, statement: str) -> None:
    with story.database.engine.connect() as conn:
        assert conn.execute(text(statement)).rowcount
        conn.commit()


async def test_a_message_that_cannot_be_written_is_tried_again_and_duty_hears_of_it() -> None:
    async with _night() as story:  # type: ignore[attr-defined]
        story.ends_broken()
        async with story.sending_stopped():
            await story.publish(report("arrest", id="arrest-1"))
            _break(story, "UPDATE notifications SET key = 'not a key!' WHERE channel = 'sms'")
        await story.settle()

        assert story.incidents() == ["render_failed"]
        story.phone("Ana").expects("Tocsin INCIDENT")
        state = story.read(text("SELECT state FROM notifications WHERE key = 'not a key!'"))
        assert [row.state for row in state] == ["failed_temporary"]


async def test_a_message_that_cannot_be_judged_waits_and_duty_hears_of_it() -> None:
    async with _night() as story:  # type: ignore[attr-defined]
        story.ends_broken()
        async with story.sending_stopped():
            await story.publish(report("arrest", id="arrest-1"))
            _break(story, "UPDATE notifications SET purpose = 'none of ours'")
        await story.settle()

        assert story.incidents() == ["claim_failed"]
        story.phone("Ana").expects("Tocsin INCIDENT")


async def test_where_a_template_fails_the_built_in_words_go_out_and_duty_hears_of_it() -> None:
    async with _night() as story:  # type: ignore[attr-defined]
        async with story.sending_stopped():
            broken = replace(SIGN, board_url="https://board.example/\nBcc: x@example.org")
            sender = Sender(
                desk=story._engine.desk,
                channels=[
                    RecordingChannel(
                        "sms", kind=ChannelKind.SMS, post=story.post, now=story.clock.now
                    )
                ],
                clock=HurriedClock(story.clock),
                sign=broken,
                poll_seconds=ONCE_A_DAY,
            )
            story.beside(sender.run())
            await story.publish(report("arrest", id="arrest-1"))
            await story.settle()
            first = story.sent("ana.sms")[0].message
            assert first.fallback and "HIGH" in first.body and "Bcc" not in first.body
            assert story.incidents() == ["template_failed"]
            story.phone("Ana").ignores_everything()
