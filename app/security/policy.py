"""The policy as data: what may be done here, and which of it tells whose record it is.

A permission is a capability (missing: 403); which rows it reaches is the business of a role's sources of rows
(not yours: 404). Which role holds which permission stands in `roles.json` beside, and in the graph.
"""

from collections.abc import Mapping

from graph.wording import marked

PERMISSIONS: Mapping[str, str] = {
    "imaging.read": marked("search and retrieve images over DICOMweb"),
    "imaging.store": marked("store instances"),
    "imaging.delete": marked("delete studies, series and instances, and restore them"),
    "imaging.purge": marked("have the bytes of what was deleted removed, once it can no longer be restored"),
    "imaging.export": marked("have images written to another store"),
    "workitem.read": marked("read and search the worklist (UPS)"),
    "workitem.write": marked("create, claim, change and finish workitems (UPS)"),
    "tags.read": marked("list the DICOM attributes that a tenant searches by"),
    "tags.write": marked("add and remove DICOM attributes that a tenant searches by"),
    "feed.read": marked("read the change feed"),
    "fhir.read": marked("read, search and page FHIR resources"),
    "fhir.count": marked("be told how many FHIR resources match, and none of them"),
    "fhir.write": marked("create, update and delete FHIR resources"),
    "fhir.bulk": marked("export FHIR resources in bulk, and import them with fhir.write"),
    "report.write": marked("write, sign and amend reports of studies"),
    "report.acknowledge": marked("acknowledge critical results in the place of whom they are for"),
    "cohort.query": marked("ask cohort questions"),
    "cohort.count": marked("be told the counts of a cohort question, and no patient"),
    "cohort.export": marked("take a cohort away, as pictures and tables that tell nobody who is in it"),
    "feedback.write": marked("be told how one's own reads turned out and answer, give feedback on reads"),
    "feedback.totals": marked("see how the reads of all readers turned out, in numbers of many"),
    "share.manage": marked("make and revoke links to studies"),
    "audit.read": marked("read the audit"),
    "audit.own": marked("read who touched one's own record"),
    "audit.append": marked("add entries to the audit"),
    "record.erase": marked("hold and erase a record, with a second person"),
    "record.request-erasure": marked("ask for one's own record to be erased"),
    "break-glass.open": marked("open a patient's record for a time, with a reason that is reviewed"),
    "break-glass.review": marked("see and judge who opened which record in this way, and end it"),
    "operations.read": marked("see the tenant's operations: the jobs that it asked for"),
    "operations.cancel": marked("cancel an operation"),
    "administration.manage": marked("manage users, roles, grants and settings"),
}

WITHOUT_A_ROUTE = frozenset(
    {
        *("imaging.export", "tags.read", "tags.write"),
        *("share.manage", "audit.append", "record.erase", "record.request-erasure"),
    }
)
"""Permissions of the matrix whose routes are not there yet: roles hold them, and nothing asks for them."""

TELLING_WHOSE = frozenset(
    {
        *("imaging.read", "imaging.store", "imaging.delete", "imaging.export", "workitem.read"),
        *(
            "workitem.write",
            "feed.read",
            "feedback.write",
            "fhir.read",
            "fhir.write",
            "fhir.bulk",
            "share.manage",
        ),
        *("audit.read", "audit.own", "audit.append", "record.erase", "record.request-erasure"),
        *("break-glass.open", "break-glass.review", "report.write", "report.acknowledge"),
    }
)
"""Permissions whose answers say whose record they are of: a role that is shown no one holds none of them."""

COUNTED: Mapping[str, str] = {"fhir.read": "fhir.count", "cohort.query": "cohort.count"}
"""What is left of a permission for who is shown counts only."""

FOR_A_PURPOSE = frozenset({"cohort.export"})
"""What a role of the de-identified view does only while a purpose was granted to whom has it."""

LEAST_CELL = 11
"""The fewest that are told to who is shown counts or pseudonyms."""

PSEUDONYMOUS = "pseudonymous"
"""The purpose of who is shown no one, in place of their role's, unless research was granted to them."""
RESEARCH_PURPOSE = "HRESCH"

# What each purpose is part of (v3-PurposeOfUse), and itself: a consent that names the wider one means it too.
PURPOSES_WITHIN: Mapping[str, frozenset[str]] = {
    "BTG": frozenset({"BTG", "ETREAT", "TREAT"}),
    "ETREAT": frozenset({"ETREAT", "TREAT"}),
    "HSYSADMIN": frozenset({"HSYSADMIN", "HOPERAT"}),
    "pseudonymous": frozenset({"HRESCH"}),
}

# The purposes for which what patients deny is seen all the same; the audit says the purpose of each access.
CONSENTS_YIELD_TO = frozenset({"BTG", "ETREAT"})
