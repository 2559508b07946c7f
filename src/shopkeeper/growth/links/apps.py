from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "shopkeeper.growth.links"
    label = "links"
