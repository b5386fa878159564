"""Walks: named paths over the registry from an event's parties and countries to who could help.

A walk includes only over links that are verified and hold on the day of the event; a party that
only a lapsed, ended or unverified link would bring in is withheld with that reason. Every find
keeps its path. Order: nearest first (links that are no control weigh more than control), then id.
The walks themselves are texts: `rules.packs.walks`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rules.packs.walks import PARTS, READY
from rules.paths import Named, PathWalk, compile_all
from rules.steps import Start, Walked

Walk = Callable[[Start], Walked]

SHIPPED = compile_all({**PARTS, **{name: ready.path for name, ready in READY.items()}})
NAMES: Mapping[str, Named] = SHIPPED.named
"""What a path of a rulebook may name: the ready-made walks, and their parts."""
WALKS: Mapping[str, PathWalk] = MappingProxyType({name: SHIPPED.walks[name] for name in READY})
