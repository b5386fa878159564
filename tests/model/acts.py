"""What people of a story do, in the engine and in its model at once."""

from typing import Any

from engine.case import commands as c
from schemas.responses import AnswerClass, ResponseKind
from tests.model.both import Both
from tests.model.machine import Machine

ACKNOWLEDGED = ResponseKind.ACKNOWLEDGED


def bounces(both: Both, who: str) -> None:
    """The first message to them will not arrive."""
    both.bounces([notice.contact for _, notice in both.waiting()].index(who))


def judges(machine: Machine, party: str, worth: AnswerClass) -> None:
    """Somebody of duty says what was done is worth."""
    parties = [p.name for p in machine.both.model.parties.values() if p.acts or p.promises]
    machine.an_answer_is_judged_or_let_go(
        at=parties.index(party), who="ben", worth=worth, latest=True
    )


def own(model: Any, who: str) -> None:
    model.duty_answers(who, declines=False)


def takes(both: Both, task: Any, who: str) -> None:
    """Somebody of duty takes what is owed, in both."""
    case = both.story.case
    theirs = next(each for each in case.tasks if both.same(each, task))
    command = c.TakeTask(inbox=both.story.inbox(), case=case.id, task=theirs.id, by=who)
    both.both(f"{who} takes {task.kind}", command, lambda m: m.take(task, who))


def says(both: Both, party: str, by: str, kind: ResponseKind, **more: Any) -> None:
    """Somebody of a party answers, in both."""
    told = both.model.parties[party]
    both.both(
        f"{by} {kind.value}",
        both.answers(party, by, kind, **more),
        lambda m: m.answer(told, by, kind.value, until=more.get("due")),
    )


def has_it(both: Both, who: str) -> None:
    """One of our own people takes the case."""
    both.both(f"{who} has it", both.answers(who, who, ACKNOWLEDGED), lambda m: own(m, who))


def agrees(both: Both, who: str) -> None:
    """The second of two says that it is resolved."""
    both.both(f"{who} confirms", both.story.a_confirmation(who), lambda m: m.confirm())


def says_so(machine: Machine, task: Any, who: str) -> None:
    """One of ours does what is owed: *yes*, it is still right."""
    at = machine.both.model.tasks.index(task)
    machine.somebody_does_what_is_owed(at=at, who=who, takes=False, well=True)
