from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operator", "0004_what_invoices_need"),
    ]

    operations = [
        migrations.AddField(
            model_name="operator",
            name="discovery_uri_android",
            field=models.CharField(
                blank=True, help_text="By which a phone finds out whether our app is on it.", max_length=500
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="discovery_uri_ios",
            field=models.CharField(
                blank=True,
                help_text="By which a phone finds out whether our app is on it.",
                max_length=500,
                verbose_name="discovery URI iOS",
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="gbfs_access",
            field=models.CharField(
                choices=[
                    ("OFF", "nobody, there is none"),
                    ("PUBLIC", "everybody"),
                    ("KEY", "MPs with their credentials, others with the feed's key"),
                ],
                db_default="OFF",
                default="OFF",
                max_length=6,
                verbose_name="GBFS feed for",
            ),
        ),
        migrations.AddField(
            model_name="operator",
            name="gbfs_key_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="operator",
            name="license_url",
            field=models.URLField(blank=True, help_text="Under which terms what we publish may be used."),
        ),
        migrations.AddField(
            model_name="operator",
            name="store_uri_android",
            field=models.CharField(blank=True, help_text="Our app in the store.", max_length=500),
        ),
        migrations.AddField(
            model_name="operator",
            name="store_uri_ios",
            field=models.CharField(
                blank=True, help_text="Our app in the store.", max_length=500, verbose_name="store URI iOS"
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gbfs_access", "OFF"), models.Q(("feed_contact_email", ""), _negated=True), _connector="OR"
                ),
                name="operator_names_a_contact_in_its_feed",
                violation_error_message="A GBFS feed names a contact: fill in the feed contact email.",
            ),
        ),
    ]
