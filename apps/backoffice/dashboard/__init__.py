"""The first page of the admin: what needs a person now, and how today goes beside the same day of last week.

`blocks` says what waits and `waiting` reads it, `today` reads the figures, `charts` draws them, `views` shows both.
"""
