"""The settings of a process profile, all with a default: what identifiers need a number for."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Setting:
    """A whole number within bounds, or one of `choices`. `meaning` says it in a sentence, with the unit."""

    name: str
    default: int | str
    meaning: str | Promise
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        """Why `value` cannot be taken, or None where it can."""
        if self.choices:
            if isinstance(value, str) and value in self.choices:
                return None
            return gettext("%(name)s is one of %(choices)s.") % {"name": self.name, "choices": ", ".join(self.choices)}
        if type(value) is not int or not self.minimum <= value <= self.maximum:
            return gettext("%(name)s is a whole number from %(least)s to %(most)s.") % {
                "name": self.name,
                "least": self.minimum,
                "most": self.maximum,
            }
        return None


DAY, WEEK = 24 * 60, 7 * 24 * 60
SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("offerMinutes", 5, _("How long an offer can be booked, in minutes."), 1, DAY),
        Setting("holdMinutes", 10, _("How long a pending booking waits for its COMMIT, in minutes."), 1, DAY),
        Setting(
            "postponedResponseMinutes",
            30,
            _("How long we take to answer a postponed commit, in minutes, where its condition names no time."),
            1,
            WEEK,
        ),
        Setting(
            "postponedAt",
            "BOOKING",
            _("When a postponed commit begins to wait for our answer: at POST /bookings or at the MP's COMMIT."),
            choices=("BOOKING", "COMMIT"),
        ),
        Setting("extendMaxTimes", 3, _("How often a pending booking's expiry can be extended."), 0, 100),
        Setting("extendMaxMinutes", 30, _("How far its expiry can be extended altogether, in minutes."), 0, WEEK),
        Setting(
            "assignMinutes",
            0,
            _(
                "How long before the departure a place booked up front is given its asset, in minutes; "
                "0: the traveller chooses one, or gets one at SET_IN_USE."
            ),
            0,
            WEEK,
        ),
        Setting(
            "progressSeconds",
            30,
            _("The least time between two positions sent with PROGRESS_NOTIFICATION, in seconds."),
            1,
            3600,
        ),
        Setting(
            "cancelFreeMinutes",
            0,
            _("How long before the departure a confirmed booking is cancelled for nothing, in minutes."),
            0,
            WEEK,
        ),
        Setting("cancelFeePercent", 0, _("The fee for cancelling later, in percent of the estimated fare."), 0, 100),
        Setting(
            "noShowMinutes",
            0,
            _(
                "How long after the departure of a confirmed booking we wait for the traveller, in "
                "minutes; 0: the reserve time of the asset type."
            ),
            0,
            WEEK,
        ),
        Setting("noShowFeePercent", 0, _("The fee where nobody comes, in percent of the estimated fare."), 0, 100),
        Setting(
            "callServiceMinutes",
            5,
            _("How long before the arrival SUPPLIES_CALL_SERVICE calls the traveller, in minutes."),
            0,
            DAY,
        ),
        Setting(
            "reminderMinutes",
            5,
            _(
                "How long before a reservation runs out, or a ride is to end, GENERAL_NOTIFICATION "
                "reminds the traveller, in minutes; 0: never."
            ),
            0,
            DAY,
        ),
        Setting(
            "overtimeMinutes",
            15,
            _(
                "How long after its agreed arrival a ride that goes on is told as USER_OUT_OF_LIMITS, in "
                "minutes; 0: never."
            ),
            0,
            DAY,
        ),
    )
}
