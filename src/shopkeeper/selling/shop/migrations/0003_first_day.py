"""The first day: a logo of the shop's own, whether shoppers are let in yet, and what staff confirmed."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shop", "0002_currency")]
    operations: ClassVar = [
        migrations.AddField("shop", "logo", models.CharField(max_length=32, blank=True, default=""), preserve_default=False),
        migrations.AddField("shop", "logo_width", models.SmallIntegerField(default=0)),
        migrations.AddField("shop", "logo_height", models.SmallIntegerField(default=0)),
        # A shop that trades already goes on: only one that is opened empty from now on keeps shoppers out until it is ready.
        migrations.AddField("shop", "opens_soon", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "shop",
            models.CheckConstraint(condition=Q(logo="") | Q(logo_width__gt=0, logo_height__gt=0), name="shop_logo_measure"),
        ),
        migrations.CreateModel(
            "Confirmation",
            [
                ("about", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=64, blank=True)),
                ("user_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
