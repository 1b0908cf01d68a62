"""What orders, studies and reports are of: kinds of pictures and regions of the body."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.records.glance.modalities import modalities_in, modalities_of
from app.records.glance.regions import regions_in, regions_of
from app.records.glance.sides import sides_in, sides_of
from app.records.glance.words import Resource, all_words, each_in


@dataclass(frozen=True, slots=True)
class Pictured:
    """What pictures are of: kinds of pictures, regions of the body, the words that say so, and sides of it.

    `sides` is empty where none is named.
    """

    modalities: frozenset[str]
    regions: frozenset[str]
    words: str
    sides: frozenset[str] = frozenset()


def pictured(resource: Resource) -> Pictured:
    """What an order, a study or a report is of, by its codes and else by its words."""
    words = " ".join(filter(None, _words(resource)))
    series = list(each_in(resource.get("series")))
    modalities = modalities_of(resource.get("modality")) | modalities_of(
        [each["modality"] for each in series if "modality" in each]
    )
    regions = regions_of(resource.get("bodySite")) | regions_of(
        [each["bodySite"] for each in series if "bodySite" in each]
    )
    sides = sides_of([each["laterality"] for each in series if "laterality" in each]) or sides_of(
        resource.get("bodySite")
    )
    return Pictured(
        modalities or modalities_in(words), regions or regions_in(words), words, sides or sides_in(words)
    )


def _words(resource: Resource) -> Iterator[str]:
    for name in ("code", "procedureCode", "orderDetail", "category", "bodySite", "type"):
        yield all_words(resource.get(name))
    for holder in (resource, *each_in(resource.get("series"))):
        if isinstance(holder.get("description"), str):
            yield holder["description"]
