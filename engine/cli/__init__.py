"""The command line: grouped by who needs it (run, operate, integrate).

What lives here: options, sentences and exit codes. What may not: deciding, SQL, or a second way to
do what the engine does; a command asks the running engine, or does the same under its lock.
Importing this package is cheap on purpose: help must be there at once.
"""


def main() -> None:
    """Entry point of `tocsin`."""
    from engine.cli.app import app

    app()
