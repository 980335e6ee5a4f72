# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one registration does, looked at through REST: see client.py for the environment.

With GLPIKEYS_SMTP=PORT, where GLPI sends its mail to 127.0.0.1:PORT, e-mail codes are tried too.
"""

import json
import os
import re
import sys
import time

import client
import mailbox

STAMP = "%x" % int(time.time())
RESULTS = []
SOURCE = client.own_address()


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def user(rest, login):
    found = rest.get("User?searchText[name]=^" + login + "$&range=0-9")
    return found[0] if found and isinstance(found[0], dict) else None


def signs_in(login, password=client.PASSWORD):
    try:
        client.Rest(login, password).close()
        return True
    except PermissionError:
        return False


def created_account(rest):
    groups = [row["id"] for row in rest.get("Group?range=0-1")]
    entities = rest.get("Entity?range=0-50")
    entity = [row["id"] for row in entities if row["id"] > 0][0]
    number, token = rest.invite(max_uses=5, entities_id=entity, profiles_id=6, profile_recursive=1,
                                groups=json.dumps(groups), account_days=30)
    before = rest.invitation(number)
    person = client.person("acc-" + STAMP)
    person["realname"], person["firstname"] = "O'Neil \\ <b>\"Ü\" 漢", "Zoë & Söhne"
    page = client.Visitor().register(token, person)
    check("success page", page.title == "Your account is ready", (page.status, page.title, page.problems))
    check("redirect without the token", page.came_by and token not in page.came_by.headers["Location"])
    found = user(rest, person["login"])
    check("account exists", found is not None)
    if found is None:
        return
    one = "User/%d/" % found["id"]
    rights = [(row["profiles_id"], row["entities_id"], row["is_recursive"], row["is_dynamic"])
              for row in rest.get(one + "Profile_User")]
    check("exactly the asked profile, entity, recursion", rights == [(6, entity, 1, 0)], rights)
    check("exactly the asked groups",
          sorted(row["groups_id"] for row in rest.get(one + "Group_User")) == sorted(groups))
    mails = [(row["email"], row["is_default"]) for row in rest.get(one + "UserEmail")]
    check("exactly the e-mail", mails == [(person["email"], 1)], mails)
    check("validity of 30 days", str(found["end_date"]).endswith("23:59:59"), found["end_date"])
    check("names kept", all(
        found[key].replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&") == person[key]
        for key in ("realname", "firstname")), (found["realname"], found["firstname"]))
    check("signs in", signs_in(person["login"]))
    after = rest.get(one + "Profile_User")
    check("sign-in changed no right", len(after) == 1 and after[0]["profiles_id"] == 6, after)
    check("counter", rest.invitation(number)["uses"] == before["uses"] + 1)
    rows = [row for row in rest.get("PluginGlpikeysRegistration?range=0-9999")
            if row["plugin_glpikeys_invitations_id"] == number]
    check("one registration, done", [row["state"] for row in rows] == ["done"], rows)
    again(rest, number, token, person)


def again(rest, number, token, person):
    visitor = client.Visitor()
    page = visitor.register(token, {**person, "password2": "other"})
    check("different passwords: form again, values kept, passwords not",
          page.status == 422 and 'value="O&#039;Neil' in page.body and client.PASSWORD not in page.body, page.status)
    page = client.Visitor().register(token, person)
    check("login and e-mail taken are both said", len(page.problems) == 3 and page.status == 422, page.problems)
    page = client.Visitor().register(token, {**client.person("trap-" + STAMP), "website": "http://x"})
    check("filled honeypot creates nothing", page.status == 422 and user(rest, "glpikeys-check-trap-" + STAMP) is None)
    page = client.Visitor().register(token, {**client.person("weak-" + STAMP), "password": "abc", "password2": "abc"})
    check("short password refused", page.status == 422)
    check("failures used nothing", rest.invitation(number)["uses"] == 1)
    # Twice the same form: the second click ends on the account of the first.
    visitor = client.Visitor()
    form = visitor.open(token)
    twin = client.person("twin-" + STAMP)
    first, second = visitor.submit(form, **twin), visitor.submit(form, **twin)
    check("double submit ends on the same success page",
          first.title == second.title == "Your account is ready", (second.status, second.title))
    check("double submit used one", rest.invitation(number)["uses"] == 2)
    other = visitor.submit(form, **client.person("other-" + STAMP))
    check("replayed token with other values creates nothing",
          user(rest, "glpikeys-check-other-" + STAMP) is None and rest.invitation(number)["uses"] == 2, other.title)
    page = client.Visitor().submit(form, **client.person("foreign-" + STAMP))
    check("another session's token creates nothing, form is shown again",
          page.title == "Create your account" and user(rest, "glpikeys-check-foreign-" + STAMP) is None)
    nameless = client.person("x")
    nameless.update(login="", firstname="Żółć", realname="glpikeys-check " + STAMP, email="glpikeys-check-n%s@example.org" % STAMP)
    page = client.Visitor().register(token, nameless)
    check("login made from the name", "zolc.glpikeys-check-" + STAMP in page.body, page.problems)


def back_button(rest):
    number, token = rest.invite(max_uses=1)
    visitor = client.Visitor()
    visitor.register(token, client.person("back-" + STAMP))
    page = visitor.follow(visitor.open(token))
    check("back after the last use shows one's own account", page.title == "Your account is ready", page.title)
    page = client.Visitor().open(token)
    check("others read that it is used up", page.title == "This invitation is used up", page.title)


def scanners(rest):
    number, token = rest.invite(max_uses=1)
    agents = ["SafeLinks", "Mozilla/5.0 (compatible; Microsoft Office Word 2014)", "Slackbot-LinkExpanding 1.0",
              "WhatsApp/2.23", "facebookexternalhit/1.1", "Twitterbot/1.0", "TelegramBot (like TwitterBot)",
              "LinkedInBot/1.0", "Discordbot/2.0", "Googlebot/2.1", "bingbot/2.0", "SkypeUriPreview Preview/0.5",
              "BarracudaCentral", "Proofpoint URL Defense", "MimecastURLScan", "Symantec", "Iframely/1.3.1",
              "Mattermost-Bot/1.1", "curl/8.0", "python-requests/2.31"]
    states = {client.Visitor(headers={"User-Agent": agent}).open(token).status for agent in agents}
    for method in ("HEAD", "OPTIONS", "GET"):
        for _ in range(3):
            client.Visitor().open(token, method)
    check("20 scanners, HEAD, OPTIONS: counter unchanged", rest.invitation(number)["uses"] == 0 and states == {200}, states)
    page = client.Visitor().request("GET", client.URL + client.Visitor.PATH + "/" + token)
    check("join.php/TOKEN is the same page", page.title == "Create your account", page.status)
    headers = {name.lower(): value for name, value in page.headers.items()}
    check("no-store, no-referrer", "no-store" in headers["cache-control"] and headers["referrer-policy"] == "no-referrer")
    check("form's address holds no token", 'action="' in page.body and "join.php?i=" not in page.body
          and "join.php/" not in page.body)
    check("no third-party address", not re.findall(r'(?:src|href)="https?://(?!%s)' % re.escape(client.URL.split("//")[1]), page.body),
          re.findall(r'(?:src|href)="https?://[^"]*', page.body))
    for name, value in (("Host", "evil.example"), ("X-Forwarded-Host", "evil.example")):
        page = client.Visitor(headers={name: value}).open(token)
        check("forged %s appears nowhere" % name, "evil.example" not in page.body)


def states(rest):
    pages = {}
    number, token = rest.invite()
    client.Visitor().register(token, client.person("used-" + STAMP))
    pages["used up"] = (token, "This invitation is used up")
    number, token = rest.invite(begin_date="2031-01-01 00:00:00")
    pages["scheduled"] = (token, "This invitation is not open yet")
    number, token = rest.invite(end_date="2020-01-01 00:00:00")
    pages["ended"] = (token, "This invitation has ended")
    number, token = rest.invite()
    rest.call("PUT", "PluginGlpikeysInvitation/%d" % number, {"input": {"is_active": 0}})
    pages["revoked"] = (token, "This invitation is not valid")
    for name, (token, title) in pages.items():
        page = client.Visitor().open(token)
        check("state %s" % name, page.title == title and "<form" not in page.body, (page.status, page.title))
    # Each sends its own form token; the rest has to be the same.
    bodies = [re.sub(r"[0-9a-f]{32,64}", "", client.Visitor().open(token).body)
              for token in (pages["revoked"][0], "A" * 22)]
    check("unknown and revoked look alike", bodies[0] == bodies[1])
    for language, title in (("fr", "invitation"), ("es-MX", "invitación"), ("pt", "convite"), ("de-AT", "Einladung"), ("it", "invitation")):
        check("language " + language, title in client.Visitor(language).open(pages["ended"][0]).title)


def approval(rest):
    number, token = rest.invite(max_uses=3, require_approval=1)
    for tag in ("yes", "no"):
        page = client.Visitor().register(token, client.person(tag + "-" + STAMP))
        check("waits for approval", page.title == "Almost done", (page.title, page.problems))
    check("cannot sign in yet", not signs_in("glpikeys-check-yes-" + STAMP))
    rows = {row["email"]: row["id"] for row in rest.get("PluginGlpikeysRegistration?range=0-9999")
            if row["plugin_glpikeys_invitations_id"] == number}
    uses = rest.invitation(number)["uses"]
    for tag, state in (("yes", "done"), ("no", "refused")):
        answer = rest.call("PUT", "PluginGlpikeysRegistration/%d" % rows["glpikeys-check-%s-%s@example.org" % (tag, STAMP)],
                           {"input": {"state": state}})
        check("REST sets " + state, answer[0] == 200, answer)
    check("approved signs in", signs_in("glpikeys-check-yes-" + STAMP))
    check("refused does not", not signs_in("glpikeys-check-no-" + STAMP))
    check("a refusal gives the use back, an approval does not", (uses, rest.invitation(number)["uses"]) == (2, 1))


def rule(rest, criteria, actions, condition=4):
    """An authorization rule with one criterion; condition 4 is "begins with", 0 is "is"."""
    number = rest.call("POST", "RuleRight", {"input": {"name": "glpikeys-check", "match": "AND", "is_active": 1,
                       "sub_type": "RuleRight", "entities_id": 0, "is_recursive": 1}})[1]["id"]
    for name, pattern in criteria.items():
        rest.call("POST", "RuleCriteria", {"input": {
            "rules_id": number, "criteria": name, "condition": condition, "pattern": pattern}})
    for field, value in actions.items():
        rest.call("POST", "RuleAction", {"input": {
            "rules_id": number, "action_type": "assign", "field": field, "value": value}})
    return number


def holds(rest, login):
    """Everything that an account may do or is limited to."""
    found = user(rest, login)
    one = "User/%d/" % found["id"]
    return {
        "rights": [(row["profiles_id"], row["entities_id"], row["is_recursive"], row["is_dynamic"])
                   for row in rest.get(one + "Profile_User")],
        "groups": sorted(row["groups_id"] for row in rest.get(one + "Group_User")),
        "mails": [row["email"] for row in rest.get(one + "UserEmail")],
        "end": found["end_date"], "active": found["is_active"], "entity": found["entities_id"],
    }


def rules(rest):
    """Authorization rules: some give rights to a login, an address or a group, one gives nothing."""
    groups = [row["id"] for row in rest.get("Group?range=0-1")]
    entity = [row["id"] for row in rest.get("Entity?range=0-50") if row["id"] > 0][0]
    boss = {"profiles_id": 4, "entities_id": 0, "is_recursive": 1}
    made = [
        rule(rest, {"LOGIN": "glpikeys-check-boss"}, boss),
        rule(rest, {"MAIL_EMAIL": "glpikeys-check-mailboss"}, boss),
        rule(rest, {"_groups_id": str(groups[1])}, boss, condition=0),
        rule(rest, {"LOGIN": "glpikeys-check-nothing"}, {"language": "fr_FR"}),
    ]
    try:
        _, token = rest.invite(max_uses=0, entities_id=entity, profiles_id=6, groups=json.dumps(groups[:1]),
                               account_end_date="2030-12-31 23:59:59")
        for tag, waits in (("boss", True), ("BOSS2", True), ("mailboss", True), ("plain", False), ("nothing", False)):
            person = client.person(tag + "-" + STAMP)
            person["login"] = person["login"].replace("BOSS2", "Boss2")
            page = client.Visitor(source=SOURCE).register(token, person)
            check("rules: %s %s" % (tag, "waits for approval" if waits else "does not wait"),
                  page.title == ("Almost done" if waits else "Your account is ready"), (page.title, page.problems))
            asked = {"rights": [(6, entity, 0, 0)], "groups": groups[:1], "mails": [person["email"]],
                     "end": "2030-12-31 23:59:59", "active": int(not waits), "entity": entity}
            check("rules: %s holds exactly what was asked" % tag, holds(rest, person["login"]) == asked,
                  (holds(rest, person["login"]), asked))
            check("rules: %s signs in: %s" % (tag, not waits), signs_in(person["login"]) != waits)
            if not waits:
                check("rules: %s holds the same after signing in" % tag, holds(rest, person["login"]) == asked,
                      (holds(rest, person["login"]), asked))
        _, token = rest.invite(profiles_id=1, groups=json.dumps(groups[1:2]))
        page = client.Visitor(source=SOURCE).register(token, client.person("ingroup-" + STAMP))
        check("rules: a group that a rule rewards waits for approval", page.title == "Almost done", page.title)
    finally:
        for number in made:
            rest.call("DELETE", "RuleRight/%d?force_purge=true" % number)


def counters(rest):
    """Opened and started are counted once per visitor, and neither is a use."""
    number, token = rest.invite(max_uses=5)
    now = lambda: tuple(rest.invitation(number)[name] for name in ("opened", "started", "uses"))
    visitor = client.Visitor(source=SOURCE)
    page = visitor.open(token)
    visitor.open(token)
    visitor.open(token, "HEAD")
    client.Visitor(source=SOURCE).open(token, "HEAD")
    check("opened once", now() == (1, 0, 0), now())
    page = visitor.submit(page, **{**client.person("count-" + STAMP), "password2": "x"})
    page = visitor.submit(page, **{**client.person("count-" + STAMP), "password2": "x"})
    check("started once", now() == (1, 1, 0), now())
    machine = client.Visitor(source=SOURCE)
    machine.submit(machine.open(token), **client.person("count2-" + STAMP), website="http://x")
    check("a machine opens and does not start", now() == (2, 1, 0), now())
    visitor.submit(page, **client.person("count-" + STAMP))
    check("used once", now() == (2, 1, 1), now())


def addresses(rest):
    number, token = rest.invite(max_uses=5)
    own = rest.get("getGlpiConfig")["cfg_glpi"]["admin_email"].rpartition("@")[2]
    for address, good in (("glpikeys-check-a%s@b" % STAMP, False), ("glpikeys-check", False), ("a b@example.org", False),
                          ("glpikeys-check-b%s@[192.0.2.1]" % STAMP, True), ("glpikeys-check-c%s@%s" % (STAMP, own), True)):
        person = {**client.person("addr%d-%s" % (len(address), STAMP)), "email": address}
        page = client.Visitor(source=SOURCE).register(token, person)
        check("%s %s" % (address, "is an address" if good else "is none"),
              (page.title == "Your account is ready") == good, (page.status, page.problems))


def policy(rest):
    """Only where GLPI's password policy is on: each rule alone refuses, and uses nothing."""
    config = rest.get("getGlpiConfig")["cfg_glpi"]
    if not int(config["use_password_security"]):
        return
    number, token = rest.invite(max_uses=2)
    for name, password in (("length", "aA1!"), ("number", "abcdefghijK!"), ("letter", "ABCDEFGH123!"),
                           ("caps", "abcdefgh123!"), ("symbol", "abcdefghK123")):
        if name == "length" or int(config["password_need_" + name]):
            page = client.Visitor().register(token, {**client.person("pol-" + STAMP), "password": password, "password2": password})
            check("policy: " + name, page.status == 422 and len(page.problems) == 2, (page.status, page.problems))
    check("refused passwords left no account", user(rest, "glpikeys-check-pol-" + STAMP) is None)
    page = client.Visitor().register(token, client.person("pol-" + STAMP))
    check("a password that meets the policy signs in", signs_in("glpikeys-check-pol-" + STAMP), page.problems)


