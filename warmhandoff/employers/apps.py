from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "warmhandoff.employers"
    label = "employers"
    default_auto_field = "django.db.models.BigAutoField"
