from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "shopkeeper.ops.approvals"
    label = "approvals"
