"""Who may come in and do what: people, their two factors, sessions, roles.

What lives here: passwords, one-time codes, throttling, sessions, the table of permissions.
What may not: pages and cookies (`engine/web`), SQL (`engine/store/people.py`), cases.
Denied unless the table says otherwise; wrong, locked and unknown look and take the same.
"""

from engine.access.passwords import Passwords, WeakPasswordError
from engine.access.people import NewPerson, People, PersonExistsError
from engine.access.roles import Permission, PersonRole, may
from engine.access.second_factor import SecondFactor
from engine.access.sessions import Session, Sessions

__all__ = [
    "NewPerson",
    "Passwords",
    "People",
    "Permission",
    "PersonExistsError",
    "PersonRole",
    "SecondFactor",
    "Session",
    "Sessions",
    "WeakPasswordError",
    "may",
]
