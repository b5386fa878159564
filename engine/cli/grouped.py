"""Help in plain text, its commands grouped by who needs them.

Typer's own grouped help loads a renderer that takes longer than the help may take, and draws
boxes that a screen reader stumbles over.
"""

from typing import Any

from typer.core import TyperGroup


class GroupedHelp(TyperGroup):
    """A group whose help lists its commands under their panels."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list; commands without a panel stand under `Commands`."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            found = self.get_command(ctx, name)
            if found is None or found.hidden:
                continue
            panel = getattr(found, "rich_help_panel", None)
            heading = panel if isinstance(panel, str) else "Commands"
            panels.setdefault(heading, []).append((name, found.get_short_help_str(limit=200)))
        for heading, rows in panels.items():
            with formatter.section(heading):
                formatter.write_dl(rows)
