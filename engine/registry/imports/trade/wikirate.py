"""Wikirate numbers a company once for all its lists: on several of them it is one party."""

WIKIRATE = "wikirate"
"""Begins the ids of its companies; each list keeps its own source and what it says."""