def mail(rest, port):
    server = mailbox.serve(port)
    number, token = rest.invite(max_uses=5, verify_email=1)
    visitor = client.Visitor()
    page = visitor.register(token, client.person("mail-" + STAMP))
    check("asks for the code", page.title == "Confirm your e-mail address" and not page.problems, (page.title, page.problems))
    check("cannot sign in before", not signs_in("glpikeys-check-mail-" + STAMP))
    codes = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", "".join(mailbox.received))
    check("one mail with a code, no link with the token", len(codes) == 1 and token not in "".join(mailbox.received), mailbox.received)
    page = visitor.submit(page, step="code", code="AAAA-AAAA")
    check("wrong code", page.status == 422 and page.problems, page.status)
    page = visitor.submit(page, step="resend")
    codes += re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", mailbox.received[-1])
    check("new code sent", len(mailbox.received) == 2 and codes[0] != codes[-1], page.problems)
    page = visitor.submit(page, step="code", code=codes[0])
    check("old code no longer works", page.status == 422)
    stranger = client.Visitor()
    other = stranger.register(token, client.person("mail2-" + STAMP))
    other = stranger.submit(other, step="code", code=codes[1])
    check("a code is bound to its session", other.status == 422)
    page = visitor.submit(page, step="code", code=codes[1].lower().replace("-", " "))
    check("right code, typed loosely", page.title == "Your account is ready", (page.status, page.title))
    check("signs in afterwards", signs_in("glpikeys-check-mail-" + STAMP))
    for _ in range(6):
        other = stranger.submit(other, step="code", code="ZZZZZZZZ")
    late = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", mailbox.received[2])[0]
    other = stranger.submit(other, step="code", code=late)
    check("after five wrong codes the right one is dead", other.status == 422)
    mailbox.received.clear()
    answers = [other]
    for _ in range(6):
        answers.append(stranger.submit(answers[-1], step="resend"))
    answers.pop(0)
    check("four more codes for one registration, then no mail",
          [page.status for page in answers] == [200] * 4 + [429] * 2 and len(mailbox.received) == 4
          and "name=\"code\"" in answers[-1].body, [(page.status, page.problems) for page in answers])
    revoked(rest)
    queue = json.dumps(rest.get("QueuedNotification?range=0-200"))
    check("no code in GLPI's mail queue", not any(code in queue for code in codes))
    server.shutdown()


