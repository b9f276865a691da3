from django.urls import path

from warmhandoff.web.administration import ladder, programs, standing, views, words

app_name = "administration"
urlpatterns = [
    path("", views.home, name="home"),
    path("add/", views.add, name="add"),
    path("consent/", standing.consent, name="consent"),
    path("consent/add/", standing.new_consent, name="new_consent"),
    path("ladder/", ladder.ladder, name="ladder"),
    path("ladder/change/", ladder.change_ladder, name="change_ladder"),
    path("place/", standing.place, name="place"),
    path("programs/", programs.home, name="programs"),
    path("programs/<slug:slug>/", programs.program, name="program"),
    path("programs/<slug:slug>/called/", programs.call, name="call_program"),
    path("programs/<slug:slug>/contract/", programs.contract, name="program_contract"),
    path("programs/<slug:slug>/asks/<int:number>/", programs.condition, name="program_condition"),
    path("programs/<slug:slug>/asks/<int:number>/verified/", programs.verified, name="program_verified"),
    path("words/", words.home, name="words"),
    path("words/<slug:vocabulary>/", words.words_of, name="words_of"),
    path("words/<slug:vocabulary>/add/", words.add, name="add_word"),
    path("words/<slug:vocabulary>/<slug:code>/", words.change, name="change_word"),
    path("words/<slug:vocabulary>/<slug:code>/<str:way>/", words.move, name="move_word"),
    path("<str:code>/", views.organization, name="organization"),
    path("<str:code>/join/", views.join, name="join"),
    path("<str:code>/agreement/", views.sign, name="sign"),
    path("<str:code>/invite/", views.invite, name="invite"),
    path("<str:code>/invitations/<str:invitation>/withdraw/", views.withdraw, name="withdraw_invitation"),
    path("<str:code>/invitations/<str:invitation>/again/", views.resend, name="resend_invitation"),
    path("<str:code>/close/", views.close, name="close"),
    path("<str:code>/closed/", views.closed, name="closed"),
]
