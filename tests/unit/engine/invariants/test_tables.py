"""A breach planted into the tables of a real house is found, and found under its own name."""

from datetime import timedelta

import pytest

from engine import invariants
from engine.invariants import Letter, strays, walk
from engine.invariants.promises import PROMISES, Judged
from tests.harness.people import duty, faro
from tests.harness.towns import ARREST, rulebook
from tests.unit.engine.invariants.stored import Copy, copy

PLANTED = {
    "a report without a case": (
        "I1",
        "UPDATE events SET case_id = 'cnone' WHERE case_id = {open}",
    ),
    "a report that is gone": ("I1", "DELETE FROM events WHERE case_id = {open}"),
    "a report that no journal took in": (
        "I1",
        "INSERT INTO events SELECT 'planted', case_id, source, code, type, at, body, vault_id"
        " FROM events WHERE case_id = {open}",
    ),
    "something in quarantine and nobody was told": (
        "I1",
        "DELETE FROM situations WHERE situation LIKE 'equivocation%'",
        "DELETE FROM cases WHERE kind = 'incident'",
        "INSERT INTO quarantine VALUES ('q', 0, 's', 'r', 'd', 'k', x'00', NULL, NULL, NULL)",
    ),
    "other content under a known id and nobody was told": (
        "I3",
        "DELETE FROM situations WHERE situation LIKE 'equivocation%'",
    ),
    "a case that is overdue": (
        "I4",
        "UPDATE cases SET due_at = due_at - 720000000000 WHERE id = {open}",
    ),
    "a fact from before its time": (
        "I5",
        "UPDATE journal SET at = at - 600000000 WHERE kind = 'step_fired' AND n > 40",
    ),
    "a message nobody decided": (
        "I6",
        "INSERT INTO notifications SELECT 'planted', case_id, alert_id, tell_no, purpose, party,"
        " contact, endpoint, channel, lane, tell_rank, detail, answer_by, decided_at, state,"
        " next_at, attempts, unknowns, instance, provider_id, settled_at, reason"
        " FROM notifications LIMIT 1",
    ),
    "a message of a round that was never told": (
        "I6",
        "UPDATE notifications SET tell_no = 99 WHERE key = {one}",
    ),
    "a message without a case": (
        "I6",
        "UPDATE notifications SET case_id = 'cnone' WHERE key = {one}",
    ),
    "a due time that was lost": ("I7", "UPDATE cases SET due_at = NULL WHERE id = {open}"),
    "a message that was tried after it was called off": (
        "I8",
        "UPDATE notifications SET state = 'cancelled', settled_at = 1 WHERE key = {one}",
    ),
    "a message called off by nobody": (
        "I9",
        "UPDATE notifications SET state = 'cancelled' WHERE key = {one}",
    ),
    "a message nobody will try": (
        "I11",
        "UPDATE notifications SET state = 'queued' WHERE key = {one}",
    ),
    "a try at once after one that had failed": (
        "I12",
        "INSERT INTO attempts SELECT key, attempt_no + 50, at, instance, 'failed_temporary', '', at"
        " FROM attempts WHERE key = {one} LIMIT 1",
        "INSERT INTO attempts SELECT key, attempt_no + 51, at, instance, 'unknown', '', at"
        " FROM attempts WHERE key = {one} LIMIT 1",
    ),
    "a message in a state that nobody knows": (
        "I11",
        "UPDATE notifications SET state = 'lost' WHERE key = {one}",
    ),
    "a message that vanished": ("I11", "DELETE FROM notifications WHERE key = {one}"),
    "a message that waits for ever": (
        "I11",
        "UPDATE notifications SET state = 'unknown', next_at = decided_at WHERE key = {one}",
    ),
    "too many unclear tries": (
        "I12",
        "UPDATE notifications SET unknowns = 9 WHERE key = {one}",
    ),
    "an end that was taken back": (
        "I13",
        "UPDATE notifications SET state = 'unknown', next_at = decided_at WHERE key = {one}",
    ),
    "an end that is to be tried again": (
        "I13",
        "UPDATE notifications SET next_at = decided_at WHERE key = {one}",
    ),
    "two tries at once": (
        "I14",
        "INSERT INTO attempts SELECT key, attempt_no + n, at, instance, 'sending', '', NULL"
        " FROM attempts, (SELECT 1 AS n UNION SELECT 2) WHERE key = {one} LIMIT 2",
    ),
    "a leaf that is missing": (
        "I14",
        "DELETE FROM journal WHERE stream = {open} AND n = 5",
    ),
    "a page shown to somebody who was never told": (
        "I16",
        "INSERT INTO shown SELECT id, 'stranger', 'country', 0 FROM alerts WHERE track = 'missions'"
        " LIMIT 1",
    ),
    "somebody told whom the closure keeps out": (
        "I17",
        "UPDATE closures SET body = CAST(replace(CAST(body AS TEXT),"
        ' \'"loto-garments","reason"\', \'"embassy-qs","reason"\') AS BLOB)',
    ),
    "a state nobody decided": (
        "I19",
        "UPDATE cases SET owner = owner, state = (SELECT state FROM cases AS other WHERE"
        " other.id = {over}) WHERE id = {open}",
    ),
    "a head that is not the newest leaf": (
        "I19",
        "UPDATE cases SET head = 'cut' WHERE id = {open}",
    ),
    "a leaf that was changed": (
        "I19",
        "UPDATE journal SET at = at + 1 WHERE stream = {open} AND n = 2",
    ),
    "a journal without its case": (
        "I19",
        "UPDATE journal SET stream = 'cgone' WHERE stream = 'system'",
    ),
    "an alert that says what no fact says": (
        "I19",
        "UPDATE alerts SET status = 'closed' WHERE case_id = {open} AND track = 'missions'",
    ),
    "a task that fell off the list": (
        "I19",
        "DELETE FROM tasks WHERE case_id = {open} AND done_at IS NULL",
    ),
    "a key that came back after it was erased": (
        "I20",
        "INSERT INTO case_keys SELECT id, x'00', 0 FROM cases WHERE id = {over}",
    ),
    "sealed words that came back after they were erased": (
        "I20",
        "INSERT INTO vault (id, at, kind, case_id, key_id, ciphertext, digest, salt)"
        " SELECT 'v', 0, 'note', id, 'case:1', x'00', '', '' FROM cases WHERE id = {over}",
    ),
    "a log that stands before what was put aside": (
        "I22",
        "INSERT INTO offsets VALUES ('threats', 0, 1, 'o', 7, 0, -1)",
        "INSERT INTO quarantine VALUES ('q', 0, 's', 'r', 'd', 'k', x'00', 'threats', 0, 7)",
    ),
    "an open case of which nobody heard": (
        "I23",
        "UPDATE notifications SET state = 'failed_permanent' WHERE case_id = {open} AND lane < 2",
    ),
}


