"""Addresses of what doesn't work."""

from django.urls import path

from warmhandoff.web.improvements import office, views

app_name = "improvements"

urlpatterns = [
    path("", views.listing, name="list"),
    path("say/", views.say, name="say"),
    path("said/", views.look, name="look"),
    path("said/<str:code>/", views.said, name="said"),
    path("mine/", views.mine, name="mine"),
    path("office/", office.listing, name="office"),
    path("office/file/", office.file, name="file"),
    path("office/<str:code>/", office.one, name="one"),
    path("office/<str:code>/merge/", office.merge, name="merge"),
    path("<str:code>/too/", views.too, name="too"),
]
