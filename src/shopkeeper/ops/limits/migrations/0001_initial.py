from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("times", models.PositiveIntegerField()),
                ("most", models.PositiveIntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "limits_tally",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("times__gte", 0), ("times__lte", models.F("most"))), name="limits_never_above_most"
                    )
                ],
            },
        ),
        # What strangers make the shop write costs no write-ahead log; after a crash the counting begins anew.
        migrations.RunSQL("ALTER TABLE limits_tally SET UNLOGGED", "ALTER TABLE limits_tally SET LOGGED"),
    ]
