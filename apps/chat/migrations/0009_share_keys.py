from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_teams'),
        ('chat', '0008_erased_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='share',
            name='key',
            field=models.CharField(max_length=120, null=True),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(fields=('team', 'key'), name='one_share_of_a_form'),
        ),
    ]
