"""Addresses without a language: the front door, and what robots and browsers ask for."""

from django.urls import path, re_path

from shopkeeper.doors.storefront import files, links, signing_in_with, site_map, texts
from shopkeeper.doors.storefront.errors import designed

urlpatterns = [
    path("", texts.front_door, name="front_door"),
    path("robots.txt", texts.robots, name="robots"),
    path("sitemap.xml", site_map.site_map, name="site_map"),
    path("sitemap/<slug:part>.xml", site_map.map_part, name="map_part"),
    re_path(r"^media/(?P<key>[0-9a-f]{32})/(?P<width>[1-9][0-9]{0,4})\.(?P<extension>avif|webp|jpg)$", files.picture, name="picture"),
    re_path(r"^media/film/(?P<key>[0-9a-f]{64})\.(?P<extension>mp4|webm)$", files.film, name="film"),
    re_path(r"^media/track/(?P<key>[0-9a-f]{32})\.vtt$", files.track, name="track"),
    re_path(r"^go/(?P<code>[A-Za-z0-9-]{1,40})/?$", designed(links.follow), name="followed"),
    path("sign-in/back/<slug:provider>/", signing_in_with.back, name="sign_in_back"),
    path("favicon.ico", texts.favicon, name="favicon"),
]
