import django.db.models.deletion
from django.db import migrations, models

from apps.history.auditing import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("backoffice", "0019_who_sees_journal_findings"),
        ("history", "0004_changes_are_noted"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoginRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "second_factor",
                    models.BooleanField(
                        default=False,
                        help_text="Who has this role sets up an authenticator app at the next log-in, and then gives a code each time.",
                        verbose_name="demands a second factor",
                    ),
                ),
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="login_rule", to="auth.group"
                    ),
                ),
            ],
        ),
        note_changes("backoffice_loginrule"),
        note_changes("otp_totp_totpdevice", hidden=("key",)),
        note_changes("otp_static_staticdevice"),
    ]
