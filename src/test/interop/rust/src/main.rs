//! client URL TOKEN LAST-ID: eventsource-client; one line of JSON on the standard output for each thing that happens.

use eventsource_client::{Client, ClientBuilder, Error, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{json, Value};
use std::io::Write;

fn say(line: Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|_| out.flush()).expect("nobody reads");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut builder = ClientBuilder::for_url(&args[1]).expect("the URL");
    if !args[2].is_empty() {
        builder = builder.header("Authorization", &format!("Bearer {}", args[2])).expect("the token");
    }
    if !args[3].is_empty() {
        builder = builder.last_event_id(args[3].clone());
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
    say(json!({"what": "closed"}));
}
