"""A ticket says who signed in to the page that follows, and to no other."""

import pytest

from app.security.authorization.signing_in import TICKET_SECONDS, SignedIn, Tickets

KIM = SignedIn("kim", 100, "Practitioner/7")
TICKETS = Tickets(b"k" * 32)


def test_a_ticket_is_read_by_the_request_that_it_was_made_for() -> None:
    assert TICKETS.read(TICKETS.issue(KIM, "a=b", 100), "a=b", 100) == KIM


def test_a_ticket_is_worth_nothing_elsewhere_later_or_under_another_key() -> None:
    ticket = TICKETS.issue(KIM, "a=b", 100)

    assert TICKETS.read(ticket, "a=c", 100) is None
    assert TICKETS.read(ticket, "a=b", 101 + TICKET_SECONDS) is None
    assert Tickets(b"o" * 32).read(ticket, "a=b", 100) is None
    assert "kim" not in ticket


@pytest.mark.parametrize("text", ["", "x", "é", "AAAA" * 8, "A" * 5_000, "=" * 40, "%"])
def test_what_is_no_ticket_says_nobody(text: str) -> None:
    assert TICKETS.read(text, "a=b", 100) is None


def test_only_a_patient_is_the_patient() -> None:
    assert SignedIn("lee", 1, "Patient/3").patient == "3"
    assert KIM.patient is None
    assert SignedIn("lee", 1).patient is None