def test_a_healthy_house_has_no_finding() -> None:
    with copy() as whole:
        assert not whole.found()


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_breach_is_found(what: str) -> None:
    invariant, *statements = PLANTED[what]
    with copy() as house:
        house.plant(*statements)

        assert invariant in house.broken


def test_every_promise_that_tables_can_break_is_broken_here_or_lived_again() -> None:
    """I10 and I15 are planted into single histories, I25 into what is loaded."""
    here = {invariant for invariant, *_ in PLANTED.values()} | {"I10", "I15", "I25"}

    assert {each.id for each in PROMISES if each.judged is not Judged.OUTSIDE} <= here


# What only somebody who watched outside can say


def test_a_report_that_was_answered_and_is_nowhere_is_found() -> None:
    with copy() as house:
        house.world.accepted[("hotline-a", "never-stored")] = ""

        assert house.broken == {"I2"}


def test_other_content_that_nobody_wrote_down_is_found() -> None:
    with copy() as house:
        house.world.refused_content.add(("hotline-a", "over"))

        assert house.broken == {"I3"}


def test_a_message_that_left_before_it_was_decided_is_found() -> None:
    with copy() as house:
        key = house.one("SELECT key FROM notifications WHERE key = {one}")
        house.world.left_at[key] = house.house.began - timedelta(minutes=1)

        assert house.broken == {"I5"}


def test_a_message_that_left_and_was_never_decided_is_found() -> None:
    with copy() as house:
        house.world.sends["planted"] += 1

        assert house.broken == {"I6"}


def test_a_message_that_counts_as_handed_on_and_never_left_is_found() -> None:
    with copy() as house:
        del house.world.sends[house.one("SELECT key FROM notifications WHERE key = {one}")]

        assert house.broken == {"I11"}


def test_a_message_that_left_more_often_than_it_was_tried_is_found() -> None:
    with copy() as house:
        house.world.sends[house.one("SELECT key FROM notifications WHERE key = {one}")] += 1

        assert house.broken == {"I12"}


def _letter(house: Copy, said: str) -> str:
    key = house.one("SELECT key FROM notifications WHERE key = {one}")
    house.world.letters.append(Letter(key=key, raw=f"To: x\r\n\r\n{said}".encode()))
    return house.one("SELECT party FROM notifications WHERE key = {one}")


def test_a_word_in_a_letter_to_somebody_who_may_not_read_it_is_found() -> None:
    with copy() as house:
        party = _letter(house, "the village Seedmark")
        house.world.secrets = {"Seedmark": frozenset({party})}
        assert not house.broken, "who may read it may"
        house.world.secrets = {"Seedmark": frozenset()}

        assert house.broken == {"I16"}


def test_a_message_to_somebody_who_a_person_knows_is_of_them_is_found() -> None:
    with copy() as house:
        party = house.one("SELECT party FROM notifications WHERE key = {one}")
        event = house.one("SELECT id FROM events WHERE case_id = {open}")
        house.world.fenced = {event: frozenset({party})}

        assert house.broken == {"I17"}


