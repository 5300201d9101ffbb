"""Booking endpoints."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.bookings import conversation, services
from apps.bookings.changes import change
from apps.bookings.creation import BookingRequest, create, create_in_one_stop
from apps.bookings.models import WAITING, Booking, NotificationType
from apps.bookings.notifications import notification_object
from apps.bookings.selectors import BookingFilter, booking_of, bookings_of, notifications_of
from apps.bookings.serializers import (
    BookingFilterSerializer,
    BookingOperationSerializer,
    BookingRequestSerializer,
    BookingSerializer,
    NotificationSerializer,
    OneStopRequestSerializer,
    SentBookingSerializer,
    SubscriptionSerializer,
)
from apps.bookings.wire import booking_object
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs.access import Where
from apps.legs.api import AccessView
from apps.legs.models import Leg
from apps.planning.api import read_plan
from apps.tomp.conditional import conditional
from apps.tomp.errors import IllegalState, Invalid
from apps.tomp.identifiers import read_id
from apps.tomp.openapi import CONDITIONAL_PARAMETERS, NOT_MODIFIED, PAGE_PARAMETERS
from apps.tomp.paging import read_page
from apps.tomp.views import Module


class BookingView(AccessView):
    """What the booking endpoints share."""

    module = Module.BOOKING

    def render_booking(
        self, booking: Booking, legs: Iterable[Leg], now: datetime, where: Where | None
    ) -> dict[str, Any]:
        """TOMP's `booking`, with access data where the process puts it into this answer."""
        return booking_object(booking, legs, now=now, language=self.language, where=where)

    def answer(
        self, booking: Booking, legs: Iterable[Leg], where: Where | None, *, status: int = status.HTTP_200_OK
    ) -> Response:
        """The booking as it now is, with `Expires` while it waits."""
        now = timezone.now()
        response = Response(self.render_booking(booking, legs, now, where), status=status)
        if booking.state_at(now) in WAITING and booking.expires_at is not None:
            response["Expires"] = http_date(booking.expires_at.timestamp())
        return response


class BookingsView(BookingView):
    """/bookings. What a booking must hold, the process says under which its offer was made."""

    @extend_schema(
        parameters=[BookingFilterSerializer, *PAGE_PARAMETERS, *CONDITIONAL_PARAMETERS],
        responses={200: BookingSerializer(many=True), 304: NOT_MODIFIED},
        tags=["booking"],
    )
    def get(self, request: Request) -> Response:
        """The MP's bookings that match, newest first, a page at a time."""
        fields = self.validated(BookingFilterSerializer, request.query_params.dict())
        wanted = BookingFilter(
            state=fields.get("state"),
            min_time=fields.get("min-time"),
            max_time=fields.get("max-time"),
            min_price=fields.get("min-price"),
            max_price=fields.get("max-price"),
            asset_type_id=fields.get("contains-asset-type"),
        )
        page, now = read_page(request.query_params), timezone.now()
        found, more = page.rows(bookings_of(self.caller.provider, wanted, now=now))
        body = [self.render_booking(booking, booking.legs.all(), now, None) for booking in found]
        return conditional(request, body, next_page=page if more else None)

    @extend_schema(request=BookingRequestSerializer, responses={201: BookingSerializer}, tags=["booking"])
    def post(self, request: Request) -> Response:
        """Make an offer a booking; its asset is frozen until `Expires`. The same id again: the same booking."""
        fields = self.validated(BookingRequestSerializer, request.data)
        ride = create(
            provider=self.caller.provider,
            request=BookingRequest(
                id=read_id(fields["id"], "offer"),
                from_place=fields.get("from"),
                to_place=fields.get("to"),
                customer=fields.get("customer"),
                extra_info=fields.get("extraInfo"),
                callback_url=fields.get("callbackUrl", ""),
            ),
            actor=self.actor,
        )
        return self.answer(ride.booking, ride.legs, Where.BOOKING, status=status.HTTP_201_CREATED)


class OneStopView(BookingView):
    """/bookings/one-stop."""

    operations = {"POST": "bookings.one-stop"}

    @extend_schema(request=OneStopRequestSerializer, responses={201: BookingSerializer}, tags=["booking"])
    def post(self, request: Request) -> Response:
        """Book the one offer that a travel plan leads to; 406 where it leads to none or to several."""
        fields = self.validated(OneStopRequestSerializer, request.data)
        ride = create_in_one_stop(
            provider=self.caller.provider,
            profile=self.caller.profile,
            plan=read_plan(fields),
            request=BookingRequest(
                id=uuid4(),
                from_place=fields["from"],
                customer=fields.get("customer"),
                extra_info=fields.get("extraInfo"),
                callback_url=fields.get("callbackUrl", ""),
            ),
            language=self.language,
            actor=self.actor,
        )
        return self.answer(ride.booking, ride.legs, Where.BOOKING, status=status.HTTP_201_CREATED)


