from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shopkeeper.selling.search"
    label = "search"
