import re

from django.db import migrations

# Scripts that write marks on their letters, of India and its neighbours: their words were cut at each mark.
CUT_WRONGLY = re.compile("[\u0700-\u1cff\ua800-\uabff\U00010a00-\U00011fff]")
AT_ONCE = 500


def index_anew(apps, schema_editor):
    """Texts in these scripts wait for the index again; the search reads the newest of them itself until then."""
    said = apps.get_model("chat", "Said").objects
    rows = said.values_list("turn_id", "words").iterator(chunk_size=2000)
    turns = [turn for turn, words in rows if CUT_WRONGLY.search(words)]
    for start in range(0, len(turns), AT_ONCE):
        some = turns[start : start + AT_ONCE]
        said.filter(turn__in=some).delete()
        apps.get_model("chat", "Turn").objects.filter(pk__in=some).update(is_indexed=False)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0009_share_keys'),
    ]

    operations = [
        migrations.RunPython(index_anew, migrations.RunPython.noop),
    ]
