"""How much one file may cost us (bad inputs B20-B23: deflate bombs, deep or endless sequences)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one file; each makes a hostile file a refusal that took its sender's time, not the server's.

    `elements` counts data elements and sequence items together; `metadata_bytes` is how much of their values
    may enter the metadata; frames beyond `frames` are stored without a table of their places.
    """

    file_bytes: int = 4 << 30
    elements: int = 250_000
    depth: int = 64
    fragments: int = 1_000_000
    frames: int = 262_144
    inflated_bytes: int = 256 << 20
    metadata_bytes: int = 32 << 20
    warnings: int = 50
