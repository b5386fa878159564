"""JSON files as the world sends them: damage is named, and spoils one record."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports import documents
from engine.registry.rows import FileRefusedError, RowRead, SourceFile, Why

STARTS = ("id",)


def read(data: bytes) -> list[Any]:
    """Contents of what could be read, reasons of what was refused, by their place."""
    found = list(documents.read(SourceFile(name="x.json", data=data), starts=STARTS))
    numbers = [each.line if isinstance(each, RowRead) else each.number for each in found]
    assert numbers == sorted(set(numbers))
    return [each.why if isinstance(each, RowRead) else dict(each.data) for each in found]


def one(id: int) -> dict[str, int]:
    return {"id": id}


def test_a_list_and_a_record_a_line_say_the_same() -> None:
    assert read(b'[{"id":1},\n {"id":2}]') == read(b'{"id":1}\n{"id":2}\n') == [one(1), one(2)]


def test_an_empty_list_has_no_record() -> None:
    assert read(b" [ ] \n") == []


def test_a_byte_order_mark_is_no_damage() -> None:
    assert read(b'\xef\xbb\xbf[{"id":1}]') == [one(1)]


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b'{"id":"\xff"}', Why.NOT_UTF8),
        (b'{"id":2,"id":3}', Why.KEY_TWICE),
        (b'{"id":NaN}', Why.NOT_A_NUMBER),
        (b'{"id":1e999}', Why.NOT_A_NUMBER),
        (b'{"id":"\\ud800"}', Why.CONTROL_CHARACTER),
        (b'{"id":"\\u0000"}', Why.CONTROL_CHARACTER),
        (b'{"id":' + b"[" * 40 + b"]" * 40 + b"}", Why.TOO_DEEP),
        (b'{"id":"' + b"x" * 70_000 + b'"}', Why.TOO_LONG),
        (b'{"id":"' + b"x" * 2_000_000 + b'"}', Why.TOO_LONG),
        (b"[7]", Why.WRONG_SHAPE),
        (b"{id:2}", Why.NOT_JSON),
        (b"", Why.NOT_JSON),
        # Brackets that do not fit: one that is never closed, one that closes nothing.
        (b'{"id":2,"more":{}', Why.NOT_JSON),
        (b'{"id":2}}', Why.NOT_JSON),
        (b'{"id":2]}', Why.NOT_JSON),
        (b'{"id":"two}\n', Why.NOT_JSON),
    ],
)
def test_one_bad_record_does_not_spoil_its_neighbours(damaged: bytes, why: Why) -> None:
    assert read(b'[{"id":1},' + damaged + b',{"id":3}]') == [one(1), why, one(3)]


@pytest.mark.parametrize("damaged", [b'{"id":2', b'{"id":"\xff"}', b"7", b'{"id":2},'])
def test_one_bad_line_does_not_spoil_its_neighbours(damaged: bytes) -> None:
    first, bad, last = read(b'{"id":1}\n' + damaged + b'\n\n{"id":3}\n')
    assert (first, last) == (one(1), one(3))
    assert isinstance(bad, Why)


def test_a_reason_never_repeats_what_a_file_says() -> None:
    file = SourceFile(name="x.json", data=b'[{"id":1,"Ana Secret":NaN}]')
    (row,) = documents.read(file, starts=STARTS, known=frozenset({"id"}))
    assert isinstance(row, RowRead)
    assert "Ana" not in repr(row)


@pytest.mark.parametrize("at", range(1, 40))
def test_of_half_a_file_all_that_is_whole_is_read_and_the_loss_is_named(at: int) -> None:
    whole = json.dumps([one(1), one(2), one(3)]).encode()
    cut = whole[: min(at, len(whole) - 1)]
    found = read(cut)
    assert found[-1] is Why.CUT_OFF
    assert found[:-1] == [one(1), one(2), one(3)][: len(found) - 1]


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"lei,name\n", b"\xff\xfe[\x00", b"%PDF-1.7", b'{\n  "id": 1\n}', b"7"]
)
def test_what_is_no_list_of_records_is_refused_whole_and_says_what_to_do(data: bytes) -> None:
    with pytest.raises(FileRefusedError, match=r"x\.json:1: .*Save it as that"):
        read(data)


def test_a_file_full_of_damage_is_given_up_and_not_read_for_ever() -> None:
    found = read(b"[" + b'{"id":{' * 20_000)
    assert len(found) < 20
    assert found[-1] is Why.CUT_OFF


def test_a_record_within_a_record_within_a_record_is_given_up_as_well() -> None:
    found = read(b"[" + b'{"id":' * 5_000 + b"1" + b"}" * 5_000 + b',{"id":3}]')
    assert len(found) < 50
    assert found[-1] == one(3)


def test_a_format_is_recognised_by_the_keys_of_its_first_record() -> None:
    def keys(data: bytes) -> frozenset[str]:
        return documents.first_keys(SourceFile(name="x", data=data))

    assert keys(b'[{"id":1,"b":2},{"c":3}]') == keys(b'{"id":1,"b":2}\n{') == {"id", "b"}
    assert keys(b"") == keys(b"[]") == keys(b"[7]") == keys(b"a,b\n") == frozenset()


leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
records = st.lists(
    st.dictionaries(
        st.text(max_size=4),
        st.recursive(leaves, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
        max_size=4,
    ),
    max_size=6,
)


@settings(max_examples=25)
@given(records, st.booleans())
def test_what_json_says_is_what_is_read(said: list[dict[str, Any]], pretty: bool) -> None:
    if any("\0" in text or "\\ud" in text for text in map(json.dumps, said)) or "\\u0000" in (
        json.dumps(said)
    ):
        return  # halves of characters and NUL are refused: another test
    data = json.dumps(said, indent=2 if pretty else None).encode()
    assert read(data) == said


@settings(max_examples=25)
@given(records, st.data())
def test_whatever_a_byte_becomes_nothing_breaks_and_numbers_count_on(
    said: list[dict[str, Any]], data: st.DataObject
) -> None:
    raw = bytearray(json.dumps([{"id": 1}, *said, {"id": 2}]).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = list(documents.read(SourceFile(name="x", data=bytes(raw)), starts=STARTS))
    except FileRefusedError:
        assert not bytes(raw).strip(b" \t\r\n").startswith((b"[", b'{"'))
        return
    numbers = [each.line if isinstance(each, RowRead) else each.number for each in found]
    assert numbers == sorted(set(numbers))
    assert found
