"""The settings of the gateway: each with its type, its default, its limits and its reason.

Settings come from the environment, `HILUM_*` and `NEO4J_*`. A name that does not exist or a value that cannot
be is refused at start, with the name and what is expected. `docs/configuration.md` is made from the fields
below and beside, and limits are decisions about security: none of them can be switched off.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any, cast

from app.plain_words_settings import PlainWordsSettings
from app.settings import (
    GIB,
    KIB,
    MIB,
    RATES,
    ConfigError,
    SettingEntry,
    bolt_address,
    entry_of,
    flag,
    folder,
    is_loopback,
    name,
    networks,
    one_of,
    origins,
    rates,
    setting,
    size,
    table_of,
    text,
    unknown_names,
    web_address,
    whole,
    zone,
)

LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(PlainWordsSettings):
    """All settings, checked. Sizes are in bytes, times in seconds."""

    neo4j_uri: str | None = setting(
        "NEO4J_URI",
        None,
        bolt_address,
        "An existing Neo4j. Without it, Hilum runs one of its own in HILUM_HOME.",
    )
    neo4j_user: str = setting("NEO4J_USER", "neo4j", text, "The user at that Neo4j.")
    neo4j_password: str = setting("NEO4J_PASSWORD", "", text, "The password of that user.", secret=True)
    neo4j_password_file: Path | None = setting(  # noqa: RUF009 - it returns a field
        "NEO4J_PASSWORD_FILE",
        None,
        folder,
        "A file with that password instead: what stands in the environment of a process, others may read.",
    )
    neo4j_database: str = setting("NEO4J_DATABASE", "neo4j", name, "The database at that Neo4j.")
    home: Path = setting(  # noqa: RUF009 - it returns a field
        "HILUM_HOME",
        Path(".hilum"),
        folder,
        "The folder of everything that Hilum keeps: graph, blobs, keys, audit.",
    )
    cache: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_CACHE", None, folder, "The folder of what was fetched, Neo4j first. Default: the user's cache."
    )
    maven_mirror: str | None = setting(
        "HILUM_MAVEN_MIRROR",
        None,
        web_address,
        "Where Neo4j's jars are fetched from instead of Maven Central.",
    )
    graph_heap: int = setting(
        "HILUM_GRAPH_HEAP", 768 * MIB, size(256 * MIB, 64 * GIB), "The Java heap of the local Neo4j."
    )
    graph_page_cache: int = setting(
        "HILUM_GRAPH_PAGE_CACHE",
        256 * MIB,
        size(16 * MIB, 1024 * GIB),
        "Memory in which the local Neo4j keeps pages of its store.",
    )
    host: str = setting(
        "HILUM_HOST", "127.0.0.1", text, "The address to listen on. Off loopback, put TLS in front of it."
    )
    port: int = setting("HILUM_PORT", 8042, whole(1, 65535), "The port to listen on.")
    base_url: str = setting(
        "HILUM_BASE_URL",
        "",
        web_address,
        "The address that clients use, as it stands in links, redirects, RetrieveURL and Endpoint.address, "
        "whatever Host or forwarded headers say. Default: http with HILUM_HOST and HILUM_PORT.",
    )
    cors_origins: tuple[str, ...] = setting(
        "HILUM_CORS_ORIGINS",
        (),
        origins,
        "The origins of pages whose scripts may read answers (CORS), such as that of a viewer. "
        "None unless they are named here; there is no word for all of them.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "HILUM_TRUSTED_PROXIES",
        (),
        networks,
        "The addresses or networks of proxies whose X-Forwarded-For is believed, for the audit's address. "
        "Nothing else that is forwarded is read, from anybody.",
    )
    processes: int = setting("HILUM_PROCESSES", 2, whole(1, 64), "Web server processes.")
    threads: int = setting(
        "HILUM_THREADS",
        256,
        whole(1, 1024),
        "Threads of each web server process: a client that stalls keeps one for a while (ADR 0003).",
    )
    workers: int = setting(
        "HILUM_WORKERS", 1, whole(0, 16), "Job workers that `hilum up` runs; 0 where they run by themselves."
    )
    committer: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_COMMITTER",
        None,
        folder,
        "The socket of the committer process that this process hands its writes to; `hilum up` sets it.",
    )
    renderers: int = setting(
        "HILUM_RENDERERS",
        2,
        whole(1, 64),
        "Processes that decode pixels; a codec that dies ends one of them.",
    )
    render_seconds: int = setting(
        "HILUM_RENDER_SECONDS", 30, whole(1, 3600), "How long one task on the pixels of an instance may take."
    )
    render_memory: int = setting(
        "HILUM_RENDER_MEMORY",
        4 * GIB,
        size(GIB, 256 * GIB),
        "The most memory of such a process beside mapped files: what decoding one frame takes, and 1 GB.",
    )
    derived: int = setting(
        "HILUM_DERIVED",
        2 * GIB,
        size(0, 64 * 1024 * GIB),
        "How many bytes of pictures and frames that were made of instances are kept for the next who asks.",
    )
    renderer: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_RENDERER",
        None,
        folder,
        "The socket of the renderers that this process asks. Default: those of HILUM_HOME.",
    )
    tenant: str = setting("HILUM_TENANT", "default", name, "The tenant of tokens that name none.")
    demo: bool = setting(
        "HILUM_DEMO",
        True,
        flag,
        "Demo users with a ready-made token per role. On by default on loopback only; "
        "with it, Hilum refuses to listen elsewhere.",
    )
    patient_id_system: str = setting(
        "HILUM_PATIENT_ID_SYSTEM",
        "urn:hilum:mrn",
        text,
        "The identifier system of a DICOM PatientID whose issuer is not named.",
    )
    chosen_ids: bool = setting(
        "HILUM_CHOSEN_IDS",
        True,
        flag,
        "Whether who sees every row may create resources under ids of their own (update as create). "
        "Without it, nobody learns whether an id is taken by what a consent keeps from them.",
    )
    zone: str = setting(
        "HILUM_ZONE", "UTC", zone, "The time zone of dates and times that name none, in DICOM and FHIR."
    )
    json_body: int = setting(
        "HILUM_JSON_BODY",
        10 * MIB,
        size(KIB, GIB),
        "The largest JSON body: parsing takes about ten times as much memory.",
    )
    fhir_bundle: int = setting(
        "HILUM_FHIR_BUNDLE",
        50 * MIB,
        size(KIB, GIB),
        "The largest FHIR body. Generated patient bundles reach some tens of megabytes.",
    )
    search_form: int = setting(
        "HILUM_SEARCH_FORM", MIB, size(KIB, GIB), "The largest form of a search that is sent with POST."
    )
    question_seconds: int = setting(
        "HILUM_QUESTION_SECONDS",
        10,
        whole(1, 600),
        "How long the graph may work on what one request asks, every entry of a batch included; beyond, 503.",
    )
    part_size: int = setting(
        "HILUM_PART_SIZE", 4 * GIB, size(MIB, 64 * GIB), "The largest DICOM instance that is stored."
    )
    request_size: int = setting(
        "HILUM_REQUEST_SIZE", 16 * GIB, size(MIB, 1024 * GIB), "The largest DICOM store request."
    )
    inline_binary: int = setting(
        "HILUM_INLINE_BINARY",
        128,
        size(0, 64 * KIB),
        "The most bytes of an element that stand in the metadata as InlineBinary; more have a BulkDataURI. "
        "It holds for what is stored from then on.",
    )
    metadata_size: int = setting(
        "HILUM_METADATA_SIZE",
        10 * MIB,
        size(KIB, GIB),
        "The largest metadata of a DICOM store request that sends it apart from its bulk data: "
        "parsing takes about ten times as much memory.",
    )
    parts: int = setting("HILUM_PARTS", 10_000, whole(1, 1_000_000), "The most parts of a store request.")
    in_flight: int = setting(
        "HILUM_IN_FLIGHT",
        8 * GIB,
        size(MIB, 1024 * GIB),
        "The most bytes that all store requests of one process may have announced at a time; beyond, 503.",
    )
    rates: tuple[str, ...] = setting(
        "HILUM_RATES",
        RATES,
        rates,
        "Requests a second of one caller by class of route, a minute of them at once; beyond, 429. "
        "One address may ask as much as four callers, and for what is open to anybody as one.",
    )
    feedback_origins: tuple[str, ...] = setting(
        "HILUM_FEEDBACK_ORIGINS",
        (),
        origins,
        "Origins, inside the network or not, where readers may have themselves told that feedback came; "
        "beside them https addresses of the public network.",
    )
    feedback_scheme: str = setting(
        "HILUM_FEEDBACK_SCHEME",
        "peer-learning",
        one_of("peer-learning", "radpeer"),
        "The categories by which readers sort how their reads turned out.",
    )
    disk_floor: int = setting(
        "HILUM_DISK_FLOOR",
        GIB,
        size(0, 1024 * GIB),
        "Free space below which nothing is stored (507): a full disk has corrupted databases.",
    )
    stall_seconds: int = setting(
        "HILUM_STALL_SECONDS", 20, whole(1, 600), "How long a client may send next to nothing; beyond, 408."
    )
    minimum_rate: int = setting(
        "HILUM_MINIMUM_RATE",
        4 * KIB,
        size(1, GIB),
        "Bytes a second below which a client sends next to nothing.",
    )
    page_token_seconds: int = setting(
        "HILUM_PAGE_TOKEN_SECONDS", 86_400, whole(60, 604_800), "How long a link to the next page works."
    )
    audit_segment: int = setting(
        "HILUM_AUDIT_SEGMENT",
        8 * MIB,
        size(64 * KIB, GIB),
        "The size at which an audit file is closed, so that the worker moves it into the graph.",
    )
    audit_seconds: int = setting(
        "HILUM_AUDIT_SECONDS", 30, whole(1, 3600), "The age at which an audit file is closed."
    )
    alert_rules: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_ALERT_RULES",
        None,
        folder,
        "A file of rules, in JSON, of which accesses make an alert; without, those of the release.",
    )
    orphan_seconds: int = setting(
        "HILUM_ORPHAN_SECONDS",
        86_400,
        whole(1, 2_592_000),
        "How old a blob without an owner must be before it is taken for the remains of a crash.",
    )
    bulk_seconds: int = setting(
        "HILUM_BULK_SECONDS",
        86_400,
        whole(60, 31_536_000),
        "How long the files of bulk exports and imports are kept after they were written.",
    )
    export_seconds: int = setting(
        "HILUM_EXPORT_SECONDS",
        604_800,
        whole(60, 31_536_000),
        "How long the files of an export of a cohort are kept for who asked for it.",
    )
    export_root: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_EXPORT_ROOT",
        None,
        folder,
        "The folder below which cohorts may be exported into folders. Without it, they are downloaded.",
    )
    import_origins: tuple[str, ...] = setting(
        "HILUM_IMPORT_ORIGINS",
        (),
        origins,
        "The origins that bulk imports may be fetched from. None unless they are named here: who may import "
        "could reach into the network of the gateway otherwise.",
    )
    restore_seconds: int = setting(
        "HILUM_RESTORE_SECONDS",
        259_200,
        whole(0, 31_536_000),
        "How long what was deleted can be restored; after it, and a minute, its bytes are removed.",
    )
    organization: str = setting(
        "HILUM_ORGANIZATION",
        "Hilum",
        text,
        "The organisation that stands behind what is signed here, as the DICOM objects of reports name it.",
    )
    critical_seconds: int = setting(
        "HILUM_CRITICAL_SECONDS",
        3_600,
        whole(60, 604_800),
        "How long one may take to acknowledge a critical result before it is overdue.",
    )
    log_level: str = setting("HILUM_LOG_LEVEL", "info", one_of(*LOG_LEVELS), "The least that is logged.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check the settings.

        Raises `ConfigError` with every name that is wrong. Empty means unset.
        """
        known = {each.metadata["variable"]: each for each in _all_settings()}
        wrong = unknown_names(environ, known)
        values: dict[str, Any] = {}
        for variable, setting_field in known.items():
            if raw := environ.get(variable, "").strip():
                try:
                    values[setting_field.name] = setting_field.metadata["read"](raw)
                except ValueError as error:
                    wrong.append(f"{variable} must be {error}")
        if not wrong:
            values = _completed(values)
            wrong = _contradictions(cls(**values))
        if wrong:
            raise ConfigError("\n".join(wrong))
        return cls(**values)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the gateway."""
        return is_loopback(self.host)


def _all_settings() -> tuple[Field[Any], ...]:
    return fields(cast(Any, Config))


def _completed(values: dict[str, Any]) -> dict[str, Any]:
    """Fill in what depends on other settings: the base address, and the demo (one machine only)."""
    host, port = values.get("host", "127.0.0.1"), values.get("port", 8042)
    named = f"[{host}]" if ":" in host and not host.startswith("[") else host
    usual = {"base_url": f"http://{named}:{port}", "demo": is_loopback(host), "home": folder(".hilum")}
    return usual | values


def _contradictions(config: Config) -> list[str]:
    """What is wrong between settings that are each right."""
    issuer_parts = (config.oidc_issuer, config.oidc_audience, config.oidc_jwks_url)
    checks = (
        (config.demo and not config.loopback, "HILUM_DEMO refuses to listen off loopback; unset HILUM_DEMO"),
        (
            bool(config.neo4j_password and config.neo4j_password_file),
            "NEO4J_PASSWORD and NEO4J_PASSWORD_FILE exclude one another",
        ),
        (
            any(issuer_parts) and not all(issuer_parts),
            "HILUM_OIDC_ISSUER, HILUM_OIDC_AUDIENCE and HILUM_OIDC_JWKS_URL belong together",
        ),
        (bool(config.ask_url) != bool(config.ask_model), "HILUM_ASK_URL and HILUM_ASK_MODEL belong together"),
        (config.part_size > config.request_size, "HILUM_PART_SIZE is larger than HILUM_REQUEST_SIZE"),
    )
    return [message for is_wrong, message in checks if is_wrong]


def setting_entries() -> tuple[SettingEntry, ...]:
    """Every setting with its default and its reason, in the order of `Config`."""
    return tuple(entry_of(each) for each in _all_settings())


def documented() -> str:
    """The table of docs/configuration.md."""
    return table_of(setting_entries())
