#!/usr/bin/env python3
"""Walks through GLPI's own pages of the plugin on a real server.

    GLPIKEYS_URL=http://glpi.example/ GLPIKEYS_LOGIN=glpi GLPIKEYS_PASSWORD=glpi python3 gui.py

Makes, shows, changes, revokes and purges invitations through the forms, the
way a browser does.
"""
import html
import http.cookiejar
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE = os.environ["GLPIKEYS_URL"].rstrip("/")
FORM = "/plugins/glpikeys/front/invitation.form.php"
LIST = "/plugins/glpikeys/front/invitation.php"
LINK = re.compile(r"https?://[^\s\"'<>]+/glpikeys/front/join\.php\?i=[0-9A-Za-z]{22}")

failures = []
count = 0


def check(what, ok, seen=""):
    global count
    count += 1
    if not ok:
        failures.append(what)
        print("FAIL", what, "->", str(seen)[:600])


jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))


def fetch(path, fields=None, headers=None):
    url = path if path.startswith("http") else BASE + path
    data = None if fields is None else urllib.parse.urlencode(fields, doseq=True).encode()
    try:
        with opener.open(urllib.request.Request(url, data, headers or {}), timeout=60) as answer:
            return answer.status, answer.url, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.url, error.read().decode("utf-8", "replace")


def token(page):
    found = re.search(r'name="_glpi_csrf_token"\s+value="([^"]+)"', page) \
        or re.search(r'<meta property="glpi:csrf_token" content="([^"]+)"', page)
    return found.group(1) if found else ""


def sign_in():
    _, _, page = fetch("/index.php")
    fields = {"_glpi_csrf_token": token(page), "noAUTO": "1", "submit": "1"}
    for kind, value in (("login_name", os.environ["GLPIKEYS_LOGIN"]), ("login_password", os.environ["GLPIKEYS_PASSWORD"])):
        box = re.search(rf'<input[^>]*id="{kind}"[^>]*>', page)
        fields[re.search(r'name="([^"]+)"', box.group(0)).group(1)] = value
    status, url, page = fetch("/front/login.php", fields)
    check("signed in", "central.php" in url or "standard_interface" in page, url)


def send(page, action, **fields):
    return fetch(FORM, dict({"_glpi_csrf_token": token(page), action: "1"}, **fields), {"Referer": BASE + LIST})


def massive(tab_of, id):
    """The two steps of GLPI's massive actions, after rows were ticked."""
    itemtype = "PluginGlpikeysInvitation"

    def act(action, **fields):
        ajax = {"X-Requested-With": "XMLHttpRequest", "X-Glpi-Csrf-Token": token(fetch(LIST)[2])}
        ticked = {f"item[{itemtype}][{id}]": "1", "container": "mass", "is_deleted": "0"}
        offered = fetch("/ajax/massiveaction.php", ticked, ajax)[2]
        key = f"{itemtype}:{action}"
        check(f"massive action offered: {action}", key in html.unescape(offered).replace("\\/", "/"), offered)
        ajax["X-Glpi-Csrf-Token"] = token(fetch(LIST)[2])
        chosen = {f"items[{itemtype}][{id}]": id, f"initial_items[{itemtype}][{id}]": id, "action": key,
                  f"actions[{key}]": action, f"action_filter[{key}][]": itemtype, "container": "mass"}
        form = fetch("/ajax/dropdownMassiveAction.php", chosen, ajax)[2]
        hidden = {}
        for tag in re.findall(r"<input[^>]+>", form):
            name, value = (re.search(rf"""{a}=["']([^"']*)["']""", tag) for a in ("name", "value"))
            if name:
                hidden[html.unescape(name.group(1))] = html.unescape(value.group(1)) if value else ""
        hidden.update(fields, massiveaction="1", _glpi_csrf_token=token(fetch(LIST)[2]))
        return fetch("/front/massiveaction.php", hidden, {"Referer": BASE + LIST})

    act("extend", end_date="2031-02-03 04:05:00")
    check("massive action: end date", "2031-02-03 04:05" in tab_of(id))
    after = act("extend", end_date="2039-01-01 00:00:00")[2] + fetch(LIST)[2]
    check("massive action: bad date explained", "2038" in after, after[-3000:])
    check("massive action: bad date not kept", "2031-02-03 04:05" in tab_of(id))
    act("revoke")
    check("massive action: revoked", "Revoked" in tab_of(id))


