from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("caching", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="pendinginvalidation",
            name="upstream_told",
            field=models.BooleanField(default=False),
        ),
    ]
