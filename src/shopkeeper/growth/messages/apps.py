from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "shopkeeper.growth.messages"
    label = "messaging"  # "messages" is Django's own
