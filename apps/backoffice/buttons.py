"""Buttons on an object's page: what may happen to it next, asked for once more and done by a service.

Nothing here changes a state: each button names the service that does, and the page only asks why.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.backoffice.words import NOTHING
from apps.history.models import ActorKind, PressedButton
from apps.history.pressing import PressedBefore, once, once_outside
from apps.history.services import Actor
from apps.tomp.errors import TompError
from apps.tomp.identifiers import as_uuid

# Of a preview: what it is about, how that is, and how it will be.
Line = tuple[str, str, str]


class SubjectForm(forms.Form):
    """A form about one object, `subject`.

    `fields_of` tells by which of its fields something is asked that has another name in TOMP.
    """

    fields_of: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, subject: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    def refuse(self, error: TompError) -> None:
        """Say why the service refused what was filled in, at the field that it is about."""
        field = self.fields_of.get(error.field, error.field)
        if field in self.fields:
            self.add_error(field, capfirst(error.text))
        else:
            self.add_error(None, error.detail)


class ReasonForm(SubjectForm):
    """Why it is done. The reason is kept in the log, and told to the MP where the service tells it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
        help_text=gettext_lazy("Kept in the log."),
    )


@dataclass(frozen=True)
class Press:
    """A button pressed: on what, by whom, with what was filled in."""

    request: HttpRequest
    subject: Any
    actor: Actor
    answers: dict[str, Any]

    @property
    def user(self) -> User:
        """The member of staff who pressed it."""
        return cast("User", self.request.user)

    @property
    def reason(self) -> str:
        """Why, in the words of who pressed it."""
        return str(self.answers["reason"])


@dataclass(frozen=True)
class Button:
    """Something staff may do to an object.

    `fits` tells whether the present state allows it, `consequence` says in a sentence what will happen, `run`
    calls the service (a response it returns is shown instead of the object's page), `done` is said afterwards.
    Buttons of one `group` share a menu. Whoever may change such objects may press it, or only who has `permission`
    (`app.codename`), where it names one. What depends on the answers, `preview` shows before it is done: lines of what
    it is about, how that is and how it will be; it raises as `run` would. `run` is called in a transaction, unless
    it works something `outside` of any, such as a lock. A form acts once, unless the button is `repeatable`: one that
    shows something and leaves no more behind when it is pressed again.
    """

    name: str
    label: str | Promise
    icon: str
    fits: Callable[[Any], bool]
    consequence: Callable[[Any], str]
    run: Callable[[Press], HttpResponse | None]
    done: str | Promise
    form: Callable[..., SubjectForm] = ReasonForm
    variant: ActionVariant = ActionVariant.DEFAULT
    group: str | Promise = ""
    permission: str = ""
    preview: Callable[[Press], list[Line]] | None = None
    outside: bool = False
    repeatable: bool = False


