"""What FHIR R4 (4.0.1) means here: definitions as data, and what is read from and made of resources by them.

Pure: it knows neither the graph nor the web. `registry` says which search parameters there are, `documents`
reads and stamps JSON text, `validation` judges a resource, `extraction` finds its search values and
references, `mapping` renders DICOM facts as resources.
"""
