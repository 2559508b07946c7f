from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "shopkeeper.selling.content"
    label = "content"
