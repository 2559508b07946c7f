from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "shopkeeper.selling.payments"
    label = "payments"
