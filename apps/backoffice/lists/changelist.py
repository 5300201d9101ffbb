"""A list as it is asked for: by what it is narrowed, and where it is downloaded."""

from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.urls import reverse
from unfold.views import ChangeList


class ListShown(ChangeList):
    """What a list page of the admin is made from."""

    @property
    def list_name(self) -> str:
        """App and model, such as `bookings_booking`."""
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def address(self, action: str) -> str:
        """The address of the list (`changelist`), or of what is done with it."""
        return reverse(f"admin:{self.list_name}_{action}")

    @property
    def filters_used(self) -> list[str]:
        """The names of the filters that narrow it."""
        return sorted(self.get_filters_params())

    @property
    def is_narrowed(self) -> bool:
        """Is anything left out by filters or a search?"""
        return bool(self.query or self.filters_used)

    @property
    def is_reordered(self) -> bool:
        """Was it asked for in an order of its own?"""
        return ORDER_VAR in self.params

    @property
    def download_address(self) -> str:
        """Where all that is listed is downloaded, in this order."""
        return self.address("download") + str(self.get_query_string(remove=[PAGE_VAR]))
