"""Where the code of a hand-carried referral is typed, and where its picture leads. The code stands for a service, and for nobody."""

from django.urls import path

from warmhandoff.web.carried import views

app_name = "carried"

urlpatterns = [
    path("", views.type_code, name="type"),
    path("<slug:code>/", views.arrived, name="page"),
]
