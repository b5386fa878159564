"""What a subject allows after all that was said of it: a second reading of who may widen.

Every word is kept. A publisher's is one more that has to allow everything. A person's stands in the
place of those before it, and where it allows companies more, or speaks over the person's own word,
only once a second person has said the same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from schemas.codes import TrackName
from tests.replay_harm.gates import MODES
from tests.replay_harm.sayings import Allowed

AGREED_WITHIN = timedelta(days=7)
UNSURE = timedelta(seconds=60)
"""When a publisher's word came in, to the second, nobody outside can know."""
_FIELDS = ("country", "act", "certainty", "sector", "why_you", "company")
_TRACKS = tuple(each.value for each in TrackName if each is not TrackName.DUTY)
_LONG = timedelta(days=365)
_SOMETIME = datetime(2027, 1, 1, tzinfo=UTC)
_PROXIES = ("representative", "guardian")
Point = tuple[str, str, str, datetime]
Began = Callable[[int], datetime]


@dataclass(slots=True)
class Standing:
    """What counts of one subject's words."""

    layers: tuple[Allowed, ...] = ()
    """All of them have to allow something; none: nothing is allowed."""
    newest: datetime | None = None
    asked: Allowed | None = None
    asked_at: datetime | None = None
    asked_by: frozenset[str] = frozenset()


def standing(words: Iterable[tuple[int, Allowed]], n: int, *, began: Began) -> tuple[Allowed, ...]:
    """The words that all have to allow something at that commit."""
    now = Standing()
    for at, word in words:
        if at > n:
            break
        _hear(now, word, began(at))
    return now.layers


def _hear(now: Standing, word: Allowed, at: datetime) -> None:
    if word.by and not (word.revoked or word.narrows):
        _person(now, word, at)
        return
    before = [point for point in _points(now.layers, word) if _open(now.layers, point)]
    now.layers = (*now.layers, word)
    if word.revoked or any(not _open(now.layers, point) for point in before):
        _ask(now, None)
    _heard(now, word.given_at or at - UNSURE)


def _person(now: Standing, word: Allowed, at: datetime) -> None:
    wider = [
        point
        for point in _points(now.layers, word)
        if _open((word,), point) and not _open(now.layers, point)
    ]
    given = word.given_at or at
    repeats = _same(now.asked, word) and at - (now.asked_at or at) <= AGREED_WITHIN
    by = (now.asked_by if repeats else frozenset()) | {word.by}
    stale = not word.agrees and not repeats and now.newest is not None and given <= now.newest
    if wider and stale:
        now.layers = (*now.layers, word) if now.layers else ()
        _ask(now, None)
    elif wider and _takes_two(now, word, wider) and len(by) < 2:
        if not word.agrees:
            now.layers = (*now.layers, word) if now.layers else ()
        _ask(now, word, at if not repeats else now.asked_at, by)
    else:
        now.layers = (word,)
        _ask(now, None)
    if not word.agrees:  # whoever agrees was told nothing new by the subject
        _heard(now, given)


def _takes_two(now: Standing, word: Allowed, wider: list[Point]) -> bool:
    own = bool(now.layers) and now.layers[0].basis == "person"
    return (
        any(point[0] == "companies" for point in wider)
        or word.mode == "public"
        or word.basis == "no_identifiable_person"
        or (own and word.basis in _PROXIES)
    )


def _ask(
    now: Standing,
    word: Allowed | None,
    at: datetime | None = None,
    by: frozenset[str] = frozenset(),
) -> None:
    now.asked, now.asked_at, now.asked_by = word, at, by


def _heard(now: Standing, given: datetime) -> None:
    now.newest = given if now.newest is None else max(now.newest, given)


def _same(one: Allowed | None, other: Allowed) -> bool:
    return one is not None and (
        (one.audiences, one.mode, one.until, one.fields, one.basis)
        == (other.audiences, other.mode, other.until, other.fields, other.basis)
    )


def _points(layers: tuple[Allowed, ...], word: Allowed) -> Iterator[Point]:
    """Everything that could be asked of them, at instants where the answer may change."""
    ends = sorted({each.until for each in (*layers, word) if each.until is not None})
    times = [ends[0] - _LONG, *ends, ends[-1] + _LONG] if ends else [_SOMETIME]
    return product(_TRACKS, MODES, _FIELDS, times)


def _open(layers: tuple[Allowed, ...], point: Point) -> bool:
    return bool(layers) and all(_allows(each, point) for each in layers)


def _allows(word: Allowed, point: Point) -> bool:
    track, mode, shown, at = point
    return (
        not word.revoked
        and track in word.audiences
        and MODES.index(mode) <= MODES.index(word.mode)
        and (not word.fields or shown in word.fields)
        and (word.until is None or at < word.until)
    )
