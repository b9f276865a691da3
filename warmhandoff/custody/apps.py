from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "warmhandoff.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers what timers do, the mails, and this room's proofs.
        from warmhandoff.custody import notices, promises, tasks  # noqa: F401
