"""client.py NAME URL TOKEN LAST-ID: one line of JSON on the standard output for each thing that happens."""
import json
import sys

name, url, token, last_event_id = sys.argv[1:5]


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


headers = {"Accept": "text/event-stream"}
if token:
    headers["Authorization"] = "Bearer " + token
if last_event_id:
    headers["Last-Event-ID"] = last_event_id


def httpx_sse():
    import httpx
    from httpx_sse import SSEError, connect_sse
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


def over_requests(read):
    """What two clients have in common that are given an answer of requests."""
    import requests
    try:
        with requests.get(url, headers=headers, stream=True) as response:
            if response.status_code == 200:
                say("open")
                read(response)
            else:
                say("error", status=response.status_code, text=response.text, final=True)
    except requests.RequestException as e:
        say("error", text=repr(e), final=True)
    say("closed")


def iter_lines(response):
    """Many programs read a stream so, without a library for events: the parser is the program's."""
    fields = {"data": []}
    for line in response.iter_lines():
        field, _, value = line.decode().partition(":")
        value = value.removeprefix(" ")
        if not line:
            if fields["data"]:
                say("event", id=fields.get("id", ""), type=fields.get("event", "message"),
                    data="\n".join(fields["data"]))
            fields = {"data": [], "id": fields.get("id", "")}
        elif field == "data":
            fields["data"].append(value)
        elif field:
            fields[field] = value


def sseclient_py(response):
    import sseclient
    for event in sseclient.SSEClient(response).events():
        say("event", id=event.id, type=event.event, data=event.data)


def launchdarkly():
    from ld_eventsource import SSEClient
    from ld_eventsource.actions import Event, Fault, Start
    from ld_eventsource.config import ConnectStrategy, ErrorStrategy
    headers.pop("Last-Event-ID", None)
    client = SSEClient(ConnectStrategy.http(url, headers=headers), error_strategy=ErrorStrategy.always_continue(),
                       last_event_id=last_event_id or None)
    for action in client.all:
        if isinstance(action, Start):
            say("open")
        elif isinstance(action, Event):
            say("event", id=action.last_event_id, type=action.event, data=action.data)
        elif isinstance(action, Fault):
            say("error", status=getattr(action.error, "status", 0), text=repr(action.error), final=False)
    say("closed")


{
    "httpx-sse": httpx_sse,
    "requests": lambda: over_requests(iter_lines),
    "sseclient-py": lambda: over_requests(sseclient_py),
    "launchdarkly": launchdarkly,
}[name]()
