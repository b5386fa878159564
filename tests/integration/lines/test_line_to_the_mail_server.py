"""A bad line between a real engine and a mail server: bounded, said, and the other ways go on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.store import tables as t
from tests.harness.house import House
from tests.harness.night import Night
from tests.harness.people import duty, person
from tests.harness.proxy import Cut, Proxy
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, smtp_settings
from tests.harness.towns import loto

WITHIN = 60.0
DOT = b"\r\n.\r\n"
"""The end of a mail: from here on the server may have it."""
SHORT = {"connect_timeout": 1, "command_timeout": 1, "data_timeout": 1, "reuse_timeout": 0.5}
"""Seconds. What a desk with good lines may set; the defaults are bounded just so."""


@asynccontextmanager
async def a_night(directory: Path) -> AsyncIterator[tuple[Night, Proxy, SmtpSink]]:
    """Ana is told over a line, Ben past it. Yields the night of Ana's mails, and Ben's server."""
    ours, bens = SmtpSink(), SmtpSink()
    await ours.start()
    await bens.start()
    made = duty(handlers=("Ana", "Ben"), ways=("sms",))
    by_mail = person("Ben", ways=("email",))
    people = tuple(by_mail if each.id == by_mail.id else each for each in made.people)
    with Proxy(ours.port) as line:
        house = House(
            directory,
            place=loto(),
            roster=replace(made, people=people),
            channels={
                "sms": smtp_settings(ours) | SHORT | {"port": line.port},
                "email": smtp_settings(bens) | SHORT,
            },
        )
        try:
            key = await house.prepare(source=HOTLINE)
            await house.start()
            url = f"sqlite:///{house.database}"
            yield Night(house=house, sink=ours, key=key, url=url), line, bens
            line.heal()
            await house.stop()
        finally:
            await house.kill()
            await ours.stop()
            await bens.stop()


def to_ana(night: Night) -> list[Any]:
    """Her messages, as the store knows them."""
    return [row for row in night.rows(t.notifications) if row.channel == "sms"]


async def test_b26_a_mail_whose_taking_was_never_heard_comes_again_and_a_dead_line_holds_nobody_up(
    tmp_path: Path,
) -> None:
    async with a_night(tmp_path / "house") as (night, line, bens):
        line.cut(DOT, Cut.AFTER)
        await night.publish("one")
        await night.until(lambda: max(night.arrived().values(), default=0) == 2, within=WITHIN)
        await night.until(lambda: {x.state for x in to_ana(night)} == {"handed_off"}, within=WITHIN)
        (row,) = to_ana(night)
        tries = night.rows(t.attempts, t.attempts.c.key == row.key)
        assert sorted(each.state for each in tries) == ["handed_off", "unknown"]
        assert dict(night.arrived()) == {row.key: 2}, "the same message, not another one"
        assert len(bens.mails) == 1, "nobody else hears twice"

        line.hole()
        await night.publish("two")
        await night.until(lambda: len(bens.mails) == 2, within=WITHIN)
        assert len(night.arrived()) == 1
        (hers,) = [each for each in to_ana(night) if each.key != row.key]
        await night.until(
            lambda: any(
                each.state == "failed_temporary"
                for each in night.rows(t.attempts, t.attempts.c.key == hers.key)
            ),
            within=WITHIN,
        )
        line.reset()
        line.heal()
        await night.until(lambda: hers.key in night.arrived(), within=WITHIN)
        await night.until(lambda: {x.state for x in to_ana(night)} == {"handed_off"}, within=WITHIN)
        assert night.arrived()[hers.key] == 1, "of a mail that never began nobody is in doubt"
        assert len(bens.mails) == 2
