# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""GLPI 11's proof of work on the join page. See client.py for the environment; besides:

  GLPIKEYS_PUZZLE  1 where GLPI is 11, has ALTCHA on and GLPIKEYS_URL is https; 0 everywhere else

With 0 the checks are that it is never asked. A certificate that the system does not trust is
named by SSL_CERT_FILE. GLPI has to see this computer's address: failures are counted by it.
"""

import base64
import hashlib
import json
import os
import sys
import time

import client

STAMP = "%x" % int(time.time())
EXPECTED = os.environ["GLPIKEYS_PUZZLE"] == "1"
THRESHOLD = 30
SOURCE = client.own_address()
RESULTS = []


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def visitor():
    return client.Visitor(source=SOURCE)


def asks(page):
    return "<altcha-widget" in page.body


def solve(browser):
    """What GLPI's widget does in the browser."""
    task = json.loads(browser.request("GET", client.URL + "/Altcha/Challenge").body)
    for number in range(task["maxnumber" if "maxnumber" in task else "maxNumber"] + 1):
        if hashlib.sha256((task["salt"] + str(number)).encode()).hexdigest() == task["challenge"]:
            break
    answer = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**answer, "number": number}).encode()).decode()


def fail_often(token):
    """Every form of one address is wrong until many are; nobody is asked before that."""
    asked = []
    for number in range(THRESHOLD):
        page = visitor().register(token, {**client.person("p-" + STAMP), "password2": "other"})
        asked.append(asks(page) or page.status != 422 or len(page.problems) != 2)
    check("the first %d wrong forms are answered as ever" % THRESHOLD, not any(asked), asked)


def asked(rest, token, number):
    taken = {**client.person("p-" + STAMP), "login": os.environ["GLPIKEYS_LOGIN"]}
    browser = visitor()
    check("a form that is opened is not asked", not asks(browser.open(token)))
    page = browser.register(token, taken)
    check("a wrong form is asked", asks(page) and page.status == 422, (page.status, page.problems))
    check("it does not say whose login exists", "already an account" not in page.body, page.problems)
    check("what was typed is kept, passwords are not", "p-" + STAMP in page.body and client.PASSWORD not in page.body)
    check("without JavaScript it says what to do", "<noscript>" in page.body and "needs JavaScript" in page.body)
    page = browser.submit(page, **client.person("p-" + STAMP))
    check("whoever was asked has to answer", asks(page) and rest.invitation(number)["uses"] == 0, page.title)
    for name, value in (("nonsense", "AAAA"), ("empty", base64.b64encode(b"{}").decode()),
                        ("a list", base64.b64encode(b'{"challenge": "x", "number": [1]}').decode()),
                        ("no base64", "\u20ac%%")):
        page = browser.submit(page, **taken, altcha=value)
        check("answer that is %s: asked again" % name, page.status == 422 and asks(page), (page.status, page.title))
    solution = solve(browser)
    page = browser.submit(page, **taken, altcha=solution)
    check("with the answer, what is wrong is said", "already an account" in page.body, page.problems)
    page = browser.submit(page, **taken, altcha=solution)
    check("an answer counts once", "already an account" not in page.body and asks(page), page.problems)
    other = visitor()
    second = other.register(token, taken)
    second = other.submit(second, **taken, altcha=solve(browser))
    check("an answer counts in its own session", "already an account" not in second.body, second.problems)
    page = browser.submit(page, **client.person("p-" + STAMP), altcha=solve(browser))
    check("with the answer, the account is made", page.title == "Your account is ready", (page.status, page.problems))


def main():
    rest = client.Rest()
    client.remove_people(rest)
    try:
        number, token = rest.invite(max_uses=5)
        fail_often(token)
        if EXPECTED:
            asked(rest, token, number)
        else:
            taken = {**client.person("p-" + STAMP), "login": os.environ["GLPIKEYS_LOGIN"]}
            page = visitor().register(token, taken)
            check("never asked here", not asks(page) and "already an account" in page.body, page.problems)
        page = visitor().register(token, client.person("first-" + STAMP))
        check("a first form without mistakes is never asked", page.title == "Your account is ready", (page.status, page.problems))
    finally:
        client.remove_people(rest)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
