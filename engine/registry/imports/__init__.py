"""Files of the world, read into the registry's records.

What lives here: one module per documented format, each a `Format` whose `read` turns a file into
rows (`rows.RowRead`) and knows nothing of the store; and what all of them share: reading delimited
text safely, countries, ids. What may not: SQL, comparing with what is known, deciding who is told.
A further format: a module here with its `Format`, and a line in `formats.py`.
"""
