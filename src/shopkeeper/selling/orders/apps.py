from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "shopkeeper.selling.orders"
    label = "orders"
