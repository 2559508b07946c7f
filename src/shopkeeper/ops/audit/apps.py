from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "shopkeeper.ops.audit"
    label = "audit"
