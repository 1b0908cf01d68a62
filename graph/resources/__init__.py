"""FHIR resources: current versions, histories, pages of a search, references."""
