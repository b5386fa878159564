"""The desk's board: what needs a person now, one case as a story, and the few things people do.

What lives here: a router per page, `present` (facts into sentences) and `owed` (what stands
where). Every button ends in one command to the desk as the person who is logged in.
What may not: SQL, deciding, anything that works only with a script.
"""
