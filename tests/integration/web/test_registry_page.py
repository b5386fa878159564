"""Standing for the registry on the board: what goes outward waits for it when nobody has."""

from dataclasses import replace
from datetime import timedelta

from engine.registry.world import WorldHolder
from tests.integration.web.stage import Stage
from tests.integration.web.story import field_of, submit


def looked(desk: Stage, *, days: float) -> WorldHolder:
    world = desk.services.world
    assert isinstance(world, WorldHolder)
    at = desk.clock.now() - timedelta(days=days)
    world.swap(replace(world.current, looked_at=at))
    return world


def test_a_handler_alone_at_night_stands_for_it_with_one_press(desk: Stage) -> None:
    world = looked(desk, days=91)
    desk.log_in("ana")
    before = desk.client.get("/registry").text
    assert "Nobody outside is told for now" in before
    assert "I looked: it is still right" in before

    after = submit(desk, "/registry", {})

    assert "Nobody outside is told for now" not in after.text
    assert world.current.looked_at == desk.clock.now()


def test_until_when_it_is_trusted_stands_there_beforehand(desk: Stage) -> None:
    looked(desk, days=80)
    desk.log_in("ana")
    assert "It is trusted until Thu 11 March" in desk.client.get("/registry").text


def test_who_may_only_read_sees_it_and_cannot_stand_for_it(desk: Stage) -> None:
    world = looked(desk, days=91)
    desk.log_in("rea")
    assert "I looked" not in desk.client.get("/registry").text
    csrf = field_of(desk.client.get("/parties").text, "csrf")
    assert desk.client.post("/registry", data={"csrf": csrf}).status_code == 403
    assert world.current.looked_at != desk.clock.now()


def test_the_first_screen_says_days_before_that_nobody_will_be_told_and_what_to_do(
    desk: Stage,
) -> None:
    looked(desk, days=75)
    desk.log_in("ana")
    assert "stood for the registry" not in desk.client.get("/").text

    looked(desk, days=80)
    shown = desk.client.get("/").text
    assert "Nobody has stood for the registry since Fri 11 December." in shown
    assert "From Thu 11 March, 22:00 on, what would tell anybody outside waits" in shown
    assert '<a href="/registry">Look at it</a>' in shown
    assert "tocsin registry look" in shown

    submit(desk, "/registry", {})
    assert "stood for the registry" not in desk.client.get("/").text


def test_the_first_screen_says_that_nobody_outside_is_told_before_anything_waits_for_it(
    desk: Stage,
) -> None:
    looked(desk, days=91)
    desk.log_in("ana")
    assert "Nobody outside is told for now, but those who protect" in desk.client.get("/").text
