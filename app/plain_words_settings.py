"""The settings of questions in plain words."""

from dataclasses import dataclass
from pathlib import Path

from app.settings import folder, secret_address, setting, text, whole
from app.sign_in_settings import SignInSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWordsSettings(SignInSettings):
    """The service outside that may propose how a question is meant. Times are in seconds."""

    ask_url: str | None = setting(
        "HILUM_ASK_URL",
        None,
        secret_address,
        "A service that speaks OpenAI's chat completions, up to its version, such as https://llm.example/v1. "
        "It is sent the text of a question whose sender asks for a proposal, and no record.",
    )
    ask_model: str = setting(
        "HILUM_ASK_MODEL", "", text, "The model that it is asked for; needed with the service."
    )
    ask_key_file: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_ASK_KEY_FILE", None, folder, "A file with the key that it is sent, where it wants one."
    )
    ask_seconds: int = setting("HILUM_ASK_SECONDS", 20, whole(1, 120), "How long its proposal is waited for.")
