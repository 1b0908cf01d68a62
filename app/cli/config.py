"""`hilum config`: the settings as they are in force, secrets hidden; a wrong one is named."""

import os
from dataclasses import fields

import click
from rich.console import Console
from rich.table import Table

from app.config import Config


@click.command()
def config() -> None:
    """Show every setting with its value, or say which one is wrong."""
    chosen = Config.from_env(os.environ)
    table = Table("setting", "value", box=None)
    for each in fields(Config):
        value = getattr(chosen, each.name)
        hidden = each.metadata.get("secret") and value
        table.add_row(each.metadata["variable"], "(set)" if hidden else str("" if value is None else value))
    Console(highlight=False, soft_wrap=True).print(table)
