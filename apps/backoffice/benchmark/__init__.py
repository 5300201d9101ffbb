"""Does the API stay as fast with a hundred times the assets and a million past bookings? `manage.py benchmark` tells.

`scratch` holds the databases it is asked of, `contents` and `copies` fill them, `calls` makes the journey's calls and
measures them, `journal` reads and invoices what they left, `sweep` lets bookings expire and watches. `pages` opens the
pages of the admin instead, where `surroundings` has written what stands around bookings.
"""
