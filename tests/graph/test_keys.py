"""The keys of the graph: what is written into one is read out of it again."""

from __future__ import annotations

from graph.keys import key_of_reference, resource_key, resource_of


def test_the_key_of_a_reference_is_the_key_of_its_type_and_id() -> None:
    assert key_of_reference("here", "Patient/a-1") == resource_key("here", "Patient", "a-1")


def test_a_key_and_its_reference_lead_to_each_other() -> None:
    assert resource_of(key_of_reference("here", "ImagingStudy/b.2")) == "ImagingStudy/b.2"
