from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "shopkeeper.selling.pricing"
    label = "pricing"
