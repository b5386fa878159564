"""Conditions: what they mean, what is unknown, and what somebody is told who wrote a wrong one."""

from collections.abc import Mapping
from typing import Any

import celpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import language
from rules.language import Condition, ConditionError, Unknown, Value, Why, values_of
from rules.language.ast import Apply, ListOf, Literal, Name, Node, Op
from rules.language.environment import ENVIRONMENT, FIELDS
from rules.language.evaluate import evaluate
from rules.language.parser import MAX_DEPTH, MAX_LENGTH, parse
from rules.language.tokens import tokenise
from schemas.codes import (
    CountryRole,
    Danger,
    DateKind,
    HeightenedRisk,
    RootCause,
    Severity,
    SubjectKind,
)
from schemas.event import DateAhead, ReprisalOf, Subject, ThreatEvent
from tests.unit.rules.build import NOW, a_role, an_event

ARREST: Mapping[str, Value] = {
    "event.code": "arrest",
    "event.severity": "high",
    "event.countries": ("QM", "QN"),
    "event.subjects.count": 3,
    "event.exercise": False,
}


def _holds(text: str, values: Mapping[str, Value] = ARREST) -> bool | Unknown:
    return language.compile(text).holds(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('event.code == "arrest"', True),
        ('event.code != "arrest"', False),
        ("event.code in ['raid_search', 'arrest']", True),
        ("'QN' in event.countries && !event.exercise", True),
        ("size(event.countries) == 2", True),
        ("size(event.code) < 6 || event.exercise", False),
        ("event.subjects.count >= 3 && event.subjects.count <= 3", True),
        ("event.subjects.count > 3", False),
        ("event.subjects.count < -1", False),
        ("has(event.sector)", False),
        ("has(event.code)", True),
        ('!(has(event.sector) && event.sector == "mining")', True),
        ("event.countries == ['QM', 'QN']", True),
        ("event.countries != []", True),
        ("'x' in []", False),
        ("event.code >= 'a' // a comment", True),
        ("true", True),
    ],
)
def test_a_condition_is_true_or_false_of_what_is_known(text: str, expected: bool) -> None:
    assert _holds(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        'event.sector == "mining"',
        '!(event.sector == "mining")',
        'event.sector == "mining" || event.exercise',
        'event.sector in ["mining"] && event.code == "arrest"',
        "size(event.sector) > 2",
        'event.code in ["arrest", event.sector] && true',
    ],
)
def test_a_rule_about_something_nobody_said_is_unknown_and_never_no(text: str) -> None:
    assert _holds(text) == Unknown(Why.MISSING, "event.sector")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('event.sector == "mining" && event.exercise', False),
        ('event.exercise && event.sector == "mining"', False),
        ('event.sector == "mining" || !event.exercise', True),
        ('!event.exercise || event.sector == "mining"', True),
    ],
)
def test_what_nobody_said_does_not_matter_where_the_rest_decides(text: str, expected: bool) -> None:
    assert _holds(text) is expected


@pytest.mark.parametrize(
    ("tree", "values"),
    [
        (Apply(Op.NOT, (Literal("x", 0),), 0), {}),
        (Apply(Op.SIZE, (Literal(1, 0),), 0), {}),
        (Apply(Op.IN, (Literal("x", 0), Literal("xyz", 0)), 0), {}),
        (Apply(Op.IN, (Literal("x", 0), Literal(1, 0)), 0), {}),
        (Apply(Op.LT, (Literal("x", 0), Literal(1, 0)), 0), {}),
        (Apply(Op.LT, (Literal(True, 0), Literal(1, 0)), 0), {}),
        (Apply(Op.AND, (Literal("x", 0), Literal(True, 0)), 0), {}),
        (Apply(Op.OR, (Literal(False, 0), Literal(1, 0)), 0), {}),
    ],
)
def test_values_that_do_not_fit_are_unknown_and_nothing_raises(
    tree: Node, values: Mapping[str, Value]
) -> None:
    found = evaluate(tree, values)

    assert isinstance(found, Unknown)
    assert found.why is Why.MISMATCH


def test_a_condition_that_somehow_gives_no_truth_is_unknown() -> None:
    odd = Condition(text="'x'", tree=Literal("x", 0))

    assert odd.holds({}) == Unknown(Why.MISMATCH, "condition")


