"""What can be done on the page of a process profile, each thing at an address of its own.

The page itself is drawn in the browser; it sends the draft as JSON. Looking and trying out change nothing,
and are open to whoever may see profiles; everything else asks for the permission to change them.
"""

from datetime import datetime
from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from apps.assets.selectors import fleet
from apps.backoffice.words import moment
from apps.operator.selectors import operator_basics
from apps.processes import requirements
from apps.processes.checks import errors_in
from apps.processes.diff import differences
from apps.processes.document import arranged
from apps.processes.drafts import as_profile, well_shaped
from apps.processes.meta import implementation
from apps.processes.models import ProcessProfile
from apps.processes.problems import DraftChanged, Problem, ProfileRefused
from apps.processes.selectors import version_in_force
from apps.processes.services import findings, publish, save_draft

PLANNING = "planning.offers"
CHANGED_SINCE = _("The draft has been changed since you opened it. Nothing was done; look at it again first.")
NOT_READ = _("The page sent something that could not be read. Nothing was done.")


class PublishForm(forms.Form):
    """Why, and which draft."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("What it is for, in a sentence; kept with the version."),
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput)


class ImportForm(forms.Form):
    """A file, and the draft that it takes the place of."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".json,application/json"}),
        help_text=_("JSON, as Export and manage.py profile export write it."),
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput)


def json_download(document: dict[str, Any], name: str) -> HttpResponse:
    """A document as a file, as `manage.py profile export` writes it."""
    text = orjson.dumps(arranged(document), option=orjson.OPT_INDENT_2) + b"\n"
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{_file_name(name)}.json"'},
    )


def _file_name(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)


def exact(moment: datetime) -> str:
    """A moment for a hidden field, to the microsecond: forms would cut it at the second."""
    return timezone.localtime(moment).isoformat()


