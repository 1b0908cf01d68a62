"""What this service offers, for machines (PS3.18 8.9 and annex H): WADL, made from the routes themselves."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from flask import Response, current_app
from werkzeug.routing import Rule

from app.http.dicomweb.accepting import wanted_of
from app.http.kit.negotiation import MediaType
from app.site import Sites
from graph.query.attributes import ATTRIBUTES

NAMESPACE = "http://wadl.dev.java.net/2009/02"
WADL = MediaType("application", "vnd.sun.wadl+xml")
_JSON = MediaType("application", "json")
_AUTOMATIC = frozenset({"HEAD", "OPTIONS"})
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_LEVELS = {"<study>": "Study", "<series>": "Series", "<instance>": "Instance"}
_WORDS = {"<path:path>": "value", "<numbers>": ""}
_STORING = {"POST": "Store", "PUT": "Replace"}
_VERBS = {"GET": "Retrieve", "POST": "Order", "PUT": "Replace"}
_COLLECTIONS = frozenset({"studies", "series", "instances"})
_DICOM = 'multipart/related; type="application/dicom"'
_OCTETS = 'multipart/related; type="application/octet-stream"'
_JSON_DATA = ("application/dicom+json", "application/json")
_ANSWERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_COLLECTIONS, _JSON_DATA),
    **dict.fromkeys(_LEVELS, (_DICOM, "application/dicom", "application/zip", _OCTETS)),
    "metadata": (*_JSON_DATA, 'multipart/related; type="application/dicom+xml"'),
    "bulkdata": (_OCTETS,),
    "pixeldata": (_OCTETS,),
    "<path:path>": (_OCTETS, "application/octet-stream"),
    "<numbers>": (_OCTETS, "application/octet-stream"),
}
"""The media types of an answer to GET, by the last segment of its route."""

_SEARCH = ("limit", "offset", "fuzzymatching", "includefield")
_NEGOTIATED = ("accept", "charset")


class _Offer(NamedTuple):
    """A method of a route."""

    method: str
    segments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The transaction in one word, much as table H-1 has it: RetrieveStudyMetadata."""
        place = max((at for at, each in enumerate(self.segments) if each in _LEVELS), default=-1)
        level = _LEVELS[self.segments[place]] if place >= 0 else ""
        rest = [_WORDS.get(each, each).title() for each in self.segments[place + 1 :]]
        if self.method in _STORING and rest in (["Studies"], []):
            return f"{_STORING[self.method]}{level}Instances"
        if self.segments[-1] in _COLLECTIONS and self.method == "GET":
            return f"SearchFor{level}{rest[-1]}"
        return "".join((_VERBS.get(self.method, self.method.title()), level, *rest))


def capabilities(sites: Sites) -> Response:
    """200 with the description of the whole service, as WADL or the same as JSON."""
    wanted = wanted_of((WADL, _JSON))
    base = sites.own.address("default")
    offers = tuple(sorted(_offers(current_app.url_map.iter_rules())))
    body = _as_json(offers, base) if wanted == _JSON else _as_xml(offers, base)
    answer = Response(body, content_type=str(wanted))
    answer.headers["Allow"] = "OPTIONS"
    return answer


def _offers(rules: Iterable[Rule]) -> Iterable[_Offer]:
    for rule in rules:
        if rule.endpoint.startswith("dicomweb."):
            segments = tuple(rule.rule.strip("/").split("/")[1:])
            yield from (_Offer(each, segments) for each in (rule.methods or set()) - _AUTOMATIC if segments)


@lru_cache(maxsize=4)
def _as_xml(offers: tuple[_Offer, ...], base: str) -> bytes:
    written: bytes = tostring(_tree(offers, base), encoding="utf-8", xml_declaration=True)
    return written


@lru_cache(maxsize=4)
def _as_json(offers: tuple[_Offer, ...], base: str) -> bytes:
    return orjson.dumps({"application": _plain(_tree(offers, base))})


def _plain(element: Element) -> dict[str, Any]:
    """An element as an object: its attributes, and a list of each kind of elements in it."""
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        found.setdefault(child.tag, []).append(_plain(child))
    return found


def _tree(offers: Sequence[_Offer], base: str) -> Element:
    application = Element("application", xmlns=NAMESPACE)
    resources = SubElement(application, "resources", base=base)
    known: dict[tuple[str, ...], Element] = {(): resources}
    for offer in offers:
        for depth in range(1, len(offer.segments) + 1):
            place = offer.segments[:depth]
            if place not in known:
                path = _PARAMETER.sub(r"{\1}", place[-1])
                known[place] = SubElement(known[place[:-1]], "resource", path=path)
        _add_method(known[offer.segments], offer)
    return application


def _add_method(resource: Element, offer: _Offer) -> None:
    method = SubElement(resource, "method", name=offer.method, id=offer.name)
    if offer.method != "GET":
        return
    answers = _ANSWERS.get(offer.segments[-1], ())
    request = SubElement(method, "request")
    if answers:
        accept = SubElement(request, "param", name="Accept", style="header", default=answers[0])
        for each in answers:
            SubElement(accept, "option", value=each)
    character_sets = SubElement(request, "param", name="Accept-Charset", style="header", default="UTF-8")
    SubElement(character_sets, "option", value="UTF-8")
    for name in _parameters(offer):
        SubElement(request, "param", name=name, style="query")
    response = SubElement(method, "response", status="200")
    for each in answers:
        SubElement(response, "representation", mediaType=each)


def _parameters(offer: _Offer) -> tuple[str, ...]:
    if offer.segments[-1] not in _COLLECTIONS:
        return _NEGOTIATED
    keys = (each.keyword for each in ATTRIBUTES if each.searched)
    return (*_NEGOTIATED, *_SEARCH, *dict.fromkeys(keys))
