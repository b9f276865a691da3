from django.urls import path

from warmhandoff.web.organization import absences, caseload, caseloads, imports, services, views

app_name = "organization"
urlpatterns = [
    path("", views.home, name="home"),
    path("roles/", views.roles, name="roles"),
    path("queue/", views.appoint, name="appoint"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<str:code>/withdraw/", views.withdraw, name="withdraw_invitation"),
    path("invitations/<str:code>/again/", views.resend, name="resend_invitation"),
    path("people/<str:code>/close/", views.close_account, name="close_account"),
    path("people/<str:code>/caseload/", caseload.of_colleague, name="caseload"),
    path("queue/caseload/", caseload.of_queue, name="queue_caseload"),
    path("caseloads/", caseloads.caseloads, name="caseloads"),
    path("caseloads/<str:code>/", caseloads.of_one, name="caseload_of"),
    path("given/", caseload.given, name="given"),
    path("people/<str:code>/away/", absences.say, name="say_away"),
    path("absences/<str:code>/", absences.absence, name="absence"),
    path("absences/<str:code>/back/", absences.back, name="back"),
    path("import/", imports.start, name="import"),
    path("import/<str:code>/", imports.file, name="import_file"),
    path("import/<str:code>/write/", imports.write, name="import_write"),
    path("import/<str:code>/drop/", imports.drop, name="import_drop"),
    path("import/<str:code>/errors/", imports.errors, name="import_errors"),
    path("services/add/", services.add, name="add_service"),
    path("services/<str:code>/", services.service, name="change_service"),
    path("services/<str:code>/words/", services.words, name="service_words"),
    path("services/<str:code>/places/add/", services.add_place, name="add_place"),
    path("services/<str:code>/places/<str:place>/", services.change_place, name="change_place"),
    path("services/<str:code>/places/<str:place>/remove/", services.remove_place, name="remove_place"),
    path("services/<str:code>/confirm/", services.confirm, name="confirm_service"),
    path("services/<str:code>/end/", services.end, name="end_service"),
]
