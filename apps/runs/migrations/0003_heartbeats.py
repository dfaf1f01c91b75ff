from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0002_erasure")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("host", models.CharField(blank=True, max_length=200)),
                ("pid", models.PositiveIntegerField(default=0)),
                ("threads", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["team", "id", "cost_kind", "cost", "usage"], name="run_spending"),
        ),
    ]