class ButtonsMixin(ModelAdmin):
    """Offers `buttons` on the change page, each to who may press it.

    Other pages may offer them too: `offered_on` names those (`?from=`), and of which object they are. Whoever presses
    a button there comes back there.
    """

    buttons: tuple[Button, ...] = ()
    offered_on: ClassVar[dict[str, Callable[[Any], Model]]] = {}

    def get_urls(self) -> list[URLPattern]:
        """The page of each button before the pages of the objects."""
        address = path(
            "<path:object_id>/do/<slug:name>/",
            self.admin_site.admin_view(self.press_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_do",
        )
        return [address, *super().get_urls()]

    def may_press(self, request: HttpRequest, button: Button) -> bool:
        """Has this user what the button asks for?"""
        return request.user.has_perm(button.permission or f"{self.opts.app_label}.change_{self.opts.model_name}")

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The change page, with the buttons that fit the object's present state."""
        if obj is not None:
            menu = self._menu(obj, self.fitting_buttons(request, obj))
            context["actions_detail"] = [*(context.get("actions_detail") or []), *menu]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def fitting_buttons(self, request: HttpRequest, subject: Model) -> list[Button]:
        """The buttons that fit the object's present state, of those this user may press."""
        return [one for one in self.buttons if self.may_press(request, one) and one.fits(subject)]

    def _menu(self, subject: Model, buttons: Iterable[Button]) -> list[dict[str, Any]]:
        menu: list[dict[str, Any]] = []
        groups: dict[str, dict[str, Any]] = {}
        for button in buttons:
            entry = {
                "title": str(button.label),
                "icon": button.icon,
                "variant": button.variant,
                "path": self._address(subject, button),
            }
            if not button.group:
                menu.append(entry)
            elif str(button.group) in groups:
                groups[str(button.group)]["items"].append(entry)
            else:
                groups[str(button.group)] = {
                    "title": str(button.group),
                    "icon": "more_horiz",
                    "variant": ActionVariant.DEFAULT,
                    "items": [entry],
                }
                menu.append(groups[str(button.group)])
        return menu

    def _address(self, subject: Model, button: Button) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_do"
        return reverse(name, args=[subject.pk, button.name])

    def links_to(self, request: HttpRequest, subject: Model, *, offered_on: str) -> SafeString | str:
        """Links to the buttons that fit, for another page that offers them; a dash where none does."""
        shown = [
            (f"{self._address(subject, button)}?{urlencode({'from': offered_on})}", button.label)
            for button in self.fitting_buttons(request, subject)
        ]
        return format_html_join(" ", '<a class="backoffice-link backoffice-action" href="{}">{}</a>', shown) or NOTHING

    def page_of(self, request: HttpRequest, subject: Model) -> HttpResponseRedirect:
        """Back to where the button was offered: the object's own page, or another's."""
        other = self.offered_on.get(request.GET.get("from", ""))
        target = subject if other is None else other(subject)
        name = f"admin:{target._meta.app_label}_{target._meta.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[target.pk]))

    def press_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask why (GET), then do it (POST). A refusal by the service is shown with what was
        filled in, and nothing has happened. What was tried on a lock is not asked again: it may have obeyed.
        """
        button = next((one for one in self.buttons if one.name == name), None)
        if button is None:
            raise Http404
        if not self.may_press(request, button):
            raise PermissionDenied
        subject = self.get_object(request, unquote(object_id))
        if subject is None:
            raise Http404
        if not button.repeatable and _is_done(request):
            return self._say_done(request, button, subject)
        if not button.fits(subject):
            messages.error(
                request, _("“%(button)s” no longer fits: things have changed meanwhile.") % {"button": button.label}
            )
            return self.page_of(request, subject)
        form = button.form(request.POST if request.method == "POST" else None, subject=subject)
        if request.method != "POST" or "change" in request.POST or not form.is_valid():
            return self._ask(request, button, subject, form)
        press = Press(request, subject, Actor(ActorKind.TO, request.user.get_username()), form.cleaned_data)
        if button.preview is not None:
            return self._show_preview(button, button.preview, press, form)
        return self._press(button, press, form)

    def _show_preview(
        self, button: Button, preview: Callable[[Press], list[Line]], press: Press, form: SubjectForm
    ) -> HttpResponse:
        """What the answers would come to, or, in the form, why they cannot be. Done once that has been shown."""
        try:
            lines = preview(press)
        except TompError as error:
            form.refuse(error)
            return self._ask(press.request, button, press.subject, form)
        previewed = press.request.POST.get("previewed")
        if previewed == _how_it_is(lines):
            return self._press(button, press, form)
        if previewed is not None and not button.repeatable and _is_done(press.request):
            return self._say_done(press.request, button, press.subject)
        if previewed is not None:
            form.add_error(None, _("Things have changed since you looked. This is what it comes to now."))
        return self._ask(press.request, button, press.subject, form, preview=lines)

    def _press(self, button: Button, press: Press, form: SubjectForm) -> HttpResponse:
        request, subject = press.request, press.subject
        run = once_outside if button.outside else once
        # Under a token of its own a press is always the first.
        token = uuid4() if button.repeatable else _token(request)
        try:
            response = run(token, lambda: button.run(press))
        except PressedBefore:
            return self._say_done(request, button, subject)
        except TompError as error:
            if button.outside:
                messages.error(request, error.detail)
                return self.page_of(request, subject)
            form.refuse(error)
            return self._ask(request, button, self.get_object(request, str(subject.pk)) or subject, form)
        if response is not None:
            return response
        messages.success(request, str(button.done))
        return self.page_of(request, subject)

    def _say_done(self, request: HttpRequest, button: Button, subject: Model) -> HttpResponse:
        """Of a lock it is only known that it was tried: it may not have obeyed."""
        if button.outside:
            said = _(
                "That was tried already: the form was sent before, and acts once. Look at the lock commands for what "
                "came of it, and press the button again where it did not work."
            )
        else:
            said = _("That has been done already: the form was sent before, and acts once.")
        messages.info(request, said)
        return self.page_of(request, subject)

    def _ask(
        self,
        request: HttpRequest,
        button: Button,
        subject: Any,
        form: SubjectForm,
        preview: list[Line] | None = None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": button.label,
            "opts": self.opts,
            "subject": subject,
            "button": button,
            "consequence": button.consequence(subject),
            "preview": preview,
            "previewed": _how_it_is(preview or []),
            "form": form,
            "back": self.page_of(request, subject).url,
            "token": _token(request),
        }
        return TemplateResponse(request, "admin/backoffice/press.html", context)


def _how_it_is(preview: list[Line]) -> str:
    """A hash of what a preview is about and how that is; how it will be may depend on the minute."""
    return hashlib.sha256(json.dumps([(what, str(now)) for what, now, _then in preview]).encode()).hexdigest()


def _token(request: HttpRequest) -> UUID:
    """That of the form that was sent; of one that is only asked for, or came without, a new one."""
    return as_uuid(request.POST.get("token", "")) or uuid4()


def _is_done(request: HttpRequest) -> bool:
    """Has the form that was sent been sent before, and acted?"""
    return request.method == "POST" and PressedButton.objects.filter(token=_token(request)).exists()
