"""For which order a study was made: the ServiceRequest of its patient that carries the accession number."""

from graph.commit import View
from graph.keys import resource_of
from graph.query.expression import Field, Kind
from graph.query.rows import code_key
from graph.records import Facts
from graph.resources.states import ORDERS

_IDENTIFIER = Field("ServiceRequest", "identifier", Kind.TERM)


def order_term(tenant: str, facts: Facts) -> str | None:
    """The key of the Term of a study's accession number as an order carries it; None where it has none."""
    accession = facts.get("AccessionNumber")
    return code_key(tenant, _IDENTIFIER, str(accession)) if accession else None


def order_of(view: View, facts: Facts, patient: str) -> str | None:
    """The one order of a patient (their key) with the accession number, as `ServiceRequest/id`.

    None where there is none, and where there are several: which one it is, is not told then.
    """
    term = order_term(view.tenant, facts)
    orders = [each.key for each in view.get(ORDERS, term) if patient in each.patients] if term else []
    return resource_of(orders[0]) if len(orders) == 1 else None
