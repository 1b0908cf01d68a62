"""The key of id tokens in the homes of gateways: one for a whole process, as a new one takes long to make."""

from functools import cache
from pathlib import Path

from app.security.keys import ID_TOKEN_FILE, new_id_token_key

made = cache(new_id_token_key)


def keyed(home: Path) -> Path:
    """The home folder, with the key in it."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True)
    (folder / ID_TOKEN_FILE).write_text(made(), encoding="ascii")
    return home
