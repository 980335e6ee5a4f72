#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install, upgrade, deactivate, uninstall, install again: from the console and from GLPI's page.

Besides client.py's environment:
  GLPIKEYS_CONSOLE  GLPI's console, run as the web server's user, e.g.
                    "runuser -u www-data -- php /var/www/glpi/bin/console"
  GLPIKEYS_MARIADB  a command that reaches GLPI's database with the right to change tables
  GLPIKEYS_LOG      GLPI's php-errors.log, to see that it stays as it was; what this server's log
                    always says may be named in GLPIKEYS_LOG_KNOWN, e.g. "|some words|other words"
The plugin's tables are put aside and back, but its settings and rights become those of a new
installation: run it on a test server only.
"""

import os
import re
import shlex
import subprocess
import sys

import client

CONSOLE = shlex.split(os.environ["GLPIKEYS_CONSOLE"])
COMMAND = shlex.split(os.environ["GLPIKEYS_MARIADB"])
TABLES = ["glpi_plugin_glpikeys_" + name for name in ("invitations", "registrations", "statuses", "attempts")]
# GLPI's numbers for a plugin's state.
ACTIVE, NOT_INSTALLED, INACTIVE = "1", "2", "4"
AFTER = {"install": INACTIVE, "activate": ACTIVE, "unactivate": INACTIVE, "uninstall": NOT_INSTALLED}
# What GLPI itself writes when all is well, and what the environment says that this server always writes.
KNOWN = "version changed. It has been deactivated|at Event.php line 131|Test logger" + os.environ.get("GLPIKEYS_LOG_KNOWN", "")
RESULTS = []


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def sql(text):
    done = subprocess.run(COMMAND + ["-N", "--raw", "-e", text], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


class Console:
    name = "console"

    def run(self, action):
        words = {"unactivate": ["plugin:deactivate"], "install": ["plugin:install", "-u", os.environ["GLPIKEYS_LOGIN"]]}
        words = words.get(action, ["plugin:" + action])
        done = subprocess.run(CONSOLE + words + ["--no-interaction", "glpikeys"], capture_output=True, text=True)
        said = [line for line in (done.stdout + done.stderr).splitlines() if not re.search(KNOWN, line)]
        check("%s: %s" % (self.name, action), done.returncode == 0 and state() == AFTER[action]
              and not re.search("error|warning|exception", "".join(said), re.I), said)

    def notice_version(self):
        """GLPI compares versions when it lists plugins; its console does so in every command for a plugin."""


class Pages:
    name = "GLPI's page"

    def __init__(self):
        self.browser = client.Central()

    def notice_version(self):
        return self.browser.request("GET", client.URL + "/front/plugin.php")

    def run(self, action):
        fields = {"_glpi_csrf_token": self.notice_version().csrf, "action": action,
                  "id": sql("SELECT id FROM glpi_plugins WHERE directory = 'glpikeys'")}
        place = client.URL + "/front/plugin.php"
        page = self.browser.request("POST", client.URL + "/front/plugin.form.php", fields, {"Referer": place})
        check("%s: %s" % (self.name, action), page.status == 302 and state() == AFTER[action], (page.status, state()))


def state():
    return sql("SELECT state FROM glpi_plugins WHERE directory = 'glpikeys'")


def shape():
    """Columns and indexes of all tables, in an order that tells old tables from new ones no more."""
    lines = []
    for table in TABLES:
        text = sql("SHOW CREATE TABLE " + table).split("\t", 1)[1]
        lines += sorted(table + " " + line.strip().rstrip(",") for line in text.splitlines()[1:-1])
    return lines


def extras():
    """What else an installation leaves in GLPI."""
    return sql("SELECT 'right', p.name, r.rights FROM glpi_profilerights r JOIN glpi_profiles p ON p.id = r.profiles_id"
               " WHERE r.name = 'plugin_glpikeys_invitation' ORDER BY p.id;"
               "SELECT 'setting', name, value FROM glpi_configs WHERE context = 'plugin:glpikeys' ORDER BY name;"
               "SELECT 'task', itemtype, name, frequency, mode, state FROM glpi_crontasks"
               " WHERE itemtype = 'PluginGlpikeysRegistration';"
               "SELECT 'column', itemtype, num, `rank` FROM glpi_displaypreferences"
               " WHERE itemtype LIKE 'PluginGlpikeys%' AND users_id = 0 ORDER BY itemtype, `rank`")


def rows():
    return sql("SELECT id, uuid, name, end_date, max_uses, uses, profiles_id, users_id, token_hash, token, batch"
               " FROM %s ORDER BY id; SELECT id, plugin_glpikeys_invitations_id, users_id, email, state, date_creation"
               " FROM %s ORDER BY id" % (TABLES[0], TABLES[1]))


def make_older():
    sql("ALTER TABLE %s DROP COLUMN login_is_email, DROP COLUMN show_once, DROP KEY batch, DROP KEY end_date,"
        " MODIFY batch varchar(80), MODIFY name varchar(255) NULL;" % TABLES[0]
        + "ALTER TABLE %s DROP COLUMN code_tries, DROP COLUMN needs_approval, DROP KEY state, ADD KEY state (state),"
        " DROP KEY plugin_glpikeys_invitations_id,"
        " ADD KEY plugin_glpikeys_invitations_id (plugin_glpikeys_invitations_id);" % TABLES[1]
        + "DROP TABLE %s;" % TABLES[3]
        + "DELETE FROM %s;" % TABLES[2]
        + "DELETE FROM glpi_crontasks WHERE itemtype = 'PluginGlpikeysRegistration';"
        "DELETE FROM glpi_configs WHERE context = 'plugin:glpikeys' AND name <> 'refused_account';"
        "DELETE FROM glpi_profilerights WHERE name = 'plugin_glpikeys_invitation' AND profiles_id IN (1, 2);"
        "DELETE FROM glpi_displaypreferences WHERE itemtype = 'PluginGlpikeysRegistration';"
        "UPDATE glpi_plugins SET version = '0.9.0' WHERE directory = 'glpikeys'")


def walk(way, fresh):
    rest = client.Rest()
    number, token = rest.invite(max_uses=3)
    check("%s: somebody registers" % way.name,
          client.Visitor().register(token, client.person("life" + way.name[:4].lower())).title == "Your account is ready")
    rest.close()
    before = rows()
    make_older()
    way.notice_version()
    way.run("install")
    check("%s: upgraded to the shape of a new installation" % way.name, shape() == fresh["shape"],
          set(shape()) ^ set(fresh["shape"]))
    check("%s: what was missing in GLPI is back" % way.name, extras() == fresh["extras"],
          (extras(), fresh["extras"]))
    check("%s: an upgrade keeps the data" % way.name, rows() == before)
    way.run("activate")
    way.run("unactivate")
    page = client.Visitor().open(token)
    check("%s: deactivated, the link is not found" % way.name, page.status == 404, page.status)
    way.run("uninstall")
    check("%s: uninstalled, the data stay" % way.name, rows() == before)
    check("%s: … the task goes" % way.name, "PluginGlpikeysRegistration\texpire" not in extras())
    way.run("install")
    way.run("activate")
    check("%s: installed again, nothing lost, nothing twice" % way.name,
          rows() == before and shape() == fresh["shape"] and extras() == fresh["extras"], extras())
    page = client.Visitor().open(token)
    check("%s: the old link works" % way.name, 'name="password"' in page.body, page.title)
    rest = client.Rest()
    client.remove_people(rest)
    rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % number)
    rest.close()


def walk_deleting(way):
    """Uninstalls with the data; the tables' rows are put aside by renaming."""
    put_aside = ["glpikeys_check_%d" % i for i in range(len(TABLES))]
    way.run("unactivate")
    way.run("uninstall")
    sql("RENAME TABLE " + ", ".join("%s TO %s" % pair for pair in zip(TABLES, put_aside)))
    try:
        way.run("install")
        way.run("activate")
        fresh = shape()
        sql("UPDATE glpi_configs SET value = '1' WHERE context = 'plugin:glpikeys' AND name = 'delete_data_on_uninstall'")
        way.run("unactivate")
        way.run("uninstall")
        left = sql("SHOW TABLES LIKE 'glpi\\_plugin\\_glpikeys%'")
        check("%s: uninstalled with the data, nothing is left" % way.name, left == "" and extras() == "", (left, extras()))
        way.run("install")
        way.run("activate")
        check("%s: installed from nothing" % way.name, shape() == fresh)
        return {"shape": shape(), "extras": extras()}
    finally:
        sql("DROP TABLE IF EXISTS " + ", ".join(TABLES))
        sql("RENAME TABLE " + ", ".join("%s TO %s" % pair for pair in zip(put_aside, TABLES)))


def main():
    log = os.environ.get("GLPIKEYS_LOG")
    before = os.path.getsize(log) if log and os.path.exists(log) else 0
    for way in (Console(), Pages()):
        walk(way, walk_deleting(way))
    if log and os.path.exists(log):
        with open(log, errors="replace") as file:
            file.seek(before)
            new = [line for line in file if line.startswith("[") and not re.search(KNOWN, line)]
        check("nothing new in php-errors.log", not new, "".join(new[:20]))
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
