"""The audit entry of the request in hand: a commit writes it with what the request changes, or neither.

Kept beside the request (a context variable) rather than handed through every store: no use case knows of it,
and none can forget it.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

WITNESS: ContextVar[Mapping[str, Any] | None] = ContextVar("hilum_witness", default=None)
"""`{key, properties}` of the entry, or None outside a request that changes something."""
