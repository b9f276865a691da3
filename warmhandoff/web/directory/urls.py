from django.urls import path

from warmhandoff.web.directory import review, views

app_name = "directory"
urlpatterns = [
    path("", views.list_services, name="list"),
    path("changes/", review.changes, name="changes"),
    path("changes/<str:code>/", review.change, name="change"),
    path("changes/<str:code>/approve/", review.approve, name="approve"),
    path("<str:code>/", views.service, name="service"),
    path("<str:code>/print/", views.sheet, name="sheet"),
    path("<str:code>/ask/", views.ask, name="ask"),
]
