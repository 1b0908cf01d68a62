"""`hilum renderer`: decode pixels for all processes of this machine, until Ctrl-C or SIGTERM.

It asks nothing of the graph, so it is wired to nothing else.
"""

import os

import click

from app.cli.signals import stopping
from app.config import Config
from app.http.kit.logging import configure_logging
from app.imaging.render.pool import RenderPool, TaskLimits
from app.processes.renderer import SCRATCH, renderer_address


@click.command()
def renderer() -> None:
    """Run the renderers; one set of them runs on the home folder of a gateway."""
    config = Config.from_env(os.environ)
    configure_logging(config.log_level)
    limits = TaskLimits(config.render_seconds, config.render_memory)
    pool = RenderPool(renderer_address(config), config.home / SCRATCH, limits, config.renderers)
    with stopping() as wish:
        pool.run(wish.event)
