"""Where MPs get their bearer tokens."""

from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from oauth2_provider.views import TokenView


class ClientCredentialsView(TokenView):
    """`POST /oauth/token` with `grant_type=client_credentials` and no other grant; answers as RFC 6749 says."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A token, or the error object of OAuth 2 (not TOMP's: this is no TOMP call)."""
        malformed = JsonResponse({"error": "invalid_request"}, status=400)
        if not request.headers.get("Authorization", "").isascii():
            return malformed  # which the toolkit would try to read as base64
        try:
            response: HttpResponse = self.authorization_flow_token_response(request)
        except DataError:  # a NUL character, which no text in PostgreSQL can be compared with
            return malformed
        response["Content-Type"] = "application/json"
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Basic realm="OAuth"'
        return response
