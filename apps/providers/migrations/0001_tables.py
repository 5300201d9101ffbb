"""The tables of this app."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import encrypted_fields.fields
import oauth2_provider.generators
import oauth2_provider.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("providers", "0001_initial"),
        ("providers", "0002_request_limit"),
        ("providers", "0003_oauth_client"),
        ("providers", "0004_credits"),
        ("providers", "0005_what_invoices_need"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("maas_id", models.CharField(max_length=100, unique=True, verbose_name="maas-id")),
                ("name", models.CharField(max_length=200)),
                ("active", models.BooleanField(default=True, help_text="An inactive MP is refused at every endpoint.")),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                (
                    "callback_hosts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253),
                        blank=True,
                        default=list,
                        help_text="Hosts to which callbacks may go, comma separated. A callback elsewhere is refused.",
                        size=None,
                    ),
                ),
                ("billing_address", models.TextField(blank=True, help_text="As it stands on invoices, line by line.")),
                (
                    "vat_number",
                    models.CharField(
                        blank=True, help_text="Printed on invoices.", max_length=30, verbose_name="VAT number"
                    ),
                ),
                (
                    "credits_are_positive",
                    models.BooleanField(
                        default=False,
                        help_text="Credits go out as positive amounts of category REFUND.",
                        verbose_name="takes no negative amounts",
                    ),
                ),
                (
                    "booking_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Most bookings within the period below; empty for no limit (error 3201).",
                        null=True,
                    ),
                ),
                (
                    "booking_limit_hours",
                    models.PositiveIntegerField(default=24, help_text="The period of the limit, in hours."),
                ),
                (
                    "request_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Most requests within a minute of the clock; empty for no limit (error x007).",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("maas_id", ""), _negated=True), name="provider_maas_id_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("request_limit", None), ("request_limit__gte", 1), _connector="OR"),
                        name="provider_request_limit_is_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallbackEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base_url", models.URLField(help_text="Messages go to this address followed by the TOMP path.")),
                (
                    "authentication",
                    models.CharField(
                        choices=[
                            ("NONE", "none"),
                            ("API_KEY", "X-API-Key"),
                            ("BASIC", "HTTP Basic"),
                            ("BEARER", "bearer token"),
                        ],
                        default="NONE",
                        max_length=10,
                    ),
                ),
                ("username", models.CharField(blank=True, help_text="For HTTP Basic.", max_length=100)),
                (
                    "secret",
                    encrypted_fields.fields.EncryptedTextField(
                        blank=True, help_text="The key, password or token the MP gave us.", null=True
                    ),
                ),
                (
                    "signing_key",
                    encrypted_fields.fields.EncryptedTextField(
                        blank=True,
                        help_text="Key of the HMAC by which the MP can tell our messages from forgeries.",
                        null=True,
                    ),
                ),
                (
                    "sent_maas_id",
                    models.CharField(
                        blank=True,
                        help_text="Our `maas-id` at this MP; empty for the operator's system id.",
                        max_length=100,
                    ),
                ),
                (
                    "provider",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="callback_endpoint",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OAuthClient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "client_id",
                    models.CharField(
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_id,
                        max_length=255,
                        unique=True,
                        verbose_name="client ID",
                    ),
                ),
                (
                    "redirect_uris",
                    models.TextField(
                        blank=True, help_text="Allowed URIs list, space separated", verbose_name="redirect URIs"
                    ),
                ),
                (
                    "post_logout_redirect_uris",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed Post Logout URIs list, space separated",
                        verbose_name="post logout redirect URIs",
                    ),
                ),
                (
                    "client_type",
                    models.CharField(
                        choices=[("confidential", "Confidential"), ("public", "Public")],
                        max_length=32,
                        verbose_name="client type",
                    ),
                ),
                (
                    "authorization_grant_type",
                    models.CharField(
                        choices=[
                            ("authorization-code", "Authorization code"),
                            ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                            ("implicit", "Implicit"),
                            ("password", "Resource owner password-based"),
                            ("client-credentials", "Client credentials"),
                            ("openid-hybrid", "OpenID connect hybrid"),
                        ],
                        max_length=44,
                        verbose_name="authorization grant type",
                    ),
                ),
                (
                    "client_secret",
                    oauth2_provider.models.ClientSecretField(
                        blank=True,
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_secret,
                        help_text="Client secret for authentication",
                        max_length=255,
                        verbose_name="client secret",
                    ),
                ),
                ("hash_client_secret", models.BooleanField(default=True, verbose_name="hash client secret")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("skip_authorization", models.BooleanField(default=False, verbose_name="skip authorization")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "algorithm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No OIDC support"),
                            ("RS256", "RSA with SHA-2 256"),
                            ("HS256", "HMAC with SHA-2 256"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="algorithm",
                    ),
                ),
                (
                    "allowed_origins",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed origins list to enable CORS, space separated",
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "registration_source",
                    models.CharField(
                        choices=[
                            ("manual", "Manual"),
                            ("dcr", "Dynamic Client Registration"),
                            ("cimd", "Client ID Metadata Document"),
                        ],
                        default="manual",
                        help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                        max_length=32,
                        verbose_name="registration source",
                    ),
                ),
                (
                    "cimd_expires_at",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="When the cached Client ID Metadata Document should be re-fetched",
                        null=True,
                        verbose_name="CIMD expires at",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("counted_minute", models.DateTimeField(editable=False, null=True)),
                ("counted_requests", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_clients",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "OAuth client",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None), ("expires_at__gt", models.F("created")), _connector="OR"
                        ),
                        name="oauth_client_expires_after_it_is_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("authorization_grant_type", "client-credentials"),
                            ("client_type", "confidential"),
                            ("hash_client_secret", True),
                        ),
                        name="oauth_client_has_a_secret_and_no_other_grant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(help_text="What it is used for, such as 'production'.", max_length=100)),
                ("prefix", models.CharField(editable=False, max_length=12, unique=True)),
                ("secret_sha256", models.CharField(editable=False, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="credentials", to="providers.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None), ("expires_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="credential_expires_after_it_is_made",
                    )
                ],
            },
        ),
    ]
