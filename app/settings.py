"""Kinds of settings: how the text of an environment variable becomes a value, and what is refused.

A reader raises `ValueError` with what it expects, worded to follow "HILUM_PORT must be".
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import Field, dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
_UNITS = {"": 1, "K": KIB, "M": MIB, "G": GIB}
_LOOPBACK_NAMES = ("localhost", "ip6-localhost")


class ConfigError(ValueError):
    """A setting that the gateway will not start with; the message names it."""


Reader: TypeAlias = Callable[[str], Any]


def text(raw: str) -> str:
    """Any text."""
    return raw


def folder(raw: str) -> Path:
    """A folder, made absolute."""
    return Path(raw).expanduser().absolute()


def name(raw: str) -> str:
    """Read a short plain name.

    Raises `ValueError` with what is expected.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", raw):
        raise ValueError("a name of up to 64 letters, digits, dots, dashes and underscores")
    return raw


def flag(raw: str) -> bool:
    """Read yes or no.

    Raises `ValueError` with what is expected.
    """
    if raw.lower() not in _FLAGS:
        raise ValueError("yes or no")
    return _FLAGS[raw.lower()]


_FLAGS = {
    "yes": True,
    "true": True,
    "1": True,
    "on": True,
    "no": False,
    "false": False,
    "0": False,
    "off": False,
}


