"""A ward of near misses in a Neo4j of its own, stored through the product, and asked through it."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring
from bench.judging import Brought, CannotRun, Json
from graph.clock import now
from graph.edition import Edition
from graph.errors import Invalid, TooLarge, Unavailable
from graph.local.class_archive import make_archive
from graph.local.folders import cache_folder
from graph.local.provision import provision
from graph.local.server import LocalNeo4j
from graph.local.settings import GraphMemory
from graph.schema.migrate import migrate
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.fhir import Resource, bundle, encode, entry
from tests.factories.wards.population import Ward
from tests.throw_away import SHORT_LIVED

ZONE = "Asia/Seoul"  # of the times in a ward: its days begin here
_AT_ONCE, _PAGE = 50, 1_000
_TRIES = 5  # of a commit that takes too long on a busy machine; each entry names its id


@dataclass
class StoredWard:
    """A ward that is stored; the same tree is run once."""

    wiring: Wiring
    scope: AccessScope
    known: dict[str, Brought | CannotRun] = field(default_factory=dict)

    def bring(self, tree: Json) -> Brought:
        """Whom a tree brings. Raises `CannotRun` with what is wrong."""
        key = json.dumps(tree, sort_keys=True)
        if key not in self.known:
            try:
                self.known[key] = self._brought(tree)
            except (Invalid, TooLarge) as error:
                self.known[key] = CannotRun(f"{error} {error.location or ''}")
            except Exception as error:  # a fault of the gateway: told of this tree, the others are run
                self.known[key] = CannotRun(repr(error))
        found = self.known[key]
        if isinstance(found, CannotRun):
            raise found
        return found

    def _brought(self, tree: Json) -> Brought:
        patients: set[str] = set()
        rows: dict[str, set[str]] = {}
        page: dict[str, Any] = {"limit": _PAGE}
        while True:
            answer = self.wiring.cohorts.ask(self.scope, {**tree, "page": page}, now())
            patients |= {each["reference"] for each in answer["patients"] if each["verdict"] == "matched"}
            for table in answer["rows"].values():
                for row in table:
                    rows.setdefault(row["reference"].partition("/")[0], set()).add(row["reference"])
            if answer["next"] is None:
                break
            page = {"limit": _PAGE, "token": answer["next"]}
        asked = {each["resource"] for each in tree.get("output", {}).get("rows", ())}
        by = frozenset(each["by"] for each in tree.get("output", {}).get("by", ()))
        return Brought(frozenset(patients), {kind: frozenset(rows.get(kind, ())) for kind in asked}, by)

    def fill(self, people: Sequence[Resource], files: Sequence[bytes], findings: Sequence[Resource]) -> None:
        """Store people, then pictures, then what was said of them."""
        _write(self.wiring, self.scope, people)
        report = self.wiring.ingest.store(self.scope, [(each,) for each in files])
        if not all(each.stored for each in report.outcomes):
            raise SystemExit("a picture of the ward was not taken")
        _write(self.wiring, self.scope, findings)

    def size(self, tree: Json) -> str:
        """How many patients a tree brings, or what is wrong with it."""
        try:
            return str(len(self.bring(tree).patients))
        except CannotRun as error:
            return f"[{error}]"


@contextmanager
def stored(ward: Ward, home: Path | None = None) -> Iterator[StoredWard]:
    """Store a ward in a folder that goes away with the block, or in `home`, where it may lie already."""
    with ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hilum-plain-words-")))
        folder.mkdir(parents=True, exist_ok=True)
        server = stack.enter_context(_running(folder))
        where = server.address
        graph = Graph.connect(where.uri, where.user, where.password, edition=Edition(folder))
        stack.callback(graph.close)
        migrate(graph)
        people, files, findings = list(ward.people()), list(ward.files()), list(ward.findings())
        tenant = f"ward-{_digest(people, files, findings)}"
        settings = {"HILUM_HOME": str(folder / "home"), "HILUM_TENANT": tenant, "HILUM_ZONE": ZONE}
        wiring = Wiring(Config.from_env(settings), graph)
        stack.callback(wiring.close)
        place = StoredWard(wiring, system_scope(tenant))
        mark = folder / tenant
        if not mark.exists():
            place.fill(people, files, findings)
            mark.touch()
        yield place


@contextmanager
def _running(folder: Path) -> Iterator[LocalNeo4j]:
    """A Neo4j of its own."""
    jars = provision(cache_folder(os.environ), repository=os.environ.get("HILUM_MAVEN_MIRROR"))
    make_archive(jars)
    memory = GraphMemory(heap="768m", page_cache="128m")
    server = LocalNeo4j(folder / "neo4j", jars, memory=memory, java=SHORT_LIVED)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _digest(people: Sequence[Resource], files: Sequence[bytes], findings: Sequence[Resource]) -> str:
    """What tells one ward from another, so that the wards of two halves may lie in one folder."""
    found = sha256(json.dumps([people, findings], sort_keys=True).encode())
    for each in files:
        found.update(each)
    return found.hexdigest()[:12]


def _write(wiring: Wiring, scope: AccessScope, resources: Sequence[Resource]) -> None:
    for at in range(0, len(resources), _AT_ONCE):
        some = resources[at : at + _AT_ONCE]
        entries = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in some]
        _commit(wiring, scope, encode(bundle(*entries)))


def _commit(wiring: Wiring, scope: AccessScope, text: bytes) -> None:
    for _ in range(_TRIES):
        with suppress(Unavailable):
            wiring.bundle_writer.transaction(scope, text)
            return
    raise SystemExit("the graph takes too long to store the ward")
