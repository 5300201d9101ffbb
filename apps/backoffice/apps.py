from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class BackofficeConfig(AppConfig):
    name = "apps.backoffice"
    verbose_name = "Back office"


class AdminInLanguages(django_admin.AdminConfig):
    """Django's admin, whose forms show our models' words in the language of who looks."""

    default = False  # `apps.backoffice` means the other one

    def ready(self) -> None:
        """All models are known by now, and no form has been made of one yet."""
        from django.contrib.admin import site

        from apps.backoffice.model_words import give_words
        from apps.backoffice.role_words import give_role_words
        from apps.backoffice.words import NOTHING

        give_words()
        give_role_words()
        site.empty_value_display = NOTHING
        super().ready()
