"""What a narrative's XHTML may hold (FHIR R4 narrative.html#xhtml, rules txt-1 and txt-2).

Text that a browser will show: what could run or load something is refused here, at the door.
"""

import re
from xml.parsers import expat

ELEMENTS = frozenset(
    # HTML 4 chapters 7 to 11 and 15, links and images
    [
        *(
            "a",
            "abbr",
            "acronym",
            "address",
            "area",
            "b",
            "bdo",
            "big",
            "blockquote",
            "br",
            "caption",
            "center",
        ),
        *("cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2"),
        *("h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "map", "ol", "p", "pre", "q", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "tt", "u", "ul", "var"),
    ]
)
_XHTML = "http://www.w3.org/1999/xhtml"
_ADDRESSES = ("href", "src", "cite", "longdesc", "background", "usemap")
_NOISE = re.compile(r"[\x00-\x20]+")
_UNSAFE = ("javascript:", "vbscript:", "data:text", "data:application", "data:image/svg")


class Unsafe(Exception):
    """The markup is not what a narrative may be; the text says why."""


def check(markup: str) -> str | None:
    """What is wrong with the text of a `div`, or None."""
    reader = _Reader()
    try:
        reader.read(markup)
    except expat.ExpatError:
        return "the narrative is not well-formed XHTML"
    except Unsafe as error:
        return str(error)
    return None if reader.shows_something else "the narrative is empty"


class _Reader:
    """Looks at one narrative, element by element."""

    def __init__(self) -> None:
        self.shows_something = False
        self._root: str | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._declaration
        self._parser.ProcessingInstructionHandler = self._declaration

    def read(self, markup: str) -> None:
        self._parser.Parse(markup.encode("utf-8", "surrogatepass"), True)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if self._root is None:
            self._root = name
            if name != "div" or attributes.get("xmlns") != _XHTML:
                raise Unsafe("the narrative is not a div in the XHTML namespace")
        if name not in ELEMENTS:
            raise Unsafe("the narrative holds an element that is not allowed there")
        self.shows_something = self.shows_something or name == "img"
        for attribute, value in attributes.items():
            _check_attribute(attribute.lower(), value)

    def _characters(self, text: str) -> None:
        self.shows_something = self.shows_something or not text.isspace()

    def _declaration(self, *_: object) -> None:
        raise Unsafe("the narrative holds a declaration or an instruction")


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        raise Unsafe("the narrative holds an event attribute")
    if name in _ADDRESSES and _NOISE.sub("", value).lower().startswith(_UNSAFE):
        raise Unsafe("the narrative links to something that would run")
