"""A list of ids is looked up by an index, on either store."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql

from engine.store import tables as t
from engine.store.among import among


@pytest.mark.parametrize("ids", [["one"], ["one", "two"]])
def test_ids_once_cost_a_look_at_every_row_of_the_table(ids: list[str]) -> None:
    engine = create_engine("sqlite://")
    t.metadata.create_all(engine)
    query = select(t.closures.c.body).where(among(t.closures.c.digest, "ids"))
    with engine.connect() as conn:
        found = query.params(ids=ids).compile(
            conn, compile_kwargs={"literal_binds": True, "render_postcompile": True}
        )
        (step,) = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {found}").all()
    engine.dispose()

    assert step[3].startswith("SEARCH closures USING INDEX")


def test_a_server_gets_one_array_whatever_the_length() -> None:
    query = select(t.closures.c.body).where(among(t.closures.c.digest, "ids"))

    assert "digest = ANY (" in str(query.compile(dialect=postgresql.dialect()))
