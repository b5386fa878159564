"""Which processes a desk is made of, and how patiently each is started again."""

import pytest

from engine.processes import Group, WrongProcessesError, groups
from engine.settings import ALL_ROLES, KafkaSettings, Settings
from engine.supervisor import (
    FIRST_PAUSE,
    HEALTHY_AFTER,
    LONGEST_PAUSE,
    REFUSED_MOST,
    SLOWLY,
    Patience,
)

SERVER = "postgresql://desk@db.example/tocsin"
CANNOT, KILLED, HALTED = 3, -9, 70


def _roles(settings: Settings) -> list[tuple[str, ...]]:
    return [group.roles for group in groups(settings)]


def _over_server(**more: object) -> Settings:
    return Settings(**{"database_url": SERVER, **more})  # type: ignore[arg-type]


def test_a_small_desk_is_one_process() -> None:
    assert groups(Settings()) == (Group(name="engine", roles=ALL_ROLES),)


def test_over_a_server_a_reader_of_the_log_that_leaves_takes_no_message_with_it() -> None:
    with_log = _roles(_over_server(kafka=KafkaSettings(enabled=True)))

    assert with_log == [("intake",), ("web",), ("timers", "auditor"), ("sender",), ("relay",)]


def test_without_a_log_reports_come_in_where_the_pages_are() -> None:
    assert _roles(_over_server()) == [("web", "intake"), ("timers", "auditor"), ("sender",)]


def test_a_second_machine_runs_only_its_own_roles() -> None:
    assert _roles(_over_server(roles=("sender", "timers"))) == [("timers",), ("sender",)]


def test_two_senders_have_two_names() -> None:
    given = _over_server(processes="web intake timers auditor; sender; sender")

    assert [group.name for group in groups(given)] == [
        "web-intake-timers-auditor",
        "sender",
        "sender-2",
    ]


def test_a_file_names_processes_as_words() -> None:
    given = _over_server(processes=["web, intake", "timers auditor sender"])

    assert _roles(given) == [("web", "intake"), ("timers", "auditor", "sender")]


def test_processes_that_would_leave_nobody_to_send_are_refused() -> None:
    with pytest.raises(WrongProcessesError, match="sender"):
        groups(_over_server(processes="web intake; timers auditor"))


def test_sqlite_is_one_process_alone() -> None:
    with pytest.raises(WrongProcessesError, match="SQLite"):
        groups(Settings(processes="web intake timers auditor; sender"))


def test_one_that_dies_again_and_again_is_started_again_ever_more_slowly_and_for_ever() -> None:
    patience = Patience()
    pauses = [patience.ended(code=HALTED, ran_for=1.0) for _ in range(50)]

    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_a_minute_of_health_is_rewarded() -> None:
    patience = Patience()
    for _ in range(9):
        patience.ended(code=KILLED, ran_for=1.0)

    assert patience.ended(code=KILLED, ran_for=HEALTHY_AFTER) == FIRST_PAUSE


def test_one_that_refuses_to_start_is_tried_slowly_and_never_given_up_once_it_ran() -> None:
    patience = Patience()
    patience.ended(code=KILLED, ran_for=5.0)
    pauses = [patience.ended(code=CANNOT, ran_for=0.5) for _ in range(REFUSED_MOST + 2)]

    assert pauses[REFUSED_MOST - 1 :] == [SLOWLY] * 3
    assert not patience.hopeless
    assert patience.ended(code=KILLED, ran_for=5.0) < SLOWLY


def test_one_that_never_ran_and_refuses_is_hopeless() -> None:
    patience = Patience()
    for _ in range(REFUSED_MOST):
        assert not patience.hopeless
        patience.ended(code=CANNOT, ran_for=0.5)

    assert patience.hopeless
