"""How far the times that MPs send may lie from ours."""

from datetime import timedelta

# Clocks differ: a time this far off is still taken for now.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Nobody plans further ahead; a time beyond is a mistake.
FARTHEST_AHEAD = timedelta(days=366)
