"""Days that a case lives through, in the engine and in its model at once."""

from datetime import timedelta

from schemas.responses import AnswerClass, ResponseKind
from tests.model.acts import (
    ACKNOWLEDGED,
    agrees,
    bounces,
    has_it,
    judges,
    own,
    says,
    says_so,
    takes,
)
from tests.model.both import Both
from tests.model.machine import Machine


def a_day_in_which_most_things_happen() -> None:
    """Silence, a release, an answer that runs out, a decline, a promise that is missed, the end."""
    both = Both("high", hours=9)
    both.wait_until(both.story.now + timedelta(hours=9))
    has_it(both, "ana")
    for name in ("missions", "protection"):
        both.release(name, "ana")
    for task in list(both.model.tasks):
        takes(both, task, "ana")
    both.everything_leaves()
    both.both("ana still has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    says(both, "fjord", "fjord-mail", ACKNOWLEDGED)
    both.wait_until(both.story.now + timedelta(hours=30))
    until = both.story.now + timedelta(hours=5)
    says(both, "nhri-qn", "nhri-mail", ResponseKind.COMMITTED, due=until)
    says(both, "fjord", "fjord-mail", ResponseKind.DECLINED)
    both.wait_until(both.story.now + timedelta(days=3))
    both.outage(days=1)
    both.restart()
    both.report("surveillance", "high")
    both.wait_until(both.story.now + timedelta(hours=2))
    both.propose("ana")
    agrees(both, "chi")
    both.wait_until(both.story.now + timedelta(days=40))


def a_week_in_which_people_steer() -> None:
    """Duty handed over and called, steps jumped and skipped, gates that close, what lasts."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    has_it(both, "ana")
    machine.it_is_planned_anew(who="ana", found={"embassy", "nhri-qn"}, second=30)
    machine.a_release(name="missions", who="ana", starts=None, ends=30)
    machine.a_release(name="companies", who="ana", starts=2, ends=30)
    machine.a_release(name="companies", who="chi", starts=None, ends=30)
    machine.somebody_is_added(who="ben")
    machine.a_rung_by_hand(name="missions", who="ana", rung=1, skips=False)
    both.everything_leaves()
    machine.a_rung_by_hand(name="companies", who="ana", rung=0, skips=True)
    machine.duty_is_called_or_handed_over(who="ana", to="ben", rung=0)
    machine.a_task_by_hand(who="ben", owner="chi", hours=1, critical=False)
    both.wait_until(both.story.now + timedelta(hours=2))
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    machine.duty_is_called_or_handed_over(who="chi", to="", rung=2)
    both.both("ben has it", both.answers("ben", "ben", ACKNOWLEDGED), lambda m: own(m, "ben"))
    both.wait_until(both.story.now + timedelta(hours=24))
    judges(machine, "nhri-qn", AnswerClass.TOKEN)
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.a_release(name="protection", who="ana", starts=None, ends=None)
    both.everything_leaves()
    machine.a_release_taken_back(name="protection", who="chi")
    has_it(both, "ana")
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.consent_changes(some={"missions"})
    machine.a_necessity(who="ana", takes_back=False)
    machine.a_necessity(who="chi", takes_back=False)
    both.everything_leaves()
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.a_necessity(who="chi", takes_back=True)
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    has_it(both, "ana")
    machine.it_lasts(who="ana", days=29)
    machine.it_lasts(who="chi", days=29)
    both.wait_until(both.story.now + timedelta(days=9))
    machine.it_lasts_no_more(who="chi")
    machine.it_is_less_grave(who="chi", severity="elevated")
    both.wait_until(both.story.now + timedelta(hours=9))


def two_days_of_two_hotlines() -> None:
    """A quick-response line, and a second case whose people allow less."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted")
    both = machine.both
    has_it(both, "ana")
    machine.a_report(code="enrichment", severity="high", rules=False, protocol=30)
    both.everything_leaves()
    machine.it_is_linked_or_parted(who="ana", some={"protection"})
    both.wait_until(both.story.now + timedelta(hours=25))
    has_it(both, "ana")
    both.wait_until(both.story.now + timedelta(hours=6))
    machine.it_is_linked_or_parted(who="ana", some={"missions"})
    machine.it_is_linked_or_parted(who="chi", some={"missions"})
    machine.a_release(name="companies", who="ana", starts=None, ends=30)
    machine.a_release(name="companies", who="chi", starts=None, ends=30)
    both.wait_until(both.story.now + timedelta(hours=9))


