"""The pure core: what a case is, what a command does to it, and what it owes next.

What lives here: `state`, `commands`, `decide` (one dispatch table), `evolve`, `due_at`, and one
module per family of commands. What may not: I/O, clocks, logging, SQL. `now` is handed in.
Add a command: a class in `commands`, a handler in the module of its family, one line in `decide`.
"""
