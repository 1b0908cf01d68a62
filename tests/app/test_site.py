"""What belongs to a tenant is found from who asks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.config import Config
from app.site import sites_of
from tests.factories.scopes import scope_of

SITES = sites_of(
    Config.from_env(
        {
            "HILUM_TENANT": "mine",
            "HILUM_BASE_URL": "http://hilum.test",
            "HILUM_ZONE": "Asia/Seoul",
            "HILUM_PATIENT_ID_SYSTEM": "urn:mine",
        }
    )
)


def test_the_gateways_own_site_is_that_of_the_settings() -> None:
    own = SITES.own

    assert (own.tenant, own.zone, own.patient_system) == ("mine", ZoneInfo("Asia/Seoul"), "urn:mine")
    assert (own.fhir_base, own.address("default")) == (
        "http://hilum.test/fhir",
        "http://hilum.test/dicom-web",
    )
    assert own.address("north") == "http://hilum.test/dicom-web/partitions/north"


def test_a_caller_is_answered_from_the_site_of_their_tenant() -> None:
    assert SITES.of(scope_of(tenant="mine")) is SITES.own
    assert SITES.of(scope_of(tenant="theirs")).tenant == "theirs"


def test_a_day_ends_at_the_sites_own_midnight() -> None:
    sites = sites_of(Config.from_env({"HILUM_ZONE": "Asia/Seoul"}))
    midnight = int(datetime(2026, 11, 22, 15, tzinfo=UTC).timestamp()) * 1_000_000

    assert sites.day(scope_of(), midnight - 1) == date(2026, 11, 22)
    assert sites.day(scope_of(), midnight) == date(2026, 11, 23)
