"""Facts about the deployment itself, as leaves of the journal's stream `system`."""

from engine.store.journal import note

__all__ = ["note"]
