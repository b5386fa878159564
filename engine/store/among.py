"""`column in (…)` over a list that is given when the statement runs, in one text for every length.

PostgreSQL gets one array: the same statement each time, which it keeps prepared, and the driver
need not read a text of a thousand placeholders anew. SQLite gets the list written out.
"""

from typing import Any, Self

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal


class Among(ColumnElement[bool]):
    """See `among`."""

    type = Boolean()
    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 (as SQLAlchemy declares it)
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[str], values: Any) -> None:
        self.column = column
        self.values = values

    def self_group(self, against: Any = None) -> Self:
        """As it is: on SQLite it would become `… IN (…) = 1`, which no index answers."""
        return self


def among(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether a text column is one of the values given under this name, a list of strings."""
    return Among(column, bindparam(name, expanding=True))


@compiles(Among)
def _written_out(element: Among, compiler: Any, **more: Any) -> str:
    text: str = compiler.process(element.column.in_(element.values), **more)
    return text


@compiles(Among, "postgresql")
def _as_array(element: Among, compiler: Any, **more: Any) -> str:
    array = bindparam(element.values.key, type_=ARRAY(Text))
    return f"{compiler.process(element.column, **more)} = ANY ({compiler.process(array, **more)})"
