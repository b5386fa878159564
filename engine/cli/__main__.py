"""`python -m engine.cli`: the same as `tocsin`, whatever is on the path."""

from engine.cli import main

main()
