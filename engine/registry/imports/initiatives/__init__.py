"""Who takes part in what: initiatives of several kinds of parties."""
