"""The top of an asset's page: whether it can be hired now and what keeps it from that, and what lies ahead of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from apps.assets.admin_asset_trail import trail_of
from apps.assets.damages.selectors import keeping_from_hire
from apps.assets.hindrances import hindrances
from apps.assets.maintenance.models import JobState, MaintenanceJob
from apps.assets.maintenance.selectors import open_jobs
from apps.assets.models import Asset, Reservation
from apps.assets.pools import given_up_without
from apps.assets.unpromised import Hindrance, live
from apps.backoffice.badges import state_in_words
from apps.backoffice.buttons import ButtonsMixin
from apps.backoffice.words import link_to, near_moment
from apps.bookings.models import Booking
from apps.stations.models import RegionType
from apps.stations.rules import rules_of_hire

DAYS_AHEAD = 7
MOST_SHOWN = 50


@dataclass(frozen=True)
class Ahead:
    """Something that has the asset for a time: what, where it leads, and how it looks (`booking`, `hold`, `job`)."""

    kind: str
    title: str
    address: str
    start: datetime
    end: datetime | None
    blocks: bool = True

    @property
    def time(self) -> str:
        """From when until when, in words."""
        if self.end is None:
            return _("from %(start)s, without an agreed end") % {"start": near_moment(self.start)}
        return _("%(start)s – %(end)s") % {"start": near_moment(self.start), "end": near_moment(self.end)}


@dataclass(frozen=True)
class Reason:
    """Why an asset is not hired out, and where that is seen to."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Hire:
    """Whether an asset can be hired now, in a sentence, and why not."""

    possible: bool
    limited: bool
    sentence: str
    reasons: list[Reason]


@dataclass(frozen=True)
class Bar:
    """A piece of the time line, in percent of its width; cut off where it goes on before or behind."""

    ahead: Ahead
    left: float
    width: float
    goes_on: bool


@dataclass(frozen=True)
class TimeLine:
    """The next days: their names, what is promised in them, what is planned besides, and all of it in rows."""

    days: list[str]
    now: float
    promised: list[Bar]
    planned: list[Bar]
    rows: list[Ahead]


def promises_of(asset: Asset, *, now: datetime) -> list[Ahead]:
    """What the asset is promised to from now on, the first first. One statement."""
    rows = Reservation.objects.filter(live(now), asset=asset, period__overlap=DateTimeTZRange(now, None, "[)"))
    rows = rows.select_related("leg__booking__provider", "replacement__leg__booking__provider", "maintenance_job")
    return [_promise(row) for row in rows.order_by("period")[:MOST_SHOWN]]


def _promise(row: Reservation) -> Ahead:
    start, end = row.period.lower, row.period.upper
    job: MaintenanceJob | None = getattr(row, "maintenance_job", None)
    if job is not None:
        return _job_ahead(job, start, end)
    replacement = getattr(row, "replacement", None)
    leg = getattr(row, "leg", None) or (replacement.leg if replacement is not None else None)
    if leg is None:
        return Ahead("hold", _("Reservation %(number)s") % {"number": row.pk}, "", start, end)
    named = {"booking": str(leg.booking_id)[:8], "provider": leg.booking.provider}
    if replacement is not None:
        title = _("Held as a replacement for booking %(booking)s, %(provider)s")
    elif row.expires_at is not None:
        title = _("Held for booking %(booking)s, %(provider)s, until %(until)s")
        named["until"] = near_moment(row.expires_at)
    else:
        title = _("Booking %(booking)s, %(provider)s")
    kind = "booking" if row.expires_at is None else "hold"
    return Ahead(kind, title % named, link_to(leg.booking), start, end)


def _job_ahead(job: MaintenanceJob, start: datetime, end: datetime | None) -> Ahead:
    title = _("Maintenance job %(number)s: %(what)s") % {"number": job.pk, "what": job.what}
    return Ahead("job", title, link_to(job), start, end, blocks=job.blocks_hire or job.state == JobState.RUNNING)


def _besides(jobs: list[MaintenanceJob], now: datetime) -> list[Ahead]:
    """Jobs that hold nothing: those that run, and those that block nothing until they do."""
    found = []
    for job in jobs:
        if job.state == JobState.RUNNING:
            end = job.planned_until
            late = end is not None and end <= now
            found.append(_job_ahead(job, job.started_at or now, None if late else end))
        elif not job.blocks_hire:
            found.append(_job_ahead(job, job.planned_from, job.planned_until))
    return found


# --- can it be hired? ---------------------------------------------------------------------------------------------


def hire_of(asset: Asset, promises: list[Ahead], jobs: list[MaintenanceJob], *, now: datetime) -> Hire:
    """Whether somebody without an agreed end can hire the asset now; if only somebody with one, until when.

    At most eight statements.
    """
    rules = rules_of_hire(now)
    found = hindrances(asset, start=now, end=None, now=now, rules=rules)
    if not found:
        return Hire(True, False, _("This asset can be hired now."), [])
    next_promise = min((one.start for one in promises), default=None)
    limited = (
        found <= {Hindrance.PROMISE, Hindrance.PLACE}
        and next_promise is not None
        and next_promise > now
        and not hindrances(asset, start=now, end=next_promise, now=now, rules=rules)
    )
    reasons: list[Reason] = []
    for kind in Hindrance:
        if kind in found:
            reasons += _reasons(kind, asset, promises, jobs, now)
    if limited and next_promise is not None:
        told = _("This asset can be hired now only by who agrees to bring it back by %(moment)s.")
        return Hire(True, True, told % {"moment": near_moment(next_promise)}, reasons)
    return Hire(False, False, _("This asset cannot be hired now."), reasons)


