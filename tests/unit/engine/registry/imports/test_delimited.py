"""Text in columns: each row comes out once, damage is named, and the rest stays usable."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports import delimited
from engine.registry.imports.delimited import Row
from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why

HEADER = "id,name,state\n"


def read(content: str | bytes, *, separators: str = ",") -> list[Row | RowRead]:
    data = content.encode() if isinstance(content, str) else content
    file = SourceFile(name="list.csv", data=data)
    return list(delimited.read(file, needed=("id", "name"), separators=separators))


def good(rows: list[Row | RowRead]) -> list[tuple[int, str]]:
    """Line and id of the rows that can be used."""
    return [(row.line, row["id"]) for row in rows if isinstance(row, Row)]


def bad(rows: list[Row | RowRead]) -> list[tuple[int, str, str]]:
    """Line, reason and column of those that cannot."""
    return [
        (row.line, row.why.value if row.why else "", row.column)
        for row in rows
        if isinstance(row, RowRead)
    ]


def refusal(content: str | bytes) -> str:
    with pytest.raises(FileRefusedError) as raised:
        read(content)
    return str(raised.value)


def test_a_plain_file_is_read_by_its_header_in_any_order_of_columns() -> None:
    rows = read("state,id,name\nQM,a,Ada\nQN,b,Bo\n")

    assert good(rows) == [(2, "a"), (3, "b")]
    assert isinstance(rows[0], Row) and rows[0]["state"] == "QM"


def test_what_a_spreadsheet_adds_is_no_matter() -> None:
    rows = read(
        "\ufeffid;name ;state;\r\n a ; Ada ;QM;\r\n\r\n;;;\r\nb;Bo;QN\r\n", separators=",;\t"
    )

    assert good(rows) == [(2, "a"), (5, "b")]
    assert isinstance(rows[0], Row) and rows[0]["name"] == "Ada"


def test_a_field_may_hold_separators_quotes_and_line_breaks_and_lines_count_as_an_editor_does() -> (
    None
):
    rows = read(HEADER + 'a,"Ada, ""the\nfirst""",QM\nb,5" pipe,QN\n')

    assert good(rows) == [(2, "a"), (4, "b")]
    assert isinstance(rows[0], Row) and rows[0]["name"] == 'Ada, "the\nfirst"'
    assert isinstance(rows[1], Row) and rows[1]["name"] == '5" pipe'


