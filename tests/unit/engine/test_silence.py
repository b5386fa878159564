"""Who is taken for dead: only whoever said nothing while we were listening."""

from engine.silence import DEAF_AFTER, SILENT_AFTER, Silence


def _listen(silence: Silence, signs: dict[str, int], *, since: int, to: int) -> tuple[str, ...]:
    silent: tuple[str, ...] = ()
    for second in range(since, to + 1):
        silent = silence.look(signs, at=float(second))
    return silent


def test_ten_seconds_without_a_sign_are_death_and_nine_are_not() -> None:
    silence = Silence()

    assert _listen(silence, {"a#1": 0}, since=100, to=109) == ()
    assert silence.look({"a#1": 0}, at=110.0) == ("a#1",)


def test_one_sign_starts_the_count_anew() -> None:
    silence = Silence()
    _listen(silence, {"a#1": 0}, since=0, to=9)

    assert _listen(silence, {"a#1": 1}, since=10, to=19) == ()
    assert silence.look({"a#1": 1}, at=20.0) == ("a#1",)


def test_a_clock_that_was_set_back_over_there_is_a_sign_as_well() -> None:
    silence = Silence()
    _listen(silence, {"a#1": 50}, since=0, to=9)

    assert silence.look({"a#1": 20}, at=10.0) == ()


def test_whoever_was_stopped_itself_gives_everybody_time_to_speak() -> None:
    silence = Silence()
    silence.look({"a#1": 0}, at=0.0)

    assert silence.look({"a#1": 0}, at=3_600.0) == ()
    assert DEAF_AFTER < SILENT_AFTER


def test_a_run_seen_for_the_first_time_is_not_silent_however_old_its_sign() -> None:
    assert Silence().look({"a#1": -10_000}, at=5.0) == ()


def test_a_new_start_under_the_same_name_is_somebody_else() -> None:
    silence = Silence()
    _listen(silence, {"a#1": 0}, since=0, to=9)

    assert silence.look({"a#2": 0}, at=10.0) == ()
