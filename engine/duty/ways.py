"""Which channels a page can leave by, as the settings say."""

from collections.abc import Callable, Mapping
from typing import Any


def switched_on(channels: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Names of the channels that are configured and not switched off."""
    return frozenset(name for name, given in channels.items() if given.get("enabled", True))


def by_settings(channels: Mapping[str, Mapping[str, Any]]) -> Callable[[str], bool]:
    """Whether a page would leave by a `channel:endpoint`; without any channel, nobody can say."""
    on = switched_on(channels)

    def leaves(way: str) -> bool:
        return not channels or way.partition(":")[0] in on

    return leaves
