#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of registrations that wait: refused under both settings, decided by many at once, never confirmed.

Besides what client.py needs:
  GLPIKEYS_MARIADB  a command that reaches GLPI's database with the right to change rows
  GLPIKEYS_CRON     GLPI's scheduled tasks, run as the web server's user, e.g.
                    "runuser -u www-data -- php /var/www/glpi/front/cron.php"
With GLPIKEYS_SMTP=PORT, where GLPI sends its mail to 127.0.0.1:PORT, the mail about an approval is
read, too. The setting for refused accounts is put back.
"""

import concurrent.futures
import os
import shlex
import subprocess
import sys
import uuid

import client
import mailbox

ITEM = "PluginGlpikeysRegistration"
RESULTS = []
made = []


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


def wait(rest, **fields):
    """Somebody registers and waits for approval."""
    tag = uuid.uuid4().hex[:8]
    number, token = rest.invite(require_approval=1, **{"max_uses": 3, **fields})
    made.append(number)
    client.Visitor().register(token, client.person(tag))
    return number, tag, rest.get(f"{ITEM}?searchText[email]={tag}&range=0-1")[0]


def answer(rest, row, state):
    return rest.call("PUT", f"{ITEM}/{row['id']}", {"input": {"state": state}})


def signs_in(tag):
    try:
        client.Rest("glpikeys-check-" + tag, client.PASSWORD).close()
        return True
    except PermissionError:
        return False


def left(row):
    """Rows of the account: itself, its address, its rights."""
    return sql("SELECT (SELECT COUNT(*) FROM glpi_users WHERE id = {0}), (SELECT COUNT(*) FROM glpi_useremails WHERE"
               " users_id = {0}), (SELECT COUNT(*) FROM glpi_profiles_users WHERE users_id = {0})"
               .format(row["users_id"])).split()


def refused(rest, central):
    page = client.URL + "/plugins/glpikeys/front/config.form.php"
    before = sql("SELECT value FROM glpi_configs WHERE context = 'plugin:glpikeys' AND name = 'refused_account'")
    try:
        for setting, rows in (("disable", ["1", "1", "1"]), ("delete", ["0", "0", "0"])):
            form = central.request("GET", page)
            central.request("POST", page, {"_glpi_csrf_token": form.csrf, "update": "1", "refused_account": setting},
                            {"Referer": page})
            number, tag, row = wait(rest)
            check("%s: waits" % setting, row["state"] == "waiting_approval" and left(row) == ["1", "1", "1"], row)
            status, data = answer(rest, row, "refused")
            check("%s: refused, the use is back" % setting, status == 200 and rest.invitation(number)["uses"] == 0, data)
            check("%s: what is left of the account" % setting, left(row) == rows, left(row))
            check("%s: nobody signs in with it" % setting, not signs_in(tag))
            status, data = answer(rest, row, "done")
            check("%s: no later approval" % setting, status == 400 and left(row) == rows, data)
    finally:
        sql("UPDATE glpi_configs SET value = '%s' WHERE context = 'plugin:glpikeys' AND name = 'refused_account'" % before)


def at_once(rest):
    """Four approve and four refuse at the same moment: one of the eight is heard."""
    sessions = [client.Rest() for _ in range(8)]
    seen = set()
    for _ in range(10):
        number, tag, row = wait(rest)
        work = [(session, "done" if i % 2 else "refused") for i, session in enumerate(sessions)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            heard = [state for (status, _), (_, state) in
                     zip(pool.map(lambda one: answer(one[0], row, one[1]), work), work) if status == 200]
        state = rest.get(f"{ITEM}/{row['id']}")["state"]
        # Who asks for the state that it has by then is told that it has it.
        right = set(heard) == {state} and rest.invitation(number)["uses"] == int(state == "done") \
            and signs_in(tag) == (state == "done")
        seen.add((state, right))
        if not right:
            print("     ", heard, state, rest.invitation(number)["uses"], signs_in(tag))
    check("decided by eight at once, ten times: state, counter and account agree",
          all(right for _, right in seen), seen)
    for session in sessions:
        session.close()


def never_confirmed(rest):
    number, tag, old = wait(rest)
    _, young_tag, young = wait(rest)
    # As if the invitation asked for a confirmed address, without needing a mail server.
    sql("UPDATE glpi_plugin_glpikeys_registrations SET state = 'waiting_email' WHERE id IN (%d, %d);"
        "UPDATE glpi_plugin_glpikeys_registrations SET date_creation = NOW() - INTERVAL 25 HOUR WHERE id = %d;"
        "REPLACE INTO glpi_plugin_glpikeys_attempts (address, slot, count) VALUES ('glpikeys-check', 1, 1)"
        % (old["id"], young["id"], old["id"]))
    for turn in ("first", "second"):
        run("GLPIKEYS_CRON", "--force", "expire")
        shown = rest.get(f"{ITEM}/{old['id']}")
        check("%s run of the task: the old one is refused, its use back, nothing left" % turn,
              shown["state"] == "refused" and rest.invitation(number)["uses"] == 0
              and left(old) == ["0", "0", "0"], (shown, left(old)))
        check("%s run of the task: the young one waits" % turn,
              rest.get(f"{ITEM}/{young['id']}")["state"] == "waiting_email" and left(young) == ["1", "1", "1"])
    check("old attempts are forgotten",
          sql("SELECT COUNT(*) FROM glpi_plugin_glpikeys_attempts WHERE address = 'glpikeys-check'") == "0")
    sql("UPDATE glpi_plugin_glpikeys_registrations SET state = 'waiting_approval' WHERE id = %d" % young["id"])
    answer(rest, young, "refused")


def mail(rest, port):
    server = mailbox.serve(port)
    number, token = rest.invite(require_approval=1, max_uses=3)
    made.append(number)
    for language, words in (("fr", "Votre compte a été approuvé"), ("de", "Ihr Konto wurde freigegeben")):
        tag = uuid.uuid4().hex[:8]
        client.Visitor(language).register(token, client.person(tag))
        row = rest.get(f"{ITEM}?searchText[email]={tag}&range=0-1")[0]
        mailbox.received.clear()
        answer(rest, row, "done")
        queued = rest.get("search/QueuedNotification?criteria[0][field]=8&criteria[0][searchtype]=contains"
                          f"&criteria[0][value]={tag}&forcedisplay[0]=12&forcedisplay[1]=13")
        run("GLPIKEYS_CRON", "--force", "queuednotification")
        mine = [text for text in mailbox.received if tag in text]
        check(f"{language}: one mail, in the person's language, with login and address",
              len(mine) == 1 and words in mine[0] and "glpikeys-check-" + tag in mine[0] and client.URL in mine[0],
              (queued, mine))
        check(f"{language}: no secret in it", mine and token not in mine[0] and client.PASSWORD not in mine[0])
    tag = uuid.uuid4().hex[:8]
    client.Visitor().register(token, client.person(tag))
    row = rest.get(f"{ITEM}?searchText[email]={tag}&range=0-1")[0]
    mailbox.received.clear()
    answer(rest, row, "refused")
    run("GLPIKEYS_CRON", "--force", "queuednotification")
    check("nobody is told of a refusal", not [text for text in mailbox.received if tag in text])
    server.shutdown()


def main():
    rest = client.Rest()
    try:
        refused(rest, client.Central())
        at_once(rest)
        never_confirmed(rest)
        if os.environ.get("GLPIKEYS_SMTP"):
            mail(rest, int(os.environ["GLPIKEYS_SMTP"]))
    finally:
        client.remove_people(rest)
        for number in made:
            rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % number)
        rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
