"""The only place where parts are wired: an engine, a house for one command, a first day.

What lives here: choosing adapters, starting and ending, refusing to start. What may not: deciding,
SQL, sentences for pages. A part that several engines would share must not exist: several live in
one interpreter.
"""

from engine.bootstrap.refusals import CannotStartError
from engine.bootstrap.serving import open_engine, serve

__all__ = ["CannotStartError", "open_engine", "serve"]
