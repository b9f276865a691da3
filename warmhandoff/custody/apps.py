from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "warmhandoff.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from warmhandoff.custody import promises  # noqa: F401
