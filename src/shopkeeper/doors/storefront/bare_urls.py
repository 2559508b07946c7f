"""Addresses without a language: the front door, and what robots and browsers ask for."""

from django.urls import path

from shopkeeper.doors.storefront import texts

urlpatterns = [
    path("", texts.front_door, name="front_door"),
    path("robots.txt", texts.robots, name="robots"),
    path("favicon.ico", texts.favicon, name="favicon"),
]
