#!/usr/bin/env python3
# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump of GLPI's database opens no invitation without GLPI's key file.

Besides what client.py needs:
  GLPIKEYS_DUMP  a command that writes a dump to standard output, e.g. "mariadb-dump -u root glpi"
  GLPIKEYS_PHP   PHP with sodium (default: php)
  GLPIKEYS_KEY   GLPI's glpicrypt.key, if it can be read here: with it the same attempt has to
                 succeed, so that we know that it was made the right way
"""

import base64
import hashlib
import os
import re
import shlex
import subprocess
import sys
import urllib.parse

import client

RESULTS = []
# What GLPIKey::decrypt does (10.0.12, 11.0.6), with a key of our choice.
DECRYPT = """
    [$key, $text] = array_map('base64_decode', array_slice($argv, 1));
    $nonce = substr($text, 0, SODIUM_CRYPTO_AEAD_XCHACHA20POLY1305_IETF_NPUBBYTES);
    echo json_encode(sodium_crypto_aead_xchacha20poly1305_ietf_decrypt(substr($text, strlen($nonce)), $nonce, $nonce, $key));
"""


def check(name, good, detail=""):
    RESULTS.append(bool(good))
    print("%s %s%s" % ("ok   " if good else "WRONG", name, "" if good else ": %s" % (detail,)), flush=True)


def decrypted(key, text):
    words = shlex.split(os.environ.get("GLPIKEYS_PHP", "php")) + ["-r", DECRYPT, "--", base64.b64encode(key), text]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def traces(token):
    """The token as it is, and as it would look inside a larger text that was written another way."""
    raw = token.encode()
    yield "plain", raw
    yield "backwards", raw[::-1]
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "percent", "".join("%%%02X" % byte for byte in raw).encode()
    for shift in range(3):
        inside = base64.b64encode(b"\0" * shift + raw)
        # Without the characters that its neighbours have a part in.
        yield "base64, shifted by %d" % shift, inside[shift and 4:len(inside) // 4 * 4 - 4]
    for name in ("md5", "sha1"):
        yield name, hashlib.new(name, raw).hexdigest().encode()
    yield "half of it", raw[:11]
    yield "the other half", raw[11:]


def main():
    rest = client.Rest()
    made = {"kept": rest.invite(max_uses=3), "shown once": rest.invite(max_uses=3, show_once=1),
            "revoked": rest.invite(max_uses=3)}
    for kind, (number, token) in made.items():
        # All that leaves something behind: opened, misspelt, filled in wrong, used, changed.
        visitor = client.Visitor()
        page = visitor.open(token)
        visitor.submit(page, **{**client.person("dump"), "password2": "x"})
        visitor.open(token[:-1])
        client.Visitor().register(token, client.person("dump-" + kind[:3]))
        rest.call("PUT", "PluginGlpikeysInvitation/%d" % number, {"input": {"comment": kind, "max_uses": 5}})
        rest.invitation(number)
        rest.call("GET", "search/PluginGlpikeysInvitation?criteria[0][field]=1&criteria[0][searchtype]=contains"
                         "&criteria[0][value]=" + urllib.parse.quote(token))
    rest.call("PUT", "PluginGlpikeysInvitation/%d" % made["revoked"][0], {"input": {"is_active": 0}})
    done = subprocess.run(shlex.split(os.environ["GLPIKEYS_DUMP"]), capture_output=True)
    dump = done.stdout
    check("a dump with our invitations", done.returncode == 0 and len(dump) > 100000
          and hashlib.sha256(made["kept"][1].encode()).hexdigest().encode() in dump, done.stderr)
    for kind, (number, token) in made.items():
        found = [name for name, trace in traces(token) if trace in dump]
        check("%s: no trace of the token in %.1f MB" % (kind, len(dump) / 1e6), not found, found)
        digest = hashlib.sha256(token.encode()).hexdigest()
        kept = re.search("'%s',(NULL|'([A-Za-z0-9+/=]+)')" % digest, dump.decode(errors="replace"))
        check("%s: its row is found by the hash" % kind, kept)
        secret = kept.group(2)
        if kind == "shown once":
            check("shown once: no encrypted copy either", secret is None, kept.group(0))
            continue
        tries = {decrypted(key, secret) for key in (os.urandom(32), b"\0" * 32, hashlib.sha256(b"").digest())}
        check("%s: other keys do not open it" % kind, tries == {"false"}, tries)
        if os.environ.get("GLPIKEYS_KEY"):
            with open(os.environ["GLPIKEYS_KEY"], "rb") as file:
                check("%s: GLPI's key does" % kind, decrypted(file.read(), secret) == '"%s"' % token)
    client.remove_people(rest)
    for number, _ in made.values():
        rest.call("DELETE", "PluginGlpikeysInvitation/%d?force_purge=true" % number)
    rest.close()
    print("%d of %d" % (sum(RESULTS), len(RESULTS)))
    sys.exit(0 if all(RESULTS) else 1)


main()
