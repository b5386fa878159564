"""What happens when: cases, their timers, the store, the loops, the web pages and the CLI.

`engine.case` decides and is pure; everything else here does what was decided.
May import rules, notifiers and schemas. The wall clock is only in `clock`, chance only in
`entropy`, the wiring only in `bootstrap`, SQL only in `store`.
Add a loop beside `timers`, a command in `case`, a table in `store` with a migration.
"""
