"""A server of the tests' own that speaks the OpenAI protocol on this machine: streams, stalls, fails, talks nonsense."""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """How one request is answered; `pieces` are streamed one by one with `pause` seconds before each."""

    pieces: list[str] = field(default_factory=list)
    status: int = 200
    pause: float = 0.0
    raw: bytes | None = None  # sent as it stands, instead of a stream of the protocol
    cut: bool = False  # the connection ends without the stream being finished
    calls: list[tuple[str, str]] = field(
        default_factory=list
    )  # tools by name with the text of their arguments
    headers: dict[str, str] = field(default_factory=dict)


class ModelServer:
    """Answers with `reply(request)`; keeps every request's body and headers."""

    def __init__(self) -> None:
        self.reply: Callable[[dict], Reply] = lambda request: Reply(["{}"])
        self.requests: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                server.answer(self)

            def log_message(self, *words):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        # the interval is also the longest that stopping takes
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        reply = self.reply(body)
        handler.close_connection = True
        if not body.get("stream") and reply.status == 200 and reply.raw is None:
            if reply.pause and self.closing.wait(reply.pause):
                return
            whole = json.dumps(completion(reply, body), ensure_ascii=False).encode()
            reply = Reply(raw=whole[: len(whole) // 2] if reply.cut else whole)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(handler, reply)

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        kind = "text/event-stream" if reply.status == 200 and reply.raw is None else "application/json"
        handler.send_response(reply.status)
        handler.send_header("Content-Type", kind)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        if reply.status != 200:
            handler.wfile.write(reply.raw or b'{"error": {"message": "no", "type": "server_error"}}')
            return
        if reply.raw is not None:
            handler.wfile.write(reply.raw)
            return
        for piece in reply.pieces:
            if reply.pause and self.closing.wait(reply.pause):
                return
            handler.wfile.write(b"data: " + json.dumps(chunk(piece), ensure_ascii=False).encode() + b"\n\n")
            handler.wfile.flush()
        if not reply.cut:
            handler.wfile.write(b"data: " + json.dumps(chunk(None)).encode() + b"\n\ndata: [DONE]\n\n")


def chunk(text: str | None) -> dict:
    """One event of the protocol; without text the one that ends an answer."""
    delta = {} if text is None else {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": "stop" if text is None else None}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": "double",
        "choices": [choice],
    }


def completion(reply: Reply, body: dict) -> dict:
    """An answer in one piece, as the protocol writes it; tokens are counted roughly."""
    message: dict = {"role": "assistant", "content": "".join(reply.pieces)}
    if reply.calls:
        message["tool_calls"] = [
            {"id": f"call-{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for number, (name, arguments) in enumerate(reply.calls)
        ]
    asked, told = len(json.dumps(body["messages"], ensure_ascii=False)), len(message["content"])
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": "double",
        "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if reply.calls else "stop"}
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told},
    }


def shown_passages(request: dict) -> dict[int, tuple[str, str]]:
    """The passages of a request as the prompt numbers them: name and text."""
    user = request["messages"][-1]["content"]
    found: dict[int, tuple[str, list[str]]] = {}
    for row in user.splitlines():
        head = re.match(r"\[(\d+)\] (.+)$", row)
        if head:
            found[int(head[1])] = (head[2], [])
        elif row.startswith("│ ") and found:
            found[max(found)][1].append(row[2:])
    return {number: (name, "\n".join(rows)) for number, (name, rows) in found.items()}


def said(sentence: str, *citations: tuple[int, str]) -> str:
    """A line as the prompt asks for it."""
    cited = [{"passage": number, "quote": quote} for number, quote in citations]
    return json.dumps({"sentence": sentence, "citations": cited}, ensure_ascii=False) + "\n"
