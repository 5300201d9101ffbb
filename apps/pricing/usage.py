"""What was used of an asset: a log of how long and how far, in use and paused. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

IN_USE, PAUSED = "IN_USE", "PAUSED"


@dataclass(frozen=True)
class Segment:
    """A part of a ride in one state: seconds, and metres travelled in them."""

    state: str
    seconds: int
    meters: int

    def until(self, seconds: Fraction) -> "Segment":
        """Its first `seconds`, with as much of the way."""
        part = seconds / self.seconds
        return Segment(self.state, int(seconds), int(self.meters * part))


@dataclass(frozen=True)
class Usage:
    """The whole of a ride: seconds in use, seconds paused, metres travelled.

    `log` tells in which order; where it is not known, as for an estimate, the pause comes last.
    """

    in_use_seconds: int
    paused_seconds: int
    distance_meters: int
    log: tuple[Segment, ...] = ()

    @property
    def seconds(self) -> int:
        """The whole time, paused or not."""
        return self.in_use_seconds + self.paused_seconds

    def segments(self) -> tuple[Segment, ...]:
        """The ride in its order."""
        if self.log:
            return self.log
        return (
            Segment(IN_USE, self.in_use_seconds, self.distance_meters),
            Segment(PAUSED, self.paused_seconds, 0),
        )

    def over(self, meters: int) -> "Usage":
        """The same ride over so many metres, as fast at any time that it was in use."""
        if not self.in_use_seconds:
            return usage_of((*self.segments(), Segment(IN_USE, 0, meters)))
        log, ridden, gone = [], 0, 0
        for segment in self.segments():
            ridden += segment.seconds if segment.state == IN_USE else 0
            reached = round(Fraction(meters * ridden, self.in_use_seconds))
            log.append(Segment(segment.state, segment.seconds, reached - gone))
            gone = reached
        return usage_of(tuple(log))

    def first(self, seconds: int) -> "Usage":
        """The ride as it was after so many seconds."""
        return usage_of(_cut(self.segments(), seconds))


def usage_of(segments: "Iterator[Segment] | tuple[Segment, ...]") -> Usage:
    """The usage that a log of segments adds up to."""
    log = tuple(segments)
    return Usage(
        in_use_seconds=sum(one.seconds for one in log if one.state != PAUSED),
        paused_seconds=sum(one.seconds for one in log if one.state == PAUSED),
        distance_meters=sum(one.meters for one in log),
        log=log,
    )


def _cut(segments: tuple[Segment, ...], seconds: int) -> Iterator[Segment]:
    left = seconds
    for segment in segments:
        if segment.seconds > left:
            yield segment.until(Fraction(left))
            return
        yield segment
        left -= segment.seconds
