from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "warmhandoff.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers this room's proofs.
        from warmhandoff.programs import promises  # noqa: F401
