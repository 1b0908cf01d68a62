"""The role of the renderers: one process that keeps those that decode."""

import sys
from collections.abc import Mapping
from pathlib import Path

from app.config import Config
from app.processes.role import Role
from graph.local.sockets import address_in, listens

GRACE_SECONDS = 5.0
SCRATCH = "renders"


def renderer_address(config: Config) -> Path:
    """Where the renderers that a process asks listen."""
    return config.renderer or address_in(config.home, "renderer.sock")


def _environment(_config: Config) -> Mapping[str, str]:
    """A task is one thread: those of a numerical library would only take memory."""
    return {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


RENDERER = Role(
    name="renderer",
    title="the renderers",
    argv=lambda _: (sys.executable, "-m", "app.cli", "renderer"),
    grace=GRACE_SECONDS,
    environment=_environment,
    scratch=SCRATCH,
    answers=lambda config: listens(renderer_address(config)),
)
