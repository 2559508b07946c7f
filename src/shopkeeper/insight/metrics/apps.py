from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "shopkeeper.insight.metrics"
    label = "metrics"
