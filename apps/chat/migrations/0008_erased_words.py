from django.db import migrations

# On SQLite: one row while the full-text table may hold words whose rows are gone (`apps.chat.erased_words`). It is there at
# first where there are words, for what was deleted before. As with the triggers beside it, a migration that makes `Said` anew must make it anew, too.
MARK = "CREATE TABLE chat_words_erased (id INTEGER PRIMARY KEY CHECK (id = 1), has_begun INTEGER NOT NULL)"
TRIGGER = """CREATE TRIGGER chat_said_erased AFTER DELETE ON chat_said BEGIN
    INSERT INTO chat_words_erased VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET has_begun = 0 WHERE has_begun; END"""


def make_mark(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(MARK)
            cursor.execute("INSERT INTO chat_words_erased SELECT 1, 0 WHERE EXISTS (SELECT 1 FROM chat_said)")
            cursor.execute(TRIGGER)


def drop_mark(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER chat_said_erased")
            cursor.execute("DROP TABLE chat_words_erased")


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0007_attachments'),
    ]

    operations = [
        migrations.RunPython(make_mark, drop_mark),
    ]
