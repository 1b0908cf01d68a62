from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from app.blobs import BlobStore, new_blob_id


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    """Two replica folders."""
    return tmp_path / "a", tmp_path / "b"


@pytest.fixture
def blobs(roots: tuple[Path, Path]) -> Iterator[BlobStore]:
    store = BlobStore(roots, floor=0)
    yield store
    store.close()


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Blob ids of consecutive moments."""
    moments = count(1_700_000_000_000)
    return lambda: new_blob_id(next(moments), bytes(10))
