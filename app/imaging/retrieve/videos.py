"""Media types of the video transfer syntaxes (PS3.18 table 8.7.3-5)."""

_MPEG2, _MPEG4 = "video/mpeg2", "video/mp4"
_ROOT = "1.2.840.10008.1.2.4."
_VIDEOS = {f"{_ROOT}{number}": _MPEG2 if number <= 101 else _MPEG4 for number in range(100, 109)}  # noqa: PLR2004 - the last arc of MPEG2 High Level


def video_media_type(transfer_syntax_uid: str) -> str | None:
    """The media type of a video; None where the pixels are none. A fragmentable syntax has a further arc."""
    return _VIDEOS.get(transfer_syntax_uid.removesuffix(".1"))
