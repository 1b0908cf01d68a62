"""Keys: one non-null string per node, `tenant|partition|part|part`, unique by constraint.

One string because a composite key with a null part escapes uniqueness and MERGE on null fails; the tenant in
front because Neo4j Community has one database. Parts are escaped, so no value of a client can reach into
another key; long parts are cut and hashed, since a range index refuses keys of 8,167 bytes.
"""

from functools import lru_cache
from hashlib import sha256

ABSENT = "-"
DEFAULT_PARTITION = "default"
_LONGEST_PART = 500


def part(value: str) -> str:
    """Escape one part of a key, and cut it to a prefix and a hash where it is long."""
    if len(value) > _LONGEST_PART:
        digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        value = f"{value[: _LONGEST_PART - 65]}~{digest}"
    if "%" in value or "|" in value:
        value = value.replace("%", "%25").replace("|", "%7C")
    return value


def unescaped(text: str) -> str:
    """The value that a part of a key was made from; of one that was cut, what is left of it."""
    return text.replace("%7C", "|").replace("%25", "%") if "%" in text else text


def join(*parts: str) -> str:
    """Join parts into a key."""
    return "|".join(part(each) for each in parts)


def resource_key(tenant: str, resource_type: str, resource_id: str) -> str:
    """Key of a FHIR resource."""
    return join(tenant, ABSENT, resource_type, resource_id)


def resource_of(key: str) -> str:
    """The reference `Type/id` of a resource key."""
    _, _, resource_type, resource_id = key.split("|")
    return f"{resource_type}/{resource_id}"


def key_of_reference(tenant: str, reference: str) -> str:
    """Key of the resource that a reference `Type/id` names: the other way of `resource_of`."""
    resource_type, _, resource_id = reference.partition("/")
    return resource_key(tenant, resource_type, resource_id)


def version_key(resource: str, version_id: int) -> str:
    """Key of one version of a resource."""
    return f"{resource}|{version_id}"


def kind_key(tenant: str, resource_type: str) -> str:
    """What all resources of a type share: the index behind listing a type."""
    return join(tenant, resource_type)


def partition_key(tenant: str, partition: str) -> str:
    """What all DICOM rows of a partition share."""
    return join(tenant, partition)


def study_key(tenant: str, partition: str, study: str) -> str:
    """Key of a DICOM study."""
    return join(tenant, partition, study)


def series_key(tenant: str, partition: str, study: str, series: str) -> str:
    """Key of a DICOM series."""
    return join(tenant, partition, study, series)


def instance_key(tenant: str, partition: str, study: str, series: str, sop: str) -> str:
    """Key of a SOP instance."""
    return join(tenant, partition, study, series, sop)


def workitem_key(tenant: str, partition: str, uid: str) -> str:
    """Key of a workitem, by its SOP Instance UID."""
    return join(tenant, partition, "workitem", uid)


def subscription_key(tenant: str, partition: str, subject: str, title: str, target: str) -> str:
    """Key of what somebody's application has subscribed to: a workitem or a worklist, by its UID."""
    return join(tenant, partition, "subscription", subject, title, target)


def channel_key(tenant: str, partition: str, subject: str, title: str) -> str:
    """Key of how far the events for one application were sent to somebody."""
    return join(tenant, partition, "channel", subject, title)


def workitem_event_key(tenant: str, sequence: int) -> str:
    """Key of an event of a workitem, by its number."""
    return join(tenant, ABSENT, "event", str(sequence))


def identifier_key(tenant: str, system: str, value: str) -> str:
    """Key of a business identifier; the system is `-` where it has none."""
    return join(tenant, ABSENT, system or ABSENT, value)


@lru_cache(maxsize=16_384)
def value_key(tenant: str, resource_type: str, parameter: str) -> str:
    """Key of a Text or Span row: all values of one search parameter of one type."""
    return join(tenant, resource_type, parameter)


def term_key(tenant: str, resource_type: str, parameter: str, code: str) -> str:
    """Key of a Term row: one code of one search parameter of one type."""
    return f"{value_key(tenant, resource_type, parameter)}|{part(code)}"


def job_key(tenant: str, job_id: str) -> str:
    """Key of a job."""
    return join(tenant, ABSENT, "job", job_id)


def parameter_key(tenant: str, resource_type: str, name: str) -> str:
    """Key of a search parameter that a tenant added."""
    return join(tenant, ABSENT, "parameter", resource_type, name)


def follower_key(tenant: str, name: str) -> str:
    """Key of the cursor of one follower of the tenant's feed."""
    return join(tenant, ABSENT, "follower", name)


def researcher_key(tenant: str, subject: str) -> str:
    """Key of what one researcher was told."""
    return join(tenant, ABSENT, "researcher", subject)


def read_mark_key(tenant: str, subject: str, patient_id: str) -> str:
    """Key of what somebody saw when they last read a patient."""
    return join(tenant, ABSENT, "read-mark", subject, patient_id)


def cast_key(tenant: str, subject: str) -> str:
    """Key of what is open at the applications of one person."""
    return join(tenant, ABSENT, "cast", subject)


def cast_subscription_key(tenant: str, digest: str) -> str:
    """Key of an application that listens, by the digest of its secret."""
    return join(tenant, ABSENT, "cast-subscription", digest)


def saved_cohort_key(tenant: str, cohort_id: str) -> str:
    """Key of a saved cohort."""
    return join(tenant, ABSENT, "cohort", cohort_id)


def saved_version_key(tenant: str, cohort_id: str, number: int) -> str:
    """Key of one version of the question of a saved cohort."""
    return join(tenant, ABSENT, "cohort-version", cohort_id, str(number))


def cohort_refresh_key(tenant: str, cohort_id: str, subject: str, number: int) -> str:
    """Key of what somebody was told when they had a saved cohort answered."""
    return join(tenant, ABSENT, "cohort-refresh", cohort_id, subject, str(number))


def concept_key(system: str, code: str) -> str:
    """Key of a Concept; terminology is shared by all tenants."""
    return join(ABSENT, ABSENT, system or ABSENT, code)


def source_concept_key(source: str, system: str, code: str) -> str:
    """Key of a Concept of a tenant; `source` is the key of the version of the CodeSystem that defines it."""
    return f"{source}|{part(system)}|{part(code)}"


def concept_name_key(tenant: str | None, form: str) -> str:
    """What all names of one form share that one tenant has brought, of None those that ship."""
    return join(tenant or ABSENT, form)


def concept_coding(system: str, code: str) -> str:
    """What all Concepts of one code share, whoever defines it."""
    return join(system or ABSENT, code)


def closure_key(tenant: str, subject: str, name: str) -> str:
    """Key of a closure table of one client."""
    return join(tenant, ABSENT, "closure", subject, name)


def client_key(tenant: str, client_id: str) -> str:
    """Key of a registered client."""
    return join(tenant, ABSENT, "client", client_id)


def authorization_key(tenant: str, authorization_id: str) -> str:
    """Key of what somebody authorized a client to do."""
    return join(tenant, ABSENT, "authorization", authorization_id)


def handle_key(tenant: str, digest: str) -> str:
    """Key of a handle, by the digest of its secret."""
    return join(tenant, ABSENT, "handle", digest)


def session_key(tenant: str, digest: str) -> str:
    """Key of a browser session, by the digest of the secret that its browser keeps."""
    return join(tenant, ABSENT, "session", digest)
