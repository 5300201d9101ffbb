from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0003_the_latest_of_something"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="answer",
            field=models.TextField(blank=True, help_text="The body that the MP answered with, or how it began."),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="answer_wanted",
            field=models.BooleanField(default=False, help_text="It is a question: its answer is kept."),
        ),
    ]
