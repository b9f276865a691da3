from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ParticipantsConfig(AppConfig):
    name = "warmhandoff.participants"
    label = "participants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from warmhandoff.participants import promises  # noqa: F401
        from warmhandoff.participants.identity.keeping import rebuild_after_migrate

        post_migrate.connect(rebuild_after_migrate, sender=self)
