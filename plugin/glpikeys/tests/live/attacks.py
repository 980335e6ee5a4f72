# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on the join page. See client.py for the environment; besides, optionally:

  GLPIKEYS_GUESSES  how many tokens to guess (200 otherwise)
  GLPIKEYS_LOGS     folders with GLPI's logs and sessions, by colons: no token may be in them
  GLPIKEYS_DUMP     a command that dumps GLPI's database: no token may be in it
"""

import concurrent.futures
import os
import random
import shlex
import string
import subprocess
import sys
import time
import urllib.parse

import client

STAMP = "%x" % int(time.time())
RESULTS = []
EVIL = ["'", "\\", "\\'", "' OR 1=1 -- ", "'; DROP TABLE glpi_users; -- ", "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "%27%20OR%201", "\0", "\r\nX-Evil: 1", "&#60;b&#62;", "😀" * 80,
        "a" * 5000]
SIGNS = ["<script>alert(1)", "<img src=x", "SQL syntax", "MySQL", "Stack trace", "DBmysql", "X-Evil: 1\r"]


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def harmless(page):
    return page.status < 500 and not any(sign in page.body for sign in SIGNS) and "X-Evil" not in page.headers


def fields(rest):
    number, token = rest.invite(max_uses=0)
    bad = []
    for name in ("firstname", "realname", "login", "email", "password", "password2", "website", "step", "invitation",
                 "_glpi_csrf_token", "code"):
        for value in EVIL:
            visitor = client.Visitor()
            person = client.person("evil-%s-%d" % (STAMP, random.randrange(10 ** 9)))
            page = visitor.submit(visitor.open(token), **{**person, name: value})
            if not harmless(page) and not (name == "_glpi_csrf_token" and page.status in (200, 403)):
                bad.append((name, value[:20], page.status))
    check("%d values in each of 11 fields" % len(EVIL), not bad, bad[:5])
    users = rest.get("search/User?criteria[0][field]=1&criteria[0][searchtype]=contains&criteria[0][value]=glpikeys-check-evil&range=0-1")
    print("      %s of them made an account" % users["totalcount"])
    visitor = client.Visitor()
    page = visitor.request("POST", client.URL + client.Visitor.PATH, {
        **{key + "[]": value for key, value in client.person("list-" + STAMP).items()}, "invitation[]": token})
    check("lists instead of texts", page.status < 500, page.status)
    visitor = client.Visitor()
    page = visitor.submit(visitor.open(token), **client.person("mass-" + STAMP), profiles_id="4", _profiles_id="4",
                          entities_id="0", is_active="1", authtype="3", uses="0", groups="[1]", users_id="2", id="2")
    found = rest.get("User?searchText[name]=glpikeys-check-mass-" + STAMP)
    rights = rest.get("User/%d/Profile_User" % found[0]["id"])
    check("more fields than the form has change nothing",
          [row["profiles_id"] for row in rights] == [1] and found[0]["authtype"] == 1, rights)


def headers_and_paths(rest):
    number, token = rest.invite()
    bad = []
    for value in EVIL:
        clean = value.replace("\r\n", "").replace("\0", "")[:1000].encode("utf-8").decode("latin-1")
        for name in ("User-Agent", "Accept-Language", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "Origin", "Cookie"):
            page = client.Visitor().open(token, headers={name: clean})
            if not harmless(page) or page.title == "":
                bad.append((name, value[:20], page.status))
        quoted = urllib.parse.quote(value[:1000], safe="")
        for address in (client.Visitor.PATH + "?i=" + quoted, client.Visitor.PATH + "/" + quoted,
                        client.Visitor.PATH + "?step=" + quoted, client.Visitor.PATH + "?i[]=" + quoted):
            page = client.Visitor().request("GET", client.URL + address)
            if not harmless(page):
                bad.append((address[:60], page.status))
    check("%d values in 7 headers and 4 places of the address" % len(EVIL), not bad, bad[:5])


def homonyms(rest):
    status, answer = rest.call("POST", "User", {"input": {"name": "glpikeys-check-ldap-" + STAMP, "authtype": 3, "auths_id": 1}})
    number, token = rest.invite()
    page = client.Visitor().register(token, client.person("ldap-" + STAMP))
    check("an LDAP user's login is refused", status == 201 and page.status == 422 and rest.invitation(number)["uses"] == 0,
          (status, page.status))
    page = client.Visitor().register(token, client.person("LDAP-" + STAMP.upper()))
    check("in capitals too", page.status == 422, page.status)


def purged(rest):
    status, answer = rest.call("POST", "Entity", {"input": {"name": "glpikeys-check", "entities_id": 0}})
    admin = client.Rest()
    number, token = admin.invite(entities_id=answer["id"])
    admin.call("DELETE", "Entity/%d?force_purge=true" % answer["id"])
    page = client.Visitor().open(token)
    check("purged entity: no form", page.status in (404, 429) and "<form" not in page.body, page.title)
    status, answer = admin.call("POST", "Profile", {"input": {"name": "glpikeys-check", "interface": "helpdesk"}})
    number, token = admin.invite(profiles_id=answer["id"])
    visitor = client.Visitor()
    form = visitor.open(token)
    admin.call("DELETE", "Profile/%d?force_purge=true" % answer["id"])
    page = visitor.submit(form, **client.person("gone-" + STAMP))
    check("purged profile: nothing created", page.title != "Your account is ready" and not
          [row for row in admin.get("User?searchText[name]=glpikeys-check-gone") if isinstance(row, dict)], page.title)
    admin.close()


def guesses(rest):
    count = int(os.environ.get("GLPIKEYS_GUESSES", "200"))
    number, token = rest.invite()
    letters = string.ascii_letters + string.digits

    def guess(_):
        page = client.Visitor().open("".join(random.choices(letters, k=22)))
        return page.status

    start = time.time()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(count)))
    took = time.time() - start
    check("%d guessed tokens: none found, the limit answers" % count,
          set(answers) <= {404, 429} and answers.count(404) <= 60, {s: answers.count(s) for s in set(answers)})
    print("      %d times 404, %d times 429, %.0f s" % (answers.count(404), answers.count(429), took))
    page = client.Visitor().register(token, client.person("class-" + STAMP))
    check("a genuine link from the same address still works", page.title == "Your account is ready", page.title)


def traces(rest):
    number, token = rest.invite(max_uses=3)
    visitor = client.Visitor()
    visitor.open(token)
    visitor.request("GET", client.URL + client.Visitor.PATH + "/" + token)
    visitor.register(token, {**client.person("trace-" + STAMP), "password2": "x"})
    visitor.register(token, client.person("trace-" + STAMP))
    client.Visitor().submit(visitor.open(token), **client.person("trace2-" + STAMP))
    found = []
    for folder in filter(None, os.environ.get("GLPIKEYS_LOGS", "").split(":")):
        done = subprocess.run(["grep", "-rl", token, folder], capture_output=True, text=True)
        found += done.stdout.split()
    if os.environ.get("GLPIKEYS_LOGS"):
        check("the token is in no log or session", not found, found)
    if os.environ.get("GLPIKEYS_DUMP"):
        dump = subprocess.run(shlex.split(os.environ["GLPIKEYS_DUMP"]), capture_output=True).stdout
        check("the token is nowhere in the database", len(dump) > 10000 and token.encode() not in dump)
        check("the password is nowhere in the database", client.PASSWORD.encode() not in dump)


def main():
    rest = client.Rest()
    client.remove_people(rest)
    try:
        for attack in (fields, headers_and_paths, homonyms, purged, guesses, traces):
            attack(rest)
    finally:
        client.remove_people(rest)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
