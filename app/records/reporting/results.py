"""The critical results of reports: whom they are for, who still waits for an answer, and the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from app.records.glance.words import references_in
from app.records.people.names import names_of
from app.records.read import RecordReader
from app.records.reporting.critical import (
    CODE,
    COMMUNICATION,
    TASK,
    CriticalResult,
    acknowledged,
    critical_result,
    task_document,
    task_id,
    told_id,
    withdrawn,
)
from app.records.reporting.documents import REPORT, ReportDraft
from app.records.reporting.people import ReportPeople
from app.records.reporting.states import ReportStep
from app.records.reporting.units import BesideReport, WriteBeside
from app.records.reporting.written import WrittenReport, written
from app.records.search import RecordSearch, TypeSearch, sorts_of
from app.records.write.patching import until_written
from app.records.write.receiving import Prepared, prepare, receive
from app.records.write.terms import WritingTerms
from app.records.write.writing import noted
from app.security.scopes import system_scope
from graph.errors import Forbidden, NotFound
from graph.keys import resource_key
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

IN_PLACE = "report.acknowledge"
_READ, _ROLE = "fhir.read", "PractitionerRole"
_ADDRESSEES = ("Practitioner", _ROLE, "Organization")
_MOST = 25
_NO_MORE = "The report says it no more"


class CriticalResults:
    """Critical results, each asked for by a signature.

    `clock` tells the moment in µs, `seconds` how long one may take to acknowledge one.
    """

    def __init__(
        self,
        resources: ResourceStore,
        terms: WritingTerms,
        reader: RecordReader,
        search: RecordSearch,
        *,
        clock: Callable[[], int],
        seconds: int,
    ) -> None:
        self._resources, self._terms = resources, terms
        self._clock, self._seconds = clock, seconds
        self._reader, self._search = reader, search
        self._people = ReportPeople(reader)

    def of(self, scope: AccessScope, report: WrittenReport) -> tuple[CriticalResult, ...]:
        """Those of a report that the caller may see, in the order of its signatures."""
        numbers = range(1, len(report.objects) + 1) if report.is_ours else ()
        tasks = [task_id(scope.tenant, report.report_id, number) for number in numbers]
        named = [
            (kind, name) for each in tasks for kind, name in ((TASK, each), (COMMUNICATION, told_id(each)))
        ]
        found = self._reader.named(scope, named) if named else {}
        return tuple(
            critical_result(task, found.get((COMMUNICATION, told_id(each))))
            for each in tasks
            if (task := found.get((TASK, each))) is not None
        )

    def for_caller(self, scope: AccessScope) -> tuple[CriticalResult, ...]:
        """Those that wait for the caller to acknowledge them, the oldest first."""
        return self._waiting(scope, "owner")

    def of_caller(self, scope: AccessScope) -> tuple[CriticalResult, ...]:
        """Those that the caller told of and nobody has acknowledged, the oldest first."""
        return self._waiting(scope, "requester")

    def acknowledge(self, scope: AccessScope, report_id: str) -> tuple[CriticalResult, ...]:
        """Note that the caller was told of the critical results of a report; return them as they are then.

        What was acknowledged before stays as it was. Raises `NotFound` for a report that has none or is not
        to be seen, and `Forbidden` where they are for somebody else and the caller may not stand in.
        """
        scope.require(_READ)

        def once() -> tuple[CriticalResult, ...]:
            report = written(self._reader.current(scope, REPORT, report_id))
            found = self.of(scope, report)
            if not found:
                raise NotFound("the report has no critical result")
            for each in found:
                if each.is_open:
                    self._acknowledge(scope, report_id, each)
            return self.of(scope, report)

        return until_written(once)

    def following(
        self,
        scope: AccessScope,
        step: ReportStep,
        draft: ReportDraft,
        *,
        document: Mapping[str, Any],
        orders: Sequence[str],
        now: int,
    ) -> tuple[BesideReport, ...]:
        """What a step writes beside its report: a Task for what is critical now, the end of what is no more.

        `document` is the report as it will be, `orders` are those of its study.
        """
        before, said, found = draft.before, "", list[BesideReport]()
        if before is not None and before.is_signed:
            said = before.content.critical
        critical = draft.content.critical
        gone = critical != said if step is ReportStep.CORRECT else step is ReportStep.WITHDRAW
        if before is not None and gone:
            for each in self.of(system_scope(scope.tenant), before):
                if each.is_open:
                    ended = self.prepared(scope, withdrawn(each, _NO_MORE, now))
                    found.append(BesideReport(ended, each.version_id))
        if step.signs and critical and critical != said:
            asked = task_document(
                task_id(scope.tenant, str(document["id"]), len(document["identifier"])),
                document,
                what=critical,
                owner=self._addressee(scope.tenant, orders),
                who=draft.who,
                now=now,
                seconds=self._seconds,
            )
            found.append(BesideReport(self.prepared(scope, asked)))
        return tuple(found)

    def _addressee(self, tenant: str, orders: Sequence[str]) -> dict[str, str] | None:
        """The Reference to who ordered the study; None where no order of it tells.

        Whoever reads the study may tell them, also where the order itself is not theirs to see.
        """
        system = system_scope(tenant)
        found = self._named(system, orders)
        asked = [each for document in found for each in references_in(document.get("requester"))]
        for each in asked:
            for document in self._named(system, [each]):
                if document["resourceType"] == _ROLE:
                    whose = references_in(document.get("practitioner"))
                    return self._called(system, whose[0] if whose else each)
                if document["resourceType"] in _ADDRESSEES:
                    return self._called(system, each)
        return None

    def _called(self, scope: AccessScope, reference: str) -> dict[str, str]:
        """The Reference to somebody, with what they are called."""
        found = next(iter(self._named(scope, [reference])), {})
        name = found.get("name")
        display = name if isinstance(name, str) else next(iter(names_of(found)), "")
        return {"reference": reference, **({"display": display} if display else {})}

    def prepared(self, scope: AccessScope, document: dict[str, object]) -> Prepared:
        """A Task or Communication, ready to be written with its report."""
        received = receive(orjson.dumps(document), str(document["resourceType"]))
        return prepare(received, self._terms.at(scope), scope.tenant, str(document["id"]))

    def _acknowledge(self, scope: AccessScope, report_id: str, result: CriticalResult) -> None:
        who, own = self._people.who(scope), result.owner in scope.actors
        if not own:
            scope.require(IN_PLACE)
            if who.reference and who.reference == result.requester:
                raise Forbidden("who tells of a result does not acknowledge it", code="forbidden")
        task, told = acknowledged(result, who, self._clock(), in_place=not own)
        unit = WriteBeside(
            scope=scope,
            site=self._terms.at(scope),
            report=resource_key(scope.tenant, REPORT, report_id),
            beside=(
                BesideReport(self.prepared(scope, task), result.version_id),
                BesideReport(self.prepared(scope, told)),
            ),
        )
        for each in self._resources.commit(scope, unit):
            noted(scope, each)

    def _waiting(self, scope: AccessScope, whose: str) -> tuple[CriticalResult, ...]:
        scope.require(_READ)
        if not scope.actors:
            return ()
        criteria = (
            (whose, ",".join(sorted(scope.actors))),
            ("code", f"{CODE['system']}|{CODE['code']}"),
            ("status", "requested"),
        )
        known = self._search.understood(scope, TASK, criteria)
        sort = sorts_of(TASK, "authored-on", known.find)
        asked = TypeSearch(resource_type=TASK, where=known.where, count=_MOST, sort=sort)
        return tuple(critical_result(each, None) for each in self._search.page(scope, asked, None).matches)

    def _named(self, scope: AccessScope, references: Sequence[str]) -> list[dict[str, object]]:
        pairs = [(kind, name) for kind, _, name in (each.partition("/") for each in references)]
        found = self._reader.named(scope, pairs) if pairs else {}
        return [orjson.loads(found[pair].body) for pair in pairs if pair in found]
