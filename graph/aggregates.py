"""What commits of this graph look at and write: each shelf and each part comes with its aggregate.

Sections are in the order of writing. What leaves goes first, since it may come again in the same commit;
studies come before their series, and those before their instances.
"""

from graph.audit.entries import WITNESS
from graph.commit import CommitSchema, Section
from graph.resources.following import MERGED, MERGES
from graph.resources.identified import HOLDERS
from graph.resources.states import CARRIERS, NUMBERED, ORDERS, RESOURCES, STUDIES, WORKITEMS
from graph.resources.writing import VERSIONS
from graph.studies.restoring import RETURNS
from graph.studies.rows import ARRIVALS, EMPTY_SERIES, INSTANCES, REMOVALS, REPLACEMENTS, SERIES, SERIES_OF
from graph.workitems.events import EVENTS

AGGREGATES = CommitSchema(
    sections=(
        Section((RESOURCES, HOLDERS, NUMBERED, MERGED), (VERSIONS,)),
        Section(parts=(REMOVALS, EMPTY_SERIES, RETURNS)),
        Section((STUDIES, SERIES_OF, INSTANCES, CARRIERS, ORDERS), (SERIES, ARRIVALS, REPLACEMENTS)),
        Section((WORKITEMS,), (EVENTS,)),
        Section(parts=(MERGES,)),
    ),
    witness=WITNESS,
    standing=(MERGED,),
)
