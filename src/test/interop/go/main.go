// client URL TOKEN LAST-ID: tmaxmax/go-sse; one line of JSON on the standard output for each thing that happens.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"time"

	"github.com/tmaxmax/go-sse"
)

type line struct {
	What   string `json:"what"`
	ID     string `json:"id,omitempty"`
	Type   string `json:"type,omitempty"`
	Data   string `json:"data,omitempty"`
	Text   string `json:"text,omitempty"`
	Status int    `json:"status,omitempty"`
	Final  bool   `json:"final,omitempty"`
}

var out = json.NewEncoder(os.Stdout)

func say(l line) {
	if err := out.Encode(l); err != nil {
		os.Exit(1)
	}
}

func main() {
	request, err := http.NewRequest(http.MethodGet, os.Args[1], http.NoBody)
	if err != nil {
		panic(err)
	}
	if os.Args[2] != "" {
		request.Header.Set("Authorization", "Bearer "+os.Args[2])
	}
	if os.Args[3] != "" {
		request.Header.Set("Last-Event-ID", os.Args[3])
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
	connection.SubscribeToAll(func(e sse.Event) {
		kind := e.Type
		if kind == "" {
			kind = "message"
		}
		say(line{What: "event", ID: e.LastEventID, Type: kind, Data: e.Data})
	})
	err = connection.Connect()
	if status == http.StatusOK {
		status = 0
	}
	say(line{What: "error", Status: status, Text: err.Error(), Final: true})
	say(line{What: "closed"})
}
