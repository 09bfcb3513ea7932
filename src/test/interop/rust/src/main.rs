//! client NAME URL TOKEN LAST-ID: one line of JSON on the standard output for each thing that happens.

use eventsource_client::{Client, ClientBuilder, Error, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{json, Value};
use std::io::Write;

fn say(line: Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|_| out.flush()).expect("nobody reads");
}

async fn eventsource_client(url: &str, token: &str, last_id: &str) {
    let mut builder = ClientBuilder::for_url(url).expect("the URL");
    if !token.is_empty() {
        builder = builder.header("Authorization", &format!("Bearer {token}")).expect("the token");
    }
    if !last_id.is_empty() {
        builder = builder.last_event_id(last_id.to_string());
    }
    let client = builder.build_with_transport(HyperTransport::new().expect("the transport"));
    let mut stream = client.stream();
    while let Some(next) = stream.next().await {
        match next {
            Ok(SSE::Connected(_)) => say(json!({"what": "open"})),
            Ok(SSE::Comment(_)) => {}
            Ok(SSE::Event(e)) => {
                let id = e.id.unwrap_or_default();
                say(json!({"what": "event", "id": id, "type": e.event_type, "data": e.data}))
            }
            Err(Error::UnexpectedResponse(response, _)) => {
                say(json!({"what": "error", "status": response.status(), "text": "", "final": true}));
                break;
            }
            Err(e) => say(json!({"what": "error", "text": e.to_string(), "final": false})),
        }
    }
}

async fn reqwest_eventsource(url: &str, token: &str, last_id: &str) {
    use reqwest_eventsource::{Error, Event, EventSource};
    let mut request = reqwest::Client::new().get(url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if !last_id.is_empty() {
        request = request.header("Last-Event-ID", last_id);
    }
    let mut source = EventSource::new(request).expect("the request");
    while let Some(next) = source.next().await {
        match next {
            Ok(Event::Open) => say(json!({"what": "open"})),
            Ok(Event::Message(e)) => say(json!({"what": "event", "id": e.id, "type": e.event, "data": e.data})),
            Err(Error::InvalidStatusCode(status, _)) => {
                say(json!({"what": "error", "status": status.as_u16(), "text": "", "final": true}))
            }
            Err(e) => say(json!({"what": "error", "text": e.to_string(), "final": false})),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "eventsource-client" => eventsource_client(&args[2], &args[3], &args[4]).await,
        "reqwest-eventsource" => reqwest_eventsource(&args[2], &args[3], &args[4]).await,
        other => panic!("no client {other}"),
    }
    say(json!({"what": "closed"}));
}
