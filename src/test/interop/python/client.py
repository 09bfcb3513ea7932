"""client.py URL TOKEN LAST-ID: httpx-sse; one line of JSON on the standard output for each thing that happens."""
import json
import sys

import httpx
from httpx_sse import SSEError, connect_sse

url, token, last_event_id = sys.argv[1:4]


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


headers = {}
if token:
    headers["Authorization"] = "Bearer " + token
if last_event_id:
    headers["Last-Event-ID"] = last_event_id
try:
    with httpx.Client() as client, connect_sse(client, "GET", url, headers=headers) as source:
        if source.response.status_code == 200:
            say("open")
        try:
            for event in source.iter_sse():
                say("event", id=event.id, type=event.event, data=event.data)
        except SSEError as e:
            say("error", status=source.response.status_code, text=str(e), final=True)
except httpx.HTTPError as e:
    say("error", text=repr(e), final=True)
say("closed")
