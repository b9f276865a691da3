from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "warmhandoff.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers this room's proofs.
        from warmhandoff.casework import promises  # noqa: F401
