from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "shopkeeper.flows"
    label = "flows"
