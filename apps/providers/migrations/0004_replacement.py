from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0003_personal_keys_and_checkups'),
    ]

    operations = [
        migrations.AddField(
            model_name='modelfact',
            name='replacement',
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
