"""Process profiles: a page for each MP's draft, and the versions published from drafts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.assets.selectors import fleet
from apps.backoffice.admin_base import BackofficeAdmin, ReadOnlyAdmin
from apps.backoffice.badges import badge
from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.words import NOTHING, lines, link, moment, object_in_words
from apps.processes.admin_editor import page_data
from apps.processes.admin_views import CHANGED_SINCE, ProfileViews, exact, json_download
from apps.processes.diff import differences
from apps.processes.document import arranged
from apps.processes.drafts import left_out
from apps.processes.models import ProcessProfile, ProfileVersion
from apps.processes.problems import DraftChanged, ProfileRefused
from apps.processes.selectors import version_in_force, versions_of
from apps.processes.services import copy_to, findings, publish_again, save_draft
from apps.providers.models import Provider

_LATEST = versions_of(OuterRef("provider"))
# The page of a profile lists no more versions than this; their own list has them all.
LATEST_VERSIONS = 20


@admin.register(ProcessProfile)
class ProcessProfileAdmin(ProfileViews, BackofficeAdmin):
    """The draft of an MP's process. Its page is `admin/processes/profile.html`."""

    when_empty = _(
        "A profile says how an MP has to work with us. Add one for an MP, lay its process out, and publish it."
    )
    list_display = ("provider", "version_in_force", "changed_at", "unpublished")
    list_select_related = ("provider",)
    search_fields = ("provider__name", "provider__maas_id")
    ordering = ("provider__name",)
    fields = ("provider",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcessProfile]:
        """With the number and the document of the version in force."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                latest_number=Subquery(_LATEST.values("number")[:1]),
                latest_document=Subquery(_LATEST.values("document")[:1]),
            )
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may: an MP without a draft would have no page."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only MPs that have no draft yet."""
        if db_field.name == "provider":
            kwargs["queryset"] = Provider.objects.filter(process_profile=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Begin a draft with what is in force, where anything is."""
        current = version_in_force(obj.provider)
        saved = save_draft(provider=obj.provider, document=current.document if current else obj.draft)
        obj.pk = saved.pk

    def response_add(self, request: HttpRequest, obj: ProcessProfile, post_url_continue: str | None = None) -> Any:
        """On to the page of the new draft."""
        return HttpResponseRedirect(reverse("admin:processes_processprofile_change", args=[obj.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page; what is done on it has addresses of its own, so that nothing is posted here."""
        if not self.has_view_permission(request) or request.method != "GET":
            raise PermissionDenied
        profile = self.get_object(request, object_id)
        if profile is None:
            raise Http404
        current = version_in_force(profile.provider)
        incomplete = left_out(profile.draft)
        versions = versions_of(profile.provider).select_related("published_by")
        context = {
            **self.admin_site.each_context(request),
            "title": str(profile),
            "opts": self.opts,
            "original": profile,
            "profile": profile,
            "data": page_data(profile),
            "may_change": self.has_change_permission(request),
            "current": current,
            "versions": versions[:LATEST_VERSIONS],
            "left_out": incomplete,
            "problems": findings(profile.draft, fleet=fleet()) if incomplete else [],
        }
        return TemplateResponse(request, "admin/processes/profile.html", context)

    @admin.display(description=_("in force"))
    def version_in_force(self, profile: Any) -> str:
        """The version that the MP's calls follow."""
        return (
            gettext("version %(latest_number)s") % {"latest_number": profile.latest_number}
            if profile.latest_number
            else gettext("nothing published yet")
        )

    @admin.display(description=_("draft"))
    def unpublished(self, profile: Any) -> SafeString:
        """Does the draft say the same as the version in force?"""
        same = profile.latest_document == profile.draft
        return badge(gettext("as published"), "green") if same else badge(gettext("not published"), "orange")


class CommentForm(SubjectForm):
    """Why an old version is published again."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "autofocus": True}),
    )
    # Of the draft that is replaced; empty where there is none.
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        draft = ProcessProfile.objects.filter(provider=self.subject.provider_id).first()  # type: ignore[attr-defined]
        self.initial["seen"] = exact(draft.changed_at) if draft else ""


class CopyForm(SubjectForm):
    """Which MP's draft becomes the same."""

    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=Provider.objects.none(), widget=UnfoldAdminSelectWidget
    )
    looked_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Provider.objects.exclude(pk=self.subject.provider_id)  # type: ignore[attr-defined]
        self.fields["provider"].queryset = others  # type: ignore[attr-defined]
        self.initial["looked_at"] = exact(timezone.now())


def _is_old(version: Any) -> bool:
    return version.number != version.latest_number


def _what_publishing_again_does(version: ProfileVersion) -> SafeString | str:
    current = versions_of(version.provider)[:1].get()
    changed = differences(current.document, version.document)
    return format_html(
        gettext(
            "From their next call on, {} follows version {}, which says again what version {} says. "
            "The draft becomes the same. Compared with version {}, in force now:{}"
        ),
        version.provider,
        current.number + 1,
        version.number,
        current.number,
        lines(changed or [gettext("nothing changes")]),
    )


