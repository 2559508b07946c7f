"""Guesses at the codes of one address are counted over a day; a message with which a number is proven says whose asking it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_address_labels")]
    operations = [
        migrations.AddField(model_name="signincode", name="counted_from", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="signincode", name="tries_before", field=models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField(model_name="shortmessage", name="asker", field=models.CharField(blank=True, db_default="", max_length=64)),
    ]
