"""Our subset against the official CEL test vectors, and against another implementation.

The vectors are not part of this repository: they are looked for in CEL_SPEC, then in
`conformance/cel-spec` beside or above the checkout. Every file and every construct that is left
out is named here with its reason; nothing is left out because it fails.
"""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rules.language.check import check
from rules.language.errors import ConditionError
from rules.language.evaluate import Unknown, Value, evaluate, same
from rules.language.parser import parse
from tests.unit.rules import textproto

HERE = Path(__file__).parents[3]
FOLDERS = [
    Path(os.environ.get("CEL_SPEC", "/nowhere")),
    HERE / "conformance" / "cel-spec",
    HERE.parent / "conformance" / "cel-spec",
    HERE.parent / "shared" / "conformance" / "cel-spec",
]
FOLDER = next((folder for folder in FOLDERS if folder.is_dir()), None)

needs_vectors = pytest.mark.skipif(
    FOLDER is None,
    reason="the CEL vectors are not here: set CEL_SPEC to tests/simple/testdata of google/cel-spec",
)

EXCLUDED_FILES = {
    "conversions.textproto": "conversions such as int() are not in the subset",
    "fields.textproto": "maps and messages are not in the subset; fields are flat names",
    "fp_math.textproto": "fractions are not in the subset",
    "integer_math.textproto": "arithmetic is not in the subset",
    "macros.textproto": "macros such as all() are not in the subset",
    "macros2.textproto": "macros with two variables are not in the subset",
    "namespace.textproto": "containers are not in the subset",
    "timestamps.textproto": "times are not in the subset; dates belong to tracks",
    "type_deduction.textproto": "our checker has five types and no generics",
}
READ_FILES = {
    "basic.textproto",
    "comparisons.textproto",
    "lists.textproto",
    "logic.textproto",
    "parse.textproto",
    "plumbing.textproto",
    "string.textproto",
}
_STRING = re.compile(
    r"(?:(?<!\w)[rR])?(?:\"\"\"(?:\\.|.)*?\"\"\"|'''(?:\\.|.)*?'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')",
    re.DOTALL,
)
_RAW = re.compile(
    r"(?<!\w)[rR](?:\"\"\".*?\"\"\"|'''.*?'''|\"[^\"]*\"|'[^']*')",
    re.DOTALL,
)
BEYOND = (
    ("bytes", re.compile(r"\b[bB][rR]?S|\b[rR][bB]S")),
    ("unsigned numbers", re.compile(r"\b(?:0x[0-9a-fA-F]+|\d+)[uU]\b")),
    ("fractions", re.compile(r"\d\.\d|\d[eE][+-]?\d|(?<!\w)\.\d")),
    ("null", re.compile(r"\bnull\b")),
    ("maps and messages", re.compile(r"\{")),
    ("the conditional operator", re.compile(r"\?")),
    ("methods", re.compile(r"\.\s*\w+\s*\(|[S\])]\s*\.")),
    ("functions but has and size", re.compile(r"\b(?!has\b|size\b|in\b)[A-Za-z_]\w*\s*\(")),
    ("indexing", re.compile(r"[\w\])]\s*\[(?<!\bin \[)(?<!\bin\[)")),
    ("arithmetic", re.compile(r"[+*/%]|[\w\])S]\s*-|-\s*[-A-Za-z(]")),
    ("names with a leading dot", re.compile(r"(?<![\w\])])\.\s*[A-Za-z]")),
    ("names in backticks", re.compile(r"`")),
    ("types as values", re.compile(r"^(?:bool|int|uint|double|string|bytes|list|map|type)$")),
)


MIXED_OR_NESTED = re.compile(r"\[\[|\[\d+, '|', \d")
"""Our checker wants flat lists of one kind; the evaluator takes the others as CEL does."""


