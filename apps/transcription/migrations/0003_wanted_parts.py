from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transcription", "0002_pieces")]

    operations = [migrations.AddField(model_name="part", name="is_wanted", field=models.BooleanField(default=True))]
