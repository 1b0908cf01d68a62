"""The definitions of FHIR R4 as distilled tables, and who reads them."""
