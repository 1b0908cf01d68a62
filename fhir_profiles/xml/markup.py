"""The XHTML of a narrative inside of a resource's XML, as a text of its own (FHIR R4 narrative.html)."""

from xml.sax.saxutils import escape, quoteattr

from fhir_profiles.xml.vocabulary import XHTML

_BARE = b"<div"
_ITSELF = f'"{XHTML}"'.encode()


class Markup:
    """Collects a narrative: as it is written where it stands by itself, else written anew.

    One that leans on the document around it, for its namespace or a prefix, is the same text no longer once
    it is alone.
    """

    def __init__(self, raw: bytes, start: int) -> None:
        self._raw = raw
        self._start = start
        tag = raw[start : raw.index(b">", start)]
        alone = tag.startswith(_BARE) and b"xmlns=" in tag and _ITSELF in tag.replace(b"'", b'"')
        self._anew: list[str] | None = None if alone else []
        self.depth = 0

    def start(self, space: str, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self.depth += 1
        if self._anew is not None:
            named = {key.rpartition(" ")[2]: value for key, value in given.items()}
            own = {"xmlns": space, **named} if self.depth == 1 else named
            self._anew.append(f"<{name}{''.join(f' {key}={quoteattr(own[key])}' for key in own)}>")

    def characters(self, text: str) -> None:
        """Take a text."""
        if self._anew is not None:
            self._anew.append(escape(text))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        if self._anew is not None:
            self._anew.append(f"</{name}>")

    def text(self, end: int) -> str:
        """The whole; `end` is where its last tag begins."""
        if self._anew is not None:
            return "".join(self._anew)
        return self._raw[self._start : self._raw.index(b">", end) + 1].decode()
