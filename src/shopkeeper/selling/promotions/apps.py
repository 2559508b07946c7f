from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "shopkeeper.selling.promotions"
    label = "promotions"
