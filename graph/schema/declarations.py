"""The graph drawn: its nodes, the key of each, and the indexes behind each kind of look-up.

    (:ImagingStudy:Resource)-[:HAS_SERIES]->(:Series)-[:HAS_INSTANCE]->(:Instance)
    (:Condition:Resource)-[:SUBJECT {path}]->(:Patient:Resource)    every literal reference
    (:Resource)-[:HAS_VERSION]->(:Version)<-[:CURRENT]-(:Resource)  text as received, packed
    (:Term|Text|Span|Wording|NewWording)-[:OF]->(:Resource)         what search compares
    (:Counter)-[:MERGED]->(:Patient)-[:MERGED_INTO]->(:Patient)     whom a patient was merged into
    (:Concept)-[:IS_A|CLASSIFIED_AS]->(:Concept) (:ConceptSource)   terminology
    (:ConceptName)-[:OF]->(:Concept)                                what people call it
    (:ClosureTable)-[:TRACKS]->(:TrackedCode)                       closure tables of clients
    (:Counter) (:Change) (:Tombstone)                               one feed per tenant
    (:User)-[:HOLDS]->(:Grant) (:Role) (:BreakGlass) (:Roster)      accounts
    (:BrowserSession)                                               who signed in at which browser
    (:Client) (:Handle)-[:OPENS]->(:Authorization)                  the authorization server
    (:Entry)-[:CONCERNS]->(:Concerned) (:AuditHead) (:Alert)        audit
    (:Job) (:Follower)                                              durable work, cursors in the feed
    (:AddedParameter)                                               search parameters of a tenant's own
    (:Researcher)-[:WAS_TOLD]->(:Telling)                           sets of patients that answers told
    (:ReadMark)                                                     what a reader last saw of a patient
    (:Workitem:Task:Resource) (:WorkitemEvent)                      the worklist, and what happened in it
    (:WorkitemSubscription) (:WorkitemChannel)                      who is told of it, and how far they were
    (:CastTopic) (:CastSubscription)                                contexts that applications share
    (:SavedCohort)-[:HAS_QUESTION]->(:CohortVersion)                cohorts that somebody saved
    (:SavedCohort)-[:FOUND]->(:CohortRefresh)                       and whom they found

Every key has its uniqueness constraint before the first MERGE on it; else two writers make two nodes.
"""

from graph.query.attribute_forms import sought_properties
from graph.query.attributes import ATTRIBUTES, LEVELS
from graph.query.rows import NODE_FIELDS, VALUE_NODES, WORDING_INDEX

UNIQUE_KEYS: tuple[tuple[str, str], ...] = (
    ("Resource", "key"),
    ("ImagingStudy", "dicomKey"),
    ("Version", "key"),
    ("Series", "key"),
    ("Instance", "key"),
    ("Change", "key"),
    ("Counter", "key"),
    ("Concept", "key"),
    ("ConceptSource", "key"),
    ("ClosureTable", "key"),
    ("User", "key"),
    ("Grant", "key"),
    ("Grant", "id"),
    ("Role", "key"),
    ("Roster", "key"),
    ("BreakGlass", "key"),
    ("BrowserSession", "key"),
    ("Client", "key"),
    ("Authorization", "key"),
    ("Handle", "key"),
    ("Entry", "key"),
    ("Concerned", "key"),
    ("AuditHead", "key"),
    ("Alert", "key"),
    ("Tombstone", "key"),
    ("Job", "key"),
    ("Follower", "key"),
    ("Researcher", "key"),
    ("AddedParameter", "key"),
    ("ReadMark", "key"),
    ("Workitem", "workitemKey"),
    ("WorkitemEvent", "key"),
    ("WorkitemSubscription", "key"),
    ("WorkitemChannel", "key"),
    ("CastTopic", "key"),
    ("CastSubscription", "key"),
    ("SavedCohort", "key"),
    ("CohortVersion", "key"),
    ("CohortRefresh", "key"),
)

RANGE_INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Resource", ("kind", "serial")),
    ("Resource", ("documentDue",)),
    *(("Resource", ("kind", each.property)) for each in NODE_FIELDS.values() if each.indexed),
    *((each.label, ("key", each.second)) for each in VALUE_NODES.values()),
    ("Instance", ("blobId",)),
    ("Tombstone", ("series",)),
    ("Tombstone", ("instance",)),
    ("Tombstone", ("waiting", "deletedAt")),
    ("Change", ("feed", "sequence")),
    ("WorkitemEvent", ("feed", "sequence")),
    ("WorkitemSubscription", ("tenant", "title")),
    ("CastSubscription", ("tenant", "until")),
    ("SavedCohort", ("tenant", "createdAt")),
    ("SavedCohort", ("tenant", "owner")),
    ("Authorization", ("tenant", "until")),
    ("Authorization", ("clientKey",)),
    ("Handle", ("tenant", "until")),
    ("Job", ("tenant", "dueAt")),
    ("Job", ("tenant", "askedAt")),
    ("Entry", ("tenant", "at")),
    ("Entry", ("tenant", "subject", "at")),
    ("Entry", ("tenant", "address", "at")),
    ("Alert", ("tenant", "at")),
    ("BreakGlass", ("holder", "until")),
    ("BreakGlass", ("tenant", "openedAt")),
    ("BrowserSession", ("holder",)),
    ("BrowserSession", ("tenant", "until")),
    ("Version", ("feed", "sequence")),
    ("Version", ("kind", "sequence")),
    ("Concept", ("coding",)),
    ("Concept", ("source", "place")),
    ("Concept", ("tenant", "code")),
    ("ConceptName", ("key",)),
    *((level, ("partition", "serial")) for level in LEVELS),
)


FULLTEXT_INDEX = (
    f"CREATE FULLTEXT INDEX {WORDING_INDEX} IF NOT EXISTS FOR (n:Wording) "
    "ON EACH [n.within, n.narrative, n.content] "
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
)
"""Words of any language, Chinese, Japanese and Korean by pairs of characters."""


def _attribute_properties() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The indexes of each indexed DICOM attribute, on the forms of its value that it is found by."""
    return tuple(
        (attribute.level, ("partition", name))
        for attribute in ATTRIBUTES
        if attribute.indexed
        for name in sought_properties(attribute)
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
    return (*constraints, *indexes, FULLTEXT_INDEX)