def main():
    sign_in()
    status, _, page = fetch(LIST)
    check("list", status == 200 and "glpikeys" in page, page[:300])
    check("menu entry", "/glpikeys/front/invitation.php" in fetch("/front/central.php")[2])
    status, _, page = fetch(FORM)
    # The form itself comes in a tab that is loaded after the page.
    status, _, tab = fetch("/ajax/common.tabs.php?" + urllib.parse.urlencode({
        "_target": FORM, "_itemtype": "PluginGlpikeysInvitation", "_glpi_tab": "PluginGlpikeysInvitation$main",
        "id": "0"}), headers={"X-Requested-With": "XMLHttpRequest"})
    for field in ("name", "entities_id", "profiles_id", "max_uses", "begin_date", "end_date", "email_domains",
                  "groups[]", "show_once", "require_approval", "verify_email", "comment"):
        check(f"form has {field}", f'name="{field}"' in tab or f"name='{field}'" in tab, tab)
    name = 'Gui <b>"test"</b> O\'Brien & \\co'
    status, url, shown = send(page, "add", name=name, entities_id=0, profiles_id=1, max_uses=3, is_active=1,
                              groups="", end_date="2030-01-01 12:00:00")
    found = re.search(r"[?&]id=(\d+)", url)
    check("made, and its page opens", status == 200 and found, (status, url))
    if not found:
        return
    id = found.group(1)

    def tab_of(id, which="PluginGlpikeysInvitation$main"):
        return fetch("/ajax/common.tabs.php?" + urllib.parse.urlencode({
            "_target": FORM, "_itemtype": "PluginGlpikeysInvitation", "_glpi_tab": which, "id": id}),
            headers={"X-Requested-With": "XMLHttpRequest"})[2]

    tab = tab_of(id)
    check("the form shows the link", LINK.search(html.unescape(tab)), tab)
    check("… and a QR code", "<svg" in tab and "crispEdges" in tab, tab)
    check("… the name, escaped", "<b>\"test\"" not in tab and html.escape(name, True).replace("&#x27;", "&#039;") in tab, tab)
    check("no raw HTML of the name in the list", "<b>\"test\"" not in fetch(LIST)[2])
    check("history tab", tab_of(id, "Log$1").find("<table") >= 0)
    check("registrations tab", "<table" in tab_of(id, "PluginGlpikeysRegistration$1"))
    _, _, page = fetch(f"{FORM}?id={id}")
    status, url, after = send(page, "update", id=id, name="Gui renamed", max_uses=9, groups="", uses=7, entities_id=0,
                              profiles_id=1)
    tab = tab_of(id)
    check("changed", "Gui renamed" in tab and 'value="9"' in tab, tab)
    check("uses not changed", re.search(r"0\s*/\s*9", tab), tab)
    status, url, after = send(after, "update", id=id, end_date="2038-01-01")
    check("a refusal is explained", "2038" in after, after[-500:])
    status, url, shown = send(fetch(FORM)[2], "add", name="Gui once", entities_id=0, profiles_id=1,
                              show_once=1, max_uses=1, is_active=1)
    once = LINK.search(html.unescape(shown))
    check("shown once: the answer has the link", once, shown[-800:])
    # Other forms of the page have an id, too; ours is the last.
    newest = re.findall(r"""name=["']id["']\s+value=["'](\d+)["']""", shown)
    second = newest[-1] if newest else None
    check("shown once: id", second, shown[-300:])
    if second:
        check("shown once: not again", not LINK.search(html.unescape(tab_of(second))))
    massive(tab_of, id)
    for odd in ("id[]=1", "id=1%27", "id=-1", "id=99999999", "id=%3Cscript%3E"):
        status, _, page = fetch(f"{FORM}?{odd}")
        check(f"{odd} is harmless", status in (200, 404) and "MySQL query" not in page and 'value="<script>' not in page, status)
    for one in filter(None, (id, second)):
        status, url, shown = send(fetch(f"{FORM}?id={one}")[2], "delete", id=one)
        check("trashed", status == 200, (status, url))
        status, url, shown = send(fetch(f"{FORM}?id={one}")[2], "purge", id=one)
        check("purged", "Gui" not in tab_of(one), url)
    settings = "/plugins/glpikeys/front/config.form.php"
    before = fetch(settings)[2]
    kept = re.search(r'name="trusted_proxies"[^>]*value="([^"]*)"', before)
    check("settings", kept, before[-500:])
    if kept:
        fetch(settings, {"_glpi_csrf_token": token(before), "update": "1", "trusted_proxies": "192.0.2.7 x"},
              {"Referer": BASE + settings})
        after = fetch(settings)[2]
        check("settings are kept", 'value="192.0.2.7"' in after, after[-2000:])
        fetch(settings, {"_glpi_csrf_token": token(after), "update": "1", "trusted_proxies": kept.group(1)},
              {"Referer": BASE + settings})
    status, _, tab = fetch("/ajax/common.tabs.php?_target=/front/profile.form.php&_itemtype=Profile"
                           "&_glpi_tab=PluginGlpikeysProfile$1&id=4", headers={"X-Requested-With": "XMLHttpRequest"})
    check("tab on profiles", "plugin_glpikeys_invitation" in tab, tab)


main()
print(f"{BASE}: {count} checks, {len(failures)} failed")
sys.exit(1 if failures else 0)