def three_weeks_before_a_hearing() -> None:
    """One promises to be there, one has acted, one is silent; then it is over."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted")
    both = machine.both
    machine.a_hearing_is_set(who="ana", days=20)
    hearing = both.model.date.at
    has_it(both, "ana")
    for ends in (None, 2_000):
        for who, name in (("ana", "missions"), ("ana", "companies"), ("chi", "companies")):
            if both.model.tracks[name].anchor is None:
                machine.a_release(name=name, who=who, starts=None, ends=ends)
    both.everything_leaves()
    says(both, "embassy", "lea", ResponseKind.COMMITTED, due=hearing - timedelta(days=1))
    both.wait_until(both.story.now + timedelta(hours=1))
    says(both, "haldane", "noor", ResponseKind.ACTED)
    while both.story.now < hearing + timedelta(hours=12):
        has_it(both, "ana")
        for task in list(both.model.tasks):
            if task.kind in ("first_contact", "check_in") and task.next <= both.story.now:
                machine.somebody_does_what_is_owed(
                    at=both.model.tasks.index(task), who="ana", takes=False, well=True
                )
        both.wait_until(both.story.now + timedelta(hours=8))


def a_morning_of_dead_ways() -> None:
    """Every way to one contact fails, then the next contact's; and one of a track that is quiet."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    machine.a_release(name="protection", who="ana", starts=None, ends=None)
    bounces(both, "fjord-mail")
    bounces(both, "lea")
    bounces(both, "lea")
    both.everything_leaves()
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    both.wait_until(both.story.now + timedelta(days=2))
    has_it(both, "ana")
    both.propose("ana")
    agrees(both, "chi")
    bounces(both, "desk")


def a_night_in_which_nobody_is_reached() -> None:
    """Whoever has the case is told late, in vain; so is duty, the floor contact, and at the end."""
    machine = Machine()
    machine.begins(severity="high", hour=22, until="acted")
    both = machine.both
    has_it(both, "ana")
    both.goes_to(both.story.now + timedelta(hours=1, minutes=55))
    both.outage(minutes=15)
    bounces(both, "ana")
    bounces(both, "eve")
    both.wait_until(both.story.now + timedelta(minutes=20))
    has_it(both, "ana")
    machine.a_task_by_hand(who="ben", owner="ana", hours=5, critical=True)
    bounces(both, "ana")
    both.wait_until(both.story.now + timedelta(hours=2))
    bounces(both, "ben")
    both.propose("ana")
    agrees(both, "chi")
    machine.a_task_by_hand(who="ben", owner="ana", hours=5, critical=True)
    bounces(both, "ana")
    both.everything_leaves()


