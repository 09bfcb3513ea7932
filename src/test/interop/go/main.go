// client NAME URL TOKEN LAST-ID: one line of JSON on the standard output for each thing that happens.
package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	donovanhide "github.com/donovanhide/eventsource"
	launchdarkly "github.com/launchdarkly/eventsource"
	r3labs "github.com/r3labs/sse/v2"
	"github.com/tmaxmax/go-sse"
)

type line struct {
	What   string `json:"what"`
	ID     string `json:"id,omitempty"`
	Type   string `json:"type,omitempty"`
	Data   string `json:"data"`
	Text   string `json:"text,omitempty"`
	Status int    `json:"status,omitempty"`
	Final  bool   `json:"final,omitempty"`
}

var (
	out     = json.NewEncoder(os.Stdout)
	outLock sync.Mutex
)

func say(l line) {
	outLock.Lock()
	defer outLock.Unlock()
	if err := out.Encode(l); err != nil {
		os.Exit(1)
	}
}

func sayEvent(id, kind, data string) {
	if kind == "" {
		kind = "message"
	}
	say(line{What: "event", ID: id, Type: kind, Data: data})
}

func sayLast(status int, err error) {
	if err != nil {
		say(line{What: "error", Status: status, Text: err.Error(), Final: true})
	}
	say(line{What: "closed"})
}

// teller says when a stream is open, for the clients that do not.
type teller struct{}

func (teller) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err == nil && response.StatusCode == http.StatusOK {
		say(line{What: "open"})
	}
	return response, err
}

var clients = map[string]func(request *http.Request, lastID string){
	"go-sse": func(request *http.Request, lastID string) {
		if lastID != "" {
			request.Header.Set("Last-Event-ID", lastID)
		}
		status := 0
		client := sse.Client{
			ResponseValidator: func(r *http.Response) error {
				status = r.StatusCode
				err := sse.DefaultValidator(r)
				if err == nil {
					say(line{What: "open"})
				}
				return err
			},
			OnRetry: func(err error, _ time.Duration) { say(line{What: "error", Text: err.Error()}) },
		}
		connection := client.NewConnection(request)
		connection.SubscribeToAll(func(e sse.Event) { sayEvent(e.LastEventID, e.Type, e.Data) })
		err := connection.Connect()
		if status == http.StatusOK {
			status = 0
		}
		sayLast(status, err)
	},

	"launchdarkly": func(request *http.Request, lastID string) {
		stream, err := launchdarkly.SubscribeWithRequestAndOptions(request, launchdarkly.StreamOptionLastEventID(lastID),
			launchdarkly.StreamOptionHTTPClient(&http.Client{Transport: teller{}}))
		if err != nil {
			var refused launchdarkly.SubscriptionError
			errors.As(err, &refused)
			sayLast(refused.Code, err)
			return
		}
		go func() {
			for err := range stream.Errors {
				say(line{What: "error", Text: err.Error()})
			}
		}()
		for e := range stream.Events {
			sayEvent(e.(launchdarkly.EventWithLastID).LastEventID(), e.Event(), e.Data())
		}
	},

	"donovanhide": func(request *http.Request, lastID string) {
		stream, err := donovanhide.SubscribeWith(lastID, &http.Client{Transport: teller{}}, request)
		if err != nil {
			var refused donovanhide.SubscriptionError
			errors.As(err, &refused)
			sayLast(refused.Code, err)
			return
		}
		go func() {
			for err := range stream.Errors {
				say(line{What: "error", Text: err.Error()})
			}
		}()
		for e := range stream.Events {
			sayEvent(e.Id(), e.Event(), e.Data())
		}
	},

	"r3labs": func(request *http.Request, lastID string) {
		client := r3labs.NewClient(request.URL.String())
		client.Connection.Transport = teller{}
		for key := range request.Header {
			client.Headers[key] = request.Header.Get(key)
		}
		if lastID != "" {
			client.LastEventID.Store([]byte(lastID))
		}
		client.ReconnectNotify = func(err error, _ time.Duration) { say(line{What: "error", Text: err.Error()}) }
		sayLast(0, client.SubscribeRaw(func(e *r3labs.Event) {
			sayEvent(string(e.ID), string(e.Event), string(e.Data))
		}))
	},
}

func main() {
	request, err := http.NewRequest(http.MethodGet, os.Args[2], http.NoBody)
	if err != nil {
		panic(err)
	}
	if os.Args[3] != "" {
		request.Header.Set("Authorization", "Bearer "+os.Args[3])
	}
	clients[os.Args[1]](request, os.Args[4])
}
