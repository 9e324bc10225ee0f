"""A forward proxy, as companies have one for what leaves their network."""
import base64
import socket
import socketserver
import threading


def copy(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    finally:
        for link in (source, target):
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class EgressProxy:
    """Tunnels (CONNECT) only. It knows the receivers by names that nobody else knows.

    `asked`: the head of each request, as text. `refuse`: the status that it answers instead.
    """

    def __init__(self, user, password, names):
        self.asked = []
        self.refuse = None
        wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        proxy = self

        class Tunnel(socketserver.BaseRequestHandler):
            def handle(self):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    piece = self.request.recv(1)
                    if not piece:
                        return
                    head += piece
                text = head.decode()
                proxy.asked.append(text)
                if proxy.refuse or f"Proxy-Authorization: {wanted}\r\n" not in text:
                    status = proxy.refuse or 407
                    self.request.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
                    return
                port = names[text.split()[1]]
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    threading.Thread(target=copy, args=(there, self.request), daemon=True).start()
                    copy(self.request, there)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._listener = Listener(("127.0.0.1", 0), Tunnel)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()
