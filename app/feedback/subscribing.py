"""A reader's subscription: where they are told that something came, kept as a FHIR Subscription of their own.

What is sent says how much waits and where, and nothing of whom it is about (FHIR R4
subscription.html#safety). It is signed with a secret that is made of the gateway's key, the reader and the
address, so none is stored.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import orjson
from marshmallow import fields, validate

from app.feedback.inbox import PERMISSION
from app.feedback.packets import CODE, FEEDBACK, KeptResource, kept_by
from app.outgoing import Reach, is_public, origin_of
from app.records import Records
from app.records.search import RecordSearch, TypeSearch
from app.security.forms import Plain, read_form
from app.security.scopes import on_behalf
from fhir_profiles.security_labels import KEPT_FOR
from graph.errors import Invalid, NotFound, Unprocessable
from graph.keys import resource_of
from graph.records import ResourceVersion
from graph.scope import AccessScope

_SUBSCRIPTION = "Subscription"
_LONGEST = 2_000


class SubscriptionFormSchema(Plain):
    """Where a reader wants to be told."""

    endpoint = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=_LONGEST), validate.Regexp(r"https?://[!-~]+\Z")],
        metadata={"description": "An address that takes a POST."},
    )


_FORM = SubscriptionFormSchema()


@dataclass(frozen=True, slots=True)
class FeedbackSubscription:
    """Where a reader is told; `secret` is what each message is signed with."""

    subscription_id: str
    reader: str
    endpoint: str
    secret: str


class FeedbackSubscriptions:
    """Keeps the subscriptions of readers, one of each; `reach` is where they may lead."""

    def __init__(self, records: Records, search: RecordSearch, key: bytes, reach: Reach) -> None:
        self._records = records
        self._search = search
        self._key = key
        self._reach = reach

    @property
    def reach(self) -> Reach:
        """Where messages may be sent."""
        return self._reach

    def own(self, scope: AccessScope) -> FeedbackSubscription:
        """The subscription of the caller.

        Raises `NotFound` where they have none, and `Unprocessable` for who is nobody in the record.
        """
        scope.require(PERMISSION)
        found = self.of(on_behalf(scope, scope.subject), _reader(scope))
        if found is None:
            raise NotFound("you have no subscription")
        return found

    def of(self, scope: AccessScope, reader: str) -> FeedbackSubscription | None:
        """The subscription of a reader, as `Practitioner/<id>`; None where they have none."""
        version = self._version(scope, reader)
        if version is None:
            return None
        endpoint = str(orjson.loads(version.body)["channel"]["endpoint"])
        return FeedbackSubscription(version.resource_id, reader, endpoint, self._secret(reader, endpoint))

    def put(self, scope: AccessScope, raw: Mapping[str, Any]) -> FeedbackSubscription:
        """Tell the caller there from now on, and nowhere else.

        Raises `Invalid` for a form that is wrong and for an address that messages may not be sent to, and
        `Unprocessable` for who is nobody in the record.
        """
        scope.require(PERMISSION)
        endpoint, reader = read_form(_FORM, raw)["endpoint"], _reader(scope)
        if not self._reach.allows(endpoint) or _is_inside(endpoint, self._reach):
            raise Invalid(
                "the address is no https address of the public network, and no origin that is allowed",
                location="$.endpoint",
            )
        gateway = on_behalf(scope, scope.subject)
        known = self._version(gateway, reader)
        document = _document(reader, endpoint, known.resource_id if known else "")
        text = orjson.dumps(document)
        if known:
            written = self._records.update(gateway, _SUBSCRIPTION, known.resource_id, text)
        else:
            written = self._records.create(gateway, _SUBSCRIPTION, text)
        name = written.version.resource_id
        return FeedbackSubscription(name, reader, endpoint, self._secret(reader, endpoint))

    def end(self, scope: AccessScope) -> None:
        """Tell the caller nowhere any more; what is ended already stays so.

        Raises `Unprocessable` for who is nobody in the record.
        """
        scope.require(PERMISSION)
        gateway = on_behalf(scope, scope.subject)
        known = self._version(gateway, _reader(scope))
        if known:
            self._records.delete(gateway, _SUBSCRIPTION, known.resource_id)

    def _version(self, scope: AccessScope, reader: str) -> ResourceVersion | None:
        asked = (("_security", f"{KEPT_FOR}|{reader}"),)
        where = self._search.understood(scope, _SUBSCRIPTION, asked).where
        wanted = TypeSearch(resource_type=_SUBSCRIPTION, where=where, count=1)
        return next(iter(self._search.page(scope, wanted, None).matches), None)

    def _secret(self, reader: str, endpoint: str) -> str:
        return hmac.new(self._key, f"{reader}\0{endpoint}".encode(), sha256).hexdigest()


def signature(secret: str, moment: str, body: bytes) -> str:
    """What a message is signed with: HMAC-SHA256 of its moment, a dot and its body, in hexadecimal."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, sha256).hexdigest()


def _is_inside(endpoint: str, reach: Reach) -> bool:
    """Whether an address names a number that is not of the public network; names are judged later."""
    host = urlsplit(endpoint).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" and origin_of(endpoint) not in reach.origins
    return not is_public(host) and origin_of(endpoint) not in reach.origins


def _reader(scope: AccessScope) -> str:
    found = sorted(map(resource_of, scope.readers or ()))
    if not found:
        raise Unprocessable("your account is bound to no person of the record", code="business-rule")
    return found[0]


def _document(reader: str, endpoint: str, resource_id: str) -> KeptResource:
    """The Subscription (FHIR R4 subscription.html): without a payload, so that nothing is told but that."""
    return {
        "resourceType": _SUBSCRIPTION,
        **({"id": resource_id} if resource_id else {}),
        "meta": kept_by(reader),
        "status": "active",
        "reason": "to be told how own reads turned out",
        "criteria": f"Task?code={FEEDBACK}|{CODE}&owner={reader}",
        "channel": {"type": "rest-hook", "endpoint": endpoint},
    }
