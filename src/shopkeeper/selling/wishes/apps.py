from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "shopkeeper.selling.wishes"
    label = "wishes"
