"""Saved filters: keeping a list as it is narrowed and ordered, and finding out how to ask for it again.

What may be a traveller's name is not kept: lists whose search finds people keep their filters and order alone.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, DateFieldListFilter, ListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.auth.models import Group, User
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from apps.backoffice.lists.changelist import ListShown
from apps.backoffice.models import SavedFilter
from apps.tomp.errors import Invalid

SHARE = "backoffice.share_saved_filters"
PERIOD = "saved_period:"  # before the field of a date filter, whose days are counted anew each time
LONGEST_QUERY = 2_000  # characters


class NoLongerFits(Exception):
    """The list has no such filter, choice or column any more; says which."""


def seen_by(user: User, list_name: str) -> QuerySet[SavedFilter]:
    """Those of a list that are this user's, or shared with one of their roles. One statement."""
    theirs = Q(owner=user) | Q(shared_with__in=user.groups.all())
    return SavedFilter.objects.filter(theirs, list_name=list_name).select_related("owner", "shared_with")


def save(*, owner: User, listed: ListShown, name: str, shared_with: Group | None) -> SavedFilter:
    """Keep the list as it is shown. Raises `Invalid` for a name that its owner has used here."""
    query = _kept_query(listed)
    if len(query) > LONGEST_QUERY:
        raise Invalid(gettext("These filters are too long to be kept."))
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(
                owner=owner,
                list_name=listed.list_name,
                name=name,
                query=query,
                order=",".join(_order_shown(listed)),
                shared_with=shared_with,
            )
    except IntegrityError as error:
        raise Invalid(_name_is_used(name)) from error


def change(*, saved: SavedFilter, name: str, shared_with: Group | None) -> None:
    """Give it this name, and share it with this role or with nobody. Raises `Invalid` as `save` does."""
    saved.name, saved.shared_with = name, shared_with
    try:
        with transaction.atomic():
            saved.save(update_fields=["name", "shared_with"])
    except IntegrityError as error:
        raise Invalid(_name_is_used(name)) from error


def query_of(saved: SavedFilter, model_admin: Any, request: HttpRequest) -> str:
    """What to ask the list for, of today. Raises `NoLongerFits` where it would show anything else."""
    asked = QueryDict(saved.query, mutable=True)
    periods = {name: asked.pop(name) for name in list(asked) if name.startswith(PERIOD)}
    listed = _shown(model_admin, request, asked)
    for name, [number] in periods.items():
        asked.update(_period(listed, name.removeprefix(PERIOD), int(number)))
    if saved.order:
        asked[ORDER_VAR] = ".".join(_order_asked(listed, saved.order.split(",")))
    listed = _shown(model_admin, request, asked)
    for name in asked:
        if name not in {ORDER_VAR, SEARCH_VAR}:
            _check(listed, name)
    return asked.urlencode()


def _name_is_used(name: str) -> str:
    return gettext("You have a filter “%(name)s” of this list already: choose another name.") % {"name": name}


def _shown(model_admin: Any, request: HttpRequest, asked: QueryDict) -> ListShown:
    """The list as it would be shown."""
    as_asked = copy(request)
    as_asked.GET = asked  # type: ignore[assignment]  # nobody changes it
    try:
        shown: ListShown = model_admin.get_changelist_instance(as_asked)
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise NoLongerFits(gettext("the list does not know one of its filters any more.")) from error
    return shown


def _kept_query(listed: ListShown) -> str:
    """The filters and the search of the list, with periods that count from the day on which they are asked for."""
    kept = QueryDict(mutable=True)
    for name, values in listed.get_filters_params().items():
        kept.setlist(name, values)
    if listed.query and not listed.model_admin.search_finds_people:
        kept[SEARCH_VAR] = listed.query
    for spec in _date_filters(listed):
        for number, (_, period) in enumerate(spec.links):
            if period and all(kept.get(name) == str(value) for name, value in period.items()):
                for name in period:
                    del kept[name]
                kept[f"{PERIOD}{spec.field_path}"] = str(number)
                break
    return kept.urlencode()


def _date_filters(listed: ListShown) -> Iterator[DateFieldListFilter]:
    return (spec for spec in listed.filter_specs if isinstance(spec, DateFieldListFilter))


def _period(listed: ListShown, field: str, number: int) -> dict[str, str]:
    for spec in _date_filters(listed):
        if spec.field_path == field and number < len(spec.links):
            return {name: str(value) for name, value in spec.links[number][1].items()}
    raise NoLongerFits(gettext("the list has no filter by “%(name)s” any more.") % {"name": field})


def _order_shown(listed: ListShown) -> list[str]:
    """The columns by which the list was asked to be ordered, a minus before those that go down."""
    if ORDER_VAR not in listed.params:
        return []
    columns = listed.get_ordering_field_columns()
    return [
        f"{'-' if way == 'desc' else ''}{_column_name(listed.list_display[number])}"
        for number, way in columns.items()
        if number < len(listed.list_display)  # the list itself passes over a column that it has not
    ]


def _order_asked(listed: ListShown, columns: list[str]) -> list[str]:
    names = [_column_name(column) for column in listed.list_display]
    missing = [column for column in columns if column.removeprefix("-") not in names]
    if missing:
        gone = missing[0].removeprefix("-")
        raise NoLongerFits(gettext("the list has no column “%(name)s” any more.") % {"name": gone})
    return [f"{'-' * column.startswith('-')}{names.index(column.removeprefix('-'))}" for column in columns]


def _column_name(column: Any) -> str:
    return column if isinstance(column, str) else str(column.__name__)


def _check(listed: ListShown, name: str) -> None:
    """Raise `NoLongerFits` where the list would leave this filter out, or has no such choice."""
    spec = next((one for one in listed.filter_specs if name in one.expected_parameters()), None)
    if spec is None:
        if any(name.split("__")[0] == path.split("__")[0] for path in _filter_paths(listed)):
            raise NoLongerFits(gettext("the list has nothing to choose from for “%(name)s” any more.") % {"name": name})
        return
    if isinstance(spec, AllValuesFieldListFilter | DateFieldListFilter):
        return  # a value that no row has is none that is gone
    if not any(choice["selected"] for choice in _choices(listed, spec)):
        raise NoLongerFits(gettext("the filter “%(name)s” has no such choice any more.") % {"name": spec.title})


def _choices(listed: ListShown, spec: ListFilter) -> list[Any]:
    """What can be chosen; the first of them is everything."""
    return list(spec.choices(listed))[1:]


def _filter_paths(listed: ListShown) -> list[str]:
    named = (one[0] if isinstance(one, list | tuple) else one for one in listed.list_filter)
    return [one if isinstance(one, str) else str(one.parameter_name) for one in named]
