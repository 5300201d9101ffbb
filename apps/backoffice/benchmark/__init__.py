"""Does the API stay as fast with a hundred times the assets and a million past bookings? `manage.py benchmark` tells.

`scratch` holds the databases it is asked of, `contents` and `copies` fill them, `calls` makes the journey's calls and
measures them, `sweep` lets bookings expire and watches.
"""
