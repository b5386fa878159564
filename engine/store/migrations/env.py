"""How Alembic runs here: on the connection it is given, within that connection's transaction."""

from alembic import context

from engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction holds all of it, or none
)
context.run_migrations()
