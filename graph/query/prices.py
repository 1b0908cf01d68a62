"""What a question costs, told from its form alone before it runs, in units of one look at one row.

The graph stops looking as soon as it knows, so most questions cost less than their price; but whoever asks
decides what it finds. What multiplies is what links multiply: at the other end of each there are several
rows, and each is asked what stands inside.
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
)

QUESTION = 2  # a question itself: a round trip, and the page of rows that comes of it
INCLUDE = 25  # an include, followed once
_LEAF = 1
_VALUES = 100  # codes or keys that are looked up for the price of one more look
_DENIED = 2  # a Not looks at all that there is before it holds
_LINK: Mapping[type, int] = {Along: 2, Owner: 2, Whole: 2, Against: 6, Members: 6, Inside: 4}


def price(where: Expression) -> int:
    """The price of a condition on one row."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return sum(price(each) for each in of)
        case Not(of):
            return _DENIED * price(of)
        case Related(link, inner):
            return _LINK[type(link)] * (1 + price(inner))
        case Term(_, codes):
            return _LEAF + len(codes) // _VALUES
        case KeyIn(_, keys):
            return _LEAF + len(keys) // _VALUES
    return _LEAF
