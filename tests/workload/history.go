package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Kind is what an operation does, or what a line of a history says.
type Kind string

const (
	// Put sets a key to a value that no other operation of the history writes.
	Put Kind = "put"
	// CAS sets a key to such a value if the key holds the expected one, and else reads the key.
	CAS Kind = "cas"
	// Get is a linearizable read.
	Get Kind = "get"
	// End is the last line of a run that ended by itself. Without it, writes may have been in flight
	// that the history does not have, and nothing can be said about what was read.
	End Kind = "end"
)

// Op is one operation as its client saw it: a line of a history.
type Op struct {
	// Client is the process that did it. A process ends with its first operation of unknown outcome.
	Client int    `json:"client"`
	Kind   Kind   `json:"kind"`
	Key    string `json:"key,omitempty"`
	// Value is what a put or a CAS writes.
	Value string `json:"value,omitempty"`
	// Expected is what a CAS wants to find; empty: no such key.
	Expected string `json:"expected,omitempty"`
	// Output is what a get or a CAS that did not swap has read; empty: no such key.
	Output string `json:"output,omitempty"`
	// Swapped says of a CAS whether it has written.
	Swapped bool `json:"swapped,omitempty"`
	// OK is false when the outcome is unknown: the write took effect at some time after CallNs, or never.
	OK bool `json:"ok"`
	// CallNs and ReturnNs are Unix times in ns, of a clock that never goes back during a run. ReturnNs is
	// 0 when the outcome is unknown.
	CallNs   int64 `json:"callNs"`
	ReturnNs int64 `json:"returnNs,omitempty"`
	// Revision is the store's revision in the header of the response.
	Revision int64 `json:"revision,omitempty"`
	// ModRevision is the revision at which Output was written.
	ModRevision int64 `json:"modRevision,omitempty"`
	// Cluster and Member are the IDs in the header, in hex as etcdctl prints them.
	Cluster string `json:"cluster,omitempty"`
	Member  string `json:"member,omitempty"`
	// Error is why the outcome is unknown.
	Error string `json:"error,omitempty"`
}

// wrote reports whether the operation is known to have changed its key.
func (o Op) wrote() bool {
	return o.OK && (o.Kind == Put || o.Kind == CAS && o.Swapped)
}

// saw returns the value that the operation is known to have found in its key, if any.
func (o Op) saw() (string, bool) {
	switch {
	case !o.OK || o.Kind == Put:
		return "", false
	case o.Kind == CAS && o.Swapped:
		return o.Expected, o.Expected != ""
	default:
		return o.Output, o.Output != ""
	}
}

// clock gives Unix times in ns that never go back, whatever happens to the system's clock.
type clock struct{ start time.Time }

func newClock() clock { return clock{time.Now()} }

func (c clock) now() int64 { return c.start.UnixNano() + int64(time.Since(c.start)) }

// recorder appends operations to a history as JSON lines, from many goroutines.
type recorder struct {
	mu      sync.Mutex
	encoder *json.Encoder
	err     error
}

func newRecorder(w io.Writer) *recorder {
	return &recorder{encoder: json.NewEncoder(w)}
}

// add writes one operation. The first error is kept for the end of the run.
func (r *recorder) add(op Op) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.encoder.Encode(op); err != nil && r.err == nil {
		r.err = err
	}
}

// readHistory returns the operations of a file that one or more complete runs have written.
func readHistory(path string) ([]Op, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseHistory(file)
}

func parseHistory(r io.Reader) ([]Op, error) {
	var ops []Op
	ended := false
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var op Op
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		ended = op.Kind == End
		switch op.Kind {
		case End:
		case Put, CAS, Get:
			ops = append(ops, op)
		default:
			return nil, fmt.Errorf("line %d: kind %q: want put, cas, get or end", n, op.Kind)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if !ended {
		return nil, fmt.Errorf("the last line is not an end: the run goes on, or was killed")
	}
	return ops, nil
}
