"""Reads YAML into plain values and remembers where each of them stands.

Anything that could surprise is refused: duplicate keys, many aliases, foreign tags, more than one
document, depth. Timestamps and words such as `no` stay texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_CHARACTERS = 4_000_000
MAX_ALIASES = 50
MAX_NODES = 200_000
MAX_DEPTH = 20

_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(
    _TAG + kind for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)
Key = str | int
At = tuple[Key, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where it stands (counted from 1), and what to do."""

    line: int
    column: int
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a text says, and where."""

    data: Any
    problems: tuple[Problem, ...]
    _places: Mapping[At, tuple[int, int]]
    _keys: Mapping[At, tuple[int, int]]
    _plain: frozenset[At]

    def place(self, at: At) -> tuple[int, int]:
        """Line and column of this value, or of the nearest one around it."""
        while at and at not in self._places:
            at = at[:-1]
        return self._places.get(at, (1, 1))

    def key_place(self, at: At) -> tuple[int, int]:
        """Line and column of the key that leads to this value, else of the value."""
        return self._keys.get(at) or self.place(at)

    def inside(self, at: At, *, line: int, column: int) -> tuple[int, int]:
        """Where a spot within a text value stands, as exactly as its style allows."""
        first_line, first_column = self.place(at)
        if at in self._plain and line == 1:
            return first_line, first_column + column - 1
        return first_line + line - 1, first_column


def read(text: str) -> Source:
    """Never raises on bad text: what is wrong stands in `problems`."""
    reader = _Reader()
    data = None
    if len(text) > MAX_CHARACTERS:
        reader.problem(1, 1, "The file is too large.", f"Stay below {MAX_CHARACTERS} characters.")
    else:
        try:
            node = _compose(text, reader)
            if node is not None and not reader.problems:
                data = reader.value(node, ())
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            reader.problem(line, column, f"Not YAML: {error.problem}.", "Correct the line.")
        except (YAMLError, RecursionError, ValueError):
            reader.problem(1, 1, "Not readable as YAML.", "Write plain YAML in UTF-8.")
    return Source(
        data=data,
        problems=tuple(reader.problems),
        _places=reader.places,
        _keys=reader.keys,
        _plain=frozenset(reader.plain),
    )


def _compose(text: str, reader: "_Reader") -> Node | None:
    if text.count("*") > MAX_ALIASES:  # else there cannot be so many, and once is enough to read
        _count_aliases(text, reader)
        if reader.problems:
            return None
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    if node is None:
        reader.problem(1, 1, "The file is empty.", "Start from the shipped default pack.")
    return node


def _count_aliases(text: str, reader: "_Reader") -> None:
    """Before anything is built: a few aliases of aliases can stand for billions of values."""
    aliases = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            aliases += 1
            if aliases > MAX_ALIASES:
                mark = event.start_mark
                reader.problem(
                    mark.line + 1,
                    mark.column + 1,
                    f"More than {MAX_ALIASES} aliases.",
                    "Write the values out.",
                )
                return


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)
    places: dict[At, tuple[int, int]] = field(default_factory=dict)
    keys: dict[At, tuple[int, int]] = field(default_factory=dict)
    plain: set[At] = field(default_factory=set)
    nodes: int = 0

    def problem(self, line: int, column: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(line, column, message, remedy))

    def value(self, node: Node, at: At) -> Any:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.places[at] = (line, column)
        self.nodes += 1
        if len(at) > MAX_DEPTH or self.nodes > MAX_NODES:
            if self.nodes <= MAX_NODES + 1:
                self.problem(line, column, "Too deep or too long.", "Make it flatter.")
            self.nodes = MAX_NODES + 1 if self.nodes > MAX_NODES else self.nodes
            return None
        if str(node.tag) not in _TAGS:
            self.problem(
                line, column, f"The tag {node.tag} is not known.", "Remove it; write plain values."
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, at)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)  # noqa: S101 (YAML has these three kinds)
        return self._scalar(node, at)

    def _mapping(self, node: MappingNode, at: At) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, ScalarNode):
                self.problem(line, column, "A key must be a word.", "Write `name: value`.")
                continue
            key = str(key_node.value)
            if key in found:
                self.problem(
                    line,
                    column,
                    f"The key {key!r} stands here twice.",
                    "Keep one of the two; the other would be lost.",
                )
                continue
            self.keys[(*at, key)] = (line, column)
            found[key] = self.value(value_node, (*at, key))
        return found

    def _scalar(self, node: ScalarNode, at: At) -> str | int | float | bool | None:
        line, column = self.places[at]
        if node.style in ("'", '"'):
            self.places[at] = (line, column + 1)
            self.plain.add(at)
        elif node.style in ("|", ">"):
            self.places[at] = (line + 1, 1)
        else:
            self.plain.add(at)
        kind = str(node.tag).removeprefix(_TAG)
        text = str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and text.lstrip("+-").isdecimal():
            return int(text[:20])
        return text
