"""Intake: from raw bytes, whatever way they came, to one command for the desk.

What lives here: reading CloudEvents, accepting or refusing, the door to the desk, the runners of
streams. What may not: deciding what a case does (`engine/case`), who is told (`rules`), and SQL.
Nothing is dropped: bytes become an event, a refusal that the publisher sees, or quarantine.
"""