def test_one_row_in_a_wrong_encoding_is_named_and_its_neighbours_are_read() -> None:
    rows = read(HEADER.encode() + b"a,Ada,QM\nb,Jos\xe9,QN\nc,Cy,QM\n")

    assert good(rows) == [(2, "a"), (4, "c")]
    assert bad(rows) == [(3, "not_utf8", "name")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_in_another_encoding_as_a_whole_is_refused_with_what_to_do(encoding: str) -> None:
    said = refusal((HEADER + "a,Ada,QM\n").encode(encoding))

    assert said.startswith("list.csv:") or "UTF-16" in said
    assert "UTF-8" in said or "names no column" in said


def test_half_a_file_loses_its_last_row_and_says_so() -> None:
    rows = read(HEADER + "a,Ada,QM\nb,Bo")

    assert good(rows) == [(2, "a")]
    assert bad(rows) == [(3, "cut_off", "")]


def test_half_a_file_cut_within_quotes_says_so_too() -> None:
    assert bad(read(HEADER + 'a,Ada,QM\nb,"Bo\nand so'))[-1][1] == "cut_off"


def test_a_whole_file_without_a_last_line_break_is_whole() -> None:
    assert good(read(HEADER + "a,Ada,QM\nb,Bo,QN")) == [(2, "a"), (3, "b")]


@pytest.mark.parametrize(
    "damaged",
    ['x,"never closed,QM', '"x,never closed,QM', 'x,"opened "twice",QM', 'x,name,"QM'],
)
def test_a_quote_that_is_never_closed_costs_its_own_row_alone(damaged: str) -> None:
    rows = read(HEADER + "a,Ada,QM\n" + damaged + '\nb,"Bo",QN\nc,Cy,QM\n')

    assert good(rows) == [(2, "a"), (4, "b"), (5, "c")]
    assert bad(rows) == [(3, "quote_not_closed", "")]


def test_a_quote_that_the_next_quote_closes_by_chance_does_not_swallow_what_lies_between() -> None:
    rows = read(HEADER + 'x,"open,QM\nb,Bo,QN\nc,Cy,"\n')

    assert (3, "b") in good(rows)
    assert [line for line, *_ in bad(rows)] == [2, 4]


def test_a_line_of_ten_megabytes_is_named_and_the_rest_is_read() -> None:
    rows = read(HEADER + "a,Ada,QM\nx," + "y" * 10_000_000 + ",QM\nb,Bo,QN\n")

    assert good(rows) == [(2, "a"), (4, "b")]
    assert bad(rows) == [(3, "too_long", "")]


def test_a_line_of_ten_megabytes_within_quotes_is_named_and_the_rest_is_read() -> None:
    rows = read(HEADER + 'x,"' + "y" * 10_000_000 + '",QM\nb,Bo,QN\n')

    assert good(rows) == [(3, "b")]
    assert bad(rows) == [(2, "too_long", "")]


def test_a_field_longer_than_any_value_is_named_with_its_column() -> None:
    rows = read(HEADER + "x," + "y" * (delimited.CELL_AT_MOST + 1) + ",QM\nb,Bo,QN\n")

    assert bad(rows) == [(2, "too_long", "name")]
    assert good(rows) == [(3, "b")]


@pytest.mark.parametrize("damaged", ["x,too few", "x,one,too,many"])
def test_more_or_fewer_fields_than_the_header_are_named(damaged: str) -> None:
    rows = read(HEADER + f"a,Ada,QM\n{damaged}\nb,Bo,QN\n")

    assert good(rows) == [(2, "a"), (4, "b")]
    assert bad(rows) == [(3, "wrong_shape", "")]


def test_a_row_of_several_lines_with_a_field_too_many_is_one_row() -> None:
    rows = read(HEADER + 'x,"one\ntwo\nthree",QM,more\nb,Bo,QN\n')

    assert bad(rows) == [(2, "wrong_shape", "")]
    assert good(rows) == [(5, "b")]


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffe"])
def test_a_character_that_nobody_sees_is_named_with_its_column(hidden: str) -> None:
    rows = read(HEADER + f"a,A{hidden}da,QM\nb,Bo,QN\n")

    assert bad(rows) == [(2, "control_character", "name")]
    assert good(rows) == [(3, "b")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ":1: the first line is to name the columns"),
        ("\n\n", ":1: the first line is to name the columns"),
        ("name,state\nAda,QM\n", "names no column id"),
        ("id,name,name\na,b,c\n", ":1:3: columns 2 and 3 have one name"),
        ("id,name" + ",x" * 600 + "\n", "more than 500 columns"),
        (b"id,n\xe9me\n", "no list of columns in UTF-8"),
        ("id," + "n" * 300_000 + "\n", "no list of columns"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file_with_what_to_do(
    content: str | bytes, said: str
) -> None:
    assert said in refusal(content)


def test_what_a_refusal_says_repeats_nothing_of_the_file() -> None:
    assert "secret" not in refusal("secret,secret\nsecret,secret\n")


def test_a_column_that_was_never_declared_is_a_mistake_of_ours_not_an_empty_cell() -> None:
    (row,) = read("id,name\na,Ada\n")

    assert isinstance(row, Row)
    with pytest.raises(KeyError):
        row["nmae"]


def test_an_optional_column_that_the_file_lacks_is_empty() -> None:
    file = SourceFile(name="list.csv", data=b"id\na\n")
    (row,) = delimited.read(file, needed=("id",), optional=("name",))

    assert isinstance(row, Row) and row["name"] == ""


def test_a_file_of_quotes_alone_takes_no_time_that_grows_with_its_square() -> None:
    steps = {n: _steps('"\n,x\n' * n) for n in (500, 2_000)}

    assert steps[2_000] < 8 * steps[500]


def _steps(content: str) -> int:
    """How often a quoted field is looked for: a count where seconds would judge the machine."""
    found = 0
    lookup = delimited._quoted

    def counted(*args: object, **named: object) -> object:
        nonlocal found
        found += 1
        return lookup(*args, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_quoted", counted)
        read(HEADER + content)
    return found


def test_reading_a_long_file_holds_no_second_copy_of_its_rows() -> None:
    content = (HEADER + "".join(f"id-{n},name {n},QM\n" for n in range(20_000))).encode()
    file = SourceFile(name="list.csv", data=content)
    tracemalloc.start()
    try:
        for _ in delimited.read(file, needed=("id",)):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * len(content)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_whatever_crash_it_and_each_line_is_said_once(data: bytes) -> None:
    content = HEADER.encode() + data
    rows = read(content)

    lines = [row.line for row in rows]
    physical = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    assert lines == sorted(set(lines))
    assert all(2 <= line <= physical.count("\n") + 1 for line in lines)
    assert all(row.fate is Fate.REFUSED and row.why for row in rows if isinstance(row, RowRead))


CELL = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.just("\n"),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_a_correct_writer_wrote_is_read_as_it_was(
    rows: list[tuple[str, str, str]], separator: str
) -> None:
    """Against the writer of the language, which the reader here does not use."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(("id", "name", "state"))
    writer.writerows(rows)

    found = read(out.getvalue(), separators=",;\t")

    wanted = [tuple(cell.strip() for cell in row) for row in rows]
    assert [tuple(row.cells.values()) for row in found if isinstance(row, Row)] == wanted
    assert not bad(found)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_to_one_row_leaves_the_rows_before_it_and_most_after_it_as_they_are(
    data: st.DataObject,
) -> None:
    # A lone quote and a later quoted name are one correct row together: nobody could tell.
    names = data.draw(st.lists(st.text("abc '", max_size=6), min_size=3, max_size=12))
    at = data.draw(st.integers(0, len(names) - 1))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [f"id{n}", name, "QM"] for n, name in enumerate(names)
    )
    lines = out.getvalue().splitlines()
    lines[at] = data.draw(st.sampled_from(['id,"open', "few", "a,b,c,d", '"', 'x,"y"z,QM']))

    rows = read(HEADER + "\n".join(lines) + "\n")

    before = [(2 + n, f"id{n}") for n in range(at)]
    assert good(rows)[:at] == before
    assert len(bad(rows)) == 1
    assert [line for line, _ in good(rows)[at:]] == [2 + n for n in range(at + 1, len(names))]


def test_every_reason_it_gives_is_about_reading_alone() -> None:
    given_ones = {Why(why) for _, why, _ in bad(read(HEADER + 'a\n"b,c,d\ne,\x00,f\n'))}

    assert given_ones == {Why.WRONG_SHAPE, Why.QUOTE_NOT_CLOSED, Why.CONTROL_CHARACTER}
