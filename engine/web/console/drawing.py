"""A neighbourhood as a picture: SVG made here, without a script, a font or a style of its own.

Five columns: the party in the middle, those who do something to it on the left, those to whom it
does something on the right. A whole line holds today, a broken one does not. Colours are written
on the elements, since a picture does not see the page's style sheet; it brings its own paper.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape

from engine.registry.neighbourhood import Neighbour, Neighbourhood
from engine.web.console.present_path import LINKS
from schemas.link import Link

_BOX = (188, 40)
_STEP = (244, 48)
"""From one box to the next: across, down."""
_EDGE = 16
_TOP = 44
_LETTERS = 23
"""Of a name that fit into a box; the table beside the picture has the whole of it."""
_SAID = 29
"""Of what it does, in thinner letters."""
_PAPER, _INK, _SOFT, _LINE, _DEEP = "#ffffff", "#1d2426", "#566064", "#8a928f", "#12515a"
_FONT = "system-ui, sans-serif"


def drawing(seen: Neighbourhood, *, name: str, on: date) -> str:
    """The SVG text of at most sixty boxes. `name` is what the middle is called; `on`: today."""
    columns = _columns(seen.around)
    rows = max((len(column) for column in columns.values()), default=1)
    rings = sorted({abs(number) for number in columns}, reverse=True)[:1] or [0]
    width = 2 * _EDGE + _BOX[0] + 2 * rings[0] * _STEP[0]
    height = _TOP + max(rows, 1) * _STEP[1] + _EDGE
    places = _places(columns, middle=width // 2, height=height)
    places[seen.centre] = (width // 2, (_TOP + height - _EDGE) // 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{_FONT}" font-size="12">',
        f"<title>{_text(f'Who is linked to {name}')}</title>",
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        *_captions(columns, middle=width // 2),
        *(_line(each, places, on) for each in seen.around),
        _box(places[seen.centre], name, "", centre=True),
        *(_box(places[each.id], each.name, _says(each.links)) for each in seen.around),
        "</svg>",
    ]
    return "".join(parts)


def _columns(around: Iterable[Neighbour]) -> Mapping[int, list[Neighbour]]:
    """By column: -2, -1, 1, 2."""
    columns: dict[int, list[Neighbour]] = {}
    for each in around:
        columns.setdefault(-each.ring if each.left else each.ring, []).append(each)
    for number in (-2, 2):
        inner = [each.id for each in columns.get(number // 2, ())]
        if number in columns:
            columns[number].sort(key=lambda each: inner.index(each.beside))
    return columns


def _places(
    columns: Mapping[int, list[Neighbour]], *, middle: int, height: int
) -> dict[str, tuple[int, int]]:
    """The middle of each box; a short column stands half way down."""
    places = {}
    for number, column in columns.items():
        free = height - _TOP - _EDGE - len(column) * _STEP[1]
        for row, each in enumerate(column):
            down = _TOP + free // 2 + row * _STEP[1] + _STEP[1] // 2
            places[each.id] = (middle + number * _STEP[0], down)
    return places


def _captions(columns: Mapping[int, list[Neighbour]], *, middle: int) -> Iterator[str]:
    said = {-1: "who does something to it", 1: "to whom it does something"}
    for number, words in said.items():
        if number in columns:
            across = middle + number * _STEP[0]
            yield f'<text x="{across}" y="24" text-anchor="middle" fill="{_SOFT}">{words}</text>'


def _line(each: Neighbour, places: Mapping[str, tuple[int, int]], on: date) -> str:
    side = -1 if each.left else 1
    (x0, y0), (x1, y1) = places[each.beside], places[each.id]
    x0, x1 = x0 + side * _BOX[0] // 2, x1 - side * _BOX[0] // 2
    half = (x0 + x1) // 2
    broken = "" if any(link.current(on) for link in each.links) else ' stroke-dasharray="4 4"'
    return (
        f'<path d="M{x0} {y0}C{half} {y0} {half} {y1} {x1} {y1}" fill="none" '
        f'stroke="{_LINE}"{broken}/>'
    )


def _box(at: tuple[int, int], name: str, says: str, *, centre: bool = False) -> str:
    x, y = at[0] - _BOX[0] // 2, at[1] - _BOX[1] // 2
    ink, paper = (_PAPER, _DEEP) if centre else (_INK, _PAPER)
    first = at[1] + 4 if centre else at[1] - 3
    second = f'<text x="{x + 8}" y="{at[1] + 13}" fill="{_SOFT}">{_text(says)}</text>'
    return (
        f'<rect x="{x}" y="{y}" width="{_BOX[0]}" height="{_BOX[1]}" rx="6" fill="{paper}" '
        f'stroke="{_DEEP if centre else _LINE}"/>'
        f'<text x="{x + 8}" y="{first}" fill="{ink}" font-weight="600">{_text(_short(name))}</text>'
        + ("" if centre else second)
    )


def _says(links: tuple[Link, ...]) -> str:
    more = f" +{len(links) - 1}" if len(links) > 1 else ""
    return _short(LINKS[links[0].kind] + more, letters=_SAID)


def _short(text: str, *, letters: int = _LETTERS) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _text(text: str) -> str:
    """Somebody else's words: nothing in them is an element, or a control character."""
    return escape("".join(letter if letter.isprintable() else "\ufffd" for letter in text))
