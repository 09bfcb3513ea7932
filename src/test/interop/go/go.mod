module interop

go 1.22

require github.com/tmaxmax/go-sse v0.11.0
