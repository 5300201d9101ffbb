"""The tables of this app."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("operations", "0001_initial"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TaskRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(help_text="The name by which Celery knows it.", max_length=200, unique=True)),
                ("ended_at", models.DateTimeField(help_text="When it last ended, however.")),
                ("succeeded_at", models.DateTimeField(help_text="When it last ended well.", null=True)),
                ("worker", models.CharField(help_text="Which worker ran it last.", max_length=200)),
            ],
            options={
                "ordering": ["task"],
            },
        ),
    ]
