"""What a buyer asks for beside goods: a gift note and an invoice with the order, requests after it; and how the shop answers."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER orders_request_moved ON orders_request;
    DROP TRIGGER orders_request_never_deleted ON orders_request;
    DROP TRIGGER orders_requestline_fitting ON orders_requestline;
    DROP TRIGGER orders_requestline_never_deleted ON orders_requestline;
    DROP TRIGGER orders_particulars_stay ON orders_particulars;
    DROP FUNCTION orders_request_moves, orders_request_fits, orders_particulars_open;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0006_pay"),
        ("customers", "0003_buyer"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("is_in_steps", models.BooleanField(default=False)),
                ("return_address", models.CharField(blank=True, max_length=500)),
                ("return_days", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="orders_arrangement_is_one"),
                    models.CheckConstraint(condition=models.Q(("return_days__lte", 365)), name="orders_arrangement_days"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CarrierLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("carrier", models.CharField(max_length=100)),
                ("address", models.CharField(max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("carrier"), name="orders_carrierlink_once"),
                    models.CheckConstraint(
                        condition=models.Q(("address__startswith", "https://"), ("address__contains", "{number}")),
                        name="orders_carrierlink_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_until", models.DateTimeField()),
                ("customer", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer")),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("reason", models.CharField(max_length=20)),
                ("basis", models.CharField(max_length=12)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("order", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order")),
            ],
        ),
        migrations.CreateModel(
            name="RequestLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.PositiveIntegerField()),
                ("settled_units", models.PositiveIntegerField(default=0)),
                ("line", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline")),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="orders.request"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Particulars",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gift_note", models.CharField(blank=True, max_length=300)),
                ("is_gift", models.BooleanField(default=False)),
                ("invoice_kind", models.CharField(blank=True, max_length=8)),
                ("invoice_title", models.CharField(blank=True, max_length=100)),
                ("tax_number", models.CharField(blank=True, max_length=20)),
                ("invoice_email", models.CharField(blank=True, max_length=254)),
                ("changed_at", models.DateTimeField()),
                ("basket", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.basket")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("invoice_kind", ""), _negated=True), fields=["-changed_at"], name="orders_particulars_invoices"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("invoice_kind__in", ["", "personal", "company"])), name="orders_particulars_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invoice_email", ""), ("invoice_kind", ""), ("invoice_title", ""), ("tax_number", "")),
                            models.Q(
                                models.Q(("invoice_title", ""), _negated=True),
                                models.Q(("invoice_email", ""), _negated=True),
                                ("invoice_kind", "personal"),
                                ("tax_number", ""),
                            ),
                            models.Q(
                                models.Q(("invoice_title", ""), _negated=True),
                                models.Q(("invoice_email", ""), _negated=True),
                                models.Q(("tax_number", ""), _negated=True),
                                ("invoice_kind", "company"),
                            ),
                            _connector="OR",
                        ),
                        name="orders_particulars_invoice_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_gift", True), ("gift_note", ""), _connector="OR"), name="orders_particulars_note_of_a_gift"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["made_at"], name="orders_request_waiting"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "cancel"), ("state", "waiting")), fields=("order",), name="orders_request_one_to_cancel"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", ["cancel", "return"])), name="orders_request_kind_known"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "accepted", "refused", "withdrawn", "done"])),
                name="orders_request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["free", "defect", "before"])), name="orders_request_basis_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("decided_at", None), ("state__in", ["waiting", "withdrawn"])),
                    models.Q(("decided_at__isnull", False), ("state__in", ["accepted", "refused", "done"])),
                    _connector="OR",
                ),
                name="orders_request_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "refused"), _negated=True), models.Q(("answer", ""), _negated=True), _connector="OR"),
                name="orders_request_refused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["withdrawn", "done"])),
                    models.Q(("ended_at", None), ("state__in", ["waiting", "accepted", "refused"])),
                    _connector="OR",
                ),
                name="orders_request_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.UniqueConstraint(fields=("request", "line"), name="orders_requestline_once"),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_units__lte", models.F("units")), ("units__gte", 1)), name="orders_requestline_units"
            ),
        ),
        migrations.RunSQL((SQL / "0005_comforts.sql").read_text(), UNDO),
    ]
