from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "shopkeeper.selling.catalog"
    label = "catalog"
