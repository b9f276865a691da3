from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "warmhandoff.web"
    label = "web"
