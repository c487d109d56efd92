"""Meta's door. Source: docs/reference/whatsapp-calling.md §5.0."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from actions import deliveries
from actions.resources import Resources
from whatsapp.events import NotADeliveryError

LARGEST_BODY = 4 * 1024 * 1024  # Meta sends up to 3 MB


@dataclass(frozen=True, slots=True)
class WebhookDoor:
    """Shakes hands with Meta, and takes its deliveries: 200 means that what they say is committed."""

    resources: Resources
    verify_token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        match request.method:
            case "GET" | "HEAD":
                response = self._shake_hands(request)
            case "POST":
                response = await self._take(request)
            case _:
                response = PlainTextResponse("This door takes GET and POST.", status_code=405)
        await response(scope, receive, send)

    def _shake_hands(self, request: Request) -> Response:
        asked = request.query_params
        genuine = hmac.compare_digest(asked.get("hub.verify_token", "").encode(), self.verify_token.encode())
        if not self.verify_token or not genuine or asked.get("hub.mode") != "subscribe":
            return PlainTextResponse("The verify token is not the one set here.", status_code=403)
        return PlainTextResponse(asked.get("hub.challenge", ""))

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        try:
            await deliveries.receive(self.resources, body, request.headers.get("X-Hub-Signature-256"))
        except deliveries.NotGenuineError as error:
            return PlainTextResponse(str(error), status_code=401)
        except NotADeliveryError as error:
            return PlainTextResponse(str(error), status_code=400)
        return PlainTextResponse("Recorded.")
