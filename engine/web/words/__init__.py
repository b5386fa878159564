"""Codes turned into English, for pages that people read at three in the morning.

What lives here: one table per vocabulary, each complete (a test enumerates them).
What may not: markup, I/O, decisions. Add a code: one line in the table of its module.
"""
