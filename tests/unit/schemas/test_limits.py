"""What a publisher is told about bytes that no parser may be trusted with (B1 to B5)."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import Limits, UnreadableJsonError, parse, split
from schemas.problem import Fault, Problem, brief

LIMITS = Limits(known=frozenset({"data", "event", "severity", "code", "parties"}))


def refused(raw: bytes, *, limits: Limits = LIMITS) -> Problem:
    with pytest.raises(UnreadableJsonError) as caught:
        parse(raw, limits=limits)
    assert caught.value.problem.fix.endswith((".", ")"))
    return caught.value.problem


@pytest.mark.parametrize(
    ("raw", "code", "offset"),
    [
        (b"", Fault.EMPTY, 0),
        (b" \n\t ", Fault.EMPTY, 0),
        (b"hello", Fault.NOT_JSON, 0),
        (b'{"data": ', Fault.TRUNCATED, 9),
        (b'{"data": "a', Fault.TRUNCATED, 9),
        (b'{"data": [1, 2', Fault.TRUNCATED, 14),
        (b'{"data": 1,}', Fault.NOT_JSON, 11),
        (b'{"data" 1}', Fault.NOT_JSON, 8),
        (b'{"data": 1} {"data": 2}', Fault.NOT_JSON, 12),
        (b"{'data': 1}", Fault.NOT_JSON, 1),
        (b'{"data": 01}', Fault.NOT_JSON, 10),
        (b'{"data": +1}', Fault.NOT_JSON, 9),
        (b'{"data": "a\nb"}', Fault.NOT_JSON, 9),
        (b'{"data": "\\x41"}', Fault.NOT_JSON, 9),
        (b'{"data": [1}', Fault.NOT_JSON, 11),
        (b"[]", Fault.NOT_OBJECT, 0),
        (b'"text"', Fault.NOT_OBJECT, 0),
    ],
)
def test_b1_what_is_not_json_is_refused_with_the_byte_where_it_stops_being_it(
    raw: bytes, code: Fault, offset: int
) -> None:
    problem = refused(raw)

    assert (problem.code, problem.offset) == (code, offset)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"data": "\xff"}', Fault.NOT_UTF8),
        (b'{"data": "\xc0\x80"}', Fault.NOT_UTF8),
        (b'{"data": "\xed\xa0\x80"}', Fault.NOT_UTF8),
        ('{"data": 1}'.encode("utf-16"), Fault.NOT_UTF8),
        ('{"data": 1}'.encode("utf-16-le"), Fault.NUL),
        (b'\xef\xbb\xbf{"data": 1}', Fault.BOM),
        (b'{"data": "a\x00b"}', Fault.NUL),
        (b'{"data": "a\\u0000b"}', Fault.NUL),
        (b'{"data": "\\ud800"}', Fault.LONE_SURROGATE),
        (b'{"data": "\\udc00"}', Fault.LONE_SURROGATE),
        (b'{"data": "\\ud800 \\udc00"}', Fault.LONE_SURROGATE),
        (b'{"data": "\\ud800\\n"}', Fault.LONE_SURROGATE),
        (b'{"data": "\\ud83d\\ud83d\\ude00"}', Fault.LONE_SURROGATE),
        (b'{"\\ud800": 1}', Fault.LONE_SURROGATE),
    ],
)
def test_b2_broken_characters_are_refused(raw: bytes, code: Fault) -> None:
    assert refused(raw).code is code


def test_whole_characters_outside_the_basic_plane_pass_in_either_spelling() -> None:
    assert parse('{"a": "\\ud83d\\ude00", "b": "😀", "c": "\\\\ud800"}'.encode()) == {
        "a": "😀",
        "b": "😀",
        "c": "\\ud800",
    }


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("NaN", Fault.NUMBER_NOT_FINITE),
        ("Infinity", Fault.NUMBER_NOT_FINITE),
        ("-Infinity", Fault.NUMBER_NOT_FINITE),
        ("1e999", Fault.NUMBER_NOT_FINITE),
        ("-1e999", Fault.NUMBER_NOT_FINITE),
        ("9" * 200_000, Fault.NUMBER_TOO_BIG),
        ("0." + "9" * 200_000, Fault.NUMBER_NOT_FINITE),
        ("9223372036854775808", Fault.NUMBER_TOO_BIG),
        ("9007199254740993", Fault.NUMBER_TOO_BIG),
        ("-9007199254740993", Fault.NUMBER_TOO_BIG),
        ("-0", Fault.NEGATIVE_ZERO),
        ("-0.0", Fault.NEGATIVE_ZERO),
        ("-0e5", Fault.NEGATIVE_ZERO),
    ],
)
def test_b3_a_number_that_readers_disagree_about_is_refused_with_its_field(
    number: str, code: Fault
) -> None:
    problem = refused(f'{{"data": {{"event": {{"severity": {number}}}}}}}'.encode())

    assert (problem.code, problem.path) == (code, "data.event.severity")


def test_the_largest_exact_number_passes() -> None:
    assert parse(b'{"a": 9007199254740992, "b": -1.5e-3, "c": 0}') == {
        "a": 2**53,
        "b": -0.0015,
        "c": 0,
    }


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", Fault.TOO_DEEP),
        (b"[" * 100_000, Fault.TOO_DEEP),
        (b'{"a":' * 40 + b"1" + b"}" * 40, Fault.TOO_DEEP),
        (
            ("{" + ",".join(f'"k{n}": 1' for n in range(20_000)) + "}").encode(),
            Fault.TOO_MANY_KEYS,
        ),
        (b'{"data": "' + b"a" * 40_000 + b'"}', Fault.STRING_TOO_LONG),
        (b'{"' + b"a" * 40_000 + b'": 1}', Fault.STRING_TOO_LONG),
        (b'{"data": "' + b"a" * 300_000 + b'"}', Fault.TOO_LARGE),
    ],
)
def test_b4_a_bomb_is_refused_before_any_parser_sees_it(raw: bytes, code: Fault) -> None:
    assert refused(raw).code is code


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: b'{"data": "' + b"a" * 100_000_000 + b'"}', id="100 MB string"),
        pytest.param(lambda: b"[" * 200_000, id="200 000 deep"),
        pytest.param(
            lambda: b"{" + b",".join(b'"%d":1' % n for n in range(30_000)) + b"}", id="keys"
        ),
    ],
)
def test_b4_a_bomb_costs_no_memory(bomb: Any) -> None:
    raw = bomb()
    tracemalloc.start()
    try:
        refused(raw)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 1_000_000


@pytest.mark.parametrize(
    "raw",
    [
        b'{"data": {"severity": "watch", "severity": "critical"}}',
        b'{"data": {"severity": "watch", "\\u0073everity": "critical"}}',
        b'{"data": {"severity": {"a": 1}, "x": [], "severity": 2}}',
    ],
)
def test_b5_a_severity_given_twice_is_refused_as_ambiguous(raw: bytes) -> None:
    problem = refused(raw)

    assert (problem.code, problem.path) == (Fault.DUPLICATE_KEY, "data.severity")


def test_the_same_key_in_two_objects_is_no_duplicate() -> None:
    assert parse(b'{"parties": [{"code": 1}, {"code": 2}], "code": {"code": 3}}')


def test_a_problem_names_our_fields_and_never_a_key_that_may_be_a_name() -> None:
    problem = refused(b'{"data": {"parties": [1, {"Invented Person": [NaN]}]}}')

    assert problem.path == "data.parties[1].*[0]"
    assert "Invented" not in str(problem)
    assert brief(problem) == "number_not_finite data.parties[1].*[0]"


def test_exactly_the_limit_passes() -> None:
    limits = Limits(bytes=10_000, depth=4, keys=3, string=5)

    assert parse(b'{"a": {"b": [["12345"]]}, "c": 1}', limits=limits)
    assert refused(b'{"a": {"b": [[["1"]]]}, "c": 1}', limits=limits).code is Fault.TOO_DEEP
    assert refused(b'{"a": 1, "b": 2, "c": 3, "d": 4}', limits=limits).code is Fault.TOO_MANY_KEYS
    assert refused(b'{"a": "123456"}', limits=limits).code is Fault.STRING_TOO_LONG


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_nothing_but_our_own_error_comes_back(raw: bytes) -> None:
    try:
        parse(raw)
    except UnreadableJsonError as error:
        assert error.problem.fix


_PIECES = st.sampled_from(
    [*b"{}[]:,1 ", b'"a"', b'"b"', b"-0", b"1e9", b"true", b'"', b"NaN", b"\\ud800", b"\xff"]
).map(lambda piece: bytes([piece]) if isinstance(piece, int) else piece)


@given(st.lists(_PIECES, max_size=30).map(b"".join))
def test_broken_json_of_any_shape_is_judged_as_the_standard_parser_judges_it(raw: bytes) -> None:
    """Whatever passes is JSON to the standard library as well, with the same value."""
    try:
        value = parse(raw)
    except UnreadableJsonError:
        return
    assert value == json.loads(raw)


_FINE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), _FINE, max_size=6), st.booleans())
def test_every_harmless_object_passes_unchanged(value: dict[str, Any], ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8")
    if "\\u0000" in json.dumps(value):
        assert refused(raw).code in (Fault.NUL, Fault.TOO_DEEP, Fault.LONE_SURROGATE)
        return

    assert parse(raw) == value


def test_a_batch_comes_apart_into_the_exact_bytes_of_its_events() -> None:
    raw = b' [ {"a": "],{"} , {"b":[1, 2]},3 ] \n'

    assert split(raw) == [b'{"a": "],{"}', b'{"b":[1, 2]}', b"3"]
    assert split(b"[]") == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{}", Fault.NOT_JSON),
        (b'[{"a": 1}', Fault.TRUNCATED),
        (b'[{"a": "1}]', Fault.TRUNCATED),
        (b"[1,,2]", Fault.NOT_JSON),
        (b"[1]]", Fault.NOT_JSON),
        (b"[}]", Fault.TRUNCATED),
        (b"[" + b"1," * 600 + b"1]", Fault.TOO_LARGE),
        (b"[" + b" " * 1_100_000 + b"]", Fault.TOO_LARGE),
        (b"", Fault.EMPTY),
    ],
)
def test_a_batch_that_cannot_be_taken_apart_is_refused_whole(raw: bytes, code: Fault) -> None:
    with pytest.raises(UnreadableJsonError) as caught:
        split(raw)

    assert caught.value.problem.code is code


def test_a_bomb_inside_one_event_of_a_batch_does_not_touch_the_others() -> None:
    parts = split(b'[{"a": 1}, {"a": NaN}, {"a": 1, "a": 2}, {"b": 2}]')

    assert [len(part) for part in parts] == [8, 10, 16, 8]
    assert parse(parts[3]) == {"b": 2}


@given(st.binary(max_size=200))
def test_splitting_never_breaks(raw: bytes) -> None:
    for body in (raw, b"[" + raw + b"]"):
        try:
            split(body)
        except UnreadableJsonError as error:
            assert error.problem.fix
