"""Several messages to one of our own people as one: who is told together, and who never."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bundles import bundle, cases_in, endpoint_of
from engine.desk.inner import SendJob
from schemas.codes import Severity, TrackName
from schemas.contact import Endpoint
from schemas.plan import Reason, Verdict
from schemas.projection import Purpose

NOW = datetime(2027, 3, 1, 22, tzinfo=UTC)
ALLOWED = Verdict(allowed=True, reason=Reason.ALLOWED)
PAGES = (Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT)


def job(
    key: str,
    *,
    case: str = "",
    purpose: Purpose = Purpose.PAGE,
    severity: Severity = Severity.ELEVATED,
    endpoint: str | None = "ana-sms",
    track: TrackName = TrackName.DUTY,
    exercise: bool = False,
    channel: str = "sms",
    contact: str = "ana",
    tell_no: int = 1,
) -> SendJob:
    return SendJob(
        key=key,
        attempt_no=1,
        case=case or f"case of {key}",
        case_ref="TC-4F2M9",
        alert=f"alert of {key}",
        alert_ref="7K3Q-92",
        track=track,
        party="ana",
        contact=contact,
        channel=channel,
        endpoint=None
        if endpoint is None
        else Endpoint(id=endpoint, channel=channel, address="+0000000000"),
        purpose=purpose,
        severity=severity,
        exercise=exercise,
        deadline=None,
        detail="task_overdue",
        language="en",
        zone="",
        verdict=ALLOWED,
        tell_no=tell_no,
    )


def none_left(_: Sequence[SendJob]) -> bool:
    return False


def plenty(_: Sequence[SendJob]) -> bool:
    return True


def up_to(room: int) -> Callable[[Sequence[SendJob]], bool]:
    return lambda some: len(some) <= room


def test_after_an_outage_one_person_gets_one_message_that_counts_the_cases() -> None:
    late = [job(str(n), purpose=Purpose.OVERDUE, severity=Severity.HIGH) for n in range(14)]
    late[9] = job("9", purpose=Purpose.OVERDUE, severity=Severity.CRITICAL)

    (only,) = bundle(late, fits=plenty)

    assert only.severity is Severity.CRITICAL
    assert only.purpose is Purpose.OVERDUE
    assert cases_in(only) == 14
    assert {only.key, *(each.key for each in only.also)} == {str(n) for n in range(14)}


def test_a_case_that_alone_is_overdue_can_be_taken_by_return() -> None:
    (only,) = bundle(
        [job(key, case="c", purpose=Purpose.OVERDUE) for key in ("page", "task")], fits=plenty
    )

    assert cases_in(only) == 1
    assert (only.purpose, only.case_ref, only.detail) == (
        Purpose.PAGE,
        "TC-4F2M9",
        "task_overdue",
    )


def test_two_tasks_of_one_case_are_one_message_that_names_it_where_there_is_no_room() -> None:
    tasks = [job(key, case="c", purpose=Purpose.TASK) for key in ("a", "b")]

    (only,) = bundle(tasks, fits=up_to(1))

    assert (only.purpose, only.key, only.also[0].key) == (Purpose.TASK, "a", "b")


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.HIGH])
@pytest.mark.parametrize("purpose", PAGES)
def test_a_grave_case_that_is_not_late_is_never_told_together(
    severity: Severity, purpose: Purpose
) -> None:
    grave = [job(str(n), severity=severity, purpose=purpose) for n in range(20)]

    assert bundle(grave, fits=none_left) == tuple(grave)


def test_few_cases_are_told_one_by_one_and_too_many_together() -> None:
    few = [job(str(n)) for n in range(3)]

    assert bundle(few, fits=up_to(3)) == tuple(few)
    (only,) = bundle(few, fits=up_to(2))
    assert only.purpose is Purpose.SEVERAL
    assert only.detail == ""
    assert cases_in(only) == 3


def test_nobody_outside_is_ever_told_of_two_cases_in_one_message() -> None:
    outward = [job(str(n), purpose=Purpose.TELL, track=TrackName.MISSIONS) for n in range(5)]

    assert bundle(outward, fits=none_left) == tuple(outward)


def test_two_people_are_never_told_in_one_message() -> None:
    jobs = [job("1"), job("2", endpoint="ben-sms"), job("3"), job("4", endpoint="ben-sms")]

    first, second = bundle(jobs, fits=none_left)

    assert (endpoint_of(first), endpoint_of(second)) == ("sms:ana-sms", "sms:ben-sms")
    assert (first.key, first.also[0].key, second.key, second.also[0].key) == ("1", "3", "2", "4")


def test_an_address_that_is_gone_fails_for_each_message_by_itself() -> None:
    gone = [job(str(n), endpoint=None, purpose=Purpose.OVERDUE) for n in range(3)]

    assert bundle(gone, fits=none_left) == tuple(gone)


def test_a_drill_is_never_mixed_with_the_real_thing() -> None:
    jobs = [job("1"), job("2", exercise=True), job("3")]

    bundled = bundle(jobs, fits=none_left)

    assert [(each.key, [x.key for x in each.also]) for each in bundled] == [("1", ["3"]), ("2", [])]


@st.composite
def _jobs(draw: st.DrawFn) -> list[SendJob]:
    return [
        job(
            str(n),
            case=draw(st.sampled_from("abc")),
            purpose=draw(st.sampled_from([*PAGES, Purpose.OVERDUE, Purpose.TELL])),
            severity=draw(st.sampled_from(list(Severity))),
            endpoint=draw(st.sampled_from(["ana-sms", "ben-sms", None])),
            track=draw(st.sampled_from([TrackName.DUTY, TrackName.MISSIONS])),
        )
        for n in range(draw(st.integers(0, 12)))
    ]


@given(jobs=_jobs(), left=st.integers(0, 5))
def test_every_message_is_told_exactly_once_whatever_is_told_together(
    jobs: list[SendJob], left: int
) -> None:
    bundled = bundle(jobs, fits=up_to(left))

    told = [each.key for one in bundled for each in (one, *one.also)]
    assert sorted(told) == sorted(each.key for each in jobs)
    for one in bundled:
        assert all(endpoint_of(each) == endpoint_of(one) for each in one.also)
        assert all(one.severity.at_least(each.severity) for each in one.also)
