"""One resource is read: as it is, as it was, and as it was just written."""

import orjson
import pytest

from app.records import Criteria, Records
from app.records.read import RecordReader
from graph.errors import Gone, NotFound
from graph.query.expression import Field, Kind, Term
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from tests.factories.fhir import encode, patient


@pytest.fixture
def reader(resources: ResourceStore) -> RecordReader:
    return RecordReader(resources)


def test_a_deleted_resource_is_gone_and_its_versions_stay(
    reader: RecordReader, records: Records, scope: AccessScope
) -> None:
    records.update(scope, "Patient", "p", encode(patient(id="p")))
    assert reader.current(scope, "Patient", "p").version_id == 1
    records.delete(scope, "Patient", "p")

    with pytest.raises(Gone):
        reader.current(scope, "Patient", "p")
    with pytest.raises(NotFound):
        reader.version(scope, "Patient", "p", 3)
    assert orjson.loads(reader.version(scope, "Patient", "p", 1).body)["id"] == "p"


def test_what_was_just_written_is_told_whether_the_commit_wrote_its_text_or_not(
    reader: RecordReader, records: Records, scope: AccessScope
) -> None:
    written = records.update(scope, "Patient", "p", encode(patient("P1", id="p"))).version
    one = Term(Field("Patient", "identifier", Kind.TERM), ("P1",))
    found = records.create(scope, "Patient", encode(patient("P1")), Criteria("Patient", one)).version
    assert (bool(written.body), bool(found.body)) == (True, False)

    served = reader.current(scope, "Patient", "p").body

    assert reader.texts(scope, [written]) == {written.key: served}
    assert reader.texts(scope, [found]) == {found.key: served}