def _reasons(
    kind: Hindrance, asset: Asset, promises: list[Ahead], jobs: list[MaintenanceJob], now: datetime
) -> Iterator[Reason]:
    """The parts of one hindrance, each with where it is seen to."""
    if kind == Hindrance.STATE:
        yield Reason(_("It is %(state)s.") % {"state": state_in_words("asset", asset.state)})
        for job in jobs:
            if job.state == JobState.RUNNING:
                named = {"number": job.pk, "what": job.what}
                yield Reason(_("Maintenance job %(number)s runs: %(what)s") % named, link_to(job))
    elif kind == Hindrance.LOCK:
        press = reverse("admin:assets_asset_do", args=[asset.pk, "lock-works"])
        yield Reason(_("Its lock is jammed: free it, and say that it works again."), press)
    elif kind == Hindrance.DAMAGE:
        for damage in keeping_from_hire(asset.pk):
            where = damage.component_name or damage.get_component_display()
            yield Reason(_("It is damaged and not to be hired: %(where)s.") % {"where": where}, link_to(damage))
    elif kind == Hindrance.PROMISE:
        for one in promises:
            yield Reason(_("Promised: %(whom)s, %(time)s") % {"whom": one.title, "time": one.time}, one.address)
    elif kind == Hindrance.PLACE:
        places = given_up_without(asset, now=now)
        for booking in Booking.objects.filter(legs__reservation__in=places).distinct()[:MOST_SHOWN]:
            told = _("A place at its station is promised to booking %(booking)s, and no other asset is left for it.")
            yield Reason(told % {"booking": str(booking.pk)[:8]}, link_to(booking))
    else:
        yield _why_it_is_not_served(asset, now)


def _why_it_is_not_served(asset: Asset, now: datetime) -> Reason:
    where = link_to(asset.station) if asset.station is not None else ""
    if rules_of_hire(now).lies_in(RegionType.NO_ACCESS, (asset.latitude, asset.longitude)):
        return Reason(_("It stands in an area where travellers have no access."), reverse("admin:assets_asset_map"))
    return Reason(_("It stands where it is closed at this hour, or on this day."), where)


# --- what lies ahead ----------------------------------------------------------------------------------------------


def time_line(promises: list[Ahead], jobs: list[MaintenanceJob], *, now: datetime) -> TimeLine:
    """The days from today's midnight on, on the operator's clocks."""
    first = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    last = first + timedelta(days=DAYS_AHEAD)
    besides = _besides(jobs, now)
    days = [formats.date_format(first + timedelta(days=number), "D j M") for number in range(DAYS_AHEAD)]
    return TimeLine(
        days=days,
        now=_percent(now, first, last),
        promised=list(_bars(promises, first, last)),
        planned=list(_bars(besides, first, last)),
        rows=sorted([*promises, *besides], key=lambda one: one.start),
    )


def _bars(ahead: list[Ahead], first: datetime, last: datetime) -> Iterator[Bar]:
    for one in ahead:
        if one.start >= last or (one.end is not None and one.end <= first):
            continue
        left = _percent(one.start, first, last)
        right = 100.0 if one.end is None else _percent(one.end, first, last)
        yield Bar(one, left, max(right - left, 0.4), one.end is None or one.end > last)


def _percent(moment: datetime, first: datetime, last: datetime) -> float:
    return round(min(max((moment - first) / (last - first), 0), 1) * 100, 2)


class AssetPage(ButtonsMixin):
    """Puts it above the form, and below it where the asset was."""

    change_form_before_template = "admin/assets/asset_top.html"
    change_form_after_template = "admin/assets/asset_trail.html"

    @property
    def media(self) -> Media:
        """With its own style, Leaflet, the words and the two scripts."""
        styles = ["leaflet/leaflet.css", "backoffice/map.css", "assets/asset-page.css"]
        scripts = [Script("assets/asset-map.js", type="module"), Script("backoffice/pictures.js", type="module")]
        return super().media + Media(css={"all": styles}, js=["leaflet/leaflet.js", reverse("admin-words"), *scripts])  # type: ignore[list-item]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page, with what is true of the asset at this moment."""
        if obj is not None:
            context.update(self._of_this_moment(obj))
            if self.has_change_permission(request, obj):
                context.update(trail_of(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _of_this_moment(self, asset: Asset) -> dict[str, Any]:
        now = timezone.now()
        jobs: QuerySet[MaintenanceJob] = open_jobs(MaintenanceJob.objects.filter(asset=asset))
        shown, promises = list(jobs.select_related("asset")[:MOST_SHOWN]), promises_of(asset, now=now)
        return {
            "hire": hire_of(asset, promises, shown, now=now),
            "time_line": time_line(promises, shown, now=now),
        }
