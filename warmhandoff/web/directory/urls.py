from django.urls import path

from warmhandoff.web.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.list_services, name="list"),
    path("<str:code>/", views.service, name="service"),
]
