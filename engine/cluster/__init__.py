"""A cluster as its administrator sees it: topics, users, rights.

What lives here: making what a desk and its publishers need, once and by hand, on whoever's cluster.
What may not: anything that an engine does while it runs; it makes no topic and gives no right.
"""
