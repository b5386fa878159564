"""Messages as files in a folder: for people trying things out. Nothing is delivered."""
