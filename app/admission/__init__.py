"""The one way in, for every interface: caller, rights, audit entry, permission, and the close.

HTTP, the command line and jobs tell `Admission` in `AccessFacts` what they were asked, and pass through it.
"""

from app.admission.admission import (
    Admission,
    Admitted,
    Authenticate,
    Credentials,
    OpenEntry,
    Recorder,
)
from app.admission.facts import AccessFacts, command_facts, job_facts

__all__ = [
    "AccessFacts",
    "Admission",
    "Admitted",
    "Authenticate",
    "Credentials",
    "OpenEntry",
    "Recorder",
    "command_facts",
    "job_facts",
]
