"""What staff may do to a leg: the operator's own leg events, another asset, and issues.

PREPARE and SET_IN_USE are shown where the process the booking was made under leaves them to the operator, or asks to
hear of them. A ride that is stuck can be ended under any process.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.utils import timezone
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from apps.assets.locks.models import LockOrder
from apps.assets.models import Asset
from apps.backoffice.badges import state_in_words
from apps.backoffice.buttons import Button, Press, ReasonForm
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

    ended_at = forms.DateTimeField(
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="Empty for now. The ride is charged until then.",
    )
    without_lock = forms.BooleanField(
        label="Without the lock",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="For a lock that is jammed or silent: it stays as it is, and the provider is told of the end.",
    )

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        if not is_locked_remotely(subject):
            del self.fields["without_lock"]


class ReplacementForm(ReasonForm):
    """Why, and by which asset."""

    asset = forms.TypedChoiceField(coerce=int, widget=UnfoldAdminSelectWidget, help_text="Free and near the pick-up.")
    field_order = ("asset", "reason")

    def __init__(self, *args: Any, subject: Leg, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        found = replacements_for(subject, now=timezone.now())
        cast("forms.ChoiceField", self.fields["asset"]).choices = [
            ("", "Choose an asset"),
            *((asset.pk, _replacement_in_words(asset, subject)) for asset in found),
        ]


def _replacement_in_words(asset: Asset, leg: Leg) -> str:
    charge = "" if asset.state_of_charge is None else f", {asset.state_of_charge} %"
    other = "" if asset.asset_type_id == leg.asset_type_id else f" – {leg.booking.provider} is asked first"
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
        time = press.answers.get("ended_at") or timezone.now()
        without_lock = press.answers.get("without_lock", False)
        happening = Happening(event=event, time=time, comment=press.reason, without_lock=without_lock)
        apply_event(leg_id=press.subject.pk, happening=happening, actor=press.actor)

    return run


def _button(
    event: str,
    label: str,
    icon: str,
    consequence: str,
    done: str,
    *,
    where_asked: bool = False,
    form: type[ReasonForm] = ReasonForm,
    variant: ActionVariant = ActionVariant.PRIMARY,
) -> Button:
    return Button(
        name=event.lower().replace("_", "-"),
        label=label,
        icon=icon,
        fits=_fits(event, where_asked=where_asked),
        consequence=lambda leg: f"{consequence} {leg.booking.provider} is told so.",
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
    return leg.replacements.filter(ended_at=None).exists()


def _can_be_replaced(leg: Leg) -> bool:
    return _stands(leg) and leg.state in BEFORE_THE_RIDE and not _is_asked(leg)


def _replace(press: Press) -> None:
    replace_asset(leg_id=press.subject.pk, asset_id=press.answers["asset"], actor=press.actor, reason=press.reason)


def _ask_no_longer(press: Press) -> None:
    ask_no_longer(leg_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _work(order: LockOrder) -> Callable[[Press], None]:
    def run(press: Press) -> None:
        work_by_hand(leg_id=press.subject.pk, order=order, actor=press.actor, reason=press.reason)

    return run


def _lock_button(order: LockOrder, name: str, label: str, icon: str, does: str) -> Button:
    return Button(
        name=name,
        label=label,
        icon=icon,
        fits=has_a_lock,
        consequence=lambda leg: f"The lock of {leg.asset} {does} now. The ride itself stays as it is.",
        run=_work(order),
        done=f"The lock {does}: it has said so.",
        group="Lock",
    )


LOCK_BUTTONS = (
    _lock_button(LockOrder.UNLOCK, "unlock", "Unlock", "lock_open", "opens"),
    _lock_button(LockOrder.LOCK, "lock", "Lock", "lock", "closes"),
)
LEG_BUTTONS = (
    _button(
        LegEventType.PREPARE,
        "Start preparing",
        "build",
        "The leg is being prepared.",
        "The leg is being prepared.",
        where_asked=True,
    ),
    _button(
        LegEventType.SET_IN_USE,
        "Set in use",
        "play_arrow",
        "The ride starts, or goes on, now.",
        "The leg is in use.",
        where_asked=True,
    ),
    _button(
        LegEventType.FINISH,
        "Finish",
        "flag",
        "The ride ends: its fare is settled and its asset is free.",
        "The leg is finished.",
        form=FinishForm,
    ),
    Button(
        name="replace-asset",
        label="Replace asset",
        icon="swap_horiz",
        fits=_can_be_replaced,
        consequence=lambda leg: (
            f"An asset of the type booked is given to the leg at once, and {leg.booking.provider} is told so. For one "
            f"of another type {leg.booking.provider} is asked; it is held for ten minutes at most, and the leg stays "
            "as it is until the answer comes. The price stays as agreed."
        ),
        run=_replace,
        done="The asset is replaced, or the provider is asked.",
        form=ReplacementForm,
    ),
    Button(
        name="ask-no-longer",
        label="Withdraw the question",
        icon="undo",
        fits=_is_asked,
        consequence=lambda leg: (
            f"Whatever {leg.booking.provider} answers, the asset is not replaced and the other is held no longer."
        ),
        run=_ask_no_longer,
        done="The asset is not replaced.",
    ),
    Button(
        name="report-issue",
        label="Report an issue",
        icon="report",
        fits=_can_be_stopped,
        consequence=lambda leg: (
            f"The ride stops. Until the issue is resolved only the operator can end it; {leg.booking.provider} can do "
            "nothing with it. Time goes on being charged as before, unless the ride is finished at an earlier time."
        ),
        run=_report,
        done="The ride is stopped until the issue is resolved.",
    ),
    Button(
        name="resolve-issue",
        label="Resolve the issue",
        icon="task_alt",
        fits=_has_an_issue,
        consequence=lambda leg: (
            f"The ride goes on where it was: it is {state_in_words('leg', leg.state_before_issue)} again."
        ),
        run=_resolve,
        done="The issue is resolved.",
        variant=ActionVariant.SUCCESS,
    ),
    _button(
        LegEventType.CANCEL,
        "Cancel",
        "cancel",
        "The leg is cancelled without a fare and its asset is free again; with its last leg, the booking is too.",
        "The leg is cancelled.",
        variant=ActionVariant.DANGER,
    ),
)