class OneBookingView(BookingView):
    """/bookings/{id}."""

    @extend_schema(responses={200: BookingSerializer}, tags=["booking"])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the path parameter's name in the document
        """The booking as it now is."""
        booking = booking_of(self.caller.provider, read_id(id, "booking"))
        return self.answer(booking, booking.legs.all(), Where.GET_BOOKING)

    @extend_schema(request=SentBookingSerializer, responses={200: BookingSerializer}, tags=["booking"])
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change the booking to what is sent, as far as it can be changed; what is not sent stays."""
        ride = change(
            booking_id=read_id(id, "booking"),
            provider_id=self.caller.provider.pk,
            sent=self.validated(SentBookingSerializer, request.data),
            actor=self.actor,
        )
        return self.answer(ride.booking, ride.legs, None)


class BookingEventsView(BookingView):
    """/bookings/{id}/events."""

    operations = {"POST": "bookings.events"}

    @extend_schema(request=BookingOperationSerializer, responses={200: BookingSerializer}, tags=["booking"])
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """COMMIT or CANCEL the booking, or let it wait longer."""
        fields = self.validated(BookingOperationSerializer, request.data)
        operation = OPERATIONS.get(fields["operation"])
        booking_id = read_id(id, "booking")
        if operation is None:
            booking_of(self.caller.provider, booking_id)
            raise IllegalState(f"{fields['operation']} comes from the operator.")
        ride = operation(
            booking_id=booking_id,
            actor=self._actor(fields),
            provider_id=self.caller.provider.pk,
            reason=fields.get("extendReason", ""),
        )
        where = Where.COMMIT_EVENT if fields["operation"] == "COMMIT" else None
        return self.answer(ride.booking, ride.legs, where)

    def _actor(self, fields: dict[str, Any]) -> Actor:
        """The MP, or the one in whose name it says it acts."""
        origin = fields.get("origin", ActorKind.MP)
        if origin == ActorKind.TO:
            raise Invalid("origin: an MP does not act for the TO.")
        return Actor(ActorKind(origin), self.caller.provider.maas_id)


class BookingNotificationsView(BookingView):
    """/bookings/{id}/notifications."""

    operations = {"POST": "bookings.notifications"}

    @extend_schema(
        parameters=[*PAGE_PARAMETERS, *CONDITIONAL_PARAMETERS],
        responses={200: NotificationSerializer(many=True), 304: NOT_MODIFIED},
        tags=["booking"],
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """What both sides have told each other about the booking, oldest first, a page at a time."""
        page = read_page(request.query_params)
        found, more = page.rows(notifications_of(self.caller.provider, read_id(id, "booking")))
        return conditional(request, [notification_object(one) for one in found], next_page=page if more else None)

    @extend_schema(request=NotificationSerializer, responses={204: None}, tags=["booking"])
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Tell the operator something about the booking, or one of its legs."""
        fields = self.validated(NotificationSerializer, request.data)
        told = conversation.Told(
            kind=NotificationType(fields["type"]),
            minutes=fields.get("minutes"),
            asset=fields.get("asset"),
            comment=fields.get("comment", ""),
            leg_id=fields.get("legId", ""),
        )
        conversation.receive(
            booking_id=read_id(id, "booking"), provider_id=self.caller.provider.pk, told=told, actor=self.actor
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class BookingSubscriptionView(BookingView):
    """/bookings/{id}/subscription."""

    @extend_schema(request=SubscriptionSerializer, responses={204: None}, tags=["booking"])
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """From now on hear of all that happens to the booking; at `webhook`, where that is given."""
        fields = self.validated(SubscriptionSerializer, request.data)
        conversation.subscribe(
            booking_id=read_id(id, "booking"),
            provider_id=self.caller.provider.pk,
            actor=self.actor,
            callback_url=fields.get("webhook", ""),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None}, tags=["booking"])
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Hear only of what the process asks for."""
        conversation.unsubscribe(
            booking_id=read_id(id, "booking"), provider_id=self.caller.provider.pk, actor=self.actor
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


OPERATIONS: dict[str, Any] = {
    "COMMIT": services.commit,
    "CANCEL": services.cancel,
    "EXTEND_EXPIRY_TIME": services.extend_expiry,
}
