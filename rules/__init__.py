"""What should happen and who may know: matching, walks, the guard, rosters, rulebooks.

Pure: same arguments, same answer. No I/O, no clock, no chance, no logging, no SQL.
May import schemas; never engine, never notifiers.
Add a walk in `graph`, a ground to withhold in `exclusion` or `guard` with its own reason,
a rulebook in `packs`.
"""
