from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "shopkeeper.doors.storefront"
    label = "storefront"