def _beyond(expr: str) -> str | None:
    """Which construct takes an expression out of the subset; strings and comments do not count."""
    bare = re.sub(r"\bin\s*\[", "in(", _STRING.sub("S", _RAW.sub("S", expr)))
    bare = re.sub(r"//[^\n]*", "", bare)
    return next((name for name, pattern in BEYOND if pattern.search(bare)), None)


def _plain(value: dict[str, list[Any]]) -> Value | None:
    """A value of the subset, or None."""
    ((kind, (content, *_)),) = value.items()
    match kind:
        case "bool_value":
            return bool(content == "true")
        case "int64_value":
            return int(content, 0)
        case "string_value":
            return str(content)
        case "list_value":
            items = [_plain(item) for item in content.get("values", [])]
            return None if any(item is None for item in items) else tuple(filter_none(items))
        case _:
            return None


def filter_none(items: list[Value | None]) -> list[Value]:
    return [item for item in items if item is not None]


def _read() -> tuple[list[Any], Counter[str]]:
    cases, left_out = [], Counter[str]()
    for path in sorted(FOLDER.glob("*.textproto")) if FOLDER else ():
        if path.name in EXCLUDED_FILES:
            left_out[EXCLUDED_FILES[path.name]] += 1
            continue
        for section in textproto.read(path.read_text("utf-8")).get("section", []):
            for test in section.get("test", []):
                name = f"{path.stem}/{section['name'][0]}/{test['name'][0]}"
                reason, case = _case(test)
                if case is None:
                    left_out[reason] += 1
                else:
                    cases.append(pytest.param(*case, id=name))
    return cases, left_out


def _case(test: dict[str, list[Any]]) -> tuple[str, tuple[Any, ...] | None]:
    expr = test["expr"][0]
    if reason := _beyond(expr):
        return reason, None
    if "container" in test:
        return "containers", None
    if any("ident" not in each for each in test.get("type_env", [])):
        return "functions handed in", None
    bindings = {
        each["key"][0]: _plain(each["value"][0].get("value", [{"none": [""]}])[0])
        for each in test.get("bindings", [])
    }
    if any(value is None for value in bindings.values()):
        return "values of other types handed in", None
    if "eval_error" in test:
        return "", (expr, bindings, None, False)
    value = test.get("value", [{"bool_value": ["true"]}])[0]
    expected = _plain(value)
    if expected is None:
        return "results of other types", None
    checked = "disable_check" not in test and not bindings and "type_env" not in test
    return "", (expr, bindings, expected, checked)


CASES, LEFT_OUT = _read()


@needs_vectors
@pytest.mark.parametrize(("expr", "bindings", "expected", "checked"), CASES)
def test_a_condition_means_what_the_cel_specification_says(
    expr: str, bindings: dict[str, Value], expected: Value | None, checked: bool
) -> None:
    tree = parse(expr, max_length=10_000)

    found = evaluate(tree, bindings)

    if expected is None:
        assert isinstance(found, Unknown)
    else:
        assert not isinstance(found, Unknown)
        assert same(found, expected)
        if checked and isinstance(expected, bool) and not MIXED_OR_NESTED.search(expr):
            check(expr, tree, fields={}, scales=frozenset())


@needs_vectors
def test_the_vectors_are_really_read_and_every_file_is_accounted_for() -> None:
    assert FOLDER is not None
    names = {path.name for path in FOLDER.glob("*.textproto")}

    assert names == READ_FILES | set(EXCLUDED_FILES)
    assert len(CASES) >= 150, f"{len(CASES)} run, left out: {LEFT_OUT}"


@pytest.mark.parametrize(
    "beyond",
    ["1 + 1 == 2", "1.5 == 1.5", "1u == 1u", "b'a' == b'a'", "{} == {}", "true ? 1 : 2",
     "[1][0] == 1", "[1].exists(x, x == 1)", "'a'.contains('a')", "null == null",
     "int('1') == 1", ".event == 1", "- 1 == x -1"],
)  # fmt: skip
def test_what_is_not_in_the_subset_is_refused_and_not_misread(beyond: str) -> None:
    with pytest.raises(ConditionError):
        parse(beyond)
