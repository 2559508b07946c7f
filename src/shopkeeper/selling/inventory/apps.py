from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "shopkeeper.selling.inventory"
    label = "inventory"