def test_true_is_not_one_and_text_is_not_a_list() -> None:
    assert evaluate(Apply(Op.EQ, (Literal(True, 0), Literal(1, 0)), 0), {}) is False
    assert evaluate(Apply(Op.EQ, (Name("a", 0), Name("b", 0)), 0), {"a": "x", "b": ("x",)}) is False
    assert evaluate(Apply(Op.NE, (Literal(True, 0), Literal(1, 0)), 0), {}) is True
    assert evaluate(Apply(Op.EQ, (Name("a", 0), Name("b", 0)), 0), {"a": (1,), "b": ()}) is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: The condition is empty. Write true to match every event."),
        (
            "event.code",
            "1:1: The condition is a text, not true or false. Compare it with something.",
        ),
        ("event.kode == 'x'", "1:1: There is no field event.kode. Did you mean event.code?"),
        ("zzz", "1:1: There is no field zzz. The reference lists all fields."),
        (
            "event.severity < 'high'",
            "1:16: event.severity would be compared by the alphabet. "
            'List the values you mean: event.severity in ["...", "..."].',
        ),
        (
            "matches(event.code)",
            "1:1: There is no function matches(). "
            "Only has(field) and size(list or text) can be called.",
        ),
        (
            "event.code.matches('x')",
            "1:1: There is no function event.code.matches(). "
            "Only has(field) and size(list or text) can be called.",
        ),
        ("((true)", "1:1: This ( is not closed. Put ) where it ends."),
        ("'a' in ['a'", "1:8: This [ is not closed. Put ] where it ends."),
        ("size(event.code", "1:5: This ( is not closed. Put ) where it ends."),
        ("1.5 == 2", "1:1: Only whole numbers are known. Write it without a part."),
        ("12u == 2", "1:1: Only whole numbers are known. Write it without a part."),
        ("true &&\n'abc", "2:1: This text has no end. Close it with the quote it began with."),
        ("event.code == 1", "1:12: == compares a text with a number. Compare alike."),
        (
            "event.countries == 'QM'",
            "1:17: == compares a list of texts with a text. Use in to look into a list.",
        ),
        (
            "'QM' in event.code",
            "1:6: in looks into a list, and this is a text. Use == to compare two values.",
        ),
        (
            "1 in event.countries",
            "1:3: A number is never in a list of texts. Use items of the same kind as the list.",
        ),
        ("[1, 'a'] == []", "1:5: This is a text in a list of numbers. Use items of one kind."),
        ("[[1]] == []", "1:1: A list of lists is not known. Use one flat list."),
        ("event.countries < []", "1:17: Lists have no order. Compare their size()."),
        ("size(event.exercise) == 1", "1:1: size() of true or false is not known. "
         "Use a list or a text."),
        ("!event.code", "1:2: ! takes true or false, and this is a text. "
         "Compare it with something."),
        (
            "event.exercise && event.code",
            "1:19: && takes true or false, and this is a text. Compare it with something.",
        ),
        (
            "event.code @ 2",
            "1:12: The character '@' has no meaning here. Use == != < <= > >= in && || ! has() "
            "size(), lists in [ ] and texts in quotes.",
        ),
        ("true &&", "1:8: The condition ends too early. Complete it, or remove the rest."),
        ("true && )", "1:9: ) is not expected here. Put a value or a name here."),
        ("true true", "1:6: true is not expected here. Join two conditions with && or ||."),
        ("true 'x'", "1:6: 'x' is not expected here. Join two conditions with && or ||."),
        ("null == 1", "1:1: null is a reserved word. Use a name from the list of fields."),
        ("event. == 1", "1:8: A name must follow the dot. Write for example event.code."),
        ("-event.subjects.count == 1", "1:2: A minus stands before a number only. "
         "Write for example -1."),
        ("has(event)", "1:1: has() takes a field. Write for example has(event.sector)."),
        ("has(1)", "1:1: has() takes a field. Write for example has(event.sector)."),
        ("has(event.nobody)", "1:5: There is no field event.nobody. Did you mean event.code?"),
        ("9223372036854775808 == 1", "1:1: The number is too large. Stay below 2 to the 63rd."),
        ("9223372036854775809 == 1", "1:1: The number is too large. Stay below 2 to the 63rd."),
        (r"'\q' == 'x'", "1:2: This escape is not known. Write a backslash itself as two of them."),
        (
            r"'\ud800' == 'x'",
            "1:2: This escape is not known. Write a backslash itself as two of them.",
        ),
        (
            "true || " + "(" * (MAX_DEPTH + 1) + "true" + ")" * (MAX_DEPTH + 1),
            "1:50: More than 40 levels within each other. Split it into two rules.",
        ),
        ("!" * (MAX_DEPTH + 1) + "true", "1:42: More than 40 levels within each other. "
         "Split it into two rules."),
        (
            "true || " * 70,
            "1:501: The condition is longer than 500 characters. Split it into two rules.",
        ),
    ],
)  # fmt: skip
def test_somebody_who_wrote_a_wrong_condition_is_told_where_and_what_to_do(
    text: str, message: str
) -> None:
    with pytest.raises(ConditionError) as caught:
        language.compile(text)

    assert str(caught.value).startswith(message)


