"""All commands, grouped by who needs them. Imports nothing that help does not need."""

from typing import Annotated

import typer

from engine.cli import (
    aside,
    backups,
    caring,
    cases,
    clearing,
    consent,
    dates,
    duty,
    events,
    exporting,
    gates,
    kafka,
    lasting,
    linkage,
    mail,
    people,
    registry,
    retaining,
    rounds,
    rules,
    running,
    sources,
    starting,
    steering,
    stopping,
    tasks,
)
from engine.cli.command import INTEGRATE, OPERATE
from engine.cli.grouped import GroupedHelp

app = typer.Typer(
    name="tocsin",
    cls=GroupedHelp,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a frame may hold somebody's name
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Keeps calling for help for human rights defenders at risk until a human says "
    "that they are safe.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"tocsin {version('tocsin')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


linkage.declare(registry.registry)
exporting.declare(registry.registry)
running.declare(app)
starting.declare(app)
backups.declare(app)
gates.declare(app)
caring.declare(cases.case)
dates.declare(cases.case)
rounds.declare(cases.case)
lasting.declare(cases.case)
retaining.declare(cases.case)
steering.declare(cases.case)
clearing.declare(app)
cases.declare(app)
stopping.declare(app)
aside.declare(app)
app.add_typer(consent.consent, name="consent", rich_help_panel=OPERATE)
app.add_typer(duty.duty, name="duty", rich_help_panel=OPERATE)
app.add_typer(tasks.task, name="task", rich_help_panel=OPERATE)
people.declare(app)
app.add_typer(rules.rules, name="rules", rich_help_panel=OPERATE)
app.add_typer(events.event, name="event", rich_help_panel=INTEGRATE)
app.add_typer(sources.source, name="source", rich_help_panel=INTEGRATE)
app.add_typer(mail.mail, name="mail", rich_help_panel=INTEGRATE)
app.add_typer(registry.registry, name="registry", rich_help_panel=INTEGRATE)
app.add_typer(kafka.kafka, name="kafka", rich_help_panel=INTEGRATE)
app.add_typer(rules.schema, name="schema", rich_help_panel=INTEGRATE)
