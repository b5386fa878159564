"""The demo: an invented region, its people, a broker that keeps nothing, and sinks to look at.

What lives here: what `tocsin demo` needs and production does not. What may not: anything that a
running desk depends on.
"""
