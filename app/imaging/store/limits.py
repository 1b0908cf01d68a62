"""How much one file may cost us (bad inputs B20-B23: deflate bombs, deep or endless sequences)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one file; each makes a hostile file a refusal that took its sender's time, not the server's.

    `elements` counts the data elements and sequence items that are held at once. Of a sequence of more than
    `held_elements`, as the functional groups of a whole slide, the later items are walked one by one, and
    again for the metadata: of these the headers count, eight bytes each, up to `header_bytes`. Values enter
    the metadata up to `metadata_bytes`, and up to `values` of them, `values_at_once` of one element: what is
    two bytes in a file takes thirty in memory. Up to `inline_binary` bytes of an element stand in the
    metadata themselves. Frames beyond `frames` have no table of their places.
    """

    file_bytes: int = 4 << 30
    elements: int = 250_000
    held_elements: int = 50_000
    header_bytes: int = 4 << 20  # half a million headers: some 2 s of a core
    depth: int = 64
    fragments: int = 1_000_000
    frames: int = 262_144
    inflated_bytes: int = 256 << 20
    metadata_bytes: int = 32 << 20
    values: int = 2_000_000
    values_at_once: int = 500_000
    inline_binary: int = 128
    warnings: int = 50
