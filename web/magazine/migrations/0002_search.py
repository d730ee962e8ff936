"""The index behind the search page (magazine/search.py). SQLite searches without one."""

from typing import Any

from django.db import migrations

CREATE = """
CREATE INDEX post_search ON magazine_post
USING gin (to_tsvector('english', title || ' ' || standfirst || ' ' || body))
WHERE status = 'published'
"""


def on_postgres(statement: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("magazine", "0001_initial")]
    operations = [
        migrations.RunPython(on_postgres(CREATE), on_postgres("DROP INDEX IF EXISTS post_search"))
    ]
