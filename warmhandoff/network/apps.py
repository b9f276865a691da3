from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "warmhandoff.network"
    label = "network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from warmhandoff.network import digest_promises, notices, promises  # noqa: F401
