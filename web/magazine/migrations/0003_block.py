from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("magazine", "0002_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.SlugField(
                        choices=[
                            ("masthead-notice", "Notice under the masthead"),
                            ("front-intro", "Introduction of the front page"),
                            ("post-footer", "Under each post"),
                        ],
                        help_text="Each has room for one block.",
                        unique=True,
                        verbose_name="place",
                    ),
                ),
                ("source", models.TextField(max_length=4000)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
    ]
