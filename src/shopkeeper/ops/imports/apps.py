from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shopkeeper.ops.imports"
    label = "imports"
