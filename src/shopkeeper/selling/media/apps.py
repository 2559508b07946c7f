from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "shopkeeper.selling.media"
    label = "media"
