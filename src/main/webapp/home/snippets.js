// The same stream, and the same publish, in six languages. What a person has typed stands in quotes of the language, so
// that it cannot become part of the program. URLs are percent-encoded, and need none.

const shell = text => `'${text.replaceAll("'", "'\\''")}'`
const single = text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
/** A string of JSON is one of JavaScript, Java, Python and Go as well. */
const double = text => JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
const bearer = token => `Bearer ${token}`

const listen = {
  curl: ({ url, token }) => `curl -N ${token && `-H ${shell(`Authorization: ${bearer(token)}`)} `}${shell(url)}`,
  js: ({ url, token, types, client }) => `${token ? `const { Rivulet } = await import(${double(client)})
const source = new Rivulet(${double(url)}, { token: ${double(token)} })` : `const source = new EventSource(${double(url)})`}
${['message', ...types].map(type =>
    `source.addEventListener(${double(type)}, event => console.log(event.data, event.lastEventId))`).join('\n')}`,
  java: ({ url, token }) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Listen {
    public static void main(String[] args) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${double(url)}))${token && `
            .header("Authorization", ${double(bearer(token))})`}.build();
        HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body()
            .filter(line -> line.startsWith("data: "))
            .forEach(line -> System.out.println(line.substring(6)));
    }
}`,
  python: ({ url, token }) => `from urllib.request import Request, urlopen

request = Request(${double(url)}${token && `,
    headers={"Authorization": ${double(bearer(token))}}`})
with urlopen(request) as stream:
    for line in stream:
        if line.startswith(b"data: "):
            print(line[6:].decode().rstrip("\\n"), flush=True)`,
  php: ({ url, token }) => `<?php
$stream = fopen(${single(url)}, 'r', false, stream_context_create(['http' => [
    'protocol_version' => 1.1,${token && `
    'header' => ${single(`Authorization: ${bearer(token)}`)},`}
]]));
while (($line = fgets($stream)) !== false) {
    if (str_starts_with($line, 'data: ')) {
        echo substr($line, 6);
    }
}`,
  go: ({ url, token }) => `package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
)

func main() {
	request, _ := http.NewRequest("GET", ${double(url)}, nil)${token && `
	request.Header.Set("Authorization", ${double(bearer(token))})`}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			fmt.Println(data)
		}
	}
}`
}

const publish = {
  curl: ({ to, topic, type, data, token }) => `curl ${token && `-H ${shell(`Authorization: ${bearer(token)}`)} `}--data-urlencode ${shell(`topic=${topic}`)} ${
    type && `--data-urlencode ${shell(`type=${type}`)} `}--data-urlencode ${shell(`data=${data}`)} ${shell(to)}`,
  js: ({ to, topic, type, data, token }) => `const answer = await fetch(${double(to)}, {
  method: 'POST',${token && `
  headers: { Authorization: ${double(bearer(token))} },`}
  body: new URLSearchParams({ topic: ${double(topic)}, ${type && `type: ${double(type)}, `}data: ${double(data)} })
})
console.log(await answer.text())`,
  java: ({ at, data, token }) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public class Publish {
    public static void main(String[] args) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${double(at)}))${token && `
            .header("Authorization", ${double(bearer(token))})`}
            .POST(BodyPublishers.ofString(${double(data)})).build();
        System.out.print(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
}`,
  python: ({ at, data, token }) => `from urllib.request import Request, urlopen

request = Request(${double(at)}, method="POST",
    data=${double(data)}.encode(),
    headers={"Content-Type": "text/plain"${token && `, "Authorization": ${double(bearer(token))}`}})
print(urlopen(request).read().decode(), end="")`,
  php: ({ at, data, token }) => `<?php
echo file_get_contents(${single(at)}, false, stream_context_create(['http' => [
    'protocol_version' => 1.1,
    'method' => 'POST',
    'header' => ['Content-Type: text/plain', 'Connection: close'${token && `, ${single(`Authorization: ${bearer(token)}`)}`}],
    'content' => ${single(data)},
]]));`,
  go: ({ at, data, token }) => `package main

import (
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	request, _ := http.NewRequest("POST", ${double(at)},
		strings.NewReader(${double(data)}))${token && `
	request.Header.Set("Authorization", ${double(bearer(token))})`}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	io.Copy(os.Stdout, answer.Body)
}`
}

/** The program; `about` has url, types and the client's address, or to, at, topic, type and data, and the token, empty for none. */
export const snippet = (what, language, about) => (what === 'listen' ? listen : publish)[language](about)
