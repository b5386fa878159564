"""Duty as people change it and look at it: absences, covers, swaps, who is on, who is out of reach.

What lives here: a person's change as another roster, in one transaction, and the views of it.
What may not: who is on duty at an instant (`rules.roster`), paging them (`engine.case.paging`).
"""
