"""Declaring a command: options that every one has, and one place where its errors end."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.exits import ENDINGS, CommandError, Exit
from engine.cli.terminal import Terminal

RUN = "Run"
OPERATE = "Operate"
INTEGRATE = "Integrate"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
As = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who gives this command.")]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; else tocsin.yaml here.")
]

_COMMON = (
    inspect.Parameter("as_", inspect.Parameter.KEYWORD_ONLY, default="", annotation=As),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
    inspect.Parameter("config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Config),
)


def group(help: str) -> typer.Typer:
    """A group of commands such as `case`."""
    return typer.Typer(help=help, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def command(
    app: typer.Typer, name: str, *, panel: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Register a function whose first parameter is the Terminal; async ones are run to their end.

    Adds `--as`, `--json` and `--config`. A CommandError becomes its sentence and its exit code.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        _, *own = signature.parameters.values()

        @wraps(function)
        def run(*, as_: str, as_json: bool, config: Path | None, **given: Any) -> None:
            terminal = Terminal(as_json=as_json, person=as_, config=config)
            end(terminal, function, **given)

        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        run.__signature__ = signature.replace(  # type: ignore[attr-defined]  # what typer reads
            parameters=[*keyword, *_COMMON], return_annotation=None
        )
        run.__annotations__ = {p.name: p.annotation for p in (*keyword, *_COMMON)}
        del run.__wrapped__  # typer would look through to the function and miss the options
        app.command(name, rich_help_panel=panel)(run)
        return run

    return declare


def end(terminal: Terminal, function: Callable[..., Any], **given: Any) -> None:
    """Run to the end and leave with the exit code that says how it ended."""
    try:
        result = function(terminal, **given)
        if inspect.iscoroutine(result):
            import asyncio  # 40 ms that help need not pay

            result = asyncio.run(result)
    except CommandError as error:
        terminal.failed(error)
        raise typer.Exit(error.code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except BrokenPipeError:  # whoever read our output has gone
        raise typer.Exit(Exit.DONE) from None
    except typer.Exit:
        raise
    except Exception as error:  # a traceback is no answer, and its values may be somebody's name
        said = _said(error)
        terminal.failed(said)
        raise typer.Exit(said.code) from None
    if isinstance(result, int):
        raise typer.Exit(result)


def _said(error: Exception) -> CommandError:
    """Why a house could not be opened; else a fault of ours, as its kind and place."""
    import traceback

    from engine.admin.errors import NotCarriedOutError
    from engine.bootstrap.refusals import CannotStartError

    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, CannotStartError):
        return CommandError(Exit.UNREACHABLE, error.what, next_step=error.next_step)
    if isinstance(error, NotCarriedOutError):
        return CommandError(ENDINGS[error.ending], error.what, next_step=error.next_step)

    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames[-6:]]
    return CommandError(
        Exit.FAULT,
        "\n".join([f"Tocsin itself failed ({type(error).__name__}) at:", *places]),
        next_step="Run `tocsin doctor`; if it finds nothing, report these lines.",
    )
