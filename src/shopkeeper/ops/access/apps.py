from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "shopkeeper.ops.access"
    label = "access"
