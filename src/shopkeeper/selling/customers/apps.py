from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "shopkeeper.selling.customers"
    label = "customers"
