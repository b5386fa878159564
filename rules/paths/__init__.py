"""The path language of walks: who is linked to an event, and how. See docs/reference/walks.md.

Entry: `compile_all` texts once, then call a `PathWalk` for every event.
"""

from rules.paths.check import Named
from rules.paths.compile import Compiled, PathWalk, Texts, compile_all

__all__ = ["Compiled", "Named", "PathWalk", "Texts", "compile_all"]
