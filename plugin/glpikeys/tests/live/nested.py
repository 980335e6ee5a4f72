#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another plugin plays with transactions in the middle of ours: never more accounts than uses, never half of one.

Besides what client.py needs:
  GLPIKEYS_PLUGINS  GLPI's folder "plugins", writable here
  GLPIKEYS_CONSOLE  GLPI's console, run as the web server's user
  GLPIKEYS_MARIADB  a command that reaches GLPI's database
A plugin "glpikeyscheck" is put there, installed, and taken away again: run it on a test server only.
"""

import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
import uuid

import client

FOLDER = os.path.join(os.environ["GLPIKEYS_PLUGINS"], "glpikeyscheck")
RESULTS = []
made = []
SETUP = r"""<?php
function plugin_version_glpikeyscheck()
{
    return ['name' => 'Check', 'version' => '1.0.0', 'author' => '-', 'license' => 'GPL-3.0-or-later', 'homepage' => ''];
}
function plugin_init_glpikeyscheck()
{
    global $PLUGIN_HOOKS;

    $PLUGIN_HOOKS['csrf_compliant']['glpikeyscheck'] = true;
    $mode = json_decode((string) @file_get_contents(__DIR__ . '/mode.json'), true) ?: [];
    if ($mode !== []) {
        $PLUGIN_HOOKS[$mode['hook']]['glpikeyscheck'] = [$mode['itemtype'] => 'plugin_glpikeyscheck_play'];
    }
}
"""
HOOK = r"""<?php
function plugin_glpikeyscheck_install()
{
    return true;
}
function plugin_glpikeyscheck_uninstall()
{
    return true;
}
function plugin_glpikeyscheck_play($item)
{
    global $DB;

    $act = json_decode((string) file_get_contents(__DIR__ . '/mode.json'), true)['act'];
    if ($act !== 'throw') {
        $DB->beginTransaction();
        $DB->doQuery('UPDATE glpi_entities SET date_mod = date_mod WHERE id = 0');
    }
    match ($act) {
        'commit'   => $DB->commit(),
        'rollback' => $DB->rollBack(),
        'leave'    => null,
        'throw'    => throw new RuntimeException('glpikeys-check'),
    };
}
"""


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def run(variable, *words):
    done = subprocess.run(shlex.split(os.environ[variable]) + list(words), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout.strip()


def sql(text):
    return run("GLPIKEYS_MARIADB", "-N", "-e", text)


def play(**mode):
    with open(FOLDER + "/mode.json", "w") as file:
        json.dump(mode, file)


def account(tag, number):
    """What there is of one person, and what the invitation says about it."""
    one = sql("SELECT id, is_active FROM glpi_users WHERE name = 'glpikeys-check-%s'" % tag).split()
    user = one[0] if one else "0"
    return {
        "user": bool(one), "active": one[1:] == ["1"],
        "rights": int(sql("SELECT COUNT(*) FROM glpi_profiles_users WHERE users_id = %s AND is_dynamic = 0" % user)),
        "groups": int(sql("SELECT COUNT(*) FROM glpi_groups_users WHERE users_id = " + user)),
        "mail": int(sql("SELECT COUNT(*) FROM glpi_useremails WHERE email = 'glpikeys-check-%s@example.org'" % tag)),
        "registrations": int(sql("SELECT COUNT(*) FROM glpi_plugin_glpikeys_registrations"
                                 " WHERE plugin_glpikeys_invitations_id = %d AND state <> 'refused'" % number)),
        "uses": int(sql("SELECT uses FROM glpi_plugin_glpikeys_invitations WHERE id = %d" % number)),
    }


ORPHANS = ("SELECT (SELECT COUNT(*) FROM glpi_profiles_users p LEFT JOIN glpi_users u ON u.id = p.users_id WHERE u.id IS NULL),"
           "(SELECT COUNT(*) FROM glpi_groups_users g LEFT JOIN glpi_users u ON u.id = g.users_id WHERE u.id IS NULL),"
           "(SELECT COUNT(*) FROM glpi_useremails e LEFT JOIN glpi_users u ON u.id = e.users_id WHERE u.id IS NULL)")


def registering(rest, group):
    orphans = sql(ORPHANS)
    for hook in ("pre_item_add", "item_add"):
        for itemtype in ("User", "UserEmail", "Profile_User", "Group_User"):
            for act in ("commit", "rollback", "leave", "throw"):
                number, token = rest.invite(max_uses=1, groups="[%d]" % group)
                made.append(number)
                tag = uuid.uuid4().hex[:8]
                visitor = client.Visitor()
                page = visitor.open(token)
                play(hook=hook, itemtype=itemtype, act=act)
                page = visitor.submit(page, **client.person(tag))
                play()
                one = account(tag, number)
                whole = one == {"user": True, "active": True, "rights": 1, "groups": 1, "mail": 1, "registrations": 1, "uses": 1}
                none = not any(one.values())
                # The visitor is told the truth, and a use that was not taken is there for the next.
                told = page.title == "Your account is ready" if whole else "could not be created" in "".join(page.problems)
                again = client.Visitor().register(token, client.person(tag + "b"))
                second = account(tag + "b", number)
                good = (whole or none) and told and second["user"] == none and second["uses"] == 1 \
                    and second["registrations"] == 1
                check("%s %s %s: %s" % (hook, itemtype, act, "whole" if whole else "nothing"), good,
                      (one, page.status, page.title, page.problems, again.status, second))
    check("nothing without a user anywhere", sql(ORPHANS) == orphans, (sql(ORPHANS), orphans))


def deciding(rest):
    for hook, act in itertools.product(("pre_item_update", "item_update", "item_purge"),
                                       ("commit", "rollback", "leave", "throw")):
        for state in ("done", "refused"):
            number, token = rest.invite(max_uses=2, require_approval=1)
            made.append(number)
            tag = uuid.uuid4().hex[:8]
            client.Visitor().register(token, client.person(tag))
            row = rest.get(f"PluginGlpikeysRegistration?searchText[email]={tag}&range=0-1")[0]
            play(hook=hook, itemtype="User", act=act)
            status, data = rest.call("PUT", f"PluginGlpikeysRegistration/{row['id']}", {"input": {"state": state}})
            play()
            one, now = account(tag, number), rest.get(f"PluginGlpikeysRegistration/{row['id']}")["state"]
            try:
                client.Rest("glpikeys-check-" + tag, client.PASSWORD).close()
                inside = True
            except PermissionError:
                inside = False
            good = (now, inside, one["uses"]) in {("done", True, 1), ("waiting_approval", False, 1), ("refused", False, 0)} \
                and (now == state) == (status == 200)
            check("answer %s, %s %s: %s" % (state, hook, act, now), good, (status, data, one, inside))
            if now == "waiting_approval":
                status, data = rest.call("PUT", f"PluginGlpikeysRegistration/{row['id']}", {"input": {"state": state}})
                check("… the next try works", status == 200, data)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for name, text in (("setup.php", SETUP), ("hook.php", HOOK), ("mode.json", "{}")):
        with open(os.path.join(FOLDER, name), "w") as file:
            file.write(text)
    rest = client.Rest()
    group = rest.call("POST", "Group", {"input": {"name": "glpikeys-check", "entities_id": 0, "is_recursive": 1}})[1]["id"]
    try:
        run("GLPIKEYS_CONSOLE", "plugin:install", "-u", os.environ["GLPIKEYS_LOGIN"], "glpikeyscheck")
        run("GLPIKEYS_CONSOLE", "plugin:activate", "glpikeyscheck")
        rest.close()
        rest = client.Rest()
        registering(rest, group)
        deciding(rest)
    finally:
        play()
        run("GLPIKEYS_CONSOLE", "plugin:uninstall", "glpikeyscheck")
        shutil.rmtree(FOLDER)
        sql("DELETE FROM glpi_plugins WHERE directory = 'glpikeyscheck'")
        client.remove_people(rest)
        for number in made:
            rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % number)
        rest.call("DELETE", "Group/%d?force_purge=true" % group)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