def test_the_smallest_number_can_be_written() -> None:
    assert parse("-9223372036854775808") == Literal(-(2**63), 0)


def test_a_list_may_end_with_a_comma_and_be_empty() -> None:
    assert parse("[1, 2,]") == ListOf((Literal(1, 1), Literal(2, 4)), 0)
    assert parse("[]") == ListOf((), 0)


def test_every_field_of_the_environment_has_a_meaning_and_a_value_of_its_type() -> None:
    event = an_event(
        "slapp",
        countries=[
            ("QN", CountryRole.RESIDENCE),
            ("QO", CountryRole.NATIONALITY),
            ("QP", CountryRole.TRANSIT),
            ("QR", CountryRole.REQUESTING),
        ],
        parties=[a_role("x", perpetrator_kind="company"), a_role("y", "operator")],
        subjects=(
            Subject(kind=SubjectKind.GROUP, count=4, heightened_risk=(HeightenedRisk.CHILD,)),
            Subject(kind=SubjectKind.PERSON),
        ),
        dates=(
            DateAhead(id="d1", kind=DateKind.HEARING, at=NOW),
            DateAhead(id="d2", kind=DateKind.VISIT, at=NOW, cancelled=True),
        ),
        sector="mining",
        wishes=("no_publicity",),
        defender_kind=("land",),
        root_causes=(RootCause.LAND_TENURE, RootCause.IMPUNITY),
        danger_now=Danger.YES,
        reprisal_of=ReprisalOf(mechanism="m"),
    )

    values = values_of(event, severity=Severity.CRITICAL)

    assert set(values) == set(ENVIRONMENT) == set(FIELDS)
    assert all(field.meaning for field in ENVIRONMENT.values())
    for name in FIELDS:
        assert language.compile(f"{name} == {name}").holds(values) is True
    assert values["event.severity"] == "critical"
    assert values["event.subjects.count"] == 5
    assert values["event.subjects.risks"] == ("child",)
    assert values["event.perpetrator.kinds"] == ("company",)
    assert values["event.root_causes"] == ("land_tenure", "impunity")
    assert values["event.dates.kinds"] == ("hearing",)
    assert values["event.reprisal"] is True


@pytest.mark.parametrize(
    ("causes", "fires"),
    [((), False), ((RootCause.IMPUNITY,), False), ((RootCause.LAND_TENURE,), True)],
)
def test_a_rule_may_ask_what_lies_behind_an_event(
    causes: tuple[RootCause, ...], fires: bool
) -> None:
    """Nobody said is no: a rule about land is not opened by silence."""
    values = values_of(ThreatEvent(code="threat", root_causes=causes), severity=Severity.HIGH)

    assert language.compile('"land_tenure" in event.root_causes').holds(values) is fires


def test_what_an_event_leaves_out_is_left_out() -> None:
    values = values_of(ThreatEvent(code="arrest"), severity=Severity.HIGH)

    assert set(ENVIRONMENT) - set(values) == {"event.country", "event.sector"}


# Against another implementation, and against anything at all.

_NAMES = {"a.t": "text", "a.i": 5, "a.b": True, "a.l": ("x", "y")}
_texts = st.sampled_from(["'x'", '"text"', "a.t"])
_ints = st.sampled_from(["0", "5", "-3", "a.i", "size(a.l)", "size(a.t)"])
_lists = st.sampled_from(["a.l", "['x', 'text']", "['q']"])
_atoms = st.one_of(
    st.sampled_from(["true", "false", "a.b", "a.gone", "a.gone == 'x'", "a.gone in ['x']"]),
    st.builds("{} {} {}".format, _texts, st.sampled_from(["==", "!=", "<", ">="]), _texts),
    st.builds("{} {} {}".format, _ints, st.sampled_from(["==", "!=", "<", "<=", ">"]), _ints),
    st.builds("{} in {}".format, _texts, _lists),
    st.builds("{} {} {}".format, _lists, st.sampled_from(["==", "!="]), _lists),
)
_conditions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
    ),
    max_leaves=8,
)


