"""PICK_UP_THE_BILL: a parked car's stay is over when it is booked, and only its bill is left to be paid by the MP.

Source: seed process-identifiers, PICK_UP_THE_BILL; STATES, "Booking": as if each step in between had happened.
"""

from datetime import datetime

from apps.assets.reservations import release
from apps.bookings import lifecycle
from apps.history.services import Actor, fire
from apps.legs.charged import charged
from apps.legs.locks import Ride
from apps.legs.models import Leg
from apps.parking.models import ParkedCar
from apps.parking.services import end_as_billed
from apps.payments.charging import charge_at_finish
from apps.pricing.settling import settle
from apps.pricing.usage import Usage


def pick_up_the_bill(ride: Ride, cars: dict[int, ParkedCar], *, actor: Actor, now: datetime) -> None:
    """Confirm, start and finish a booking of locked parked cars; the fare of each stay goes into the journal."""
    booking = ride.booking
    booking.expires_at = None
    fire(booking, "commit", actor=actor, save=("expires_at",))
    for leg in ride.legs:
        if leg.parked_car_id is not None:
            _settle(ride, leg, cars[leg.parked_car_id], actor=actor, now=now)
    lifecycle.last_leg_finished(booking, actor=actor, at=now)


def _settle(ride: Ride, leg: Leg, car: ParkedCar, *, actor: Actor, now: datetime) -> None:
    """The car has been parked since it came; it is charged until now."""
    end_as_billed(car, now=now)
    leg.actual_departure_time = car.since
    fire(leg, "set_in_use", actor=actor, save=("actual_departure_time",))
    lifecycle.leg_set_in_use(ride.booking, actor=actor, at=car.since)
    usage = Usage(in_use_seconds=int((now - car.since).total_seconds()), paused_seconds=0, distance_meters=0)
    settlement = settle(leg.fare, usage)
    leg.actual_arrival_time, leg.final_fare, leg.distance_meters = now, settlement.fare, 0
    fire(leg, "finish", actor=actor, save=("actual_arrival_time", "final_fare", "distance_meters"))
    charge_at_finish(charged(leg), settlement, usage)
    release(leg.reservation, now=now)
