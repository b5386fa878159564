"""Facts about the deployment itself: the same as `engine.store.journal.note`, by its older name."""

from engine.store.journal import note

__all__ = ["note"]
