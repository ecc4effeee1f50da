"""A network in which everything goes wrong, on addresses kept for documentation (RFC 5737), for `bad-network.sh`.

registry.example answers by the first part of a path: /503/... with that status, /reset/... by breaking the connection
off, /cut/... with half a body, /hang/... never. Port 443 has a certificate that nobody knows, 444 one that is over,
81 never takes a call, 9 refuses it.
The name server knows nobody: it does not answer for flaky.example, and denies every other name.
"""
import http.server, os, socket, socketserver, ssl, struct, sys, threading, time

HOST = "192.0.2.10"


class Bad(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        how = self.path.strip("/").split("/")[0]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif how == "hang":
            time.sleep(600)
        elif how == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"x" * 1000)
            self.wfile.flush()
        else:
            status = int(how) if how.isdigit() else 404
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="registry"')
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def serve(port, certificate=None):
    server = Server((HOST, port), Bad)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(sys.argv[1], certificate + ".pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def silent(port):
    """Where the queue of a listener is full, further calls are not answered at all."""
    listener = socket.socket()
    listener.bind((HOST, port))
    listener.listen(0)
    callers = [socket.socket() for _ in range(4)]
    for caller in callers:
        caller.setblocking(False)
        caller.connect_ex((HOST, port))
    return listener, callers


def names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((HOST, 53))
    while True:
        query, asker = server.recvfrom(512)
        refused = 2 if b"\x05flaky" in query else 3
        server.sendto(query[:2] + struct.pack(">HHHHH", 0x8180 | refused, 1, 0, 0, 0) + query[12:], asker)


serve(80)
serve(443, "self-signed")
serve(444, "expired")
kept = silent(81)
names()
