"""What a roster says at an instant, worked out: turns, hours, holidays, and who stands in for whom.

What lives here: arithmetic on wall clocks and zones, one module a noun. What may not: who is paged
next when nobody is there (`rules.roster`), which person may change a roster (`engine`).
"""
