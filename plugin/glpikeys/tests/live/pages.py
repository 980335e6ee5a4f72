# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every state of the join page, reached as a visitor reaches it. See client.py for the environment; besides:

  GLPIKEYS_SMTP    a port on 127.0.0.1 that GLPI sends its mail to: pages about codes
  GLPIKEYS_PUZZLE  1 where puzzle.py says so: the page with GLPI's proof of work
"""

import os
import random
import re
import socket
import socketserver
import threading
import urllib.parse

import client
import mailbox

PUZZLE = os.environ.get("GLPIKEYS_PUZZLE") == "1"


class Relay:
    """Passes a browser's connections on from an address of its own, so that its failures are its own."""

    def __init__(self, source):
        place = urllib.parse.urlsplit(client.URL)
        target = (place.hostname, place.port or (443 if place.scheme == "https" else 80))

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with socket.create_connection(target, source_address=source and (source, 0)) as server:
                    there = threading.Thread(target=copy, args=(self.request, server), daemon=True)
                    there.start()
                    copy(server, self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = "%s://127.0.0.1:%d%s" % (place.scheme, self.server.server_address[1], place.path)


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class World:
    """Invitations in every state, and the visitor's way to them."""

    def __init__(self, rest):
        self.rest = rest
        self.source = client.own_address()
        self.base = Relay(self.source).address + client.Visitor.PATH
        self.people = 0
        self.tokens = {}
        self.numbers = {}
        self.invite("open", max_uses=0)
        self.invite("email", max_uses=0, login_is_email=1)
        self.invite("domains", max_uses=0, email_domains="example.org,example.net")
        self.invite("approval", max_uses=0, require_approval=1)
        self.invite("used", max_uses=1)
        self.invite("ended", end_date="2020-01-01 00:00:00")
        self.invite("scheduled", begin_date="2031-01-01 08:00:00")
        client.Visitor(source=self.source).register(self.tokens["used"], self.person())
        if os.environ.get("GLPIKEYS_SMTP"):
            mailbox.serve(int(os.environ["GLPIKEYS_SMTP"]))
            self.invite("verified", max_uses=0, verify_email=1)

    def invite(self, name, **fields):
        self.numbers[name], self.tokens[name] = self.rest.invite(**fields)

    def person(self):
        self.people += 1
        return client.person("page-%x-%d" % (random.randrange(1 << 40), self.people))

    def open(self, tab, name):
        tab.open(self.base + "?i=" + self.tokens[name])

    def elsewhere(self):
        """From now on the browser fails from a fresh address."""
        self.source = client.own_address()
        self.base = Relay(self.source).address + client.Visitor.PATH


def form(tab, world):
    world.open(tab, "open")


def typing(tab, world):
    world.open(tab, "open")
    tab.fill({"firstname": "Zoë", "realname": "O'Neil Öz", "password": "Abcdef12"})


def errors(tab, world):
    world.open(tab, "open")
    person = world.person()
    tab.type({**person, "firstname": "", "email": "a@b", "login": os.environ["GLPIKEYS_LOGIN"], "password": "abc"})


def email_login(tab, world):
    world.open(tab, "email")


def domain_rule(tab, world):
    world.open(tab, "domains")


def domain_error(tab, world):
    world.open(tab, "domains")
    tab.type({**world.person(), "email": "somebody@example.com"})


def success(tab, world):
    world.open(tab, "open")
    tab.type(world.person())


def approval_form(tab, world):
    world.open(tab, "approval")


def waiting(tab, world):
    world.open(tab, "approval")
    tab.type(world.person())


def refused(tab, world):
    world.open(tab, "approval")
    person = world.person()
    tab.type(person)
    rows = world.rest.get("PluginGlpikeysRegistration?range=0-9999&order=DESC")
    number = [row["id"] for row in rows if row["email"] == person["email"]][0]
    world.rest.call("PUT", "PluginGlpikeysRegistration/%d" % number, {"input": {"state": "refused"}})
    tab.open(world.base + "?step=done")


def code(tab, world):
    world.open(tab, "verified")
    tab.type(world.person())


def wrong_code(tab, world):
    code(tab, world)
    tab.type({"code": "AAAA-BBBB"})


def new_code(tab, world):
    code(tab, world)
    tab.press("button[value=resend]")


def confirmed(tab, world):
    code(tab, world)
    tab.type({"code": re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", mailbox.received[-1])[0]})


def withdrawn(tab, world):
    world.invite("gone", max_uses=0, verify_email=1)
    world.open(tab, "gone")
    tab.type(world.person())
    world.rest.call("PUT", "PluginGlpikeysInvitation/%d" % world.numbers["gone"], {"input": {"is_active": 0}})
    tab.type({"code": "AAAA-BBBB"})


def used_up(tab, world):
    world.open(tab, "used")


def ended(tab, world):
    world.open(tab, "ended")


def scheduled(tab, world):
    world.open(tab, "scheduled")


def unknown(tab, world):
    tab.open(world.base + "?i=" + "A" * 22)


def signed_in(tab, world):
    """GLPI's own sign-in form names its fields anew each time."""
    place = world.base.replace(client.Visitor.PATH, "/")
    tab.open(place)
    names = tab.run("[...document.querySelectorAll('form input')].filter(f => f.type == 'password' || f.id == 'login_name')"
                    ".map(f => [f.type == 'password' ? 'password' : 'login', f.name])")
    names = dict(names)
    tab.fill({names["login"]: os.environ["GLPIKEYS_LOGIN"], names["password"]: os.environ["GLPIKEYS_PASSWORD"]})
    tab.press("button[name=submit], button[type=submit]")
    world.open(tab, "open")


def old_form(tab, world):
    """Sent with a token that GLPI no longer knows."""
    world.open(tab, "open")
    tab.run("document.getElementsByName('_glpi_csrf_token').forEach(f => f.value = '%s')" % ("0" * 64))
    tab.type(world.person())


def too_many(tab, world):
    world.elsewhere()
    for _ in range(20):
        client.Visitor(source=world.source).open("".join(random.choices("abcdef", k=22)))
    tab.open(world.base + "?i=" + "B" * 22)
    world.elsewhere()


def puzzle(tab, world):
    world.elsewhere()
    for _ in range(30):
        client.Visitor(source=world.source).register(world.tokens["open"], {**world.person(), "password2": "x"})
    world.open(tab, "open")
    tab.type({**world.person(), "login": os.environ["GLPIKEYS_LOGIN"]})


def puzzle_solved(tab, world):
    puzzle(tab, world)
    person = world.person()
    tab.fill(person)
    tab.run("document.querySelector('altcha-widget input[type=checkbox]').click()")
    tab.until("document.querySelector('altcha-widget [data-state=verified], altcha-widget input[name=altcha]')?.value !== undefined"
              " || document.querySelector('altcha-widget [data-state=verified]') !== null")


def puzzle_done(tab, world):
    puzzle_solved(tab, world)
    tab.press("form button[type=submit]")


FORM = "Create your account"

TITLES = {
    "form": FORM, "errors": FORM, "email_login": FORM, "domain_rule": FORM, "domain_error": FORM, "approval_form": FORM,
    "typing": FORM, "old_form": FORM, "puzzle": FORM, "puzzle_solved": FORM,
    "success": "Your account is ready", "confirmed": "Your account is ready", "puzzle_done": "Your account is ready",
    "waiting": "Almost done", "refused": "This registration was turned down",
    "code": "Confirm your e-mail address", "wrong_code": "Confirm your e-mail address", "new_code": "Confirm your e-mail address",
    "used_up": "This invitation is used up", "ended": "This invitation has ended", "scheduled": "This invitation is not open yet",
    "unknown": "This invitation is not valid", "withdrawn": "This invitation is no longer valid",
    "signed_in": "You are signed in already", "too_many": "Too many attempts",
}


def states(script):
    """Functions by the name of the state they lead to."""
    found = [form, errors, email_login, domain_rule, domain_error, success, approval_form, waiting, refused, used_up,
             ended, scheduled, unknown, signed_in, old_form, too_many]
    if script:
        found.append(typing)
    if os.environ.get("GLPIKEYS_SMTP"):
        found += [code, wrong_code, new_code, confirmed, withdrawn]
    if PUZZLE:
        found += [puzzle] + ([puzzle_solved, puzzle_done] if script else [])
    return {state.__name__: state for state in found}


def clean(rest):
    client.remove_people(rest)
    for row in rest.get("PluginGlpikeysInvitation?range=0-9999&searchText[name]=glpikeys-check") or []:
        if isinstance(row, dict):
            rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % row["id"])
