"""Referrals: the closed loop. One organization asks another to serve someone; nothing about it can get lost.

Words: refer (custody stays), transfer (custody moves at acceptance), answer link, seen (an act, never an opening), first
contact, engaged (service has begun), completed, ended early, withdrawn, expired, disposition (what a named person decides
after an unsuccessful end). The highest room built: closing a membership or an organization stands here too.
"""
