"""Shipped rulebooks, as YAML. Whoever may do I/O reads them; nothing here does."""
