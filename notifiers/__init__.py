"""How to tell somebody: one folder per channel, one renderer, templates per language.

A channel gets a `Projection` and an address and sends once; clients are handed in.
No database, no clock, no retry, no decision here. May import schemas; never engine or rules.
Add a channel by copying a folder: its settings, its channel, its form fields, its tests.
What a recipient may see is decided before a channel is called.
"""
