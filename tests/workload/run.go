package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// runOptions are what a run is made of.
type runOptions struct {
	endpoints   []string
	credentials credentials
	history     string
	clients     int
	keys        int
	rate        int
	duration    time.Duration
}

const (
	// startTimeout bounds the wait for the cluster's first answer.
	startTimeout = 20 * time.Second
	// readyInterval is how often a client without any connection looks again.
	readyInterval = 20 * time.Millisecond
	// patience is how long a client waits for an answer before it goes on at another member, as a new
	// process beside the one that waits. Members sit on what comes while they have no leader: were all
	// clients to wait with them, the gap in the writes would be as long as an operation's timeout, however
	// short the election.
	patience = 300 * time.Millisecond
)

// run is a run under way.
type run struct {
	options runOptions
	id      string
	pool    *pool
	clock   clock
	record  *recorder
	stats   *stats
	// latest has the value last seen of each key, what a CAS expects.
	latest []atomic.Pointer[string]
	// open are the operations under way.
	open sync.WaitGroup
	// process is the last number of a process that was given out.
	process atomic.Int64
}

// runWorkload reads and writes until the context ends or time is up, and returns what it has seen.
func runWorkload(ctx context.Context, options runOptions) (Summary, error) {
	file, err := os.OpenFile(options.history, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return Summary{}, err
	}
	defer file.Close()
	pool, err := newPool(options.endpoints, options.credentials)
	if err != nil {
		return Summary{}, err
	}
	defer pool.close()
	r := &run{
		options: options,
		// Keys and values of its own, so that what earlier runs have left, or their unknown writes still
		// do, does not matter.
		id:     fmt.Sprintf("%08x", rand.Uint32()),
		pool:   pool,
		clock:  newClock(),
		record: newRecorder(file),
		latest: make([]atomic.Pointer[string], options.keys),
	}
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := pool.await(starting, r.key(0)); err != nil {
		return Summary{}, fmt.Errorf("the cluster does not answer: %w", err)
	}
	fmt.Fprintln(os.Stderr, "running")
	r.stats = newStats(r.clock.now())
	r.work(ctx)
	r.record.add(Op{Kind: End, OK: true, CallNs: r.clock.now()})
	if r.record.err != nil {
		return Summary{}, fmt.Errorf("%s: %w", options.history, r.record.err)
	}
	return r.stats.summary(r.clock.now()), nil
}

func (r *run) key(n int) string {
	return fmt.Sprintf("/workload/%s/%d", r.id, n)
}

// work runs all clients, and the watch of the credentials, until the context ends or time is up.
func (r *run) work(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.options.duration)
	defer cancel()
	var clients sync.WaitGroup
	turns := make(chan struct{})
	r.process.Store(int64(r.options.clients) - 1)
	for n := range r.options.clients {
		clients.Go(func() { r.client(n, turns) })
	}
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		r.pool.watch(ctx, func(err error) {
			if err != nil {
				fmt.Fprintf(os.Stderr, "the credentials stay as they are: %v\n", err)
				return
			}
			fmt.Fprintln(os.Stderr, "new credentials: connecting anew")
		})
	}()
	r.pace(ctx, turns)
	close(turns)
	clients.Wait()
	r.open.Wait()
	<-watching
}

// pace gives out turns at the rate; a turn that no client is free for is lost.
func (r *run) pace(ctx context.Context, turns chan<- struct{}) {
	ticker := time.NewTicker(time.Second / time.Duration(r.options.rate))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		select {
		case turns <- struct{}{}:
		default:
		}
	}
}

// client takes turns until there are no more. Even ones write, odd ones read. After an unknown outcome, or
// when an answer is late, it goes on as a new process.
func (r *run) client(n int, turns <-chan struct{}) {
	process := n
	written := 0
	for range turns {
		m := r.pool.pick(n)
		if m == nil {
			time.Sleep(readyInterval)
			continue
		}
		key := rand.IntN(r.options.keys)
		op := Op{Client: process, Kind: Get, Key: r.key(key)}
		if n%2 == 0 {
			op.Kind = Put
			op.Value = fmt.Sprintf("%s-%d-%d", r.id, n, written)
			written++
			if rand.IntN(2) == 0 {
				op.Kind = CAS
				if latest := r.latest[key].Load(); latest != nil {
					op.Expected = *latest
				}
			}
		}
		answered := make(chan bool, 1)
		r.open.Go(func() { answered <- r.perform(m, key, op) })
		select {
		case ok := <-answered:
			if ok {
				continue
			}
		case <-time.After(patience):
		}
		m.avoid()
		process = int(r.process.Add(1))
	}
}

// perform does an operation, counts and records it, and reports whether it was answered.
func (r *run) perform(m *member, key int, op Op) bool {
	floor := r.stats.revision()
	op = do(m, op, r.clock)
	r.stats.add(op, floor)
	if op.OK {
		r.look(key, op)
	}
	// A read that failed has no effect, whenever.
	if op.OK || op.Kind != Get {
		r.record.add(op)
	}
	return op.OK
}

// look remembers what the key is known to have held.
func (r *run) look(key int, op Op) {
	value := op.Output
	if op.wrote() {
		value = op.Value
	}
	r.latest[key].Store(&value)
}
