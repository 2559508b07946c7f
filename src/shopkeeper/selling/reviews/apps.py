from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "shopkeeper.selling.reviews"
    label = "reviews"
