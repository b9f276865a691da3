from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "warmhandoff.referrals"
    label = "referrals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers what timers do, the mails, and this room's proofs.
        from warmhandoff.referrals import notices, promises, stalls_notices, stalls_tasks, tasks  # noqa: F401
