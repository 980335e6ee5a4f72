#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""GLPI's authorization rules, and who comes in by somebody else's word: both take somebody's approval.

Besides what client.py needs:
  LIMITED_USER, LIMITED_PASSWORD   somebody of profile LIMITED_PROFILE on LIMITED_ENTITY only;
                                   the profile gets the plugin's right for the time of the test
Rules named "glpikeys-check" are made and purged again, and GLPI's setting x509_email_field is set
for a moment: run it on a test server only.
"""

import json
import os
import sys
import uuid

from client import PASSWORD, Central, Rest, Visitor, person, remove_people

ITEM = "PluginGlpikeysRegistration"
PROFILE = int(os.environ.get("LIMITED_PROFILE", "6"))
ENTITY = int(os.environ["LIMITED_ENTITY"])
SUPER_ADMIN = 4
# Numbers of GLPI's Rule::PATTERN_*.
IS, CONTAINS, BEGINS = 0, 2, 4

failures, count, made, rules, groups = [], 0, [], [], []


def check(what, ok, seen=None):
    global count
    count += 1
    if not ok:
        failures.append(what)
        print("FAIL", what, "->", repr(seen)[:500], flush=True)


def rule(admin, criterion, condition, pattern, **actions):
    status, data = admin.call("POST", "RuleRight", {"input": {
        "name": "glpikeys-check", "sub_type": "RuleRight", "match": "AND", "is_active": 1, "entities_id": 0,
        "is_recursive": 1}})
    check("rule made", status == 201, data)
    number = data["id"]
    rules.append(number)
    parts = [("RuleCriteria", {"criteria": criterion, "condition": condition, "pattern": pattern})]
    parts += [("RuleAction", {"action_type": "assign", "field": field, "value": value})
              for field, value in actions.items()]
    for item, fields in parts:
        status, data = admin.call("POST", item, {"input": {"rules_id": number, **fields}})
        check("rule has its %s" % item, status == 201, data)


def no_rules(admin):
    while rules:
        admin.call("DELETE", "RuleRight/%d?force_purge=true" % rules.pop())


def register(admin, tag, **fields):
    number, token = admin.invite(**fields)
    made.append(number)
    answer = Visitor().register(token, person(tag))
    rows = admin.get(f"{ITEM}?searchText[email]={tag}&range=0-9")
    check("registered " + tag, len(rows) == 1, (answer.status, answer.title, answer.problems, rows))
    return number, (rows or [{}])[0]


def signs_in(tag):
    try:
        Rest("glpikeys-check-" + tag, PASSWORD).close()
        return True
    except PermissionError:
        return False


def rights(admin, row):
    found = admin.get("User/%d/Profile_User?range=0-99" % row["users_id"])
    return sorted((one["profiles_id"], one["entities_id"], one["is_recursive"]) for one in found)


def answer(who, row, state):
    return who.call("PUT", f"{ITEM}/{row['id']}", {"input": {"state": state}})


def by_each_criterion(admin, group):
    """By login, e-mail and group: the registration waits, and says why."""
    tag = uuid.uuid4().hex[:8]
    for what, criterion, condition, pattern, fields in (
            ("login", "LOGIN", BEGINS, "glpikeys-check-l" + tag, {}),
            ("e-mail", "MAIL_EMAIL", CONTAINS, "e" + tag + "@example.org", {}),
            ("group", "_groups_id", IS, str(group), {"groups": "[%d]" % group})):
        rule(admin, criterion, condition, pattern, profiles_id=SUPER_ADMIN, entities_id=0, is_recursive=1)
        number, row = register(admin, what[0] + tag, **fields)
        check(f"rule by {what}: waits for approval", row["state"] == "waiting_approval", row)
        shown = admin.get(f"{ITEM}/{row['id']}")
        check(f"rule by {what}: the approver can read what it gives",
              "Super-Admin" in (shown.get("rule_grants") or ""), shown)
        number, row = register(admin, uuid.uuid4().hex[:8])
        check(f"rule by {what}: others do not wait", row["state"] == "done", row)
        no_rules(admin)


def not_before_approval(admin):
    """Trying to sign in while waiting: no rights appear, and no rule makes the account active."""
    tag = uuid.uuid4().hex[:8]
    rule(admin, "LOGIN", CONTAINS, tag, profiles_id=SUPER_ADMIN, entities_id=0, is_recursive=1)
    rule(admin, "LOGIN", CONTAINS, tag, is_active=1)
    number, row = register(admin, tag, require_approval=1, max_uses=2)
    check("one right, the invitation's", rights(admin, row) == [(1, 0, 0)], rights(admin, row))
    check("cannot sign in while waiting", not signs_in(tag) and not signs_in(tag))
    check("… still one right", rights(admin, row) == [(1, 0, 0)], rights(admin, row))
    check("… still not active", admin.get("User/%d" % row["users_id"])["is_active"] == 0)
    status, data = answer(admin, row, "refused")
    check("refused", status == 200, data)
    check("cannot sign in when refused", not signs_in(tag) and not signs_in(tag))
    check("… still not active", admin.get("User/%d" % row["users_id"])["is_active"] == 0)
    no_rules(admin)


def approving(admin, right):
    """Who could not give what the rule gives may not approve; who could is told."""
    admin.call("PUT", f"ProfileRight/{right['id']}", {"input": {"rights": 3}})
    limited = Rest(os.environ["LIMITED_USER"], os.environ["LIMITED_PASSWORD"])
    tag = uuid.uuid4().hex[:8]
    group = admin.call("POST", "Group", {"input": {"name": "glpikeys-check hidden", "entities_id": 0}})[1]["id"]
    groups.append(group)
    rule(admin, "LOGIN", CONTAINS, tag, profiles_id=SUPER_ADMIN, entities_id=0, is_recursive=1, specific_groups_id=group)
    number, row = register(admin, tag, entities_id=ENTITY, max_uses=2)
    signs_in(tag)
    shown = [(who.get(f"{ITEM}/{row['id']}") or {}).get("rule_grants") or "" for who in (limited, admin)]
    check("names of other entities and their groups are told to those who see them",
          "Super-Admin in another entity" in shown[0] and "glpikeys-check" not in shown[0]
          and "Root entity" not in shown[0] and "Root entity" in shown[1] and "glpikeys-check" in shown[1], shown)
    status, data = answer(limited, row, "done")
    check("who may not give it may not approve, and reads why",
          status == 400 and "rule" in data[1] and "Super-Admin" in data[1], data)
    check("… it still waits", admin.get(f"{ITEM}/{row['id']}")["state"] == "waiting_approval" and not signs_in(tag))
    page = Central().tab("PluginGlpikeysInvitation", number, "PluginGlpikeysRegistration$1")
    check("GLPI's page says it beside the button",
          "Super-Admin" in page.body and "name='approve'" in page.body.replace('"', "'"), page.body)
    status, data = answer(admin, row, "done")
    check("who may give it approves, and is told",
          status == 200 and "Super-Admin" in json.dumps(data), data)
    check("… it signs in", signs_in(tag))
    check("… with what the rule gives", rights(admin, row) == [(1, ENTITY, 0), (SUPER_ADMIN, 0, 1)], rights(admin, row))
    no_rules(admin)

    tag = uuid.uuid4().hex[:8]
    number, row = register(admin, tag, entities_id=ENTITY, max_uses=2, require_approval=1)
    status, data = answer(limited, row, "done")
    check("without a rule the same person approves, and nothing is said",
          status == 200 and "rule" not in json.dumps(data) and signs_in(tag), data)
    limited.close()


def by_hand(admin):
    """Making the account active in GLPI itself is an answer, too."""
    tag = uuid.uuid4().hex[:8]
    number, row = register(admin, tag, require_approval=1, max_uses=2)
    admin.call("PUT", "User/%d" % row["users_id"], {"input": {"comment": "looked at"}})
    check("another change is no answer", admin.get(f"{ITEM}/{row['id']}")["state"] == "waiting_approval")
    admin.call("PUT", "User/%d" % row["users_id"], {"input": {"is_active": 1}})
    check("made active by hand: done", admin.get(f"{ITEM}/{row['id']}")["state"] == "done")
    check("… it signs in", signs_in(tag))
    check("… the use stays", admin.invitation(number)["uses"] == 1)

    tag = uuid.uuid4().hex[:8]
    number, row = register(admin, tag, require_approval=1, max_uses=2)
    answer(admin, row, "refused")
    admin.call("PUT", "User/%d" % row["users_id"], {"input": {"is_active": 1}})
    check("refused, then made active by hand: it signs in, and stays refused",
          signs_in(tag) and admin.get(f"{ITEM}/{row['id']}")["state"] == "refused")

    for where, purge in (("in the trash", "false"), ("purged", "true")):
        tag = uuid.uuid4().hex[:8]
        number, row = register(admin, tag, require_approval=1, max_uses=2)
        admin.call("DELETE", f"User/{row['users_id']}?force_purge={purge}")
        status, data = answer(admin, row, "done")
        check(f"the account is {where}: nobody approves it",
              status == 400 and "trash" in data[1] and not signs_in(tag), (status, data))
        check("… but it can be refused", answer(admin, row, "refused")[0] == 200
              and admin.invitation(number)["uses"] == 0)
        # Searches leave out the trash, so remove_people() would not find it.
        admin.call("DELETE", f"User/{row['users_id']}?force_purge=true")


def named_by_others(admin):
    """Where GLPI takes people from others by their login, a login that a visitor chose waits."""
    before = admin.get("getGlpiConfig")["cfg_glpi"].get("x509_email_field") or ""
    admin.call("PUT", "Config/1", {"input": {"x509_email_field": "glpikeys-check"}})
    try:
        number, row = register(admin, uuid.uuid4().hex[:8], max_uses=2)
        check("a login that a certificate may name waits", row["state"] == "waiting_approval", row)
        page = Central().tab("PluginGlpikeysInvitation", number, "PluginGlpikeysRegistration$1")
        check("… and GLPI's page says why", "a certificate or a mail server" in page.body, page.body)
    finally:
        admin.call("PUT", "Config/1", {"input": {"x509_email_field": before}})
    number, row = register(admin, uuid.uuid4().hex[:8], max_uses=2)
    check("nobody named by others: it does not wait", row["state"] == "done", row)


def main():
    admin = Rest()
    admin.call("POST", "changeActiveEntities", {"is_recursive": True})
    version = admin.get("getGlpiConfig")["cfg_glpi"]["version"]
    found = admin.get(f"Profile/{PROFILE}/ProfileRight?range=0-999")
    right = next(r for r in found if r["name"] == "plugin_glpikeys_invitation")
    group = admin.call("POST", "Group", {"input": {"name": "glpikeys-check", "entities_id": 0, "is_recursive": 1}})[1]["id"]
    groups.append(group)
    try:
        by_each_criterion(admin, group)
        not_before_approval(admin)
        approving(admin, right)
        by_hand(admin)
        named_by_others(admin)
    finally:
        no_rules(admin)
        admin.call("PUT", f"ProfileRight/{right['id']}", {"input": {"rights": right["rights"]}})
        people = remove_people(admin)
        for number in made:
            admin.call("DELETE", f"PluginGlpikeysInvitation/{number}?force_purge=true")
        for group in groups:
            admin.call("DELETE", f"Group/{group}?force_purge=true")
        admin.close()
    print(f"GLPI {version}: {count} checks, {len(failures)} failed; {people} accounts purged")
    sys.exit(1 if failures else 0)


main()
