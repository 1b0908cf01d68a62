"""What a question costs, told from its form alone before it runs: by what the graph must plan and look at.

Each leaf is a subquery, which the graph plans before it looks at a row: some ten milliseconds for a few,
seconds for fifty, and nothing stops it meanwhile. Links multiply, as at the other end of each there are
several rows, and each is asked what stands inside; what is asked of a reference is asked of what is
contained, too.
"""

from collections.abc import Mapping

from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    AtLeast,
    Expression,
    Inside,
    KeyIn,
    Members,
    Not,
    Owner,
    Related,
    Term,
    Whole,
    Worded,
)

QUESTION = 2  # a question itself: a round trip, and the page of rows that comes of it
ENTRY = 2  # an entry of a Bundle that reads
INCLUDE = 5  # an include, followed once: a statement of its own
_ROWS, _VERSIONS = 10, 4  # of a page, for the price of one look; a version is unpacked, and its text is long
_LEAF = 2
_WORDS = 10  # the full-text index of all that there is
_VALUES = 100  # codes or keys that are looked up for the price of one more look
_LINK: Mapping[type, int] = {Along: 2, Owner: 2, Whole: 2, Against: 4, Members: 4, Inside: 4}


def price(where: Expression) -> int:
    """The price of a condition on one row."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return sum(price(each) for each in of)
        case Not(of):
            return price(of)
        case Related(link, inner):
            return _LINK[type(link)] * (1 + price(inner))
        case Term(_, values) | KeyIn(_, values):
            return _LEAF + len(values) // _VALUES
    return _WORDS if isinstance(where, Worded) else _LEAF


def rows(count: int) -> int:
    """The price of the rows of a page."""
    return count // _ROWS


def versions(count: int) -> int:
    """The price of the versions of a page of history."""
    return count // _VERSIONS
