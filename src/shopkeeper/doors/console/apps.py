from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shopkeeper.doors.console"
    label = "console"
