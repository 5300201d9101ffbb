"""Every error leaves as the one TOMP error object."""

from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from apps.tomp import errors
from apps.tomp.json_format import dumps
from apps.tomp.middleware import is_tomp, request_id

log = structlog.get_logger(__name__)

GENERAL = 7  # TOMP's module for whatever belongs to no other
ABSENT_CODES = {"required", "null", "blank", "empty"}


def error_object(error: errors.TompError, *, module: int) -> dict[str, Any]:
    """TOMP's `error`, with both spellings of the code (the document's and the wiki's)."""
    code = error.full_code(module)
    return {
        "errorcode": code,
        "errorCode": code,
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request_id(),
    }


def _first_problem(detail: Any, path: str = "") -> tuple[str, str, str]:
    """(field path, message, code) of the first problem in DRF's nested errors; missing fields first."""
    problems = list(_problems(detail, path))
    return next((p for p in problems if p[2] in ABSENT_CODES), problems[0])


def _problems(detail: Any, path: str) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if name == "non_field_errors":
                yield from _problems(inner, path)
            elif isinstance(name, int):
                yield from _problems(inner, f"{path}[{name}]")
            else:
                yield from _problems(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            if isinstance(inner, dict):
                if inner:
                    yield from _problems(inner, f"{path}[{position}]")
            else:
                yield from _problems(inner, path)
    else:
        yield path, str(detail), getattr(detail, "code", "invalid")


def _as_tomp_error(error: Exception) -> errors.TompError:
    """The domain error that says what a framework's exception means."""
    match error:
        case errors.TompError():
            return error
        case exceptions.ValidationError():
            path, message, code = _first_problem(error.detail)
            if code in ABSENT_CODES:
                return errors.Missing(f"{path} is missing.")
            return errors.Invalid(f"{path}: {message}" if path else message)
        case exceptions.ParseError():
            return errors.Invalid(str(error.detail))
        case exceptions.AuthenticationFailed() | exceptions.NotAuthenticated():
            return errors.NotAuthenticated(str(error.detail))
        case exceptions.PermissionDenied() | PermissionDenied():
            return errors.NotPermitted("This MP may not use this endpoint.")
        case exceptions.NotFound() | Http404():
            return errors.NotFound("There is nothing at this address.")
        case exceptions.MethodNotAllowed():
            return errors.MethodNotAllowed(str(error.detail))
        case exceptions.UnsupportedMediaType():
            return errors.UnsupportedContent("Send the body as application/json.")
        case RequestDataTooBig():
            return errors.BodyTooLarge(f"The body is larger than {settings.TOMP_MAX_BODY_BYTES} bytes.")
        case DisallowedHost():
            return errors.Invalid("The header Host names no host of this site.")
        case TooManyFieldsSent():
            return errors.Invalid(f"There are more than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} query parameters.")
        case SuspiciousOperation() | BadRequest():
            return errors.Invalid("The request is malformed.")
    log.error("request failed", exc_info=error)
    return errors.TompError("Something went wrong on our side; nothing was changed.")


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: the error object, the headers that go with it, the right status."""
    view = context.get("view")
    tomp_error = _as_tomp_error(error)
    said = error_object(tomp_error, module=getattr(view, "module", GENERAL))
    body = {"errors": [said]} if getattr(view, "wraps_errors", False) else said
    response = Response(body, status=tomp_error.status)
    if tomp_error.status == 401 and view is not None:
        response["WWW-Authenticate"] = view.get_authenticate_header(context["request"])
    if tomp_error.retry_after is not None:
        response["Retry-After"] = str(tomp_error.retry_after)
    if isinstance(error, exceptions.MethodNotAllowed) and view is not None:
        response["Allow"] = ", ".join(view.allowed_methods)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django answers where no view was reached, such as for a `Host` that is not ours (400)."""
    if is_tomp(request.path_info):
        return _without_view(_as_tomp_error(exception))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django answers where something outside all views failed (500)."""
    if is_tomp(request.path_info):
        return _without_view(errors.TompError("Something went wrong on our side; nothing was changed."))
    page = loader.render_to_string("500.html", {"request_id": request_id()})
    return HttpResponseServerError(page)


def _without_view(error: errors.TompError) -> HttpResponse:
    return HttpResponse(
        dumps(error_object(error, module=GENERAL)),
        status=error.status,
        content_type="application/json",
        headers={"Content-Language": settings.LANGUAGE_CODE},
    )
