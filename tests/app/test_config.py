"""The gateway starts with settings that make sense, or says which do not."""

from dataclasses import fields
from pathlib import Path

import pytest

from app.config import Config, ConfigError, documented, setting_entries

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_nothing_set_is_a_demo_on_this_machine_alone() -> None:
    config = Config.from_env({})
    assert (config.host, config.port, config.demo, config.loopback) == ("127.0.0.1", 8042, True, True)
    assert config.base_url == "http://127.0.0.1:8042"
    assert config.neo4j_uri is None
    assert config.home.is_absolute()


def test_settings_are_read_with_their_types() -> None:
    config = Config.from_env(
        {
            "NEO4J_URI": "neo4j+s://graph.example:7687",
            "HILUM_HOST": "0.0.0.0",
            "HILUM_PORT": "80",
            "HILUM_BASE_URL": "https://hilum.example/",
            "HILUM_JSON_BODY": "2 MiB",
            "HILUM_ZONE": "Asia/Seoul",
            "HILUM_OIDC_ALGORITHMS": "RS384, ES384",
            "HILUM_LOG_LEVEL": "DEBUG",
            "PATH": "/usr/bin",
        }
    )
    assert config.port == 80
    assert config.demo is False
    assert config.base_url == "https://hilum.example"
    assert config.json_body == 2 << 20
    assert config.oidc_algorithms == ("RS384", "ES384")
    assert config.log_level == "debug"


def test_a_rate_that_is_not_named_stays_as_it_is() -> None:
    assert Config.from_env({"HILUM_RATES": "heavy=3"}).rates == (
        "reads=1000",
        "writes=500",
        "heavy=3",
        "open=1000",
    )


def test_an_empty_variable_is_unset() -> None:
    assert Config.from_env({"HILUM_PORT": "", "NEO4J_URI": " "}) == Config.from_env({})


def test_an_ipv6_host_is_bracketed_in_the_base_address() -> None:
    assert Config.from_env({"HILUM_HOST": "::1"}).base_url == "http://[::1]:8042"


WRONG = [
    ("HILUM_PROT", "8042", "did you mean HILUM_PORT"),
    ("HILUM_XYZZY", "1", "HILUM_XYZZY is not a setting"),
    ("HILUM_PORT", "0", "from 1 to 65535"),
    ("HILUM_PORT", "8o42", "from 1 to 65535"),
    ("HILUM_JSON_BODY", "0", "a size from 1K to 1G"),
    ("HILUM_JSON_BODY", "10T", "a size from 1K to 1G"),
    ("HILUM_PART_SIZE", "-1", "a size from"),
    ("HILUM_DEMO", "perhaps", "yes or no"),
    ("HILUM_RATES", "reads=0", "limits such as reads=1000"),
    ("HILUM_RATES", "frames=7", "limits such as reads=1000"),
    ("HILUM_RATES", "reads", "limits such as reads=1000"),
    ("HILUM_ZONE", "Mars/Olympus", "IANA"),
    ("HILUM_ZONE", "../../etc/passwd", "IANA"),
    ("HILUM_BASE_URL", "javascript:alert(1)", "http or https"),
    ("HILUM_BASE_URL", "https://a.example/?x", "http or https"),
    ("HILUM_TENANT", "a|b", "letters, digits"),
    ("HILUM_LOG_LEVEL", "loud", "debug or info or warning or error"),
    ("NEO4J_URI", "http://graph:7474", "bolt://"),
    ("HILUM_OIDC_ISSUER", "https://op.example", "belong together"),
    ("HILUM_ASK_URL", "https://llm.example/v1", "belong together"),
    ("HILUM_ASK_MODEL", "small", "belong together"),
    ("HILUM_ASK_URL", "http://llm.example/v1", "https, or http on this machine"),
    ("HILUM_ASK_URL", "https://me:secret@llm.example/v1", "without a user"),
    ("HILUM_ASK_SECONDS", "0", "from 1 to 120"),
]


@pytest.mark.parametrize(("variable", "value", "message"), WRONG)
def test_a_wrong_setting_is_refused_by_name(variable: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env({variable: value})
    assert variable in str(refused.value)
    assert message in str(refused.value)


PROVIDER = {
    "HILUM_OIDC_ISSUER": "https://op.example",
    "HILUM_OIDC_AUDIENCE": "hilum",
    "HILUM_OIDC_JWKS_URL": "https://op.example/jwks",
}


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256,HS256"])
def test_only_public_key_algorithms_are_accepted(algorithm: str) -> None:
    with pytest.raises(ConfigError, match="HILUM_OIDC_ALGORITHMS"):
        Config.from_env({**PROVIDER, "HILUM_OIDC_ALGORITHMS": algorithm})


@pytest.mark.parametrize(
    ("url", "good"), [("http://op.example/jwks", False), ("http://127.0.0.1:9/jwks", True)]
)
def test_keys_are_fetched_in_the_clear_from_this_machine_only(url: str, good: bool) -> None:
    settings = {**PROVIDER, "HILUM_OIDC_JWKS_URL": url}
    if good:
        assert Config.from_env(settings).oidc_jwks_url == url
    else:
        with pytest.raises(ConfigError, match="HILUM_OIDC_JWKS_URL"):
            Config.from_env(settings)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env({"HILUM_PORT": "x", "HILUM_ZONE": "y", "HILUM_NOPE": "z"})
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "hilum.example"])
def test_the_demo_refuses_to_listen_off_loopback(host: str) -> None:
    assert Config.from_env({"HILUM_HOST": host}).demo is False
    with pytest.raises(ConfigError, match="HILUM_DEMO"):
        Config.from_env({"HILUM_HOST": host, "HILUM_DEMO": "yes"})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_the_demo_runs_on_loopback(host: str) -> None:
    assert Config.from_env({"HILUM_HOST": host, "HILUM_DEMO": "yes"}).demo is True


def test_a_secret_does_not_show() -> None:
    assert "hunter2" not in repr(Config.from_env({"NEO4J_PASSWORD": "hunter2"}))


def test_a_password_is_given_once() -> None:
    with pytest.raises(ConfigError, match="exclude one another"):
        Config.from_env({"NEO4J_PASSWORD": "hunter2", "NEO4J_PASSWORD_FILE": "/run/secrets/graph"})


def test_every_field_is_a_setting_with_a_reason() -> None:
    entries = setting_entries()
    assert len(entries) == len(fields(Config))
    assert all(len(entry.why) > 10 for entry in entries)


def test_the_document_lists_every_setting_as_it_is() -> None:
    assert documented() in DOCUMENT.read_text(encoding="utf-8")
