"""The one URL map of the TOMP-API."""

from django.urls import path, re_path

from apps.assets.api import AvailableAssetsView
from apps.bookings.api import (
    BookingEventsView,
    BookingNotificationsView,
    BookingSubscriptionView,
    BookingsView,
    OneBookingView,
    OneStopView,
)
from apps.customers.api import CustomersView, OneCustomerView
from apps.legs.api import LegAncillaryView, LegAssetsView, LegEventsView, LegProgressView, OneLegView
from apps.operator.api import AlertsView, InformationView, OperatingCalendarView, OperatingHoursView, PingView
from apps.payments.api import ExtraCostsView, JournalView
from apps.planning.api import InquiriesView, OffersView, PlanningsView
from apps.pricing.api import PricingPlansView
from apps.processes.api import MetaView
from apps.stations.api import RegionsView, StationsView
from apps.support.api import SupportStatusView, SupportView
from apps.tomp.views import UnknownPath

urlpatterns = [
    path("operator/ping", PingView.as_view()),
    path("operator/meta", MetaView.as_view()),
    path("operator/information", InformationView.as_view()),
    path("operator/operating-hours", OperatingHoursView.as_view()),
    path("operator/operating-calendar", OperatingCalendarView.as_view()),
    path("operator/alerts", AlertsView.as_view()),
    path("operator/regions", RegionsView.as_view()),
    path("operator/stations", StationsView.as_view()),
    path("operator/pricing-plans", PricingPlansView.as_view()),
    path("operator/available-assets", AvailableAssetsView.as_view()),
    path("planning/inquiries", InquiriesView.as_view()),
    path("planning/offers", OffersView.as_view()),
    path("plannings", PlanningsView.as_view()),
    path("bookings", BookingsView.as_view()),
    path("bookings/one-stop", OneStopView.as_view()),
    path("bookings/<str:id>", OneBookingView.as_view()),
    path("bookings/<str:id>/events", BookingEventsView.as_view()),
    path("bookings/<str:id>/subscription", BookingSubscriptionView.as_view()),
    path("bookings/<str:id>/notifications", BookingNotificationsView.as_view()),
    path("legs/<str:id>", OneLegView.as_view()),
    path("legs/<str:id>/available-assets", LegAssetsView.as_view()),
    path("legs/<str:id>/ancillaries/<str:category>/<str:number>", LegAncillaryView.as_view()),
    path("legs/<str:id>/events", LegEventsView.as_view()),
    path("legs/<str:id>/progress", LegProgressView.as_view()),
    path("payment/journal-entry", JournalView.as_view()),
    path("payment/<str:id>/claim-extra-costs", ExtraCostsView.as_view()),
    path("support", SupportView.as_view()),
    path("support/<str:id>/status", SupportStatusView.as_view()),
    path("customers", CustomersView.as_view()),
    path("customers/<str:id>", OneCustomerView.as_view()),
    re_path(r"", UnknownPath.as_view()),
]
