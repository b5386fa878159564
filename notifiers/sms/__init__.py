"""Text messages through any gateway that speaks HTTP, described in the settings."""
