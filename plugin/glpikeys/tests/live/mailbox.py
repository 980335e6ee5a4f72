# GLPI Keys: invitations for GLPI.
# Copyright (C) 2026 the GLPI Keys authors.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server that keeps what GLPI sends."""

import quopri
import socketserver
import threading

received = []


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        def say(text):
            self.wfile.write(text.encode() + b"\r\n")

        say("220 check")
        while True:
            line = self.rfile.readline().strip().upper()
            if line.startswith(b"DATA"):
                say("354 go on")
                lines = []
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(text)
                received.append(quopri.decodestring(b"".join(lines)).decode(errors="replace"))
                say("250 ok")
            elif line.startswith(b"QUIT") or not line:
                say("221 bye")
                return
            else:
                say("250 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def serve(port):
    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
