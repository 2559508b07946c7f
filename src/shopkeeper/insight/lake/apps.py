from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "shopkeeper.insight.lake"
    label = "lake"
    default_auto_field = "django.db.models.BigAutoField"
