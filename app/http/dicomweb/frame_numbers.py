"""The frames that a path names, as `1,3,4` (PS3.18 10.1.4)."""

import re

from graph.errors import Invalid

MOST_FRAMES = 10_000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def read_frame_numbers(text: str) -> list[int]:
    """Read frame numbers, from 1; raises `Invalid` with the place that is wrong."""
    listed = text.split(",", MOST_FRAMES)
    if len(listed) > MOST_FRAMES:
        raise Invalid(f"more than {MOST_FRAMES} frames in one request", location="frames")
    if not all(_NUMBER.fullmatch(each) for each in listed):
        raise Invalid("frame numbers are whole numbers from 1", location="frames")
    return [int(each) for each in listed]
