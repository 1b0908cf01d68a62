"""What commits of this graph look at and write: each shelf and each part comes with its aggregate.

Parts are in the order of writing. What leaves goes first, since it may come again in the same commit; studies
come before their series, and those before their instances.
"""

from graph.audit.entries import WITNESS
from graph.commit import CommitSchema
from graph.resources.following import MERGED, MERGES
from graph.resources.identified import HOLDERS
from graph.resources.states import CARRIERS, NUMBERED, ORDERS, RESOURCES, STUDIES
from graph.resources.writing import VERSIONS
from graph.studies.restoring import RETURNS
from graph.studies.rows import ARRIVALS, EMPTY_SERIES, INSTANCES, REMOVALS, REPLACEMENTS, SERIES, SERIES_OF

AGGREGATES = CommitSchema(
    shelves=(RESOURCES, STUDIES, SERIES_OF, INSTANCES, CARRIERS, ORDERS, HOLDERS, NUMBERED, MERGED),
    parts=(VERSIONS, REMOVALS, EMPTY_SERIES, SERIES, RETURNS, ARRIVALS, REPLACEMENTS, MERGES, WITNESS),
    witness=WITNESS,
    standing=(MERGED,),
)
