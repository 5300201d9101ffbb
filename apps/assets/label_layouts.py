"""What labels are printed on."""

from django.db import models


class Layout(models.TextChoices):
    """Paper for labels, as stationers sell it."""

    SHEETS = "SHEETS", "sheets of A4 with 24 labels of 70 by 37 mm"
    SINGLE = "SINGLE", "single labels of 70 by 37 mm"
