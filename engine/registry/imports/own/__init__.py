"""The files an organisation keeps itself."""
