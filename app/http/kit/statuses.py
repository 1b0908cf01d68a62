"""What goes with the status of a failure: tables only (`app/admission/outcomes.py` has the statuses)."""

from collections.abc import Mapping

# The FHIR issue type (valueset-issue-type) of a status, where the failure brings none of its own.
ISSUE_CODE: Mapping[int, str] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    416: "value",
    422: "processing",
    429: "throttled",
    503: "transient",
    507: "no-store",
}
# Seconds after which to try again (Retry-After), where the failure names none.
DEFAULT_RETRY: Mapping[int, int] = {429: 1, 503: 2, 507: 60}
# The title of problem details (RFC 9457).
TITLE: Mapping[int, str] = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Too slow",
    409: "Conflict",
    410: "Gone",
    412: "Precondition failed",
    413: "Too large",
    415: "Unsupported media type",
    416: "Range not satisfiable",
    422: "Unprocessable",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
    507: "Storage full",
}
