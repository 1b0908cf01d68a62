"""A process is killed between a signature and its DICOM object, at every point: the object is made, once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Config
from app.imaging.store.kill_points import AFTER_COMMIT, AFTER_RENAME, BEFORE_COMMIT, VARIABLE
from app.wiring import Wiring
from graph.local.state import Neo4jAddress
from tests.factories.reporting import Department

ROOT = Path(__file__).parents[4]
SIGNED, FILED = "signed", "filed"
KILLED = """
import os, signal, sys
from app.config import Config
from app.wiring import Wiring
from graph.session import Graph
from tests.factories.reporting import Department

uri, user, password, home, tenant, study, point = sys.argv[1:]
graph = Graph.connect(uri, user, password)
wiring = Wiring(Config.from_env({"HILUM_HOME": home, "HILUM_TENANT": tenant}), graph)
department = Department(wiring)
reader, content = department.reader, department.content("Nodule.")
report = department.reporting.write(reader, study, content, department.sign, None)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if point == "signed":
    die()
if point == "filed":
    department.filing._due.done = die
department.file(report)
"""


@pytest.mark.parametrize("point", [SIGNED, AFTER_RENAME, BEFORE_COMMIT, AFTER_COMMIT, FILED])
def test_what_was_signed_is_filed_after_any_kill(
    services: Wiring, config: Config, neo4j_address: Neo4jAddress, point: str
) -> None:
    department = Department(services)
    waiting = department.waiting()
    where = neo4j_address
    command = [sys.executable, "-c", KILLED, where.uri, where.user, where.password]
    killed = subprocess.run(
        [*command, str(config.home), config.tenant, waiting.uid, point],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            **({VARIABLE: point} if point not in (SIGNED, FILED) else {}),
        },
        capture_output=True,
        check=False,
        text=True,
    )
    assert killed.returncode == -9, killed.stderr

    ((report_id, _),) = department.filing.due(department.system)
    department.filing.file(department.system, report_id)

    report = department.reporting.read(department.reader, report_id).current
    assert department.objects(waiting) == list(report.objects)
    assert [each["id"] for each in department.reports(waiting)] == [report_id]
    assert department.filing.due(department.system) == []
