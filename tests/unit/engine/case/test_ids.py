"""What an event is called: the same report is one, and two houses' reports never are."""

import re

from engine.case import ids


def test_two_publishers_who_number_alike_never_take_each_others_report_for_a_repetition() -> None:
    assert ids.event_id("hotline", "1") != ids.event_id("hotline-two", "1")
    assert ids.event_id("hotline", "1") != ids.event_id("hotline", "2")
    assert ids.event_id("hotline", "1") == ids.event_id("hotline", "1")
    assert ids.event_id("a", "b/c") != ids.event_id("a/b", "c"), "whatever stands in them"


def test_a_reference_is_short_and_one_can_say_it_on_the_phone() -> None:
    said = re.compile(r"TC-[2-9A-HJKMNP-TV-Z]{5}|[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{2}")
    for n in range(100):
        of_case, of_alert = ids.case_ref(b"key", f"c{n}"), ids.alert_ref(b"key", f"a{n}")
        assert said.fullmatch(of_case) and said.fullmatch(of_alert), (of_case, of_alert)
    assert len(ids.case_ref(b"key", "c1", extra=1)) == len("TC-4F2M9") + 1, "after a collision"


def test_nobody_without_the_key_works_out_a_reference() -> None:
    assert ids.case_ref(b"key", "c1") != ids.case_ref(b"another", "c1")
    assert ids.alert_ref(b"key", "a1") != ids.alert_ref(b"another", "a1")
