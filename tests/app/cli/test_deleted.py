"""`hilum deleted`: list, restore, purge."""

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.config import Config
from app.security.scopes import system_scope
from app.wiring import wired
from tests.factories.dicom import ct_instance, uid

STUDY = uid("study", "P1")


@pytest.fixture
def deleted(settings: dict[str, str]) -> None:
    """A study that was stored and deleted."""
    with wired(Config.from_env(settings)) as wiring:
        scope = system_scope(wiring.sites.own.tenant)
        assert wiring.ingest.store(scope, [[ct_instance()]]).outcomes[0].stored
        wiring.deletion.delete(scope, STUDY)


def run(settings: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, ["deleted", *arguments], env=settings)


@pytest.mark.usefixtures("deleted")
def test_what_was_deleted_is_listed_and_restored(settings: dict[str, str]) -> None:
    listed, restored = run(settings, "list"), run(settings, "restore", STUDY)

    assert STUDY in listed.output
    assert (restored.exit_code, restored.output) == (0, "restored 1\n")
    assert STUDY not in run(settings, "list").output
    assert run(settings, "restore", STUDY).output.startswith("Error: nothing that was deleted")


def test_a_purge_is_asked_for(settings: dict[str, str]) -> None:
    asked = run(settings, "purge")

    assert (asked.exit_code, asked.output.startswith("asked for purge-")) == (0, True)
