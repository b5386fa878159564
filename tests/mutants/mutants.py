"""Every mutant of a module: one small change each, by the operators of a kept library (mutmut).

Of its own runner nothing is used: that one changes only bodies of plain functions, and what decides
here is written in tables and classes as well.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_NEVER = (
    cst.Annotation,  # types are the type checker's to prove
    cst.Decorator,
    cst.Import,
    cst.ImportFrom,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to one module."""

    path: str
    line: int
    before: str
    after: str
    within: str
    """The plain function that it changes; empty for a table or a class."""
    afresh: bool
    """Whether it changes a class: then the module, and whatever imports it, is imported again."""
    occurrence: int
    """Which one it is of several that read alike; from 0."""
    code: str
    """The whole module with this change."""

    @property
    def id(self) -> str:
        """Names it for as long as the changed statement reads as it does, wherever it moves."""
        what = (self.path, self.within, self.before, self.after, str(self.occurrence))
        return hashlib.sha256("\0".join(what).encode()).hexdigest()[:10]


def mutants_of(path: Path, *, root: Path) -> list[Mutant]:
    """All mutants of one module, in the order of its lines; those that do not compile left out."""
    module = cst.parse_module(path.read_text("utf-8"))
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    lines = wrapper.resolve(PositionProvider)
    pieces = [module.code_for_node(statement) for statement in module.body]
    head = module.code[: len(module.code) - len("".join(pieces)) - len(_foot(module))]
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for number, statement in enumerate(module.body):
        plain = isinstance(statement, cst.FunctionDef) and not statement.decorators
        within = statement.name.value if plain else ""
        for node, mutated in _changes(statement):
            changed = statement.deep_replace(node, mutated)
            piece = module.code_for_node(changed)  # type: ignore[arg-type]  # it stays a node
            code = head + "".join([*pieces[:number], piece, *pieces[number + 1 :]]) + _foot(module)
            if piece == pieces[number] or not _compiles(code):
                continue
            before, after = _differing(pieces[number], piece)
            alike = (within, before, after)
            made.append(
                Mutant(
                    path=path.relative_to(root).as_posix(),
                    line=lines[node].start.line,
                    before=before,
                    after=after,
                    within=within,
                    afresh=not plain and not isinstance(statement, cst.SimpleStatementLine),
                    occurrence=seen[alike],
                    code=code,
                )
            )
            seen[alike] += 1
    return made


def _foot(module: cst.Module) -> str:
    return "".join(module.code_for_node(line) for line in module.footer)


def _changes(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """Every node at or below this one that an operator changes, and what it makes of it."""
    if isinstance(node, _NEVER) or _is_words(node) or _is_type(node):
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for mutated in operator(node):
                yield node, mutated
    for child in node.children:
        yield from _changes(child)


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
