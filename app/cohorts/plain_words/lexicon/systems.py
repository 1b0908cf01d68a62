"""The code systems that the lexicon draws on: the prefix of a code in its tables, and what FHIR calls it."""

from collections.abc import Mapping
from types import MappingProxyType

SYSTEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "SCT": ("http://snomed.info/sct",),
        "ICD10": (
            "http://hl7.org/fhir/sid/icd-10",
            "http://hl7.org/fhir/sid/icd-10-cm",
            "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8",
            "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-9",
        ),
        "ICD10PCS": ("http://www.cms.gov/Medicare/Coding/ICD10",),
        "ICDO": ("urn:oid:2.16.840.1.113883.6.43.1",),
        "LNC": ("http://loinc.org",),
        "RXN": ("http://www.nlm.nih.gov/research/umls/rxnorm",),
        "ATC": ("http://www.whocc.no/atc",),
        "CVX": ("http://hl7.org/fhir/sid/cvx",),
        "CPT": ("http://www.ama-assn.org/go/cpt",),
        "DCM": ("http://dicom.nema.org/resources/ontology/DCM",),
        "HPO": ("http://purl.obolibrary.org/obo/hp.owl", "http://human-phenotype-ontology.org"),
        "MONDO": ("http://purl.obolibrary.org/obo/mondo.owl",),
        "DOID": ("http://purl.obolibrary.org/obo/doid.owl",),
        "NDFRT": ("http://hl7.org/fhir/ndfrt",),
        "UNII": ("http://fdasis.nlm.nih.gov",),
        "ACT": ("http://terminology.hl7.org/CodeSystem/v3-ActCode",),
    }
)
"""All the systems in which a code of a prefix is looked for; the first is its own."""

WRITTEN: Mapping[str, str] = MappingProxyType({"HPO": "HP:", "MONDO": "MONDO:", "DOID": "DOID:"})
"""What stands before a code in records and not in the tables: `HPO:0002669` is the code `HP:0002669`."""

PREFIXED = frozenset((*SYSTEMS["ICD10"], *SYSTEMS["ATC"]))
"""The systems in which a code begins with the code that it is a kind of."""
