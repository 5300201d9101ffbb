"""To the second, in the order of Europe."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y H:i:s"
