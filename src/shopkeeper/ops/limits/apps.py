from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "shopkeeper.ops.limits"
    label = "limits"
