from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shopkeeper.selling.shop"
    label = "shop"
