from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "warmhandoff.participants"
    label = "participants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from warmhandoff.participants import promises  # noqa: F401
