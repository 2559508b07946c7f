from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "shopkeeper.events"
    label = "events"
