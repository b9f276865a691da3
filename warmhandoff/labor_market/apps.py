from django.apps import AppConfig


class LaborMarketConfig(AppConfig):
    name = "warmhandoff.labor_market"
    label = "labor_market"
    default_auto_field = "django.db.models.BigAutoField"
