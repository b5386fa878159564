"""The server that tests stand on keeps what it promised, whatever ended it."""

from pathlib import Path

from sqlalchemy import create_engine, text

from tests.harness.postgres import PostgresServer


def test_what_was_committed_survives_a_kill_and_the_address_stays(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path)
    server.start()
    try:
        engine = create_engine(server.url("kept"))
        with engine.begin() as conn:
            conn.execute(text("CREATE TABLE a (n int)"))
            conn.execute(text("INSERT INTO a VALUES (1)"))
        engine.dispose()

        server.kill9()
        assert server.pid is None
        server.start()

        with engine.connect() as conn:
            assert conn.execute(text("SELECT n FROM a")).scalar_one() == 1
            assert conn.execute(text("SHOW fsync")).scalar_one() == "on"
            assert conn.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        engine.dispose()
    finally:
        server.remove()


def test_a_copy_of_a_database_has_what_the_first_one_had(postgres: PostgresServer) -> None:
    first = create_engine(postgres.url("first"))
    with first.begin() as conn:
        conn.execute(text("CREATE TABLE a (n int)"))
    name = str(first.url.database)
    first.dispose()

    copy = create_engine(postgres.url("copy", like=name))
    with copy.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM a")).scalar_one() == 0
    copy.dispose()
