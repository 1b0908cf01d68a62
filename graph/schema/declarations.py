"""The graph drawn: its nodes, the key of each, and the indexes behind each kind of look-up.

    (:ImagingStudy:Resource)-[:HAS_SERIES]->(:Series)-[:HAS_INSTANCE]->(:Instance)
    (:Condition:Resource)-[:SUBJECT {path}]->(:Patient:Resource)    every literal reference
    (:Resource)-[:HAS_VERSION]->(:Version)<-[:CURRENT]-(:Resource)  text as received, zlib
    (:Term|Text|Span)-[:OF]->(:Resource)                            what search compares
    (:Concept)-[:IS_A]->(:Concept)                                  terminology
    (:Counter) (:Change) (:Tombstone)                               one feed per tenant
    (:User)-[:HOLDS]->(:Grant) (:Entry)                             accounts and audit

Every key has its uniqueness constraint before the first MERGE on it; else two writers make two nodes.
"""

from graph.query.attributes import ATTRIBUTES, LEVELS

UNIQUE_KEYS: tuple[tuple[str, str], ...] = (
    ("Resource", "key"),
    ("ImagingStudy", "dicomKey"),
    ("Version", "key"),
    ("Series", "key"),
    ("Instance", "key"),
    ("Change", "key"),
    ("Counter", "key"),
    ("Concept", "key"),
    ("User", "key"),
    ("Grant", "key"),
    ("Entry", "key"),
    ("Tombstone", "key"),
)

RANGE_INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Resource", ("kind", "serial")),
    ("Resource", ("kind", "lastUpdated")),
    ("Term", ("key", "serial")),
    ("Text", ("key", "value")),
    ("Span", ("key", "low")),
    ("Instance", ("blobId",)),
    ("Tombstone", ("series",)),
    ("Change", ("feed", "sequence")),
    ("Version", ("feed", "sequence")),
    ("Version", ("kind", "sequence")),
    *((level, ("partition", "serial")) for level in LEVELS),
)


def _attribute_properties() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The index of each indexed DICOM attribute, on the form of its value that matching compares."""
    suffix = {"term": "", "text": "_folded", "span": "_low"}
    return tuple(
        (attribute.level, ("partition", attribute.keyword + suffix[attribute.kind.value]))
        for attribute in ATTRIBUTES
        if attribute.indexed
    )


def statements() -> tuple[str, ...]:
    """Every constraint and index, each safe to run again."""
    constraints = (
        f"CREATE CONSTRAINT {label.lower()}_{name.lower()} IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
        for label, name in UNIQUE_KEYS
    )
    indexes = (
        f"CREATE INDEX {label.lower()}_{'_'.join(names).lower()} IF NOT EXISTS "
        f"FOR (n:{label}) ON ({', '.join(f'n.{name}' for name in names)})"
        for label, names in (*RANGE_INDEXES, *_attribute_properties())
    )
    return (*constraints, *indexes)
