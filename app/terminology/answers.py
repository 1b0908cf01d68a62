"""What is asked of codes, what is answered, and how the failures of terminology are told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fhir_profiles.terminology.codes import CodeEntry, TooCostly, UnknownSource, UnreadableFilter
from fhir_profiles.terminology.languages import name_of
from graph.errors import Invalid, NotFound, TooLarge

_MOST_CODINGS = 50


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A code that is asked about; a system "" was not named. `place` is its FHIRPath in what was sent."""

    system: str
    code: str
    version: str | None = None
    display: str | None = None
    place: str = "code"


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """Whether a code may stand where it is asked for; `message` says why not, `display` what it is called."""

    result: bool
    message: str | None = None
    display: str | None = None
    code: AskedCode | None = None


def coding_of(value: Any, place: str) -> AskedCode:
    """Read a Coding; raise `Invalid` for what is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("code"), str):
        raise Invalid("a coding has a code", location=place)
    named = {name: value.get(name) for name in ("system", "version", "display")}
    if any(each is not None and not isinstance(each, str) for each in named.values()):
        raise Invalid("system, version and display of a coding are texts", location=place)
    return AskedCode(named["system"] or "", value["code"], named["version"], named["display"], place)


def codings_of(value: Any, place: str) -> tuple[AskedCode, ...]:
    """Read the codings of a CodeableConcept; raise `Invalid` for what is none, or has none."""
    listed = value.get("coding") if isinstance(value, Mapping) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= _MOST_CODINGS:
        raise Invalid(f"a codeableConcept has 1 to {_MOST_CODINGS} codings here", location=place)
    return tuple(coding_of(each, f"{place}.coding[{index}]") for index, each in enumerate(listed))


def misnamed(asked: AskedCode, entry: CodeEntry) -> str | None:
    """Say what is wrong with the display of a code; None where it is one of its names, or none was given."""
    names = (entry.display, *(each.value for each in entry.designations))
    known = {" ".join(each.split()).casefold() for each in names if each}
    if asked.display is None or not known or " ".join(asked.display.split()).casefold() in known:
        return None
    return f"the display of {asked.code} is not one of its names: it is called {name_of(entry)!r}"


def coding_json(entry: CodeEntry, display: str | None) -> dict[str, Any]:
    """A Coding of a code under a name."""
    named = {"system": entry.system, "version": entry.version, "code": entry.code, "display": display}
    return {name: value for name, value in named.items() if value}


def unknown(kind: str, canonical: str, missing: str | None = None) -> NotFound:
    """The failure of a request for a definition that is not known here, or for a code beyond its part."""
    if missing is not None:
        text = f"only a part of the {kind} {canonical} is here, without {missing}: load the whole of it"
    else:
        text = f"the {kind} {canonical} is not known here: store it, or load its package"
    return NotFound(text, code="not-found")


@contextmanager
def told() -> Iterator[None]:
    """Let what terminology cannot answer be told as a failure of the request.

    Raises `NotFound`, `Invalid`, `TooLarge`.
    """
    try:
        yield
    except UnknownSource as error:
        raise unknown(error.kind, error.url, error.code) from None
    except UnreadableFilter as error:
        raise Invalid(str(error), location="ValueSet.compose.include.filter", code="not-supported") from None
    except TooCostly as error:
        raise TooLarge(str(error), code="too-costly") from None
