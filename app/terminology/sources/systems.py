"""The canonicals of the code systems that terminologies become, as HL7, HL7 Korea and Hilum have them."""

from fhir_profiles.terminology.prefixes import ATC, ICD_10, ICD_10_CM, KCD_8

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
MESH = "https://www.nlm.nih.gov/mesh"
ICD_O = "urn:oid:2.16.840.1.113883.6.43.1"
MONDO = "http://purl.obolibrary.org/obo/mondo.owl"
DOID = "http://purl.obolibrary.org/obo/doid.owl"
HPO = "http://human-phenotype-ontology.org"
CHEBI = "http://purl.obolibrary.org/obo/chebi.owl"
DCM = "http://dicom.nema.org/resources/ontology/DCM"

__all__ = [
    "ATC",
    "CHEBI",
    "DCM",
    "DOID",
    "HPO",
    "ICD_10",
    "ICD_10_CM",
    "ICD_O",
    "KCD_8",
    "LOINC",
    "MESH",
    "MONDO",
    "RXNORM",
    "SNOMED",
]
