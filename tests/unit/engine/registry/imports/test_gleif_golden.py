"""GLEIF's golden copy, in JSON and in XML, says what a flat copy of the same records says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.ownership import gleif, gleif_golden, xml_records
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.together import FileRows
from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why
from tests.unit.engine.registry.imports.files import setting
from tests.unit.engine.registry.imports.lei import entity, exception, lei, relationship

NAMES = {"OtherEntityNames": [{"type": "PREVIOUS_LEGAL_NAME", "OtherEntityName": "Old & Sons"}]}
MILL: dict[str, Any] = entity(1)
MILL["Entity"] = {**MILL["Entity"], **NAMES}
FLAT = [MILL, entity(2), relationship(1, 2), relationship(1, 3), exception(2)]
LISTS = {"LEI": "records", "Relationship": "relations", "Exception": "exceptions"}


def kind_of(record: Mapping[str, Any]) -> str:
    if "Relationship" in record:
        return "Relationship"
    return "Exception" if "ExceptionCategory" in record else "LEI"


def nested(value: Any, name: str = "") -> Any:
    """The same as the golden copy has it."""
    if isinstance(value, str):
        return {"$": value}
    if isinstance(value, list):
        one = name.removesuffix("s")
        return {one: [item(each, one) for each in value]}
    if isinstance(value, Mapping):
        return {key: nested(each, key) for key, each in value.items()}
    return value


def item(value: Mapping[str, Any], name: str) -> Any:
    if name not in value:
        return nested(value)
    attributes = {f"@{key}": each for key, each in value.items() if key != name}
    return {"$": value[name], **attributes}


def golden_json(kind: str, *records: Mapping[str, Any]) -> SourceFile:
    some = [nested(each) for each in records]
    if kind == "Relationship":
        some = [{"RelationshipRecord": each} for each in some]
    if kind == "Exception":
        some = [{**each, "ExceptionReason": [each["ExceptionReason"]]} for each in some]
    return SourceFile(name="golden.json", data=json.dumps({LISTS[kind]: some}).encode())


ROOTS = {
    "LEI": ("lei:LEIData", "lei:LEIHeader", "lei:LEIRecords", "lei:LEIRecord"),
    "Relationship": (
        "rr:RelationshipData", "rr:Header", "rr:RelationshipRecords", "rr:RelationshipRecord",
    ),
    "Exception": (
        "repex:ReportingExceptionData", "repex:Header", "repex:ReportingExceptions",
        "repex:Exception",
    ),
}  # fmt: skip


def golden_xml(kind: str, *records: Mapping[str, Any], content: str = "") -> SourceFile:
    root, header, every, one = ROOTS[kind]
    said = f"<x:FileContent>{content}</x:FileContent>" if content else ""
    inside = "".join(f"<{one}>{_elements(each)}</{one}>" for each in records)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns:x="urn:x"><{header}>{said}</{header}>'
        f"<{every}>{inside}</{every}></{root}>"
    )
    return SourceFile(name="golden.xml", data=text.encode())


def _elements(record: Any) -> str:
    found = ""
    for key, value in record.items():
        if isinstance(value, list):
            one = key.removesuffix("s")
            found += f"<x:{key}>{''.join(_one(each, one) for each in value)}</x:{key}>"
        elif isinstance(value, Mapping):
            found += f"<x:{key}>{_elements(value)}</x:{key}>"
        else:
            found += f"<x:{key}>{_escaped(value)}</x:{key}>"
    return found


def _one(value: Mapping[str, Any], name: str) -> str:
    if name not in value:
        return f"<x:{name}>{_elements(value)}</x:{name}>"
    attributes = "".join(f' {key}="{each}"' for key, each in value.items() if key != name)
    return f"<x:{name}{attributes}>{_escaped(value[name])}</x:{name}>"


def _escaped(text: str) -> str:
    return str(text).replace("&", "&amp;").replace("<", "&lt;")


def flat(*records: Mapping[str, Any]) -> SourceFile:
    return SourceFile(name="flat.json", data=json.dumps(records).encode())


def rows(file: SourceFile) -> list[RowRead]:
    assert gleif.GLEIF.recognises(file)
    return list(gleif.read(file, setting()))


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("golden", [golden_json, golden_xml])
def test_a_record_says_the_same_nested_or_flat(kind: str, golden: Any) -> None:
    records = [each for each in FLAT if kind_of(each) == kind]

    assert rows(golden(kind, *records)) == rows(flat(*records))
    assert all(row.fate is not Fate.REFUSED for row in rows(flat(*records)))


def test_a_former_name_is_an_alias_whatever_signs_are_in_it() -> None:
    (row,) = rows(golden_xml("LEI", MILL))

    assert row.parties[0].aliases == ("Old & Sons",)


@pytest.mark.parametrize("golden", [golden_json, golden_xml])
def test_a_deleted_relationship_is_withdrawn_though_all_else_reads_active(golden: Any) -> None:
    deleted = {**relationship(1, 2), "Extension": {"Deletion": {"DeletedAt": "2026-01-01T00:00Z"}}}

    (row,) = rows(golden("Relationship", deleted))
    assert row.links[0].status == "withdrawn"


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        ("GLEIF_FULL_PUBLISHED", True),
        ("LOU_FULL_PUBLISHED", True),
        ("GLEIF_DELTA_PUBLISHED", False),
        ("QUERY_RESPONSE", False),
        ("", False),
    ],
)
def test_only_a_full_file_is_all_that_the_register_says(content: str, whole: bool) -> None:
    file = golden_xml("Relationship", relationship(1, 2), content=content)

    found = read_file(file, setting(), formats=FORMATS)
    assert isinstance(found, FileRows)
    assert (found.format, found.complete) == ("gleif", whole)


def test_half_a_file_has_the_records_before_its_end_and_says_that_it_was_cut_off() -> None:
    whole = golden_xml("Relationship", relationship(1, 2), relationship(1, 3))
    half = SourceFile(name="half.xml", data=whole.data[: whole.data.rindex(b"<x:EndNode>")])

    first, last = rows(half)
    assert (first.fate, first.links[0].b) == (Fate.IMPORTED, f"lei:{lei(1)}")
    assert (last.fate, last.why) == (Fate.REFUSED, Why.CUT_OFF)

    nested_half = golden_json("Relationship", relationship(1, 2), relationship(1, 3)).data[:-40]
    first, last = rows(SourceFile(name="half.json", data=nested_half))
    assert (first.fate, last.why) == (Fate.IMPORTED, Why.CUT_OFF)


@pytest.mark.parametrize(
    "trap",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><lei:LEIData></lei:LEIData>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><lei:LEIData></lei:LEIData>',
    ],
)
def test_xml_that_may_name_other_files_or_grow_without_end_is_refused(trap: bytes) -> None:
    with pytest.raises(FileRefusedError, match="document type"):
        list(gleif.read(SourceFile(name="trap.xml", data=trap), setting()))


def test_a_document_type_behind_a_long_comment_is_no_way_around_it() -> None:
    late = b"<!--" + b"x" * 70_000 + b'--><!DOCTYPE a [<!ENTITY x "y">]><LEIData>&x;</LEIData>'

    (row,) = gleif.read(SourceFile(name="late.xml", data=late), setting())
    assert (row.fate, row.why) == (Fate.REFUSED, Why.WRONG_SHAPE)


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        (b"<x>" * 50 + b"</x>" * 50, Why.TOO_DEEP),
        (b"<LegalName>" + b"x" * 1_100_000 + b"</LegalName>", Why.TOO_LONG),
        (b"<x/>" * 70_000, Why.TOO_LONG),
    ],
)
def test_a_record_that_is_a_trap_is_refused_and_the_next_one_read(inside: bytes, why: Why) -> None:
    good = golden_xml("LEI", entity(1)).data
    begin = good.index(b"<lei:LEIRecord>")
    data = good[:begin] + b"<lei:LEIRecord>" + inside + b"</lei:LEIRecord>" + good[begin:]

    trap, entity_row = rows(SourceFile(name="trap.xml", data=data))
    assert (trap.fate, trap.why) == (Fate.REFUSED, why)
    assert (entity_row.fate, entity_row.parties[0].id) == (Fate.IMPORTED, f"lei:{lei(1)}")


def test_a_packed_file_says_that_it_is_to_be_unpacked() -> None:
    packed = SourceFile(name="golden.json.zip", data=b"PK\x03\x04" + b"\x00" * 40)

    found = read_file(packed, setting(), formats=FORMATS)
    assert isinstance(found, NotTaken) and "unpack" in found.why


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.recursive(words, lambda some: st.dictionaries(words, some, max_size=3), max_leaves=8))
@settings(max_examples=60)
def test_whatever_a_record_nests_it_is_laid_flat_and_nothing_raises(value: Any) -> None:
    assert isinstance(gleif_golden.flat({"LEI": value}), Mapping)


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_no_bytes_after_the_beginning_of_xml_raise_anything_else(tail: bytes) -> None:
    assume(b"<!DOCTYPE" not in tail)
    file = SourceFile(name="any.xml", data=b"<LEIData><LEIRecord>" + tail)
    found = list(xml_records.read(file, elements=gleif_golden.ELEMENTS))

    assert found and [each.number if not isinstance(each, RowRead) else each.line for each in found]
