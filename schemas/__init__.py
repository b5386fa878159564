"""The words everybody speaks: events, parties, rulebooks, plans, facts, responses.

Models and code lists with their validation, and no behaviour beyond it.
Imports none of our other packages, and nothing that does I/O.
Add a field with a default, or a new version of the model; stored words are never renamed.
After a change run `make schemas` and commit what it writes.
"""
