"""The store: SQL is the truth. Tables, one module of queries per aggregate, projection, migrations.

What lives here: every SQL statement of the engine. What may not: decisions, network, clocks.
Statements are module constants with bind parameters; built-per-call selects cost 15 times the
driver's time. One code path for SQLite and PostgreSQL: differences live in `dialect`.
"""