def revoked(rest):
    """A code confirms nothing once the invitation was revoked; used up or ended meanwhile is no matter."""
    title = "This invitation is no longer valid"
    for name, change, ends in (("revoked", {"is_active": 0}, title), ("ended", {"end_date": "2020-01-01 00:00:00"}, ""),
                               ("used up", {"max_uses": 1}, "")):
        tag = name.replace(" ", "") + "-" + STAMP
        number, token = rest.invite(max_uses=2, verify_email=1)
        visitor = client.Visitor(source=SOURCE)
        page = visitor.register(token, client.person(tag))
        code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", mailbox.received[-1])[0]
        answer = rest.call("PUT", "PluginGlpikeysInvitation/%d" % number, {"input": change})
        after = visitor.submit(page, step="code", code=code)
        if ends:
            check("revoked: the code confirms nothing", after.title == ends and after.status == 410, (answer, after.title))
            check("revoked: no new code", visitor.submit(page, step="resend").title == ends)
            check("revoked: cannot sign in", not signs_in("glpikeys-check-" + tag))
            rest.call("PUT", "PluginGlpikeysInvitation/%d" % number, {"input": {"is_active": 1}})
            page = visitor.request("GET", client.URL + client.Visitor.PATH + "?step=done")
            after = visitor.submit(page, step="code", code=code)
            check("revoked by mistake: the code works again", after.title == "Your account is ready", after.title)
        else:
            check("%s meanwhile: the code confirms" % name, after.title == "Your account is ready", (answer, after.title))
            check("%s meanwhile: signs in" % name, signs_in("glpikeys-check-" + tag))


def main():
    rest = client.Rest()
    client.remove_people(rest)
    try:
        created_account(rest)
        back_button(rest)
        scanners(rest)
        states(rest)
        approval(rest)
        rules(rest)
        counters(rest)
        addresses(rest)
        policy(rest)
        if os.environ.get("GLPIKEYS_SMTP"):
            mail(rest, int(os.environ["GLPIKEYS_SMTP"]))
    finally:
        client.remove_people(rest)
        for row in rest.get("PluginGlpikeysInvitation?range=0-9999&searchText[name]=glpikeys-check") or []:
            if isinstance(row, dict):
                rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % row["id"])
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
