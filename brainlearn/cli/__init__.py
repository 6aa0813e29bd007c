"""The command ``brainlearn``: one module per command, and the handling of mistakes in all of them.

Nothing heavy is imported here or at the top of a command's module, so ``brainlearn --help`` answers at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from brainlearn.cli.check import check as check_command
from brainlearn.cli.compare import compare as compare_command
from brainlearn.cli.describe import describe as describe_command
from brainlearn.cli.export import export as export_command
from brainlearn.cli.import_nir import import_nir as import_command
from brainlearn.cli.list_models import list_models as list_command
from brainlearn.cli.new import new as new_command
from brainlearn.cli.process import prepare_process
from brainlearn.cli.quick_imports import without_needless_imports
from brainlearn.cli.report import report as report_command
from brainlearn.cli.resume import resume as resume_command
from brainlearn.cli.run import run as run_command
from brainlearn.cli.simulate import EXAMPLE as SIMULATE_EXAMPLE
from brainlearn.cli.simulate import simulate as simulate_command
from brainlearn.cli.summary import summary as summary_command
from brainlearn.cli.sweep import sweep as sweep_command
from brainlearn.cli.terminal import say
from brainlearn.cli.unread import say_nothing_more
from brainlearn.cli.verify import verify as verify_command
from brainlearn.cli.watch import watch as watch_command
from brainlearn.cli.zoo import zoo
from brainlearn.mistakes import UserError

FAULT, MISTAKE, INTERRUPTED = 1, 2, 130
TRACEBACK = "BRAINLEARN_TRACEBACK"
# What Typer raises for words it cannot take. It exports a subclass alone.
CommandLineError: type[Exception] = next(
    each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"
)

app = typer.Typer(
    name="brainlearn",
    help="Spiking models of cortex that learn by local rules in Brian2.",
    epilog="Exit codes: 0 success, 1 not verified or internal error, 2 mistake in a file or an option, 130 Ctrl-C.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new_command)
app.command("init", hidden=True)(new_command)  # as it was called before
app.command("run")(run_command)
app.command("resume")(resume_command)
app.command("watch", epilog="Exit codes: 0 the run has ended, 1 it was stopped or crashed, 2 mistake in an option.")(
    watch_command
)
app.command("simulate", epilog=SIMULATE_EXAMPLE)(simulate_command)
app.command("check")(check_command)
app.command("describe")(describe_command)
app.command("list")(list_command)
app.command("summary")(summary_command)
app.command("compare")(compare_command)
app.command("report")(report_command)
app.command("export")(export_command)
app.command("import")(import_command)
app.command(
    "sweep", epilog="Exit codes: 0 all points have results, 1 some have none, 2 mistake in a file or an option."
)(sweep_command)
app.command("verify", epilog="Exit codes: 0 verified, 1 not verified, 2 mistake in a file or an option.")(
    verify_command
)

app.add_typer(zoo, name="zoo")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"brainlearn {version('brainlearn')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Declare the options that come before a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those that the program was called with.

    Returns
    -------
    int
        The exit code: 0, 1 (not verified, or a fault of brainlearn), 2 (a mistake of the user) or 130 (Ctrl-C).
    """
    if arguments is None:
        prepare_process()
    try:
        with without_needless_imports():
            ended = app(
                args=None if arguments is None else list(arguments), prog_name="brainlearn", standalone_mode=False
            )
        return _exit_code(ended)
    except SystemExit as stop:
        return _exit_code(stop.code)
    except CommandLineError as error:
        _explain_usage(error)
        return MISTAKE
    except UserError as error:
        _say(str(error))
        return MISTAKE
    except KeyboardInterrupt:
        _say("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # as of `brainlearn list rules | head -1`
        say_nothing_more()
        return FAULT
    except MemoryError as error:
        _say(f"Not enough memory: {str(error) or 'the allocation failed'}.")
        _say("Use fewer copies (training.copies) or smaller populations ([sizes]).")
        return MISTAKE
    except Exception as error:  # the last line of defence: a user never meets a bare traceback
        _explain(error)
        return FAULT


def _exit_code(ended: object) -> int:
    code = ended if isinstance(ended, int) else int(ended is not None)
    if code == INTERRUPTED:
        _say("Interrupted.")
    return code


def _explain_usage(error: Any) -> None:
    """Report a mistake in the arguments of a command; without arguments, its help has already been printed."""
    text = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        return
    if error.ctx is not None:
        _say(f"{error.ctx.get_usage()}\nTry: {error.ctx.command_path} --help")
    _say(f"Error: {text}")


def _explain(error: Exception) -> None:
    """Report a failure; show the traceback only on request."""
    if os.environ.get(TRACEBACK):
        import traceback

        _say("".join(traceback.format_exception(error)).rstrip())
        return
    lines = str(error).strip().splitlines()
    _say(f"Internal error in brainlearn: {type(error).__name__}{': ' + lines[-1] if lines else ''}")
    _say(f"To see the traceback, set {TRACEBACK}=1 in the environment and run it again. Please report it.")


def _say(text: str) -> None:
    say(text, error=True)
