from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0004_replacement'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='dialect_is_guess',
            field=models.BooleanField(default=False),
        ),
    ]
