"""What staff may do to a leg: the operator's own leg events, other times, another asset, and issues.

PREPARE and SET_IN_USE are shown where the process the booking was made under leaves them to the operator, or asks to
hear of them. A ride that is stuck can be ended under any process.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from apps.assets.locks.models import LockOrder
from apps.assets.models import Asset
from apps.backoffice.badges import state_in_words
from apps.backoffice.buttons import Button, Line, Press, ReasonForm
from apps.backoffice.fields import MomentField
from apps.backoffice.previews import rehearsed
from apps.backoffice.words import NOTHING
from apps.bookings.admin_buttons import AS_AGREED, CancelForm
from apps.bookings.models import STANDING
from apps.history.models import ActorKind
from apps.legs.assigning import meters_to
from apps.legs.issues import report_issue, resolve_issue
from apps.legs.lock_by_hand import has_a_lock, work_by_hand
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg, LegEventType, LegState
from apps.legs.moment import Happening
from apps.legs.remote_locks import is_locked_remotely
from apps.legs.replacing import ask_no_longer, replace_asset
from apps.legs.selectors import replacements_for
from apps.legs.services import apply_event, is_accepted
from apps.legs.telling import TOLD
from apps.processes.selectors import published_profile


class FinishForm(ReasonForm):
    """Why, when the ride ended, and whether that waits for the lock."""

    ended_at = MomentField(
        label=gettext_lazy("Ended at"),
        required=False,
        help_text=gettext_lazy("Empty for now. The ride is charged until then."),
    )
    without_lock = forms.BooleanField(
        label=gettext_lazy("Without the lock"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy(
            "For a lock that is jammed or silent: it stays as it is, and the provider is told of the end."
        ),
    )

    fields_of: ClassVar[dict[str, str]] = {"time": "ended_at"}

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        if not is_locked_remotely(subject):
            del self.fields["without_lock"]


class TimeForm(ReasonForm):
    """Why, and the agreed time that is to be another: that of the leg's field `agreed`, called `named`."""

    time = MomentField()
    field_order = ("time", "reason")

    def __init__(self, *args: Any, subject: Leg, agreed: str, named: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["time"].label = named
        self.fields["time"].initial = getattr(subject, agreed)


class ReplacementForm(ReasonForm):
    """Why, and by which asset."""

    asset = forms.TypedChoiceField(
        label=gettext_lazy("Asset"),
        coerce=int,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Free and near the pick-up."),
    )
    field_order = ("asset", "reason")

    def __init__(self, *args: Any, subject: Leg, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        found = replacements_for(subject, now=timezone.now())
        cast("forms.ChoiceField", self.fields["asset"]).choices = [
            ("", _("Choose an asset")),
            *((asset.pk, _replacement_in_words(asset, subject)) for asset in found),
        ]


def _replacement_in_words(asset: Asset, leg: Leg) -> str:
    charge = "" if asset.state_of_charge is None else f", {asset.state_of_charge} %"
    asked = _(" – %(provider)s is asked first") % {"provider": leg.booking.provider}
    other = "" if asset.asset_type_id == leg.asset_type_id else asked
    return f"{asset.code}, {asset.asset_type}{charge}, {meters_to(leg, asset):.0f} m{other}"


def _stands(leg: Leg) -> bool:
    return leg.booking.state_at(timezone.now()) in STANDING


def _fits(event: str, *, where_asked: bool) -> Callable[[Any], bool]:
    def fits(leg: Leg) -> bool:
        profile = published_profile(leg.booking.profile_version_id)
        asked = not where_asked or profile.has(TOLD[event] or "")
        return asked and _stands(leg) and is_accepted(leg, event, actor_kind=ActorKind.TO)

    return fits


def _run(event: str) -> Callable[[Press], None]:
    def run(press: Press) -> None:
        answers = press.answers
        happening = Happening(
            event=event,
            time=answers.get("ended_at") or answers.get("time") or timezone.now(),
            comment=press.reason,
            without_lock=answers.get("without_lock", False),
            with_fee=answers["fee"] == AS_AGREED if "fee" in answers else None,
        )
        apply_event(leg_id=press.subject.pk, happening=happening, actor=press.actor)

    return run


def _button(
    event: str,
    label: Promise,
    icon: str,
    consequence: Promise,
    done: Promise,
    *,
    where_asked: bool = False,
    form: Callable[..., ReasonForm] = ReasonForm,
    variant: ActionVariant = ActionVariant.PRIMARY,
) -> Button:
    return Button(
        name=event.lower().replace("_", "-"),
        label=label,
        icon=icon,
        fits=_fits(event, where_asked=where_asked),
        consequence=lambda leg: " ".join(
            [str(consequence), _("%(provider)s is told so.") % {"provider": leg.booking.provider}]
        ),
        preview=rehearsed(_run(event)),
        run=_run(event),
        done=done,
        form=form,
        variant=variant,
    )


def _can_be_stopped(leg: Leg) -> bool:
    return _stands(leg) and leg.state in {*BEFORE_THE_RIDE, *UNDER_WAY}


def _report(press: Press) -> None:
    report_issue(leg_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _has_an_issue(leg: Leg) -> bool:
    return leg.state == LegState.ISSUE_REPORTED


def _resolve(press: Press) -> None:
    resolve_issue(leg_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _is_asked(leg: Leg) -> bool:
    return any(asked.ended_at is None for asked in leg.replacements.all())


def _can_be_replaced(leg: Leg) -> bool:
    return _stands(leg) and leg.state in BEFORE_THE_RIDE and not _is_asked(leg)


def _replace(press: Press) -> None:
    replace_asset(leg_id=press.subject.pk, asset_id=press.answers["asset"], actor=press.actor, reason=press.reason)


def _preview_of_replacing(press: Press) -> list[Line]:
    """With how far the other asset stands from the pick-up point."""
    leg = cast("Leg", press.subject)
    asset = Asset.objects.filter(pk=press.answers["asset"]).first()
    away = NOTHING if leg.asset is None else f"{meters_to(leg, leg.asset):.0f} m"
    then = away if asset is None else f"{meters_to(leg, asset):.0f} m"
    return [*rehearsed(_replace)(press), (_("From the pick-up point"), away, then)]


def _ask_no_longer(press: Press) -> None:
    ask_no_longer(leg_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _work(order: LockOrder) -> Callable[[Press], None]:
    def run(press: Press) -> None:
        work_by_hand(leg_id=press.subject.pk, order=order, actor=press.actor, reason=press.reason)

    return run


def _lock_button(order: LockOrder, name: str, label: Promise, icon: str, does: Promise, done: Promise) -> Button:
    return Button(
        name=name,
        label=label,
        icon=icon,
        fits=has_a_lock,
        consequence=lambda leg: str(does) % {"asset": leg.asset},
        run=_work(order),
        done=done,
        group=pgettext_lazy("of an asset", "Lock"),
        outside=True,
    )


LOCK_BUTTONS = (
    _lock_button(
        LockOrder.UNLOCK,
        "unlock",
        gettext_lazy("Unlock"),
        "lock_open",
        gettext_lazy("The lock of %(asset)s opens now. The ride itself stays as it is."),
        gettext_lazy("The lock opens: it has said so."),
    ),
    _lock_button(
        LockOrder.LOCK,
        "lock",
        gettext_lazy("Lock"),
        "lock",
        gettext_lazy("The lock of %(asset)s closes now. The ride itself stays as it is."),
        gettext_lazy("The lock closes: it has said so."),
    ),
)
LEG_BUTTONS = (
    _button(
        LegEventType.PREPARE,
        gettext_lazy("Start preparing"),
        "build",
        gettext_lazy("The leg is being prepared."),
        gettext_lazy("The leg is being prepared."),
        where_asked=True,
    ),
    _button(
        LegEventType.SET_IN_USE,
        gettext_lazy("Set in use"),
        "play_arrow",
        gettext_lazy("The ride starts, or goes on, now."),
        gettext_lazy("The leg is in use."),
        where_asked=True,
    ),
    _button(
        LegEventType.FINISH,
        gettext_lazy("Finish"),
        "flag",
        gettext_lazy("The ride ends: its fare is settled and its asset is free."),
        gettext_lazy("The leg is finished."),
        form=FinishForm,
    ),
    _button(
        LegEventType.TIME_EXTEND,
        gettext_lazy("Extend"),
        "more_time",
        gettext_lazy(
            "The ride may go on until the new arrival, where nobody else is promised the asset then. Its fare is "
            "estimated anew."
        ),
        gettext_lazy("The arrival is another."),
        form=partial(TimeForm, agreed="arrival_time", named=gettext_lazy("New arrival")),
        variant=ActionVariant.DEFAULT,
    ),
    _button(
        LegEventType.TIME_POSTPONE,
        gettext_lazy("Postpone"),
        "schedule",
        gettext_lazy("The ride begins at the new departure, and the agreed arrival stays. Its fare is estimated anew."),
        gettext_lazy("The departure is another."),
        form=partial(TimeForm, agreed="departure_time", named=gettext_lazy("New departure")),
        variant=ActionVariant.DEFAULT,
    ),
    Button(
        name="replace-asset",
        label=gettext_lazy("Replace asset"),
        icon="swap_horiz",
        fits=_can_be_replaced,
        consequence=lambda leg: (
            _(
                "An asset of the type booked is given to the leg at once, and %(provider)s is told so. For one of "
                "another type %(provider)s is asked; it is held for ten minutes at most, and the leg stays as it is "
                "until the answer comes. The price stays as agreed."
            )
            % {"provider": leg.booking.provider}
        ),
        preview=_preview_of_replacing,
        run=_replace,
        done=gettext_lazy("The asset is replaced, or the provider is asked."),
        form=ReplacementForm,
    ),
    Button(
        name="ask-no-longer",
        label=gettext_lazy("Withdraw the question"),
        icon="undo",
        fits=_is_asked,
        consequence=lambda leg: (
            _("Whatever %(provider)s answers, the asset is not replaced and the other is held no longer.")
            % {"provider": leg.booking.provider}
        ),
        preview=rehearsed(_ask_no_longer),
        run=_ask_no_longer,
        done=gettext_lazy("The asset is not replaced."),
    ),
    Button(
        name="report-issue",
        label=gettext_lazy("Report an issue"),
        icon="report",
        fits=_can_be_stopped,
        consequence=lambda leg: (
            _(
                "The ride stops. Until the issue is resolved only the operator can end it; %(provider)s can do "
                "nothing with it. Time goes on being charged as before, unless the ride is finished at an earlier time."
            )
            % {"provider": leg.booking.provider}
        ),
        preview=rehearsed(_report),
        run=_report,
        done=gettext_lazy("The ride is stopped until the issue is resolved."),
    ),
    Button(
        name="resolve-issue",
        label=gettext_lazy("Resolve the issue"),
        icon="task_alt",
        fits=_has_an_issue,
        consequence=lambda leg: (
            _("The ride goes on where it was: it is %(state)s again.")
            % {"state": state_in_words("leg", leg.state_before_issue)}
        ),
        preview=rehearsed(_resolve),
        run=_resolve,
        done=gettext_lazy("The issue is resolved."),
        variant=ActionVariant.SUCCESS,
    ),
    _button(
        LegEventType.CANCEL,
        gettext_lazy("Cancel"),
        "cancel",
        gettext_lazy(
            "The leg is cancelled without a fare and its asset is free again; with its last leg, the booking is too."
        ),
        gettext_lazy("The leg is cancelled."),
        form=CancelForm,
        variant=ActionVariant.DANGER,
    ),
)