def names(raw: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(each.strip() for each in raw.split(",") if each.strip())


def networks(raw: str) -> tuple[str, ...]:
    """Read addresses and networks with commas between them.

    Raises `ValueError` with what is expected.
    """
    try:
        return tuple(str(ip_network(each)) for each in names(raw))
    except ValueError:
        raise ValueError("IP addresses or networks, such as 10.0.0.5 or 10.1.0.0/16") from None


def web_address(raw: str) -> str:
    """Read an http or https address, without a slash at the end.

    Raises `ValueError` with what is expected.
    """
    found = urlsplit(raw)
    if found.scheme not in ("http", "https") or not found.hostname or found.query or found.fragment:
        raise ValueError("an http or https address without a query")
    return raw.rstrip("/")


def private_address(raw: str) -> str:
    """Read a web address that nobody between can answer for: https, or http on this machine.

    Raises `ValueError` with what is expected.
    """
    found = urlsplit(web_address(raw))
    if found.scheme == "http" and not is_loopback(found.hostname or ""):
        raise ValueError("https, or http on this machine: its keys decide who signs tokens")
    return raw.rstrip("/")


def secret_address(raw: str) -> str:
    """Read a web address that a secret may be sent to: https, or http on this machine.

    Raises `ValueError` with what is expected.
    """
    found = urlsplit(web_address(raw))
    if found.scheme == "http" and not is_loopback(found.hostname or ""):
        raise ValueError("https, or http on this machine: a key and questions are sent there")
    if "@" in found.netloc:
        raise ValueError("an address without a user: its key stands in a file")
    return raw.rstrip("/")


ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
"""Signature algorithms by public keys (RFC 7518 3.1), of which providers use some."""


def algorithms(raw: str) -> tuple[str, ...]:
    """Read names of `ALGORITHMS` with commas between them.

    Raises `ValueError` with what is expected.
    """
    if not ALGORITHMS.issuperset(names(raw)):
        raise ValueError("public-key algorithms that are listed in docs/configuration.md")
    return names(raw)


def origins(raw: str) -> tuple[str, ...]:
    """Read web origins (RFC 6454 6.1) with commas between them: scheme, host and port, and nothing else.

    Raises `ValueError` with what is expected.
    """
    found = tuple(each.lower() for each in names(raw))
    if not all(_ORIGIN.fullmatch(each) for each in found):
        raise ValueError("origins, such as https://viewer.example or http://localhost:3000")
    return found


_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


RATES = ("reads=1000", "writes=500", "heavy=60", "open=1000")
"""Requests a second of one caller, by class of route (`app/http/kit/rates.py`)."""


def rates(raw: str) -> tuple[str, ...]:
    """Read limits with commas between them; a class that is not named keeps its own.

    Raises `ValueError` with what is expected.
    """
    usual = dict(each.split("=") for each in RATES)
    named = dict(each.partition("=")[::2] for each in names(raw))
    if not (named.keys() <= usual.keys() and all(map(_LIMIT.fullmatch, named.values()))):
        raise ValueError(f"limits such as {','.join(RATES)}, each from 1 to 99999 a second")
    return tuple(f"{name}={limit}" for name, limit in (usual | named).items())


_LIMIT = re.compile(r"[1-9]\d{0,4}")


def unknown_names(environ: Iterable[str], known: Collection[str]) -> list[str]:
    """What is said of variables that look like settings and are none, with the nearest that is one."""
    strays = (each for each in sorted(environ) if each.startswith("HILUM_"))
    return [_unknown(each, known) for each in strays if each not in known and each not in _OF_THE_TESTS]


_OF_THE_TESTS = frozenset({"HILUM_TEST_RUN", "HILUM_KILL_AT"})


def _unknown(variable: str, known: Collection[str]) -> str:
    near = get_close_matches(variable, known, n=1)
    return f"{variable} is not a setting" + (f"; did you mean {near[0]}?" if near else "")


def bolt_address(raw: str) -> str:
    """Read an address of a Neo4j.

    Raises `ValueError` with what is expected.
    """
    if urlsplit(raw).scheme.partition("+")[0] not in ("bolt", "neo4j"):
        raise ValueError("an address such as bolt://host:7687 or neo4j+s://host")
    return raw


def zone(raw: str) -> str:
    """Read a time zone by its IANA name.

    Raises `ValueError` with what is expected.
    """
    try:
        return ZoneInfo(raw).key
    except (ValueError, OSError, KeyError):
        raise ValueError("a time zone of the IANA database, such as Asia/Seoul") from None


def whole(low: int, high: int) -> Reader:
    """Reader of a whole number within limits."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"\d{1,18}", raw) or not low <= int(raw) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(raw)

    return read


def size(low: int, high: int) -> Reader:
    """Reader of a number of bytes within limits, `50M` for 50 MiB."""

    def read(raw: str) -> int:
        found = re.fullmatch(r"(\d{1,15})\s*([KMG]?)(?:i?B)?", raw, re.IGNORECASE)
        count = int(found[1]) * _UNITS[found[2].upper()] if found else -1
        if not low <= count <= high:
            raise ValueError(f"a size from {shown_size(low)} to {shown_size(high)}, such as 50M")
        return count

    return read


def one_of(*known: str) -> Reader:
    """Reader of one of some words."""

    def read(raw: str) -> str:
        if raw.lower() not in known:
            raise ValueError(" or ".join(known))
        return raw.lower()

    return read


def shown_size(size: int) -> str:
    """A number of bytes with the largest unit that divides it."""
    for letter in "GMK":
        if size and size % _UNITS[letter] == 0:
            return f"{size // _UNITS[letter]}{letter}"
    return str(size)


def setting(variable: str, default: Any, read: Reader, why: str, *, secret: bool = False) -> Any:
    """A field that is read from `variable`; `why` is its entry in docs/configuration.md."""
    about = MappingProxyType({"variable": variable, "read": read, "why": why, "secret": secret})
    return field(default=default, metadata=about, repr=not secret)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is that of this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in _LOOPBACK_NAMES


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """A row of docs/configuration.md."""

    variable: str
    default: str
    why: str


def entry_of(setting_field: Field[Any]) -> SettingEntry:
    """The row of a setting."""
    metadata = setting_field.metadata
    return SettingEntry(metadata["variable"], _shown_default(setting_field), metadata["why"])


def table_of(entries: Sequence[SettingEntry]) -> str:
    """The rows as a table of Markdown."""
    rows = "".join(f"| `{each.variable}` | {_code(each.default)} | {each.why} |\n" for each in entries)
    return "| setting | default | what it is for |\n|---|---|---|\n" + rows


def _shown_default(setting_field: Field[Any]) -> str:
    default: Any = setting_field.default
    if default in (None, ""):
        return ""
    if isinstance(default, bool):
        return "on loopback" if default else "no"
    if isinstance(default, tuple):
        return ",".join(default)
    is_size = isinstance(default, int) and default >= KIB and default % KIB == 0
    return shown_size(default) if is_size else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
