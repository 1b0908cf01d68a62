"""The command line: `hilum COMMAND`. One module a command, imported only when it is called.

Failures that a person can act on are printed as one message without a traceback, and the exit status is 1.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from app.outgoing import trust_the_system
from app.settings import ConfigError
from graph.errors import HilumError

COMMANDS: Mapping[str, str] = {
    "up": "Run everything: graph, committer, worker and web server.",
    "committer": "Commit for all processes of a machine.",
    "renderer": "Decode pixels for all processes of a machine.",
    "events": "Keep channels open for events of the worklist.",
    "worker": "Run a job worker beside a gateway.",
    "graph": "Start, stop, migrate or query the graph.",
    "load": "Store DICOM and FHIR files, folders and zips.",
    "profile": "Load and list profiles.",
    "terminology": "Load code systems, value sets and concept maps.",
    "deleted": "List, restore and remove what was deleted.",
    "token": "Make an access token.",
    "user": "Manage users and what they may see.",
    "role": "Manage what roles may do.",
    "client": "Register apps and services that ask for tokens.",
    "audit": "Show who touched whose record.",
    "jobs": "See and cancel jobs.",
    "check": "Prove that graph, blobs and audit agree.",
    "config": "Show and check the settings.",
}


class Commands(click.Group):
    """The commands of the table above; each is an object of its own name in a module of its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"app.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and say what went wrong in one message; what it writes is its owner's alone.

        Raises `ClickException` with that message.
        """
        os.umask(0o077)
        trust_the_system()
        try:
            return super().invoke(ctx)
        except (HilumError, ConfigError) as failure:
            raise click.ClickException(str(failure)) from failure


main = Commands(
    name="hilum",
    help="Hilum: a patient's pictures and a patient's record in one graph, over DICOMweb and FHIR.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