def _publish_again(press: Press) -> HttpResponse:
    version = press.subject
    try:
        new = publish_again(
            version=version,
            fleet=fleet(),
            user=press.request.user,  # type: ignore[arg-type]
            comment=press.answers["comment"],
            seen=press.answers["seen"],
        )
    except DraftChanged:
        return _ask_again(press)
    except ProfileRefused as refusal:
        messages.error(
            press.request,
            gettext("Version %(number)s no longer holds together; nothing was published.") % {"number": version.number},
        )
        for problem in refusal.problems:
            messages.error(press.request, str(problem))
        return HttpResponseRedirect(reverse("admin:processes_profileversion_change", args=[version.pk]))
    messages.success(
        press.request,
        gettext("Version %(number)s is in force for %(provider)s.") % {"number": new.number, "provider": new.provider},
    )
    return HttpResponseRedirect(reverse("admin:processes_profileversion_change", args=[new.pk]))


def _ask_again(press: Press) -> HttpResponse:
    messages.error(press.request, CHANGED_SINCE)
    return HttpResponseRedirect(press.request.path)


def _what_copying_does(version: ProfileVersion) -> str:
    return gettext(
        "The other MP's draft becomes what version %(number)s of %(provider)s says; what is in "
        "that draft now is replaced. It has no effect until it is published."
    ) % {"number": version.number, "provider": version.provider}


def _copy(press: Press) -> HttpResponse:
    try:
        profile = copy_to(
            version=press.subject, provider=press.answers["provider"], looked_at=press.answers["looked_at"]
        )
    except DraftChanged:
        return _ask_again(press)
    LogEntry.objects.log_actions(
        press.user.pk,
        [profile],
        CHANGE,
        change_message=f"Copied from {press.subject}.",
        single_object=True,
    )
    messages.success(
        press.request,
        gettext("This is the draft of %(provider)s now, as copied from %(subject)s.")
        % {"provider": profile.provider, "subject": press.subject},
    )
    return HttpResponseRedirect(reverse("admin:processes_processprofile_change", args=[profile.pk]))


@admin.register(ProfileVersion)
class ProfileVersionAdmin(ReadOnlyAdmin):
    """A published version: who put it in force and when, what it changed, and going back to it."""

    when_empty = _("Nothing was published yet. Each time the process of an MP is published, its version is kept here.")
    list_display = ("__str__", "in_force_shown", "published_at", "published_by", "comment")
    list_filter = ("provider",)
    list_select_related = ("provider", "published_by")
    ordering = ("-published_at", "-number")
    search_fields = ("provider__name", "provider__maas_id", "comment")
    fields = (
        ("provider_shown", "in_force_shown"),
        ("published", "published_by"),
        "comment_shown",
        "changes",
        "document_shown",
    )
    readonly_fields = (
        "provider_shown",
        "in_force_shown",
        "published",
        "published_by",
        "comment_shown",
        "changes",
        "document_shown",
    )
    buttons = (
        Button(
            name="publish-again",
            label=_("Publish again"),
            icon="history",
            fits=_is_old,
            consequence=_what_publishing_again_does,
            run=_publish_again,
            done="",
            form=CommentForm,
            permission="processes.change_processprofile",
        ),
        Button(
            name="copy",
            label=_("Copy to another MP"),
            icon="content_copy",
            fits=bool,
            consequence=_what_copying_does,
            run=_copy,
            done="",
            form=CopyForm,
            permission="processes.change_processprofile",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the download."""
        export = path(
            "<int:version_id>/export/",
            self.admin_site.admin_view(self.export_view),
            name="processes_profileversion_export",
        )
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """The version as a file."""
        version = self.get_object(request, str(version_id))
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        if version is None:
            raise Http404
        return json_download(version.document, f"{version.provider.maas_id}-version-{version.number}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProfileVersion]:
        """With the number that is in force for the MP."""
        latest = Subquery(_LATEST.values("number")[:1])
        return super().get_queryset(request).select_related("provider", "published_by").annotate(latest_number=latest)

    @admin.display(description=_("MP"))
    def provider_shown(self, version: ProfileVersion) -> SafeString:
        """Whose process it is."""
        return link(version.provider)

    @admin.display(description=_("state"))
    def in_force_shown(self, version: ProfileVersion) -> SafeString:
        """In force, or replaced by a later one."""
        return badge(gettext("replaced")) if _is_old(version) else badge(gettext("in force"), "green")

    @admin.display(description=_("published"))
    def published(self, version: ProfileVersion) -> str:
        """When."""
        return moment(version.published_at)

    @admin.display(description=_("comment"))
    def comment_shown(self, version: ProfileVersion) -> str:
        """What it was for."""
        return version.comment or NOTHING

    @admin.display(description=_("changes against the version before"))
    def changes(self, version: ProfileVersion) -> SafeString | str:
        """In sentences; for the first version, everything."""
        before = versions_of(version.provider).filter(number__lt=version.number).first()
        return lines(differences(before.document if before else {}, version.document)) or gettext("none")

    @admin.display(description=_("document"))
    def document_shown(self, version: ProfileVersion) -> SafeString | str:
        """All of it, as it is exported."""
        return format_html(
            '<a class="backoffice-link" href="{}">Export as a file</a>{}',
            reverse("admin:processes_profileversion_export", args=[version.pk]),
            object_in_words(arranged(version.document)),
        )
