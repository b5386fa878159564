"""Files of the world, read into the registry's records.

What lives here: what all formats share (reading text and JSON safely, countries, ids), what all
files of one import mean together, and what they would change (`planning`). The formats stand by
subject, one module per documented format, each a `Format` whose `read` turns a file into rows
(`engine.registry.rows.RowRead`) and knows nothing of the store: `own`, `ownership`, `trade`,
`places`, `initiatives`. What may not: SQL, deciding who is told. A further format: a module with
its `Format`, and a line in `formats.py`.
"""
