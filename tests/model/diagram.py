"""The state diagrams of docs/reference/escalation.md, drawn from what the code does.

    python -m tests.model.diagram --write

Without --write they are printed. A test says when the page is no longer current.
"""

import sys
from pathlib import Path

from engine.case.state import AlertStatus, CaseStatus
from tests.model.transitions import Edges, explore

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "escalation.md"
BEGIN, END = "<!-- drawn from the code: begin -->", "<!-- drawn from the code: end -->"

_TOLD = ("waiting", "answered", "promised", "silent")
"""The statuses in which more may be asked of a party; what leads out of all of them is one line."""


def drawn() -> str:
    """The three diagrams as Markdown."""
    found = explore()
    parts = (
        ("**A case.**", _diagram(found.case)),
        ("**An alert of an outward party, or of protection.**", _grouped(found.outward)),
        ("**An alert of one of our own, on duty.**", _diagram(found.duty)),
    )
    return "\n\n".join(f"{title}\n\n```mermaid\n{text}\n```" for title, text in parts)


def with_diagrams(page: str, diagrams: str) -> str:
    """The page with these diagrams between its marks. Raises ValueError where a mark is missing."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{PAGE.name} has lost the marks between which its diagrams stand.")
    return f"{before}{BEGIN}\n\n{diagrams}\n\n{END}{after}"


def _grouped(edges: Edges) -> str:
    """With one box around those who were told: an arrow from the box leads out of each of them."""
    assert set(_TOLD) <= {str(status) for status in AlertStatus}
    inside = {pair: kinds for pair, kinds in edges.items() if set(pair) <= set(_TOLD)}
    out: Edges = {}
    for (before, after), kinds in edges.items():
        if before in _TOLD and after not in _TOLD:
            for kind in kinds:
                everybody = all(kind in edges.get((each, after), ()) for each in _TOLD)
                out.setdefault(("told" if everybody else before, after), set()).add(kind)
        elif (before, after) not in inside:
            out[before, after] = kinds
    box = ["    state told {", *(f"    {line}" for line in _lines(inside)), "    }"]
    return "\n".join(["stateDiagram-v2", *_lines(out), *box])


def _diagram(edges: Edges) -> str:
    return "\n".join(["stateDiagram-v2", *_lines(edges)])


def _lines(edges: Edges) -> list[str]:
    return [
        f"    {'[*]' if before == 'new' else before} --> {after}: {', '.join(sorted(kinds))}"
        for (before, after), kinds in sorted(edges.items(), key=lambda edge: _order(*edge[0]))
    ]


def _order(before: str, after: str) -> tuple[int, int, str, str]:
    known = ["new", *CaseStatus, *AlertStatus]
    return (_place(known, before), _place(known, after), before, after)


def _place(known: list[str], status: str) -> int:
    return known.index(status) if status in known else len(known)


def main(arguments: list[str]) -> int:
    """Print the diagrams, or write them into the page."""
    if "--write" in arguments:
        PAGE.write_text(with_diagrams(PAGE.read_text("utf-8"), drawn()), "utf-8")
    else:
        print(drawn())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
