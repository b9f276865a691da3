from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "warmhandoff.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from warmhandoff.foundation import plans
        from warmhandoff.foundation.rows import sync_after_migrate

        plans.ready()
        post_migrate.connect(sync_after_migrate, sender=self)
