"""Migrations, one file a version, safe while the release before still runs.

`engine.store.schema` runs them; nobody needs the alembic command.
"""
