"""If-Match of FHIR names one version."""

import pytest

from app.records.write.versions import if_match_version
from graph.errors import Invalid


@pytest.mark.parametrize(("header", "version"), [(None, None), ('W/"3"', 3), ('"3"', 3), (' W/"12" ', 12)])
def test_if_match_names_a_version(header: str | None, version: int | None) -> None:
    assert if_match_version(header) == version


NO_VERSIONS = ["", "3", "*", 'W/"x"', 'W/"1", W/"2"', "W/3", 'w/"3"', 'W/"' + "9" * 30 + '"']


@pytest.mark.parametrize("header", NO_VERSIONS)
def test_any_other_if_match_is_invalid(header: str) -> None:
    with pytest.raises(Invalid):
        if_match_version(header)
