"""A program that takes part in Bellhop over NATS: it reads every message in the order of its conversation, also those that came
while it did not run, and answers a word in them with a custom event to the visitor's page.

    pip install -r requirements.txt && NATS_URL=nats://127.0.0.1:4222 python3 main.py
"""

import asyncio
import json
import os
import signal
import sys

import nats
from nats.errors import TimeoutError as NothingYet
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    nc = await nats.connect(
        os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), name="example-python", max_reconnect_attempts=-1
    )
    # The consumer is kept by the server under its name: a program that starts again goes on where it was. A new one begins with what
    # comes. One message at a time (max_ack_pending) keeps a conversation's order when something has to be tried again.
    messages = await nc.jetstream().pull_subscribe(
        "bellhop.v1.*.default.*.message.created",
        durable="example-python",
        stream="BELLHOP",
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.NEW, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1, ack_wait=30
        ),
    )
    print("listening", flush=True)
    while not stop.is_set():
        try:
            (msg,) = await messages.fetch(1, timeout=1)
        except NothingYet:
            continue
        try:
            await handle(nc, msg)
            await msg.ack_sync()
        except json.JSONDecodeError:
            await msg.term()  # no event, and never will be
        except Exception as error:
            print(error, file=sys.stderr)
            await msg.nak(delay=5)
    await nc.drain()


async def handle(nc, msg) -> None:
    """May see an event twice: whoever must not do a thing twice remembers the ids. docs/events/schema has all that is in one."""
    event = json.loads(msg.data)
    message = event["data"]["message"]
    content = message.get("content", "")
    print(f"{event['subject']} {message['sender']}: {content}", flush=True)
    if message["sender"] != "visitor" or "discount" not in content:
        return
    # The session's token of the subject is right for the command's, whatever characters the id has.
    session = msg.subject.split(".")[4]
    await emit(nc, session, {"name": "discount", "data": {"percent": 10}})


async def emit(nc, session: str, request: dict) -> None:
    """Sends a custom event to the visitor's pages. The answer comes when it is stored."""
    reply = await nc.request(
        f"bellhop.cmd.v1.default.{session}.event.emit", json.dumps(request).encode(), timeout=10
    )
    answer = json.loads(reply.data)
    if answer.get("code") == "unavailable":
        raise RuntimeError(answer["error"])  # later it may be taken
    if "code" in answer:
        print(f"{answer['code']}: {answer['error']}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
