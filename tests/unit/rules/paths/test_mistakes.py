"""Mistakes in a path: each named where it stands, with what to do, and all of them at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.paths import compile_all
from rules.paths.check import MAX_STEPS
from rules.paths.parser import MAX_DEPTH, MAX_LENGTH
from rules.walks import NAMES


def _said(text: str) -> list[str]:
    problems = compile_all({"w": text}, beside=NAMES).problems["w"]
    assert all(problem.remedy for problem in problems)
    return [f"{each.line}:{each.column}: {each.message} {each.remedy}" for each in problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: The path is empty. Write for example ^buys_from."),
        (
            "event.site/",
            "1:12: The path ends too early. "
            "Put a step here: a link such as ^buys_from, a seat such as home, or a walk.",
        ),
        (
            "event.site ^operates",
            "1:12: ^ is not expected here. Join two steps with /, or with | for either of them.",
        ),
        ("home || nhri", "1:6: || is not expected here. Write | for either of two steps."),
        ("^operates[share >= 1%", "1:10: This [ is not closed. Put ] where it ends."),
        ("(^operates", "1:1: This ( is not closed. Put ) where it ends."),
        (
            "^operates{3,1}",
            "1:10: The upper bound is too small. Write the smaller number first, "
            "for example {0,3}.",
        ),
        (
            "^operates{0,11}",
            "1:13: More than 10 times is too far. Write * to go as far as walks go.",
        ),
        ("^operates{0,}", "1:13: A whole number belongs here. Write for example {0,3}."),
        (
            "home[kind == 'msi]",
            "1:14: This text has no end. Close it with the quote it began with.",
        ),
        (
            "home # why",
            "1:6: '#' has no meaning here. "
            "Join steps with / and |, go against a link with ^, put tests into [ ].",
        ),
        (
            "home[size(kind) > 1]",
            "1:6: There is no function size(). "
            "Only has(name) and covers(event.country, event.sector) can be called.",
        ),
        ("home['x']", '1:9: A test is missing here. Compare it with something: kind == "msi".'),
        (
            "home[kind ==",
            '1:13: The path ends too early. Write a name, a number or a text such as "msi".',
        ),
        ("event.", "1:7: A name must follow the dot. Write for example event.country."),
        ("home[has(1)]", "1:10: A name belongs here. Write for example event.country."),
        ("operate", "1:1: There is no step, start or walk operate. Did you mean operates?"),
        ("zzz", "1:1: There is no step, start or walk zzz. The reference lists all words."),
        ("^home", "1:1: ^ goes against a link only. Remove it, or name a link."),
        (
            "event.site/event.operator",
            "1:12: event.operator can only begin a path. "
            "Begin with it, or join two whole paths with |.",
        ),
        (
            "^operates/buyers",
            "1:11: buyers is a whole path and can only begin one. "
            "Begin with it, or join the two with |.",
        ),
        ("(event.site)*", "1:13: A path begins only once. Repeat a step behind the start."),
        (
            "^operates[share >= 5]",
            "1:20: This may be per cent or not. Write a share as 1% or as 0.01.",
        ),
        ("^operates[share >= 101%]", "1:20: Nobody holds more than 100%. Write 100% or less."),
        ('^operates[share > "1%"]', "1:19: share is a share, not a text. Write it without quotes."),
        ("^operates[tier <= 1%]", "1:19: tier is a whole number. Write for example tier <= 2."),
        ("home[kind == 3]", "1:14: kind is a kind of party, not a number. Put it in quotes."),
        (
            'home[ganhri == "C"]',
            "1:16: 'C' is not a GANHRI status. Use one of: A, B.",
        ),
        (
            'home[state == "Qm"]',
            "1:15: 'Qm' is not a country. Use an ISO 3166-1 alpha-2 code in capitals.",
        ),
        (
            'home[kind < "msi"]',
            "1:11: A kind of party is not more or less than another. Use == or in.",
        ),
        (
            "home[kind == event.country]",
            "1:11: A kind of party is never a country. Compare alike with alike.",
        ),
        ("home[kind]", "1:6: kind is not true or false by itself. Compare it with something."),
        ("home[named == named]", "1:6: named is true or false. Let it stand alone, or after !."),
        ("home[1 == 2]", '1:8: Nothing is looked at here. Compare a name with it: kind == "msi".'),
        (
            'home[kind in "msi"]',
            '1:11: in looks into a list. Write for example state in ["QM", "QN"].',
        ),
        ('home[kind == ["msi"]]', "1:11: == does not look into a list. Use in."),
        (
            'home[["QM"] in regions]',
            "1:13: A list is not in a list. Use == to see whether they share something.",
        ),
        ("^operates[share in [1%]]", "1:17: A share is not looked up in a list. Use <= or >=."),
        (
            "home[covers(event.sector)]",
            "1:13: event.sector is not a country of the event. Write for example event.country.",
        ),
        (
            "home[share > 1%]",
            "1:6: Nothing here has share. "
            "Put the brackets right behind a link, as in ^invests_in[share >= 1%].",
        ),
        (
            "^operates*[share > 1%]",
            "1:12: Nothing here has share. "
            "Put the brackets right behind a link, as in ^invests_in[share >= 1%].",
        ),
        (
            "home/nhri[host == event.country]",
            "1:11: Nothing here has host. Use it as in mission[host == event.country].",
        ),
        ("w", "1:1: The walk w leads back to itself. Write out what you mean."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands_with_what_to_do(text: str, said: str) -> None:
    assert _said(text) == [said]


def test_all_mistakes_of_a_path_are_shown_at_once_with_their_lines() -> None:
    said = _said("buy_from[kinds == 1]\n  / home[state == 'Q']\n  / event.site[share]")

    assert [each.split(" ")[0] for each in said] == [
        "1:1:",
        "1:10:",
        "2:18:",
        "3:5:",
        "3:16:",
    ] or said


def test_all_paths_are_looked_at_and_one_with_a_mistake_spoils_no_other() -> None:
    compiled = compile_all({"a": "home]", "b": "a/^buys_from", "c": "b[kinds]", "d": "^operates"})

    assert sorted(compiled.problems) == ["a", "c"]
    assert "d" in compiled.walks


def test_walks_that_lead_back_to_each_other_are_refused_wherever_one_begins() -> None:
    texts = {"a": "b/^operates", "b": "c", "c": "^operates | a", "d": "a"}

    assert sorted(compile_all(texts).problems) == ["a", "b", "c", "d"]


def test_a_walk_of_ones_own_may_widen_the_shipped_one_of_its_name() -> None:
    compiled = compile_all({"buyers": "buyers | event.buyer"}, beside=NAMES)

    assert not compiled.problems


def test_a_name_within_a_shipped_walk_stays_what_was_shipped() -> None:
    own = compile_all({"base": "event.buyer", "mine": "investors"}, beside=NAMES)
    shipped = compile_all({"mine": "investors"}, beside=NAMES)

    assert own.walks["mine"].turns[0][0] == shipped.walks["mine"].turns[0][0]


@pytest.mark.parametrize(
    "texts",
    [
        {"w": "^operates{1,10}" + "/^operates{1,10}" * (MAX_STEPS // 10)},
        {"w": "|".join(["a"] * 300), "a": "|".join(["b"] * 300), "b": "/".join(["c"] * 300)}
        | {"c": "|".join(["d"] * 300), "d": "^operates/^parent_of"},
        {f"w{n}": f"w{n + 1}" for n in range(3_000)} | {"w3000": "home"},
    ],
    ids=["repeats", "names of names", "names within names"],
)
def test_a_path_that_stands_for_thousands_of_steps_is_refused_quickly(
    texts: dict[str, str],
) -> None:
    problems = compile_all(texts).problems

    assert {p.message for each in problems.values() for p in each} == {
        f"Written out, the path has more than {MAX_STEPS} steps."
    }


def test_absurd_length_and_depth_are_refused() -> None:
    (long,) = compile_all({"w": "h" * (MAX_LENGTH + 1)}).problems["w"]
    (deep,) = compile_all({"w": "(" * 50 + "home" + ")" * 50}).problems["w"]

    assert long.column == MAX_LENGTH + 1
    assert str(MAX_DEPTH) in deep.message


_WORDS = st.sampled_from(
    """^ / | ( ) [ ] { } , * + ? 1 2% 0.5 "msi" in home mission event.site buys_from kind share
    host covers has == then base && || ! <= named . registry.msi x-y""".split()
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=14).map(" ".join)))
def test_whatever_is_written_it_runs_or_it_is_explained(text: str) -> None:
    compiled = compile_all({"w": text}, beside=NAMES)

    assert ("w" in compiled.walks) is not bool(compiled.problems)
    for problem in compiled.problems.get("w", ()):
        assert 1 <= problem.line <= text.count("\n") + 1 and problem.column >= 1
