"""Reading the record by GraphQL (FHIR R4 graphql.html)."""
