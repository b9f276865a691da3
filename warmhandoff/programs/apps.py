from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "warmhandoff.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers this room's proofs, and the steps of its timers.
        from warmhandoff.programs import consents_tasks, eligibility_tasks, groups_tasks, promises, tasks  # noqa: F401
