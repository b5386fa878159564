"""What an event is called: the same report is one, and two houses' reports never are."""

from engine.case import ids


def test_two_publishers_who_number_alike_never_take_each_others_report_for_a_repetition() -> None:
    assert ids.event_id("hotline", "1") != ids.event_id("hotline-two", "1")
    assert ids.event_id("hotline", "1") != ids.event_id("hotline", "2")
    assert ids.event_id("hotline", "1") == ids.event_id("hotline", "1")
    assert ids.event_id("a", "b/c") != ids.event_id("a/b", "c"), "whatever stands in them"
