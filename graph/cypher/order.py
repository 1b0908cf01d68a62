"""Order and paging: the values that rows are sorted by, and the condition that a row lies beyond a place.

Ascending sorts by the lowest value of a row, descending by the highest (an interval by where it begins, a
code as its key is written); rows without a value come last either way, and ties in order of creation. The
keyset of a row is its sort values and its creation number.
"""

from dataclasses import dataclass

from graph.cypher.access import seen
from graph.cypher.leaves import may_be_list, property_name, value_field
from graph.cypher.links import ends, step
from graph.cypher.writing import BoundRow, Writing
from graph.errors import Invalid
from graph.query.expression import Field, Layout, Page, Sort
from graph.query.limits import keyset_length
from graph.query.rows import VALUE_NODES

FIRST, LAST = -1, 2**62  # before and after every creation number


@dataclass(frozen=True, slots=True)
class SortKey:
    """One value that rows are ordered by."""

    name: str
    descending: bool
    sort: Sort


@dataclass(frozen=True, slots=True)
class OrderedRows:
    """The rows of a page: clauses that bind `r` and `serial`, what they are sorted by, and the ORDER BY."""

    clauses: str
    sort: str
    order: str


def columns(page: Page) -> list[SortKey]:
    """The values that order a page, before the creation number."""
    fields = page.sort[: keyset_length(page.sort) - 1]
    return [SortKey(f"s{index}", sort.descending, sort) for index, sort in enumerate(fields)]


def in_creation_order(page: Page) -> bool:
    """Whether the creation number alone orders a page."""
    return keyset_length(page.sort) == 1


def newest_first(page: Page) -> bool:
    """Whether rows that are otherwise alike come in descending order of creation."""
    return any(sort.field is None and sort.descending for sort in page.sort[: keyset_length(page.sort)])


def place(writing: Writing, page: Page) -> str:
    """Return the comparison of a serial with the place where a page in creation order begins.

    Raises `Invalid` for a place that is no serial.
    """
    down = newest_first(page)
    after = page.after[-1] if page.after is not None else (LAST if down else FIRST)
    return f"{'<' if down else '>'} {writing.value(_integer(after))}"


def sort_values(writing: Writing, row: BoundRow, found: list[SortKey]) -> str:
    """Clauses that compute the columns of a bound row."""
    computed = [_computed(writing, row, column) for column in found]
    names = ", ".join([row.variable, f"{row.variable}.serial AS serial", *(column.name for column in found)])
    return "\n".join([*computed, f"WITH {names}"])


def order_by(page: Page) -> str:
    """The ORDER BY of a page."""
    keys = [part for column in columns(page) for part in _ordered(column)]
    return "ORDER BY " + ", ".join([*keys, f"serial{_direction(newest_first(page))}"])


def index_order(page: Page) -> str:
    """The ORDER BY of rows off an index: its first property, `within`, is constant but must be named."""
    keys = [("within", _first(page)), *((column.name, column.descending) for column in columns(page))]
    down = newest_first(page)
    return "ORDER BY " + ", ".join(f"{name}{_direction(each)}" for name, each in [*keys, ("serial", down)])


def creation_order(page: Page) -> str:
    """The ORDER BY of rows that are alike, off the index of their creation, which begins with `within`."""
    direction = _direction(newest_first(page))
    return f"ORDER BY within{direction}, serial{direction}"


def _first(page: Page) -> bool:
    """Whether the index is read backwards."""
    return page.sort[0].descending if page.sort else False


def beyond(writing: Writing, page: Page) -> str | None:
    """The condition that a row comes after the place that the page begins at; None at the start.

    Raises `Invalid` for a place of another order.
    """
    if page.after is None:
        return None
    down = newest_first(page)
    serial = f"serial {'<' if down else '>'} {writing.value(_integer(page.after[-1]))}"
    for column, value in reversed(list(zip(columns(page), page.after[:-1], strict=True))):
        serial = _beyond(writing, column, value, serial)
    return serial


def window(writing: Writing, page: Page) -> str:
    """SKIP and LIMIT of a page."""
    skip = f"SKIP {writing.value(page.offset)} " if page.offset else ""
    return f"{skip}LIMIT {writing.value(page.limit)}"


def extreme(column: SortKey) -> str:
    """The function that picks, of a row's values, the one it is sorted by."""
    return "max" if column.descending else "min"


def _computed(writing: Writing, row: BoundRow, column: SortKey) -> str:
    field = _field(column)
    way, end = _reached(writing, row, column)
    if field.layout is Layout.ROWS:
        belongs = value_field(writing, "v", field)
        values = f"{way}MATCH ({end.variable})<-[:OF]-(v) WHERE {belongs}"
        value = f"v.{VALUE_NODES[field.kind].compared}"
    else:
        source = f"{end.variable}.{property_name(field)}"
        values = f"{way}UNWIND {f'[] + {source}' if may_be_list(field) else f'[{source}]'} AS v"
        value = "v"
    return f"CALL ({row.variable}) {{ {values} RETURN {extreme(column)}({value}) AS {column.name} }}"


def _reached(writing: Writing, row: BoundRow, column: SortKey) -> tuple[str, BoundRow]:
    """The clauses that lead to the rows whose values order, all the caller's to see, and the last of them."""
    text = ""
    for link in column.sort.along:
        end = writing.row(*ends(link))
        way = step(writing, row, link, end)
        text += f"{way.match} WHERE {' AND '.join([*way.conditions, seen(writing, end)])} "
        row = end
    return text, row


def _ordered(column: SortKey) -> list[str]:
    return [f"{column.name} IS NULL", f"{column.name}{_direction(column.descending)}"]


def _beyond(writing: Writing, column: SortKey, value: object, tie: str) -> str:
    name = column.name
    if value is None:
        return f"({name} IS NULL AND {tie})"
    mark = writing.value(value)
    further = f"{name} {'<' if column.descending else '>'} {mark}"
    return f"({further} OR {name} IS NULL OR ({name} = {mark} AND {tie}))"


def _field(column: SortKey) -> Field:
    if column.sort.field is None:
        raise Invalid("the creation order has no column")
    return column.sort.field


def _direction(descending: bool) -> str:
    return " DESC" if descending else ""


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise Invalid("the page mark does not fit the order")
    return value
