"""Writes what an installation is made of, as CycloneDX 1.6 JSON: `make sbom`.

The packages of Python that Hilum needs to run, at the versions that are installed; the jars of Neo4j with the
digests of the lock; the files for browsers, those of npm with the digests of theirs. Tests and tools are left
out.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).parents[1]))
from app.http.viewer.published import published_viewer
from graph.local.lock import LockedJar, read_lock

ROOT = Path(__file__).parents[1]
_LICENCES = LicenseFactory()
_CLASSIFIER = "License :: OSI Approved :: "


def needed(name: str) -> Iterator[Distribution]:
    """A distribution that is installed, and all that it needs to run here."""
    seen: set[str] = set()
    waiting = [(name, frozenset({""}))]
    while waiting:
        wanted, extras = waiting.pop()
        key = f"{canonicalize_name(wanted)}{sorted(extras)}"
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(wanted)
        except PackageNotFoundError:
            sys.exit(f"{wanted} is not installed: run make test once")
        yield found
        for each in map(Requirement, found.requires or ()):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append((each.name, frozenset({"", *each.extras})))


def of_python(found: Distribution) -> Component:
    """A package of Python."""
    name = canonicalize_name(found.metadata["Name"])
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=found.version,
        purl=PackageURL("pypi", name=name, version=found.version),
        bom_ref=f"pypi:{name}",
        licenses=[_LICENCES.make_from_string(text)] if (text := licence(found)) else [],
    )


def licence(found: Distribution) -> str:
    """What a distribution says of its licence, in the shortest of the ways to say it; else nothing."""
    told = found.metadata
    named = [each for each in told.get_all("Classifier") or () if each.startswith(_CLASSIFIER)]
    short = [each for each in (told["License-Expression"], told["License"]) if each and "\n" not in each]
    return next(iter([*short, *(each.removeprefix(_CLASSIFIER) for each in named)]), "")


def of_java(jar: LockedJar) -> Component:
    """A jar of Neo4j."""
    qualifiers = {"classifier": jar.classifier} if jar.classifier else {}
    return Component(
        type=ComponentType.LIBRARY,
        group=jar.group,
        name=jar.artifact,
        version=jar.version,
        purl=PackageURL("maven", jar.group, jar.artifact, jar.version, qualifiers),
        bom_ref=f"maven:{jar.coordinate}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=jar.sha256)],
    )


def of_browsers() -> Component:
    """The files of the documentation page, which come in a package of Python."""
    version = (files("flask_swagger_ui") / "dist" / "VERSION").read_text(encoding="utf-8").strip().lstrip("v")
    return Component(
        type=ComponentType.LIBRARY,
        name="swagger-ui-dist",
        version=version,
        purl=PackageURL("npm", name="swagger-ui-dist", version=version),
        bom_ref="npm:swagger-ui-dist",
        licenses=[_LICENCES.make_from_string("Apache-2.0")],
    )


def of_npm(name: str, version: str, integrity: str, terms: str) -> Component:
    """A package of npm; `integrity` as npm writes a SHA-512."""
    group, _, short = name.rpartition("/")
    digest = b64decode(integrity.removeprefix("sha512-")).hex()
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=short,
        version=version,
        purl=PackageURL("npm", group or None, short, version),
        bom_ref=f"npm:{name}",
        licenses=[_LICENCES.make_from_string(terms)],
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=digest)],
    )


def from_npm() -> Iterator[Component]:
    """What the windows bring in for browsers: the packages of their locks, and the viewer."""
    viewer = published_viewer()
    yield of_npm(viewer.name, viewer.version, viewer.integrity, viewer.licence)
    for lock in sorted(ROOT.glob("app/http/*/assets/package-lock.json")):
        for place, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
            if place and not package.get("dev"):
                name = place.rpartition("node_modules/")[2]
                yield of_npm(name, package["version"], package["integrity"], package["license"])


def bill() -> Bom:
    """Everything."""
    every = {str(each.bom_ref.value): each for each in map(of_python, needed("hilum"))}
    whole = every.pop("pypi:hilum")
    whole.type = ComponentType.APPLICATION
    made = Bom(components=[*every.values(), *map(of_java, read_lock()), of_browsers(), *from_npm()])
    made.metadata.component = whole
    made.register_dependency(whole, made.components)
    return made


if __name__ == "__main__":
    print(JsonV1Dot6(bill()).output_as_string(indent=2))
