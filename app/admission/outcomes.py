"""The number that an access ends with: HTTP's, whichever interface the access came through."""

from collections.abc import Mapping

from graph.errors import Category, HilumError

DONE = 200
_UNFORESEEN = 500

STATUS: Mapping[Category, int] = {
    Category.INVALID: 400,
    Category.UNAUTHENTICATED: 401,
    Category.FORBIDDEN: 403,
    Category.NOT_FOUND: 404,
    Category.NOT_ALLOWED: 405,
    Category.NOT_ACCEPTABLE: 406,
    Category.TIMEOUT: 408,
    Category.CONFLICT: 409,
    Category.GONE: 410,
    Category.PRECONDITION: 412,
    Category.TOO_LARGE: 413,
    Category.UNSUPPORTED: 415,
    Category.RANGE: 416,
    Category.UNPROCESSABLE: 422,
    Category.THROTTLED: 429,
    Category.UNAVAILABLE: 503,
    Category.STORAGE_FULL: 507,
}


def status_of(error: BaseException) -> int:
    """The status of an access that ended in this error; 500 where nobody foresaw it."""
    return STATUS[error.category] if isinstance(error, HilumError) else _UNFORESEEN
