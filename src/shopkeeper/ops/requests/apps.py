from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "shopkeeper.ops.requests"
    label = "requests"