def problem_rows(problems: list[Problem]) -> list[dict[str, str]]:
    """Findings as JSON."""
    return [{"where": one.where, "severity": one.severity, "sentence": one.sentence} for one in problems]


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that the page sent; empty where it is none."""
    try:
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _moment_of(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


class ProfileViews(ModelAdmin):
    """The addresses behind the page of a profile."""

    def get_urls(self) -> list[URLPattern]:
        """Those of one profile before the admin's own."""
        views = {
            "look": self.look_view,
            "answer": self.answer_view,
            "save": self.save_view,
            "publish": self.publish_view,
            "import": self.import_view,
            "export": self.export_view,
        }
        own = [
            path(
                f"<int:profile_id>/{name}/",
                self.admin_site.admin_view(require_POST(view) if name in {"look", "answer", "save"} else view),
                name=f"processes_processprofile_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def _profile(self, request: HttpRequest, profile_id: int, *, to_change: bool) -> ProcessProfile:
        """The profile, for who may see or change it."""
        allowed = self.has_change_permission(request) if to_change else self.has_view_permission(request)
        if not allowed:
            raise PermissionDenied
        return get_object_or_404(ProcessProfile.objects.select_related("provider"), pk=profile_id)

    def look_view(self, request: HttpRequest, profile_id: int) -> JsonResponse:
        """What there is to say about the document sent, and what the MP would read of it."""
        self._profile(request, profile_id, to_change=False)
        sent = _sent(request)
        document, operator = sent.get("document"), operator_basics()
        known = operator.languages
        language = sent.get("language") if sent.get("language") in known else known[0]
        return JsonResponse(
            {
                "findings": problem_rows(findings(document, fleet=fleet())),
                "meta": implementation(as_profile(document), str(language), has_feed=operator.has_feed),
            }
        )

    def answer_view(self, request: HttpRequest, profile_id: int) -> JsonResponse:
        """What of the profile's requirements a pasted planning request does not meet."""
        self._profile(request, profile_id, to_change=False)
        sent = _sent(request)
        text = sent.get("request")
        try:
            body = orjson.loads(text if isinstance(text, str) else "")
        except orjson.JSONDecodeError as error:
            sentence = gettext("This is not JSON yet: %(msg)s, in line %(lineno)s, column %(colno)s.") % {
                "msg": error.msg,
                "lineno": error.lineno,
                "colno": error.colno,
            }
            return JsonResponse({"readable": False, "sentence": sentence})
        if not isinstance(body, dict):
            sentence = gettext("A planning request is a JSON object: it begins with { and ends with }.")
            return JsonResponse({"readable": False, "sentence": sentence})
        unmet = list(requirements.unmet(as_profile(sent.get("document")), PLANNING, query={}, body=body))
        return JsonResponse({"readable": True, "unmet": unmet})

    def save_view(self, request: HttpRequest, profile_id: int) -> JsonResponse:
        """Keep the draft sent, unless another has been saved since the one that was opened."""
        profile = self._profile(request, profile_id, to_change=True)
        sent = _sent(request)
        seen = _moment_of(sent.get("seen"))
        if seen is None or "document" not in sent:
            return JsonResponse({"sentence": NOT_READ}, status=400)
        try:
            saved = save_draft(provider=profile.provider, document=sent["document"], seen=seen)
        except ProfileRefused as refusal:
            return JsonResponse({"sentence": str(refusal)}, status=400)
        except DraftChanged:
            return self._other_draft(profile_id, sent["document"])
        self.log_change(request, saved, "Saved the draft.")
        return JsonResponse({"seen": saved.changed_at.isoformat(), "document": well_shaped(saved.draft)})

    def _other_draft(self, profile_id: int, mine: Any) -> JsonResponse:
        """Who saved another draft and when, and what it says otherwise."""
        theirs = ProcessProfile.objects.get(pk=profile_id)
        entry = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(ProcessProfile), object_id=str(profile_id)
        ).first()
        # A draft can also come from the command line, which leaves no entry.
        by_staff = entry is not None and entry.action_time >= theirs.changed_at
        said = (
            gettext("The draft was changed by %(user)s on %(moment)s, after you had opened it.")
            if entry is not None and by_staff
            else gettext("The draft was changed on %(moment)s, after you had opened it.")
        ) % {"user": entry and entry.user, "moment": moment(theirs.changed_at)}
        sentence = f"{said} {gettext('Yours was not saved; it is still on this page.')}"
        told = differences(well_shaped(theirs.draft), well_shaped(mine))
        answer = {"sentence": sentence, "differences": told, "seen": theirs.changed_at.isoformat()}
        return JsonResponse(answer, status=409)

    def publish_view(self, request: HttpRequest, profile_id: int) -> HttpResponse:
        """Show what the saved draft changes (GET), then put it in force (POST)."""
        profile = self._profile(request, profile_id, to_change=True)
        form = PublishForm(
            request.POST if request.method == "POST" else None, initial={"seen": exact(profile.changed_at)}
        )
        if request.method == "POST" and form.is_valid():
            try:
                version = publish(
                    provider=profile.provider,
                    fleet=fleet(),
                    user=request.user,  # type: ignore[arg-type]
                    comment=form.cleaned_data["comment"],
                    seen=form.cleaned_data["seen"],
                )
            except DraftChanged:
                messages.error(request, CHANGED_SINCE)
                return HttpResponseRedirect(request.path)
            except ProfileRefused:
                messages.error(request, gettext("Nothing was published: the draft does not hold together."))
                return HttpResponseRedirect(request.path)
            self.log_change(request, profile, f"Published version {version.number}.")
            messages.success(
                request,
                gettext("Version %(number)s is in force for %(provider)s.")
                % {"number": version.number, "provider": profile.provider},
            )
            return HttpResponseRedirect(self._page_of(profile))
        return self._ask_to_publish(request, profile, form)

    def _ask_to_publish(self, request: HttpRequest, profile: ProcessProfile, form: PublishForm) -> HttpResponse:
        problems = findings(profile.draft, fleet=fleet())
        current = version_in_force(profile.provider)
        context = {
            "form": form,
            "current": current,
            "next_number": current.number + 1 if current else 1,
            "problems": problems,
            "refused": bool(errors_in(problems)),
            "differences": differences(well_shaped(current.document) if current else {}, well_shaped(profile.draft)),
        }
        return self._respond(
            request,
            profile,
            "publish",
            gettext("Publish the process of %(provider)s") % {"provider": profile.provider},
            context,
        )

    def import_view(self, request: HttpRequest, profile_id: int) -> HttpResponse:
        """Make a file the draft, if it holds together; else tell all that is wrong with it, and change nothing."""
        profile = self._profile(request, profile_id, to_change=True)
        form = ImportForm(request.POST or None, request.FILES or None, initial={"seen": exact(profile.changed_at)})
        problems: list[Problem] = []
        if request.method == "POST" and form.is_valid():
            try:
                document = orjson.loads(form.cleaned_data["file"].read())
            except orjson.JSONDecodeError as error:
                form.add_error(
                    "file",
                    gettext("This is no JSON: %(msg)s, in line %(lineno)s, column %(colno)s.")
                    % {"msg": error.msg, "lineno": error.lineno, "colno": error.colno},
                )
            else:
                problems = findings(document, fleet=fleet())
                if not errors_in(problems):
                    return self._import(request, profile, document, form.cleaned_data["seen"])
        context = {"form": form, "problems": problems}
        return self._respond(
            request,
            profile,
            "import",
            gettext("Import a profile for %(provider)s") % {"provider": profile.provider},
            context,
        )

    def _import(
        self, request: HttpRequest, profile: ProcessProfile, document: Any, seen: datetime
    ) -> HttpResponseRedirect:
        try:
            save_draft(provider=profile.provider, document=document, seen=seen)
        except DraftChanged:
            messages.error(request, CHANGED_SINCE)
            return HttpResponseRedirect(request.path)
        self.log_change(request, profile, "Imported a file as the draft.")
        messages.success(request, gettext("The file is the draft now. It has no effect until it is published."))
        return HttpResponseRedirect(self._page_of(profile))

    def export_view(self, request: HttpRequest, profile_id: int) -> HttpResponse:
        """The saved draft as a file."""
        profile = self._profile(request, profile_id, to_change=False)
        return json_download(well_shaped(profile.draft), f"{profile.provider.maas_id}-draft")

    def _page_of(self, profile: ProcessProfile) -> str:
        return reverse("admin:processes_processprofile_change", args=[profile.pk])

    def _respond(
        self, request: HttpRequest, profile: ProcessProfile, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        common = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": profile,
            "profile": profile,
            "back": self._page_of(profile),
        }
        return TemplateResponse(request, f"admin/processes/{name}.html", {**common, **context})
