"""What an event tells of a workitem (PS3.4 table CC.2.4-1)."""

from typing import Any

import pytest

from graph.workitems.events import UpsEvent, attributes_of
from tests.factories.workitems import code, dataset, tag


def performer(value: str, organization: str) -> dict[str, Any]:
    return {
        "HumanPerformerCodeSequence": (code(value),),
        **({"HumanPerformerOrganization": organization} if organization else {}),
    }


@pytest.mark.parametrize(
    ("organizations", "told"),
    [(("North", "North"), ["North"]), (("North", "South"), None), (("North", ""), None), (("", ""), None)],
)
def test_all_who_are_to_do_it_are_told_and_the_organization_that_is_of_all(
    organizations: tuple[str, str], told: list[str] | None
) -> None:
    people = tuple(map(performer, ("ana", "bo"), organizations))
    found = attributes_of(UpsEvent.ASSIGNED, dataset(ScheduledHumanPerformersSequence=people))

    codes = found[tag("HumanPerformerCodeSequence")]["Value"]
    assert [each[tag("CodeValue")]["Value"] for each in codes] == [["ana"], ["bo"]]
    assert found.get(tag("HumanPerformerOrganization"), {}).get("Value") == told


def test_of_nobody_nothing_is_told() -> None:
    assert attributes_of(UpsEvent.ASSIGNED, dataset(ScheduledHumanPerformersSequence=())) == {}
