"""What this service offers, for machines (PS3.18 8.9 and annex H): WADL, made from the table of routes."""

import re
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from flask import Response, current_app, request

from app.http.dicomweb.accepting import wanted_of
from app.http.dicomweb.route_table import ROUTES, ImagingRoute
from app.http.dicomweb.transactions import TRANSACTIONS, name_of, parameters_of
from app.http.kit.negotiation import MediaType
from app.site import Sites
from graph.errors import NotAcceptable

NAMESPACE = "http://wadl.dev.java.net/2009/02"
WADL = MediaType("application", "vnd.sun.wadl+xml")
_JSON = MediaType("application", "json")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def capabilities(sites: Sites) -> Response:
    """200 with the description of the whole service, as WADL or the same as JSON."""
    wanted = wanted_of((WADL, _JSON))
    base = sites.own.address("default")
    body = _as_json(base) if wanted == _JSON else _as_xml(base)
    answer = Response(body, content_type=str(wanted))
    answer.headers["Allow"] = "OPTIONS"
    return answer


def capabilities_of_route(sites: Sites) -> Response:
    """200 with the methods of a route, and the description of the service with it where that is wanted.

    A browser asks for the methods alone before a request of a page from elsewhere.
    """
    methods = current_app.make_default_options_response()
    if "Access-Control-Request-Method" in request.headers:
        return methods
    try:
        answer = capabilities(sites)
    except NotAcceptable:
        return methods
    answer.headers["Allow"] = methods.headers["Allow"]
    return answer


@lru_cache(maxsize=4)
def _as_xml(base: str) -> bytes:
    written: bytes = tostring(_tree(base), encoding="utf-8", xml_declaration=True)
    return written


@lru_cache(maxsize=4)
def _as_json(base: str) -> bytes:
    return orjson.dumps({"application": _plain(_tree(base))})


def _plain(element: Element) -> dict[str, Any]:
    """An element as an object: its attributes, and a list of each kind of elements in it."""
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        found.setdefault(child.tag, []).append(_plain(child))
    return found


def _tree(base: str) -> Element:
    application = Element("application", xmlns=NAMESPACE)
    resources = SubElement(application, "resources", base=base)
    known: dict[tuple[str, ...], Element] = {(): resources}
    for route in sorted(ROUTES, key=lambda each: (each.path, each.method)):
        segments = tuple(route.path.strip("/").split("/"))
        for depth in range(1, len(segments) + 1):
            place = segments[:depth]
            if place not in known:
                path = _PARAMETER.sub(r"{\1}", place[-1])
                known[place] = SubElement(known[place[:-1]], "resource", path=path)
        _add_method(known[segments], route)
    return application


def _add_method(resource: Element, route: ImagingRoute) -> None:
    method = SubElement(resource, "method", name=route.method, id=name_of(route))
    if route.method != "GET":
        return
    answers = TRANSACTIONS[route.view].media_types
    request = SubElement(method, "request")
    accept = SubElement(request, "param", name="Accept", style="header", default=answers[0])
    for each in answers:
        SubElement(accept, "option", value=each)
    character_sets = SubElement(request, "param", name="Accept-Charset", style="header", default="UTF-8")
    SubElement(character_sets, "option", value="UTF-8")
    for parameter in parameters_of(route):
        param = SubElement(request, "param", name=parameter.name, style="query")
        if parameter.required:
            param.set("required", "true")
    response = SubElement(method, "response", status="200")
    for each in answers:
        SubElement(response, "representation", mediaType=each)