def a_day_in_which_outgoing_is_stopped() -> None:
    """What waited for a while leaves; what waited for long is asked about, and told when right."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted")
    both = machine.both
    for name in ("missions", "protection"):
        machine.a_release(name=name, who="ana", starts=None, ends=None)
    machine.outgoing_is_stopped_or_goes_on()
    both.everything_leaves()
    machine.a_hold(at=1, who="ana", hours=30)
    has_it(both, "ana")
    both.wait_until(both.story.now + timedelta(hours=1))
    machine.outgoing_is_stopped_or_goes_on()
    machine.a_freeze(name="protection", who="chi", hours=1)
    both.everything_leaves()
    both.wait_until(both.story.now + timedelta(hours=3))
    machine.outgoing_is_stopped_or_goes_on()
    machine.a_release(name="companies", who="ana", starts=None, ends=None)
    machine.a_release(name="companies", who="chi", starts=None, ends=None)
    both.wait_until(both.story.now + timedelta(hours=13))
    machine.outgoing_is_stopped_or_goes_on()
    both.everything_leaves()
    for task in [task for task in both.model.tasks if task.kind == "still_right"]:
        says_so(machine, task, "ana")
    both.everything_leaves()
    both.wait_until(both.story.now + timedelta(days=3))


def a_day_in_which_the_clock_is_set_back() -> None:
    """By less than a rung and by far more, over a restart as well; until it has caught up."""
    machine = Machine()
    machine.begins(severity="critical", hour=9, until="acted")
    both = machine.both
    both.wait_until(both.story.now + timedelta(minutes=20))
    machine.the_clock_is_set_back(hours=2)
    both.wait_until(both.story.now + timedelta(minutes=20))
    machine.a_restart()
    both.wait_until(both.story.now + timedelta(hours=1))
    machine.a_release(name="missions", who="ana", starts=2, ends=None)
    machine.the_clock_is_set_back(hours=100)
    both.wait_until(both.story.now + timedelta(days=7))


def a_way_is_lost_on_a_quiet_track() -> None:
    """One has done what was asked; a message to another party of the track bounces."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    bounces(both, "lea")
    bounces(both, "lea")
    both.wait_until(both.story.now + timedelta(days=2))


def a_night_with_nobody_on_duty() -> None:
    """Nobody is there, somebody comes and goes again, and nobody said why nobody was there."""
    both = Both("high", hours=9)
    has_it(both, "ana")
    both.floor(())
    for role in tuple(both.world.roster):
        both.roster(role, ())
    both.report("surveillance", "high")
    both.wait_until(both.story.now + timedelta(hours=9))
    both.roster("second", ("ben",))
    both.wait_until(both.story.now + timedelta(hours=9))
    both.roster("second", ())
    both.wait_until(both.story.now + timedelta(hours=9))
    for task in [task for task in both.model.tasks if task.kind == "nobody_left"]:
        takes(both, task, "ben")
    both.wait_until(both.story.now + timedelta(days=2))


def a_month_of_rounds() -> None:
    """Those who help hear of each other: at its time, after an outage, frozen, out, dead, over."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted", told=("companies", "missions"))
    both = machine.both
    has_it(both, "ana")
    machine.it_is_quieter_or_louder(name="missions", who="ana")
    machine.a_round(which={0, 1, 2, 3, 4, 5, 6}, who="ana", hours=30, days=7)
    both.wait_until(both.story.now + timedelta(hours=31))
    both.everything_leaves()
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    says(both, "embassy", "lea", ResponseKind.DECLINED)
    machine.a_freeze(name="companies", who="ana", hours=None)
    both.outage(days=6, hours=23.5)
    bounces(both, "nhri-mail")
    both.everything_leaves()
    for who in ("ana", "chi"):
        machine.a_lift(name="companies", who=who)
    machine.a_round(which={0, 1}, who="chi", hours=1, days=1)
    both.outage(hours=20)
    both.restart()
    for _ in range(6):
        both.wait_until(both.story.now + timedelta(hours=8))
    machine.a_round_ends(who="ben")
    both.wait_until(both.story.now + timedelta(days=2))
    machine.a_round(which={0}, who="ben", hours=1, days=90)
    both.propose("ana")
    agrees(both, "chi")
    both.wait_until(both.story.now + timedelta(days=40))


STORIES = (
    a_day_in_which_most_things_happen,
    a_night_with_nobody_on_duty,
    a_week_in_which_people_steer,
    two_days_of_two_hotlines,
    three_weeks_before_a_hearing,
    a_morning_of_dead_ways,
    a_way_is_lost_on_a_quiet_track,
    a_night_in_which_nobody_is_reached,
    a_day_in_which_outgoing_is_stopped,
    a_day_in_which_the_clock_is_set_back,
    a_month_of_rounds,
)
