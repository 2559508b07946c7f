from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "shopkeeper.doors.api"
    label = "api"
