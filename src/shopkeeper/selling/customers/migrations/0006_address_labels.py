"""What a member calls an address: “Home”, “Office”, a word of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_signing_in")]
    operations = [migrations.AddField(model_name="address", name="label", field=models.CharField(blank=True, db_default="", max_length=30))]