@pytest.mark.parametrize("where", ["a log", "a letter", "a column"])
def test_a_name_in_clear_is_found_wherever_it_stands(where: str) -> None:
    with copy() as house:
        house.world.identities = ("Seedname",)
        if where == "a log":
            house.world.spoken["log"] = b'{"event": "x", "who": "Seedname"}'
        elif where == "a letter":
            _letter(house, "Seedname")
        else:
            house.plant("UPDATE cases SET owner = 'Seedname' WHERE id = {over}")

        assert "I18" in house.broken


def test_a_journal_that_was_shortened_since_the_last_look_is_found() -> None:
    with copy() as house:
        assert not house.broken
        house.world.heads[house.one("SELECT {open}")] = (3, "another")

        assert house.broken == {"I19"}


def test_a_flood_that_delays_the_gravest_is_found_and_a_few_measurements_say_nothing() -> None:
    with copy() as house:
        house.world.calm_seconds = [2.0] * 30
        house.world.flood_seconds = [60.0] * 5
        assert not house.broken
        house.world.flood_seconds = [2.1] * 30
        assert not house.broken
        house.world.flood_seconds = [9.0] * 30

        assert house.broken == {"I21"}


def test_a_poisoned_record_that_is_nowhere_is_found() -> None:
    with copy() as house:
        house.world.poison.add("d" * 64)

        assert house.broken == {"I22"}


def test_what_leaves_after_a_backup_was_put_back_and_before_anybody_said_so_is_found() -> None:
    with copy() as house:
        house.world.left_before_restore = house.world.sends.copy()
        key = house.one("SELECT key FROM notifications WHERE key = {one}")
        house.world.left_before_restore[key] -= 1
        assert not house.broken, "nobody holds anything back"
        house.plant("INSERT INTO meta VALUES ('stopped', '1'), ('stopped_by', 'restore')")

        assert house.broken == {"I24"}


def test_a_receipt_for_what_left_after_the_copy_that_was_put_back_is_believed() -> None:
    with copy() as house:
        handed = "SELECT key FROM notifications WHERE state IN ('handed_off', 'delivered') LIMIT 1"
        key = house.one(handed)
        del house.world.sends[key]
        assert house.broken == {"I11"}, "nobody ever saw it leave"
        house.world.left_since_copy = {key}

        assert not house.broken


def test_a_roster_that_could_wake_nobody_is_found() -> None:
    found = invariants.check_config(rulebook(ARREST), duty(floor=None))

    assert [violation.invariant for violation in found] == ["I25"]
    assert not invariants.check_config(rulebook(ARREST), faro())
    assert not invariants.check_config(None, faro())


# Walking


def test_walked_a_few_rows_at_a_time_everything_is_seen_once_in_its_turn() -> None:
    with copy() as house, house.conn.begin():
        places, cases = walk.Places(), []
        for _ in range(20):
            page = walk.next_cases(house.conn, places, most=1)
            cases.append(page.cases)
            places = page.then
        every = set(invariants.every_case(house.conn))
        assert {case for page in cases for case in page} == every
        assert 1 <= max(map(len, cases)) <= 2
        for kind, look in strays.KINDS.items():
            after, pages = "", 0
            while True:
                found, after = look(house.conn, after, 2)
                assert not found, kind
                pages += 1
                if not after:
                    break
            assert pages > 1 or kind == "quarantine"


def test_the_systems_own_journal_is_walked_in_parts_and_a_change_is_found_in_its_part() -> None:
    with copy() as house:
        newest = int(house.one("SELECT max(n) FROM journal WHERE stream = 'system'"))
        house.plant(
            "UPDATE journal SET at = at + 1 WHERE stream = 'system'"
            " AND n = (SELECT max(n) FROM journal WHERE stream = 'system')"
        )
        with house.conn.begin():
            found, places = [], walk.Places()
            for _ in range(newest + 1):
                look = walk.stray_looks(places, most=1)[-1]
                more, then = look(house.conn)
                found += more
                places = walk.joined(places, then)

        assert [violation.row for violation in found] == ["system"]


def test_no_round_reads_a_whole_table() -> None:
    """What is asked each half minute goes by an index, whatever the tables have grown to."""
    from sqlalchemy import event

    with copy() as house:
        asked: list[tuple[str, object]] = []

        def note(
            conn: object, cursor: object, statement: str, parameters: object, *_: object
        ) -> None:
            asked.append((statement, parameters))

        event.listen(house.conn.engine, "before_cursor_execute", note)
        with house.conn.begin():
            invariants.check_now(house.conn, now=house.house.now, up_since=house.house.began)
            page = walk.next_cases(house.conn, walk.Places())
            invariants.check_cases(house.conn, page.cases, now=house.house.now)
            for look in walk.stray_looks(walk.Places()):
                look(house.conn)
            event.remove(house.conn.engine, "before_cursor_execute", note)
            scanned = set()
            for statement, parameters in asked:
                if not statement.startswith("SELECT"):
                    continue
                plan = house.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
                scanned |= {
                    row[3] for row in plan if row[3].startswith("SCAN") and "INDEX" not in row[3]
                }

        small = {"SCAN meta", "SCAN instances", "SCAN quarantine", "SCAN offsets"}
        assert {step for step in scanned if step not in small} == set()
