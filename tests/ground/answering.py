"""A server of a few lines, to try tests/ground/processes.py on: started like the real one, it only says it lives."""

import argparse
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()
        self.wfile.write(os.environ.get("MAYCALL_GREETING", "").encode())


arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int)
arguments.add_argument("--fail", action="store_true")
chosen = arguments.parse_args()
if chosen.fail:
    sys.exit("MAYCALL_GREETING is wrong")
signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests may have had it ignored
with HTTPServer(("127.0.0.1", chosen.port), Answering) as server:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
