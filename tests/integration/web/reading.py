"""A page as somebody meets it who hears it read out, or who only has a keyboard."""

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "link", "input", "br", "img"}
FIELDS = ("input", "select", "textarea")
NAMED = ("a", "button", "label", "legend", "summary", "h1", "h2", "h3", "th", "option")
"""What is useless without words."""
_OPTIONAL = ("option",)
"""An option may be empty: nothing chosen."""


class Reading(HTMLParser):
    """Gathers what must and must not be on a page, and checks that tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.ended: list[tuple[str, str]] = []
        """Elements that need words, with the words found in each."""
        self.legends = 0
        self.fieldsets = 0
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label":
            self.labelled.add(found.get("for", ""))
        self.legends += tag == "legend"
        self.fieldsets += tag == "fieldset"
        if tag in FIELDS and found.get("type") != "hidden":
            wrapped = "yes" if "label" in self.open else ""
            grouped = "yes" if "fieldset" in self.open else ""
            self.fields.append(found | {"wrapped": wrapped, "grouped": grouped})
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(tag)
        if tag == "img" and self._words:
            self._words = [words + found.get("alt", "") for words in self._words]
        if tag not in VOID:
            self.open.append(tag)
            self._words.append(found.get("aria-label", ""))

    def handle_data(self, data: str) -> None:
        self._words = [words + data for words in self._words]

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()
        self.ended.append((tag, self._words.pop().strip()))

    def complaints(self) -> Iterator[str]:
        """What would stop somebody, in words."""
        values = set(self.attributes)
        yield from _headings(self.headings)
        yield from (f"the id {id} is there twice" for id in set(self.ids) if self.ids.count(id) > 1)
        if ("main", "id", "main") not in values:
            yield "no main part to go to"
        if self.legends != self.fieldsets:
            yield "a group of choices says not what is chosen"
        for tag, words in self.ended:
            if tag in NAMED and tag not in _OPTIONAL and not words:
                yield f"<{tag}> without words"
        for tag, name, value in values:
            if name in ("aria-describedby", "for", "form") or (
                name == "href" and value.startswith("#")
            ):
                for id in value.removeprefix("#").split():
                    if id not in self.ids:
                        yield f"<{tag} {name}={value}> points nowhere"
            if name == "content" and ("user-scalable" in value or "maximum-scale" in value):
                yield "the page cannot be made larger"
            if name in ("tabindex", "accesskey", "autofocus"):
                yield f"<{tag} {name}> moves the keyboard about"
        if sum(tag == "th" for tag, _ in self.ended) != sum(
            tag == "th" and name == "scope" for tag, name, _ in self.attributes
        ):
            yield "a heading of a table says not of what"
        for field in self.fields:
            yield from _field(field, self.labelled)


def _headings(found: list[str]) -> Iterator[str]:
    if found[:1] != ["h1"] or found.count("h1") != 1:
        yield f"headings begin with one h1: {found}"
    for before, after in pairwise(found):
        if int(after[1]) > int(before[1]) + 1:
            yield f"from {before} to {after} in one step"


def _field(field: dict[str, str], labelled: set[str]) -> Iterator[str]:
    name = field.get("name") or field.get("id")
    if not (field["wrapped"] or field.get("id") in labelled):
        yield f"{name} has no label"
    if field.get("type") in ("radio", "checkbox") and not field["grouped"]:
        yield f"{name} belongs to no group"
