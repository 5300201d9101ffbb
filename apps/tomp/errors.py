"""Domain errors, with the TOMP error code and the HTTP status each of them means.

Services raise these and know nothing of HTTP; `apps.tomp.error_responses` turns them into the one error
object. A code is the module's number (1 operator information … 8 customers) followed by the error's own
three digits, unless the document fixes the whole code (`3202`).
Source: STATES, "Errors"; https://github.com/TOMP-WG/TOMP-API/wiki/Error-handling-in-TOMP.
"""

from typing import ClassVar

from django.utils.translation import gettext


class TompError(Exception):
    """Base of all domain errors.

    `suffix` is completed with the number of `module`, or else of the module that answers; `code` is the
    whole code where it is the same in every module. `retry_after` is in seconds. `text` says what is wrong, with
    `field` that of one field, by TOMP's name; `detail` says both.
    """

    suffix: ClassVar[int] = 5
    code: ClassVar[int | None] = None
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self, text: str, *, field: str = "", retry_after: int | None = None, module: int | None = None
    ) -> None:
        self.text = text
        self.field = field
        self.detail = f"{field}: {text}" if field else text
        super().__init__(self.detail)
        self.retry_after = retry_after
        self.module = module

    def full_code(self, module: int) -> int:
        """The error code as answered by module 1 … 8."""
        return self.code if self.code is not None else (self.module or module) * 1000 + self.suffix


class Missing(TompError):
    """A required field or header is missing."""

    suffix, status, title = 1, 400, "Missing field"


class Invalid(TompError):
    """A field or header is there but cannot be what it says."""

    suffix, status, title = 2, 400, "Invalid field"


class BodyTooLarge(TompError):
    """The request's body exceeds 1 MiB."""

    suffix, status, title = 2, 413, "Request body too large"


class UnsupportedContent(TompError):
    """The request's body is not JSON."""

    suffix, status, title = 2, 415, "Unsupported media type"


class IllegalState(TompError):
    """The operation is illegal in the current state."""

    suffix, status, title = 4, 403, "Operation not allowed in this state"


class NotAuthenticated(TompError):
    """The credentials are missing, wrong, expired or revoked."""

    suffix, status, title = 6, 401, "Not authenticated"


class NotPermitted(TompError):
    """This MP may not use this endpoint, or not in this name."""

    suffix, status, title = 6, 403, "Not permitted"


class TooManyRequests(TompError):
    """The MP's request limit is reached."""

    suffix, status, title = 7, 429, "Too many requests"


class UnsupportedVersion(TompError):
    """The `Api-Version` asked for is not served."""

    suffix, status, title = 8, 400, "Unsupported Api-Version"


class PageTooLarge(TompError):
    """`limit` exceeds the published maximum page size."""

    suffix, status, title = 9, 400, "Page too large"


class NotFound(TompError):
    """Unknown, or another MP's: the two are not told apart."""

    suffix, status, title = 204, 404, "Not found"


class MethodNotAllowed(TompError):
    """The path exists, the method does not."""

    suffix, status, title = 4, 405, "Method not allowed"


class BookingLimitReached(TompError):
    """The MP has reached its maximum of bookings in its period."""

    code, status, title = 3201, 403, "Maximum number of bookings reached"


class Expired(TompError):
    """The offer or booking has expired."""

    code, status, title = 3202, 410, "Expired"


class InUse(TompError):
    """The booking has started and can no longer be changed."""

    code, status, title = 3203, 403, "Booking is in use"


class CustomerBlocked(TompError):
    """Staff no longer let this customer book."""

    code, status, title = 3209, 428, "Customer is blocked"


class DuplicateCustomer(TompError):
    """The MP has registered this customer already."""

    code, status, title = 8210, 409, "Duplicate customer"


class ReadOnlyField(TompError):
    """The field is set by the operator alone."""

    suffix, status, title = 211, 400, "Read-only field"


class AssetTaken(TompError):
    """Someone else took the asset in the meantime."""

    code, status, title = 3500, 409, "Asset no longer available"


class NoSingleOffer(TompError):
    """A one-stop request leads to no offer, or to more than one."""

    suffix, status, title = 501, 406, "No single offer"


class KeyInUse(TompError):
    """The first call with this `Idempotency-Key` has not been answered yet."""

    suffix, status, title = 4, 409, "Idempotency key in use"


class KeyReused(TompError):
    """This `Idempotency-Key` belongs to another request."""

    suffix, status, title = 2, 422, "Idempotency key reused"


class ServiceUnavailable(TompError):
    """Something this call needs does not answer now; nothing was changed."""

    suffix, status, title = 5, 503, "Temporarily unavailable"


def title_of(code: int) -> str:
    """What a whole error code says to staff, of whatever module: the title of the first error that has it."""
    errors: list[type[TompError]] = [*TompError.__subclasses__(), TompError]
    for error in errors:
        if code == error.code or (error.code is None and code % 1000 == error.suffix):
            return gettext(error.title)
    return gettext("Error %(code)s") % {"code": code}