_CELPY = celpy.Environment()  # raises the recursion limit once, here and not under hypothesis


def _by_celpy(text: str) -> bool | None:
    """True, false, or None for an error."""
    activation: dict[str, Any] = {
        "a": celpy.json_to_cel({"t": "text", "i": 5, "b": True, "l": ["x", "y"]})
    }
    try:
        found = _CELPY.program(_CELPY.compile(text)).evaluate(activation)
    except celpy.CELEvalError:
        return None
    return bool(found)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=_conditions)
def test_another_implementation_of_cel_gives_the_same_answers(text: str) -> None:
    ours = Condition(text=text, tree=parse(text, max_length=5_000)).holds(_NAMES)

    theirs = _by_celpy(text)

    assert (None if isinstance(ours, Unknown) else ours) is theirs


def _written(node: Node) -> str:
    """The tree as text again, in full parentheses."""
    match node:
        case Literal(value=bool() as truth):
            return "true" if truth else "false"
        case Literal(value=int() as number):
            return str(number)
        case Literal(value=text):
            escaped = "".join(f"\\U{ord(letter):08x}" for letter in str(text))
            return f"'{escaped}'"
        case ListOf(items=items):
            return f"[{', '.join(map(_written, items))}]"
        case Name(path=path):
            return path
        case Apply(op=Op.HAS | Op.SIZE as call, args=(arg,)):
            return f"{call}({_written(arg)})"
        case Apply(op=Op.NOT, args=(arg,)):
            return f"!({_written(arg)})"
        case Apply(op=op, args=args):
            return f" {op} ".join(f"({_written(arg)})" for arg in args)


def _shape(node: Node) -> Any:
    match node:
        case Literal(value=value):
            return (type(value), value)
        case Name(path=path):
            return path
        case ListOf(items=items):
            return [_shape(item) for item in items]
        case Apply(op=op, args=args):
            return (op, *map(_shape, args))


@given(text=st.one_of(_conditions, st.builds("has(a.{}) || 'é\\n' in a.l".format, _texts)))
def test_what_was_read_can_be_written_and_read_again(text: str) -> None:
    try:
        tree = parse(text, max_length=5_000)
    except ConditionError:
        return

    again = parse(_written(tree), max_length=100_000)

    assert _shape(again) == _shape(tree)


_ALPHABET = st.sampled_from(
    ["event.code", "event.countries", "'x'", '"', "'", "(", ")", "[", "]", "&&", "||", "!", "==",
     "in", "<", "-", ".", ",", "1", "0x", "has", "size", "true", "null", " ", "\n", "\\",
     "//", "r'"]
)  # fmt: skip


@given(text=st.one_of(st.text(max_size=60), st.lists(_ALPHABET, max_size=25).map("".join)))
def test_whatever_somebody_types_they_get_a_condition_or_a_message_and_no_crash(text: str) -> None:
    try:
        condition = language.compile(text)
    except ConditionError as error:
        assert error.remedy
        assert 1 <= error.line <= text.count("\n") + 1
        assert error.column >= 1
        return

    assert isinstance(condition.holds(ARREST), bool | Unknown)
    assert isinstance(condition.holds({}), bool | Unknown)


def test_a_condition_at_the_limit_of_length_still_works() -> None:
    text = "true || ".ljust(MAX_LENGTH - 4) + "true"

    assert len(text) == MAX_LENGTH
    assert _holds(text) is True


def test_all_ways_of_writing_a_text_are_read() -> None:
    written = r"""'\a\b\f\n\r\t\v\\\?\"\'\`' "\x41\u00e9\U0001F431\101" r'\n' R"\d" '''a
'b''' r'''\''' "" ''"""

    values = [token.value for token in tokenise(written)][:-1]

    assert values == [
        "\a\b\f\n\r\t\v\\?\"'`", "Aé🐱A", "\\n", "\\d", "a\n'b", "\\", "", "",
    ]  # fmt: skip
