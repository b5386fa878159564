"""How to tell somebody: one folder per channel, one renderer, templates per language.

`render` makes a `Message` of a `Projection`; a channel gets it with an address and sends once.
No database, no clock, no retry, no decision here. May import schemas; never engine or rules.
Add a channel by copying a folder: its settings, its channel, its form fields, its tests.
What a recipient may see is decided before a channel is called.
"""
