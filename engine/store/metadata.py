"""What every table is part of, and what their definitions share."""

from typing import Any

from sqlalchemy import ColumnElement, MetaData, TextClause

metadata = MetaData()


def only(rows: ColumnElement[bool] | TextClause) -> dict[str, Any]:
    """An index over these rows alone, in either dialect."""
    return {"sqlite_where": rows, "postgresql_where": rows}
