"""What a response's status and headers tell of the points that a token has, as its body does."""

from typing import Any

from starlette.responses import Response

from graph.faults import Code

THROTTLED = 429
WINDOW_SECONDS = 60


def tell_points(response: Response, answer: Any) -> None:
    """Give a throttled answer its status and Retry-After, and every answer what is left (RateLimit's draft)."""
    if not isinstance(answer, dict):
        return
    cost = (answer.get("extensions") or {}).get("cost")
    for error in answer.get("errors") or ():
        extensions = error.get("extensions") or {}
        if extensions.get("code") == Code.THROTTLED.value and "retryAfter" in extensions:
            cost = extensions["cost"]
            response.status_code = THROTTLED
            response.headers["Retry-After"] = str(extensions["retryAfter"])
    if cost and "limit" in cost:
        response.headers["RateLimit-Policy"] = f'"points";q={cost["limit"]};w={WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"points";r={cost["remaining"]}'
