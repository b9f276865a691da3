"""Addresses of people. The code in them is this organization's own for its file; it names nobody."""

from django.urls import path

from warmhandoff.web.people import acts, carry, duplicates, facts, finding, intake, moves, person, sharing

app_name = "people"

urlpatterns = [
    path("", finding.find, name="find"),
    path("new/", intake.intake, name="intake"),
    path("new/keep/", intake.keep, name="keep"),
    path("new/under-18/", intake.too_young, name="too_young"),
    path("new/<slug:code>/throw-away/", intake.throw_away, name="throw_away"),
    path("moves/<slug:code>/", moves.move, name="move"),
    path("moves/<slug:code>/no/", moves.refuse, name="refuse_move"),
    path("moves/<slug:code>/take-back/", moves.withdraw, name="withdraw_move"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<slug:code>/<slug:other>/two-people/", duplicates.apart, name="apart"),
    path("<slug:code>/", person.story, name="person"),
    path("<slug:code>/referrals/", person.referrals, name="referrals"),
    path("<slug:code>/needs/", person.needs, name="needs"),
    path("<slug:code>/needs/close/", acts.close_need, name="close_need"),
    path("<slug:code>/who-can-see/", sharing.who_can_see, name="who_can_see"),
    path("<slug:code>/who-can-see/<slug:consent>/stop/", sharing.stop, name="stop_sharing"),
    path("<slug:code>/record/", acts.record, name="record"),
    path("<slug:code>/step/", acts.step, name="step"),
    path("<slug:code>/step/<slug:duty>/done/", acts.finish, name="finish"),
    path("<slug:code>/contact/", acts.contact, name="contact"),
    path("<slug:code>/contact/add/", acts.add_way, name="add_way"),
    path("<slug:code>/contact/someone-else/", facts.someone_else, name="someone_else"),
    path("<slug:code>/contact/someone-else/stop/", facts.stop_someone_else, name="stop_someone_else"),
    path("<slug:code>/contact/stop/", acts.stop_way, name="stop_way"),
    path("<slug:code>/facts/", facts.facts, name="facts"),
    path("<slug:code>/carry/", carry.carry, name="carry"),
    path("<slug:code>/carry/<slug:carries>/", carry.paper, name="carried"),
    path("<slug:code>/carry/<slug:carries>/settle/", carry.settle, name="settle_carried"),
    path("<slug:code>/assign/", acts.assign, name="assign"),
    path("<slug:code>/release/", acts.release, name="release"),
    path("<slug:code>/holder/", moves.overview, name="moves"),
    path("<slug:code>/holder/ask/", moves.ask, name="ask"),
    path("<slug:code>/holder/ask-a-partner/", moves.ask_partner, name="ask_partner"),
    path("<slug:code>/holder/hand-over/", moves.offer, name="offer"),
    path("<slug:code>/holder/same-as/<slug:other>/", moves.same, name="same"),
    path("<slug:code>/holder/undo/<slug:link>/", moves.unlink, name="unlink"),
]
