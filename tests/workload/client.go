package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
)

const (
	// opTimeout bounds each operation.
	opTimeout = 3 * time.Second
	// Members refuse pings that come more often than every 5 s.
	keepAlive        = 6 * time.Second
	keepAliveTimeout = 3 * time.Second
	// A connection is left alone for so long after an operation on it has failed.
	avoidance      = 5 * time.Second
	reloadInterval = time.Second
)

// credentials are the files of the client's certificate, and of the CAs that it trusts. Without any, the
// connection is plain.
type credentials struct{ caFile, certFile, keyFile string }

// load reads the files anew. The digest tells whether they have changed.
func (c credentials) load() (*tls.Config, []byte, error) {
	if c == (credentials{}) {
		return nil, nil, nil
	}
	var texts [3][]byte
	digest := sha256.New()
	for i, file := range []string{c.caFile, c.certFile, c.keyFile} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		texts[i] = text
		digest.Write(text)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(texts[0]) {
		return nil, nil, fmt.Errorf("%s: no certificates in it", c.caFile)
	}
	pair, err := tls.X509KeyPair(texts[1], texts[2])
	if err != nil {
		return nil, nil, fmt.Errorf("%s and %s: %w", c.certFile, c.keyFile, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, Certificates: []tls.Certificate{pair}}
	return config, digest.Sum(nil), nil
}

// dial makes a client of one member; it connects in the background.
//
// No write is sent twice. By default the client sends a write again when it fails with Canceled or
// DeadlineExceeded before its own deadline, whatever its policy for writes says; a member whose clock is a
// little ahead answers so, maybe after having applied it. One attempt per call rules that out. What is
// left is gRPC's own transparent retry, of requests that no server has looked at.
func dial(endpoint string, config *tls.Config) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{
		Endpoints:            []string{endpoint},
		TLS:                  config,
		MaxUnaryRetries:      1,
		DialOptions:          []grpc.DialOption{grpc.WithDisableRetry(), grpc.WithChainUnaryInterceptor(failFast)},
		DialKeepAliveTime:    keepAlive,
		DialKeepAliveTimeout: keepAliveTimeout,
		Logger:               zap.NewNop(),
	})
}

// failFast lets a call without a connection fail with the reason for that, where etcd's client would wait.
func failFast(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	return invoke(ctx, method, request, reply, conn, append(options, grpc.WaitForReady(false))...)
}

// member is the connection to one endpoint.
type member struct {
	*clientv3.Client
	mu         sync.Mutex
	avoidUntil time.Time
}

func (m *member) ready() bool {
	return m.ActiveConnection().GetState() == connectivity.Ready
}

// avoid keeps operations off the member for a while.
func (m *member) avoid() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.avoidUntil = time.Now().Add(avoidance)
}

func (m *member) avoided() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Before(m.avoidUntil)
}

// pool has a connection to each endpoint, made anew whenever the files of the credentials change.
//
// One client with all endpoints would spread each process's operations over all members, and a frozen
// member would stall them all.
type pool struct {
	endpoints   []string
	credentials credentials
	mu          sync.RWMutex
	members     []*member
	digest      []byte
}

func newPool(endpoints []string, credentials credentials) (*pool, error) {
	p := &pool{endpoints: endpoints, credentials: credentials}
	if _, err := p.reload(); err != nil {
		return nil, err
	}
	return p, nil
}

// reload connects anew if the files have changed.
func (p *pool) reload() (changed bool, err error) {
	config, digest, err := p.credentials.load()
	if err != nil {
		return false, err
	}
	if p.members != nil && bytes.Equal(digest, p.digest) {
		return false, nil
	}
	var members []*member
	for _, endpoint := range p.endpoints {
		client, err := dial(endpoint, config)
		if err != nil {
			closeAll(members)
			return false, fmt.Errorf("%s: %w", endpoint, err)
		}
		members = append(members, &member{Client: client})
	}
	p.mu.Lock()
	old := p.members
	p.members, p.digest = members, digest
	p.mu.Unlock()
	// What is under way on the old connections ends by itself before that.
	time.AfterFunc(2*opTimeout, func() { closeAll(old) })
	return true, nil
}

// watch reloads until the context ends. Files that do not fit together are being replaced just now: the
// connections stay as they are until they do.
func (p *pool) watch(ctx context.Context, reloaded func(error)) {
	ticker := time.NewTicker(reloadInterval)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		changed, err := p.reload()
		if changed || err != nil && err.Error() != last {
			reloaded(err)
		}
		last = ""
		if err != nil {
			last = err.Error()
		}
	}
}

// pick returns a connected member, the home one for choice; nil when none is connected.
func (p *pool) pick(home int) *member {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var avoided *member
	for i := range p.members {
		m := p.members[(home+i)%len(p.members)]
		switch {
		case !m.ready():
			m.ActiveConnection().Connect()
		case !m.avoided():
			return m
		case avoided == nil:
			avoided = m
		}
	}
	return avoided
}

// await returns once the cluster answers, and fails with the last reason when it does not in time.
func (p *pool) await(ctx context.Context, key string) error {
	last := errors.New("no connection")
	for home := 0; ; home++ {
		// A call, not a look at the connection's state: the call's error says why there is none.
		p.mu.RLock()
		m := p.members[home%len(p.members)]
		p.mu.RUnlock()
		attempt, cancel := context.WithTimeout(ctx, opTimeout)
		_, err := m.Get(attempt, key)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return last
		}
		last = fmt.Errorf("%s: %w", m.Endpoints()[0], err)
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	closeAll(p.members)
}

func closeAll(members []*member) {
	for _, m := range members {
		m.Close()
	}
}
