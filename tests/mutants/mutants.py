"""Every mutant of a module: one small change each, by the operators of a kept library (mutmut).

Of its own runner nothing is used: that one changes only bodies of plain functions, and what decides
here is written in tables and classes as well.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_NEVER = (
    cst.Annotation,  # types are the type checker's to prove
    cst.Decorator,
    cst.Import,
    cst.ImportFrom,
)

_IN_PLACE = ("property", "classmethod", "staticmethod", "cached_property")
"""What a method may be and still be changed where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to one module."""

    path: str
    line: int
    span: tuple[int, int]
    """First and last line of the statement; whatever runs none of them cannot tell it."""
    operator: str
    """What changed it: the kind of thing, as the library names its operator."""
    before: str
    after: str
    within: str
    """The plain function that it changes; empty for a table or a class."""
    method: str
    """The method that it changes, as `Class.method`; else empty."""
    afresh: bool
    """Whether it changes what a class is made of: then its module, and whatever imports that, is
    imported again."""
    occurrence: int
    """Which one it is of several that read alike; from 0."""
    cut: tuple[int, int]
    """From where to where it stands in the module, in characters."""
    piece: str
    """What stands there instead."""

    def code(self, root: Path) -> str:
        """The whole module with this change."""
        text = (root / self.path).read_text("utf-8")
        return text[: self.cut[0]] + self.piece + text[self.cut[1] :]

    @property
    def id(self) -> str:
        """Names it for as long as the changed statement reads as it does, wherever it moves."""
        what = (self.path, self.within, self.before, self.after, str(self.occurrence))
        return hashlib.sha256("\0".join(what).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Came:
    """How one mutant ended, and the test that noticed it."""

    id: str
    killed: bool
    by: str


def mutants_of(path: Path, *, root: Path) -> list[Mutant]:
    """All mutants of one module, in the order of its lines; those that do not compile left out."""
    module = cst.parse_module(path.read_text("utf-8"))
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    lines = wrapper.resolve(PositionProvider)
    pieces = [module.code_for_node(statement) for statement in module.body]
    end = len(module.code) - sum(len(module.code_for_node(line)) for line in module.footer)
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for number, statement in enumerate(module.body):
        start = end - sum(len(each) for each in pieces[number:])
        cut = (start, start + len(pieces[number]))
        plain = isinstance(statement, cst.FunctionDef) and not statement.decorators
        within = statement.name.value if plain else ""
        for node, mutated, operator, around in _changes(statement):
            changed = statement.deep_replace(node, mutated)
            piece = module.code_for_node(changed)  # type: ignore[arg-type]  # it stays a node
            if piece == pieces[number] or not _compiles(piece):
                continue
            before, after = _differing(pieces[number], piece)
            alike = (within, before, after)
            method = _method(around)
            made.append(
                Mutant(
                    path=path.relative_to(root).as_posix(),
                    line=lines[node].start.line,
                    span=_span((*around, node), lines),
                    operator=operator,
                    before=before,
                    after=after,
                    within=within,
                    method=method,
                    afresh=not plain
                    and not method
                    and not isinstance(statement, cst.SimpleStatementLine),
                    occurrence=seen[alike],
                    cut=cut,
                    piece=piece,
                )
            )
            seen[alike] += 1
    return made


def _changes(
    node: cst.CSTNode, within: tuple[cst.CSTNode, ...] = ()
) -> Iterator[tuple[cst.CSTNode, cst.CSTNode, str, tuple[cst.CSTNode, ...]]]:
    """Every node at or below this one that an operator changes, what it makes of it, the operator's
    name, and what the node stands within, outermost first."""
    if isinstance(node, _NEVER) or _is_words(node) or _is_type(node):
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for mutated in operator(node):
                yield node, mutated, operator.__name__.removeprefix("operator_"), within
    for child in node.children:
        yield from _changes(child, (*within, node))


def _method(within: Sequence[cst.CSTNode]) -> str:
    """The method of a class of the module that holds what stands within these."""
    match within:
        case [cst.ClassDef() as owner, cst.IndentedBlock(), cst.FunctionDef() as method, *_] if all(
            isinstance(each.decorator, cst.Name) and each.decorator.value in _IN_PLACE
            for each in method.decorators
        ):
            return f"{owner.name.value}.{method.name.value}"
    return ""


def _span(nodes: Sequence[cst.CSTNode], lines: Mapping[cst.CSTNode, CodeRange]) -> tuple[int, int]:
    """Lines of the statement; of one that holds others its head, of a function all."""
    last = nodes[-1]
    for node in reversed(nodes):
        if isinstance(node, cst.SimpleStatementLine | cst.FunctionDef):
            return lines[node].start.line, lines[node].end.line
        if isinstance(node, cst.BaseCompoundStatement | cst.MatchCase):
            return lines[node].start.line, lines[last].end.line
    return lines[last].start.line, lines[last].end.line


def _is_words(node: cst.CSTNode) -> bool:
    """A docstring, or a string that stands for itself below what it describes."""
    return isinstance(node, cst.Expr) and isinstance(
        node.value, cst.SimpleString | cst.ConcatenatedString
    )


def _is_type(node: cst.CSTNode) -> bool:
    """A type that has a name: the type checker's to prove, like an annotation."""
    return (
        isinstance(node, cst.Assign)
        and isinstance(node.value, cst.Subscript)
        and isinstance(node.value.value, cst.Name)
        and node.value.value.value == "Literal"
    )


def _differing(before: str, after: str) -> tuple[str, str]:
    """The lines in which two texts differ, without their indentation."""
    old, new = before.splitlines(), after.splitlines()
    top = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    end = 0
    while end < min(len(old), len(new)) - top and old[-1 - end] == new[-1 - end]:
        end += 1
    return _joined(old[top : len(old) - end]), _joined(new[top : len(new) - end])


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True
